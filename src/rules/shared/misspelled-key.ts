import type { Metadata } from '../../card/card.js';
import { type Field, fieldsIn } from '../../hub/fields.js';
import { libraries } from '../../hub/libraries.js';
import { letters, meantField } from '../../hub/meant-field.js';
import { taskAliases, tasks } from '../../hub/tasks.js';
import { holdsAny } from './strings.js';

/** At the top, where anybody may put keys of their own, shorter words have too many neighbours. */
const SHORTEST_AT_TOP = 6;

/** What people write for a key, without case and punctuation, where it is more than one edit away. */
const INSTEAD: ReadonlyMap<string, string> = new Map([
  ['lisence', 'license'],
  ['lisense', 'license'],
  ['liscense', 'license'],
  ['lincense', 'license'],
  ['lang', 'language'],
  ['langs', 'language'],
  ['tag', 'tags'],
  ['library', 'library_name'],
  ['librarytag', 'library_name'],
  ['pipeline', 'pipeline_tag'],
  ['pipelinetype', 'pipeline_tag'],
  ['task', 'pipeline_tag'],
  ['widgetexample', 'widget'],
  ['widgetexamples', 'widget'],
]);

/** Words of their own right, which only stand for the key when nothing else says what the key would. */
const OWN_WORDS: ReadonlySet<string> = new Set([
  'librarytag',
  'pipeline',
  'pipelinetype',
  'task',
  'library',
  'lang',
]);

/** The known key that a key at the top of the metadata was meant as. */
export function meantAtTop(key: string, metadata: Metadata): Field | undefined {
  const fields = fieldsIn();
  const meant = meantField(key, fields, SHORTEST_AT_TOP);
  if (meant !== undefined || fields.has(key)) return meant;
  const word = letters(key);
  const instead = INSTEAD.get(word);
  if (instead === undefined || (OWN_WORDS.has(word) && !isNeeded(word, instead, metadata, metadata[key]))) {
    return undefined;
  }
  return fields.get(instead);
}

function isNeeded(word: string, field: string, metadata: Metadata, value: unknown): boolean {
  if (metadata[field] !== undefined) return false;
  if (field === 'library_name') {
    if (typeof value !== 'string') return false;
    return word === 'library' || (libraries().has(value) && !holdsAny(metadata.tags, libraries()));
  }
  if (field !== 'pipeline_tag') return true;
  if (typeof value !== 'string' || holdsAny(metadata.tags, tasks())) return false;
  return tasks().has(plainTask(value)) || taskAliases().has(plainTask(value));
}

function plainTask(value: string): string {
  return value
    .trim()
    .toLowerCase()
    .replace(/[\s_]+/g, '-');
}

/**
 * Whether a key at the top of the metadata was meant as the field, so that what `key-misspelled` says is not said twice.
 */
export function isMisspelled(field: string, metadata: Metadata): boolean {
  const fields = fieldsIn();
  for (const key in metadata) {
    if (!fields.has(key) && meantAtTop(key, metadata)?.name === field) return true;
  }
  return false;
}
