import type { JsonPath } from '../card/path.js';
import { positionsOf } from '../card/positions.js';
import { readYaml } from '../card/yaml.js';
import { ConfigError } from '../errors.js';
import { nearest } from '../hub/nearest.js';
import { RULES } from '../rules/index.js';
import type { Config } from './config.js';
import { type ConfigFault, validateConfig } from './validator.generated.js';

/** Most faults named at once. */
const MOST_FAULTS = 8;

/**
 * Reads the text of a settings file, YAML or JSON (which is YAML). An empty file holds no settings.
 * @param file Name of the file, for messages.
 * @throws ConfigError (`config-syntax`, `config-invalid`) that names file, line and what to write instead.
 */
export function parseConfig(text: string, file: string): Config {
  const reading = readYaml(text);
  if (reading.kind === 'fault') {
    throw new ConfigError('config-syntax', `${file}:${lineAt(text, reading.span.start)}: ${reading.reason}`, {
      hint: 'Settings are YAML or JSON.',
    });
  }
  const value = reading.value ?? {};
  if (validateConfig(value)) return value;

  const place = positionsOf(reading.trace);
  const lineOf = (path: JsonPath): number => {
    for (let length = path.length; length > 0; length--) {
      const span = place(path.slice(0, length), 'key');
      if (span !== undefined) return lineAt(reading.trace.source, span.start);
    }
    return 1;
  };
  const faults = (validateConfig.errors ?? [])
    .map((fault) => ({ line: lineOf(pathOf(fault)), text: faultInWords(fault, value) }))
    .sort((a, b) => a.line - b.line);
  const lines = faults.slice(0, MOST_FAULTS).map((fault) => `${file}:${fault.line}: ${fault.text}`);
  const more = faults.length - lines.length;
  throw new ConfigError('config-invalid', [...lines, ...(more > 0 ? [`${more} more`] : [])].join('\n'), {
    hint: 'The settings are described in schemas/config.schema.json.',
  });
}

function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split(/\r\n|\r|\n/).length;
}

/** Where a fault is; for a key that should not be there, that key. */
function pathOf({ instancePath, params }: ConfigFault): JsonPath {
  const steps = instancePath
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  return typeof params.additionalProperty === 'string' ? [...steps, params.additionalProperty] : steps;
}

function faultInWords(fault: ConfigFault, value: unknown): string {
  const path = pathOf(fault);
  const name = path.join('.') || 'the settings';
  const { params } = fault;
  if (fault.keyword === 'additionalProperties') {
    const [key, parent] = [String(path.at(-1)), path.slice(0, -1)];
    const known = keysAt(parent);
    const meant = nearest(key, known);
    const kind = parent[0] === 'rules' ? 'rule' : 'setting';
    const where = parent.length === 0 || kind === 'rule' ? '' : ` in ${parent.join('.')}`;
    const answer = meant === undefined && known.length <= 12 ? ` There are ${known.join(', ')}.` : '';
    return `There is no ${kind} "${key}"${where}.${meant === undefined ? answer : ` Did you mean ${meant}?`}`;
  }
  if (fault.keyword === 'enum' && Array.isArray(params.allowedValues)) {
    const given = valueAt(value, path);
    const known = params.allowedValues.map(String);
    const meant = typeof given === 'string' ? nearest(given, known) : undefined;
    return `${name} must be one of ${known.join(', ')}${given === undefined ? '' : `, not ${shown(given)}`}.${meant === undefined ? '' : ` Did you mean ${meant}?`}`;
  }
  if (fault.keyword === 'type') {
    const type = String(params.type);
    const wanted = { object: 'a mapping', integer: 'a whole number', string: 'a text' }[type] ?? type;
    return `${name} must be ${wanted}, not ${shown(valueAt(value, path))}.`;
  }
  if (fault.keyword === 'minimum') return `${name} must be at least ${String(params.limit)}.`;
  if (fault.keyword === 'maximum') return `${name} must be at most ${String(params.limit)}.`;
  return `${name} must not be empty.`;
}

/** The settings there are inside a mapping. */
function keysAt(parent: JsonPath): readonly string[] {
  switch (parent[0]) {
    case 'rules':
      return RULES.map((rule) => rule.id);
    case 'smoke':
      return ['device', 'timeoutMs', 'memoryLimitBytes'];
    case 'tables':
      return ['libraryTasks'];
    default:
      return ['rules', 'failLevel', 'smoke', 'tables'];
  }
}

function valueAt(value: unknown, path: JsonPath): unknown {
  let current = value;
  for (const step of path) {
    if (typeof current !== 'object' || current === null) return undefined;
    current = Object.entries(current).find(([key]) => key === String(step))?.[1];
  }
  return current;
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'a mapping';
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}
