import type { Metadata } from '../card/card.js';
import type { JsonPath } from '../card/path.js';
import type { Fix } from '../diagnostic.js';
import { type Field, type Fields, fieldsIn } from '../hub/fields.js';
import { lazily } from '../hub/lazily.js';
import { libraries } from '../hub/libraries.js';
import { taskAliases, tasks } from '../hub/tasks.js';
import type { Editable } from './scalar-edit.js';
import { holdsAny } from './strings.js';

/** A key that is a word, or several; not a comment or a sentence that happens to stand before a colon. */
const WORDS = /^[\w .-]{2,60}$/;
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

const lettersOf = lazily(() => new Map<Fields, ReadonlyMap<string, Field>>());

/** The keys of a mapping by their letters and digits, in lower case. */
function byLetters(fields: Fields): ReadonlyMap<string, Field> {
  let map = lettersOf().get(fields);
  if (map === undefined) {
    map = new Map([...fields.values()].map((field) => [letters(field.name), field]));
    lettersOf().set(fields, map);
  }
  return map;
}

function letters(key: string): string {
  return key.toLowerCase().replace(/[^a-z0-9]/g, '');
}

/**
 * The known key that an unknown one was meant as: spelled with other case or punctuation, or one edit away (a letter
 * too many, too few or wrong, or two swapped) in words of `shortest` letters and more. Undefined when there is none, or when
 * there are two.
 */
export function meantField(key: string, fields: Fields, shortest = 4): Field | undefined {
  if (fields.has(key) || !WORDS.test(key)) return undefined;
  const word = letters(key);
  const candidates = byLetters(fields);
  const same = candidates.get(word);
  if (same !== undefined || word.length < shortest) return same;
  let found: Field | undefined;
  for (const [other, field] of candidates) {
    if (other.length < shortest || !oneEdit(word, other)) continue;
    if (found !== undefined) return undefined;
    found = field;
  }
  return found;
}

/** Whether one insertion, deletion, replacement or swap of neighbours turns one word into another. */
function oneEdit(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1) return false;
  let start = 0;
  while (start < a.length && a[start] === b[start]) start++;
  let endA = a.length;
  let endB = b.length;
  while (endA > start && endB > start && a[endA - 1] === b[endB - 1]) {
    endA--;
    endB--;
  }
  if (endA - start <= 1 && endB - start <= 1) return true;
  const swapped = endA - start === 2 && endB - start === 2;
  return swapped && a[start] === b[start + 1] && a[start + 1] === b[start];
}

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
export function isMisspelt(field: string, metadata: Metadata): boolean {
  const fields = fieldsIn();
  for (const key in metadata) {
    if (!fields.has(key) && meantAtTop(key, metadata)?.name === field) return true;
  }
  return false;
}

/**
 * A fix that gives the key at the end of a path another name, and keeps its quotes. Undefined when the key came with a
 * merge key, so that another mapping would change too, or is written in another way than plainly or in quotes.
 */
export function renameKey(card: Editable, path: JsonPath, name: string): Fix | undefined {
  const key = path.at(-1);
  const span = card.spanOf(path, 'key');
  if (typeof key !== 'string' || span === undefined) return undefined;
  if (card.spanOf([...path.slice(0, -1), '<<'], 'key') !== undefined) return undefined;
  const source = card.text.slice(span.start, span.end);
  const quote = source === key ? '' : source.charAt(0);
  if (quote !== '' && (!/["']/.test(quote) || source !== `${quote}${key}${quote}`)) return undefined;
  return { title: `Rename the key to ${name}`, edits: [{ ...span, text: `${quote}${name}${quote}` }] };
}
