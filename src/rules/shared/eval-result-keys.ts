import type { Metadata } from '../../card/card.js';
import { renameKey } from '../../card/key-edit.js';
import type { JsonPath } from '../../card/path.js';
import type { YamlFile } from '../../card/yaml-file.js';
import { nearest } from '../../hub/nearest.js';
import { isMapping, own } from '../../mapping.js';
import { label } from '../../preview.js';
import type { Finding } from '../rule.js';
import { SMALLEST_RESULT } from './eval-results.js';

/** A mapping of the specification: its keys, and what people write for them beyond typing errors. */
interface Level {
  readonly keys: readonly string[];
  readonly aliases: ReadonlyMap<string, string>;
}

const ENTRY: Level = {
  keys: ['dataset', 'value', 'verifyToken', 'date', 'source', 'notes'],
  aliases: new Map([
    ['score', 'value'],
    ['metric_value', 'value'],
    ['note', 'notes'],
    ['comment', 'notes'],
  ]),
};
const DATASET: Level = {
  keys: ['id', 'task_id', 'revision'],
  aliases: new Map([
    ['dataset_id', 'id'],
    ['task', 'task_id'],
    ['sha', 'revision'],
    ['commit', 'revision'],
    ['dataset_revision', 'revision'],
  ]),
};
const SOURCE: Level = {
  keys: ['url', 'name', 'user', 'org'],
  aliases: new Map([
    ['link', 'url'],
    ['href', 'url'],
    ['source_url', 'url'],
    ['username', 'user'],
    ['organization', 'org'],
    ['organisation', 'org'],
    ['title', 'name'],
  ]),
};
const LEVELS: readonly (readonly [key: string | undefined, level: Level])[] = [
  [undefined, ENTRY],
  ['dataset', DATASET],
  ['source', SOURCE],
];

/** Keys that stand one level too high, with the place they belong to. The longer names are those of `EvalResultEntry`. */
const INSIDE: ReadonlyMap<string, readonly [parent: string, key: string]> = new Map([
  ['id', ['dataset', 'id']],
  ['dataset_id', ['dataset', 'id']],
  ['task_id', ['dataset', 'task_id']],
  ['revision', ['dataset', 'revision']],
  ['dataset_revision', ['dataset', 'revision']],
  ['url', ['source', 'url']],
  ['source_url', ['source', 'url']],
  ['source_name', ['source', 'name']],
  ['source_user', ['source', 'user']],
  ['source_org', ['source', 'org']],
]);

/** What an entry is that is no result at all, so that it need not be told key by key. */
export function foreignForm(
  entry: Metadata,
): { readonly message: string; readonly help: string } | undefined {
  if (Array.isArray(own(entry, 'metrics')) || Array.isArray(own(entry, 'results'))) {
    return {
      message: 'is written as in the model-index of a card.',
      help: `Write one result for each metric. ${SMALLEST_RESULT}`,
    };
  }
  if (Object.hasOwn(entry, 'dataset') || Object.hasOwn(entry, 'value')) return undefined;
  if (isMapping(own(entry, 'data'))) {
    return {
      message: 'is written as the Hub’s API answers.',
      help: 'Write what stands inside "data", without that key and those beside it.',
    };
  }
  const related = (key: string) =>
    ENTRY.keys.includes(key) ||
    ENTRY.aliases.has(key) ||
    INSIDE.has(key) ||
    nearest(key, ENTRY.keys) !== undefined;
  return Object.keys(entry).some(related)
    ? undefined
    : { message: 'is no result: it has neither "dataset" nor "value".', help: SMALLEST_RESULT };
}

/** A key that the specification does not know. */
export interface UnknownKey {
  readonly finding: Finding;
  /** The key that it was meant as, as the validator names what is missing: `/dataset/id`. Empty where nobody knows. */
  readonly answers: string;
}

/** The keys of a result that the specification does not know, those of its dataset and source included. */
export function* unknownKeys(file: YamlFile, entry: Metadata, index: number): Generator<UnknownKey> {
  for (const [key, level] of LEVELS) {
    const mapping = key === undefined ? entry : own(entry, key);
    if (!isMapping(mapping)) continue;
    const path = key === undefined ? [index] : [index, key];
    for (const name of Object.keys(mapping)) {
      if (!level.keys.includes(name)) yield unknownKey(file, entry, level, [...path, name]);
    }
  }
}

function unknownKey(file: YamlFile, entry: Metadata, level: Level, path: JsonPath): UnknownKey {
  const name = String(path.at(-1));
  const parent = path.slice(1, -1);
  const mapping = parent.length === 0 ? entry : own(entry, String(parent[0]));
  const at = `The specification does not know the key "${label(path)}".`;
  const base = { path, part: 'key', severity: 'warning' } as const;

  const inside = parent.length === 0 ? INSIDE.get(name) : undefined;
  if (inside !== undefined) {
    const [around, key] = inside;
    return {
      finding: {
        ...base,
        message: `"${label(path)}" stands outside "${around}", where the Hub does not look for it.`,
        help: `Write it as "${key}:", indented below "${around}:".`,
      },
      answers: `/${around}/${key}`,
    };
  }
  if (parent.length > 0 && ENTRY.keys.includes(name)) {
    return {
      finding: {
        ...base,
        message: `"${label(path)}" stands inside "${parent[0]}", where the Hub does not look for it.`,
        help: `Indent it as far as "${parent[0]}".`,
      },
      answers: `/${name}`,
    };
  }
  const meant = level.aliases.get(name) ?? nearest(name, level.keys);
  if (meant !== undefined) {
    const taken = own(mapping, meant) !== undefined;
    // A value of another type would only be the next finding.
    const fits = typeOf(own(mapping, name)) === typeOfKey(meant);
    const fix = fits && !taken ? renameKey(file, path, meant) : undefined;
    return {
      finding: {
        ...base,
        message: `${at} Did you mean "${meant}"?`,
        help: taken ? `"${meant}" is there too: delete the one that is wrong.` : `Rename it to "${meant}".`,
        ...(fix === undefined ? {} : { fix }),
      },
      answers: taken ? '' : [...parent.map((step) => `/${step}`), `/${meant}`].join(''),
    };
  }
  const draft = parent[0] === 'dataset' && (name === 'config' || name === 'split');
  return {
    finding: {
      ...base,
      severity: 'info',
      message: at,
      help: draft
        ? 'It was part of a draft: "task_id" alone says which configuration and split, by the benchmark’s eval.yaml.'
        : `Known here: ${level.keys.join(', ')}. What else there is to say belongs into "notes", or behind "source.url".`,
    },
    answers: '',
  };
}

function typeOfKey(key: string): string {
  return key === 'value' ? 'number' : key === 'dataset' || key === 'source' ? 'object' : 'string';
}

function typeOf(value: unknown): string {
  return isMapping(value) ? 'object' : typeof value === 'object' ? 'other' : typeof value;
}
