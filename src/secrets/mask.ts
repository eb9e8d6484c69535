import { findSecrets, type Secret } from './find.js';

/** Shorter beginnings of a secret are not looked for: they may be anything, and give nothing away. */
const SHORTEST = 6;

/** A text whose secrets are stars, one for each character, so that every place in it stays where it is. */
export function maskSource(text: string, secrets: readonly Secret[]): string {
  if (secrets.length === 0) return text;
  let masked = '';
  let done = 0;
  for (const { span, open } of secrets) {
    masked += text.slice(done, span.start + open) + stars(text.slice(span.start + open, span.end));
    done = span.end;
  }
  return masked + text.slice(done);
}

/** A text with the secrets that are found in it as stars. */
export function withoutSecrets(text: string): string {
  return maskSource(text, findSecrets(text));
}

/** Line breaks stay, so that lines are counted as before. */
function stars(text: string): string {
  return text.replace(/[^\r\n]/g, '*');
}

/**
 * Makes a function that hides secrets in what was written about a text: quoted whole, or cut. It gives back the very same
 * string when none of them is in it.
 */
export function masker(secrets: readonly Secret[]): (text: string) => string {
  const pieces = secrets.flatMap(piecesOf);
  return (text) => pieces.reduce(hide, text);
}

interface Piece {
  readonly value: string;
  readonly open: number;
}

/** A key of several lines may be quoted line by line, its line breaks escaped. */
function piecesOf({ value, open }: Secret): readonly Piece[] {
  if (!/[\s\\]/.test(value)) return [{ value, open }];
  return value
    .split(/\s+|\\[nr]/)
    .filter((line) => line.length >= SHORTEST)
    .map((line) => ({ value: line, open: 0 }));
}

function hide(text: string, { value, open }: Piece): string {
  const beginning = value.slice(0, open + SHORTEST);
  let at = text.indexOf(beginning);
  if (at === -1) return text;
  let masked = '';
  let done = 0;
  for (; at !== -1; at = text.indexOf(beginning, done)) {
    let length = beginning.length;
    while (length < value.length && text[at + length] === value[length]) length++;
    masked += text.slice(done, at + open) + '*'.repeat(length - open);
    done = at + length;
  }
  return masked + text.slice(done);
}

/** A copy of a value of JSON's kinds with every string of it masked, keys of mappings too; the same value where none is. */
export function maskDeep<T>(value: T, mask: (text: string) => string): T {
  return copy(value, mask, new Map()) as T;
}

function copy(value: unknown, mask: (text: string) => string, made: Map<object, unknown>): unknown {
  if (typeof value === 'string') return mask(value);
  if (typeof value !== 'object' || value === null) return value;
  const known = made.get(value);
  if (known !== undefined) return known;
  if (Array.isArray(value)) {
    const items: unknown[] = [];
    made.set(value, items);
    for (const item of value) items.push(copy(item, mask, made));
    return items;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return value;
  const mapping: Record<string, unknown> = {};
  made.set(value, mapping);
  for (const [key, item] of Object.entries(value)) {
    // Not an assignment: a key named __proto__ must stay a key.
    Object.defineProperty(mapping, mask(key), {
      value: copy(item, mask, made),
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return mapping;
}
