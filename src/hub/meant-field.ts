import type { Field, Fields } from './fields.js';
import { lazily } from './lazily.js';

/** A key that is a word, or several; not a comment or a sentence that happens to stand before a colon. */
const WORDS = /^[\w .-]{2,60}$/;

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

/** The letters and digits of a key, in lower case: what two spellings of one key share. */
export function letters(key: string): string {
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
