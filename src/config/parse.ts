import { fromPointer, type JsonPath, valueAt } from '../card/path.js';
import { positionsOf } from '../card/positions.js';
import { readYaml, type YamlReading } from '../card/yaml.js';
import { ConfigError } from '../errors.js';
import { fieldsIn } from '../hub/fields.js';
import { meantField } from '../hub/meant-field.js';
import { nearest } from '../hub/nearest.js';
import { own } from '../mapping.js';
import { label, preview } from '../preview.js';
import { meantAtTop } from '../rules/shared/misspelled-key.js';
import type { Config, Judgement } from './config.js';
import { fieldPath } from './field-path.js';
import { globFault } from './glob.js';
import { isUserRuleId } from './user-rule.js';
import { CONFIG_KEYS, type ConfigFault, validateConfig } from './validator.generated.js';

/** Most faults named at once. */
const MOST_FAULTS = 8;
/** Most faults that are put into words and sorted by line, to name the first of them: a file may hold a hundred thousand. */
const MOST_LOOKED_AT = 200;

/** Settings, and where they stand. */
export interface ConfigText {
  readonly config: Config;
  /** The error that names faults with file and line. */
  fault(faults: Faults): ConfigError;
}

/** Something wrong with settings: where, and a sentence. */
export interface Fault {
  readonly path: JsonPath;
  readonly text: string;
}

/** What is wrong, and how much more there is of it. */
export interface Faults {
  readonly looked: readonly Fault[];
  readonly more: number;
}

/**
 * Reads the text of a settings file, YAML or JSON (which is YAML). An empty file holds no settings.
 * @param file Name of the file, for messages.
 * @throws ConfigError (`config-syntax`, `config-invalid`) that names file, line and what to write instead.
 */
export function readConfig(text: string, file: string): ConfigText {
  const reading = readYaml(text);
  if (reading.kind === 'fault') {
    throw new ConfigError('config-syntax', `${file}:${lineAt(text, reading.span.start)}: ${reading.reason}`, {
      hint: 'Settings are YAML or JSON.',
    });
  }
  return checkConfig(reading.value ?? {}, file, [], reading);
}

/** The key of package.json that holds settings. */
const PACKAGE_KEY = 'validate-card';

/**
 * Reads the settings out of the text of a package.json; null when it has none.
 * @param file Name of the file, for messages.
 * @throws ConfigError, as `readConfig`.
 */
export function readPackageConfig(text: string, file: string): ConfigText | null {
  // Most mention nothing of the kind, and what is wrong with them is not for us to say.
  if (!text.includes(`"${PACKAGE_KEY}"`)) return null;
  const reading = readYaml(text);
  let fields: unknown;
  try {
    fields = JSON.parse(text.replace(/^\ufeff/, ''));
  } catch (cause) {
    const line = reading.kind === 'fault' ? lineAt(text, reading.span.start) : 1;
    throw new ConfigError('config-syntax', `${file}:${line}: This is no JSON.`, { cause });
  }
  const value = own(fields, PACKAGE_KEY);
  return value === undefined ? null : checkConfig(value ?? {}, file, [PACKAGE_KEY], reading);
}

/** @param at Where the settings stand in the file. */
function checkConfig(value: unknown, file: string, at: JsonPath, reading: YamlReading): ConfigText {
  const place = reading.kind === 'fault' ? undefined : positionsOf(reading.trace);
  const lineOf = (path: JsonPath): number => {
    const full = [...at, ...path];
    for (let length = full.length; length > 0 && reading.kind !== 'fault'; length--) {
      const span = place?.(full.slice(0, length), 'key');
      if (span !== undefined) return lineAt(reading.trace.source, span.start);
    }
    return 1;
  };
  const fault = ({ looked, more: unseen }: Faults) => {
    const sorted = looked
      .map(({ path, text }) => ({ line: lineOf(path), text }))
      .sort((a, b) => a.line - b.line);
    const lines = sorted.slice(0, MOST_FAULTS).map(({ line, text }) => `${file}:${line}: ${text}`);
    const more = unseen + sorted.length - lines.length;
    return new ConfigError('config-invalid', [...lines, ...(more > 0 ? [`${more} more`] : [])].join('\n'), {
      hint: 'Every setting is described in schemas/config.schema.json of validate-model-card.',
    });
  };
  if (!validateConfig(value)) {
    const faults = validateConfig.errors ?? [];
    throw fault(firstOf(faults, (one) => ({ path: pathOf(one, value), text: faultInWords(one, value) })));
  }
  const wrong = [...globFaults(value), ...fieldFaults(value)];
  if (wrong.length > 0) throw fault(firstOf(wrong, (one) => one));
  return { config: value, fault };
}

function firstOf<One>(all: readonly One[], faultOf: (one: One) => Fault): Faults {
  const looked = all.slice(0, MOST_LOOKED_AT).map(faultOf);
  return { looked, more: all.length - looked.length };
}

function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split(/\r\n|\r|\n/).length;
}

/** Where a fault is; for a key that should not be there, that key. */
function pathOf({ instancePath, params }: ConfigFault, root: unknown): JsonPath {
  const path = fromPointer(instancePath, root);
  return typeof params.additionalProperty === 'string' ? [...path, params.additionalProperty] : path;
}

function faultInWords(fault: ConfigFault, root: unknown): string {
  const path = pathOf(fault, root);
  const name = path.length === 0 ? 'the settings' : label(path);
  const { params, keyword } = fault;
  if (keyword === 'additionalProperties') {
    const parent = path.slice(0, -1);
    const known = CONFIG_KEYS.get(fault.schemaPath.replace(/\/additionalProperties$/, '')) ?? [];
    return unknownKey(String(path.at(-1)), parent, known);
  }
  const given = valueAt(root, path);
  if (keyword === 'enum' && Array.isArray(params.allowedValues)) {
    const known = params.allowedValues.map(String);
    // By letters `gpu` is nearest to `cpu`, which is the one thing it does not mean.
    const meant =
      given === 'gpu' && known.includes('auto')
        ? 'auto'
        : typeof given === 'string'
          ? nearest(given, known)
          : undefined;
    return `${name} must be one of ${known.join(', ')}, not ${preview(given)}.${meant === undefined ? '' : ` Did you mean ${meant}?`}`;
  }
  if (keyword === 'type') {
    const type = String(params.type);
    const wanted =
      { object: 'a mapping', array: 'a list', integer: 'a whole number', string: 'a text' }[type] ?? type;
    return `${name} must be ${wanted}, not ${preview(given)}.`;
  }
  if (keyword === 'required') return `${name} lacks the setting "${String(params.missingProperty)}".`;
  if (keyword === 'minimum') return `${name} must be at least ${String(params.limit)}.`;
  if (keyword === 'maximum') return `${name} must be at most ${String(params.limit)}.`;
  if (keyword === 'maxItems') return `${name} has more than ${String(params.limit)} items.`;
  if (keyword === 'maxLength') return `${name} is longer than ${String(params.limit)} characters.`;
  return `${name} must not be empty.`;
}

function unknownKey(key: string, parent: JsonPath, known: readonly string[]): string {
  const ofRules = parent.at(-1) === 'rules';
  const meant = nearest(key, known);
  const where = parent.length === 0 || ofRules ? '' : ` in ${label(parent)}`;
  const all = known.length > 0 && known.length <= 12 ? ` There are ${known.join(', ')}.` : '';
  const answer = meant === undefined ? all : ` Did you mean ${meant}?`;
  return `There is no ${ofRules ? 'rule' : 'setting'} ${preview(key)}${where}.${answer}`;
}

/** Most globs in one file: each is held against each path that has findings. */
const MOST_GLOBS = 1000;

function globFaults({ ignores = [], overrides = [] }: Config): readonly Fault[] {
  const lists = [
    { path: ['ignores'], globs: ignores },
    ...overrides.map(({ paths }, index) => ({ path: ['overrides', index, 'paths'], globs: paths })),
  ];
  if (lists.reduce((sum, { globs }) => sum + globs.length, 0) > MOST_GLOBS) {
    return [{ path: [], text: `There are more than ${MOST_GLOBS} globs.` }];
  }
  return lists.flatMap(({ path, globs }) =>
    globs.flatMap((glob, index) => {
      const fault = globFault(glob);
      return fault === undefined
        ? []
        : [{ path: [...path, index], text: `${label([...path, index])}: ${preview(glob)} ${fault}.` }];
    }),
  );
}

/** The judgements of settings, each with its place. */
function judgements(config: Config): readonly { readonly path: JsonPath; readonly judgement: Judgement }[] {
  const overrides = config.overrides ?? [];
  return [
    { path: [], judgement: config },
    ...overrides.map((judgement, index) => ({ path: ['overrides', index], judgement })),
  ];
}

function fieldFaults(config: Config): readonly Fault[] {
  return judgements(config).flatMap(({ path, judgement }) =>
    (judgement.required ?? []).flatMap((field, index) => {
      const fault = fieldFault(field);
      const at = [...path, 'required', index];
      return fault === undefined ? [] : [{ path: at, text: `${label(at)}: ${fault}` }];
    }),
  );
}

/** A field nearly spelled like a known one is a misspelling; as a JSON pointer it is taken as it stands. */
function fieldFault(field: string): string | undefined {
  const keys = fieldPath(field).map(String);
  if (keys.some((key) => key.trim() === '')) return `${preview(field)} has an empty key.`;
  if (field.startsWith('/')) return undefined;
  let parent = '';
  for (const [index, key] of keys.entries()) {
    const fields = fieldsIn(parent);
    const known = fields.size > 0 ? fields : fieldsIn(`${parent}[]`);
    const meant = index === 0 ? meantAtTop(key, { [key]: '' }) : meantField(key, known);
    if (meant !== undefined && !known.has(key)) {
      const corrected = [...keys.slice(0, index), meant.name, ...keys.slice(index + 1)].join('.');
      return `There is no field ${preview(field)}. Did you mean ${corrected}? If it is a field of your own, write ${preview(`/${keys.join('/')}`)}.`;
    }
    if (!known.has(key)) return undefined;
    parent = known.get(key)?.path ?? '';
  }
  return undefined;
}

/** What is wrong with the severities of users' rules, once those are known; null when nothing is. */
export function userRuleFaults(config: Config, ids: readonly string[]): Faults | null {
  const known = new Set(ids);
  const unknown = judgements(config).flatMap(({ path, judgement }) =>
    Object.keys(judgement.rules ?? {})
      .filter((id) => isUserRuleId(id) && !known.has(id))
      .map((id) => ({ path, id })),
  );
  if (unknown.length === 0) return null;
  return firstOf(unknown, ({ path, id }) => ({
    path: [...path, 'rules', id],
    text: unknownKey(id, ['rules'], ids),
  }));
}
