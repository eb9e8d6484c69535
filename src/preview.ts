import { withoutSecrets } from './secrets/mask.js';

const LONGEST = 60;
/** No credential is shorter, and of a longer text no more is looked at, in UTF-16 units. */
const SHORTEST_SECRET = 20;
const LONGEST_SECRET = 1000;
/** What would break a line, hide text or reorder it on a terminal. */
const UNSAFE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}\ufeff]/gu;
/** Most texts; saves the slower search. */
const PLAIN = /^[ -~]*$/;
const ESCAPES: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/**
 * A value as it may stand inside a sentence: strings in double quotes, cut at 60 characters, with control characters,
 * line breaks and reordering marks escaped, and credentials as stars; lists and mappings by name only.
 */
export function preview(value: unknown): string {
  if (typeof value === 'string') return `"${escapeText(value)}"`;
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint')
    return String(value);
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (value instanceof Date)
    return Number.isNaN(value.getTime()) ? 'a date' : `the date ${value.toISOString().slice(0, 10)}`;
  return value instanceof Uint8Array ? 'binary data' : 'a mapping';
}

/** Text made safe for one line of a message, cut at `longest` UTF-16 units. */
export function escapeText(text: string, longest = LONGEST): string {
  // A value need not stand in its file as it is read: YAML has escapes, and some files are not looked through.
  const shown = text.length < SHORTEST_SECRET ? text : withoutSecrets(text.slice(0, LONGEST_SECRET));
  const cut = shown.length > longest ? `${shown.slice(0, longest).replace(/[\ud800-\udbff]$/, '')}…` : shown;
  if (PLAIN.test(cut)) return cut;
  return cut.replace(
    UNSAFE,
    (character) => ESCAPES[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** A path as the Hub writes it in its messages: `model-index[0].results[0].task`. */
export function label(path: readonly (string | number)[]): string {
  let text = '';
  for (const step of path) {
    text += typeof step === 'number' ? `[${step}]` : text === '' ? escapeText(step) : `.${escapeText(step)}`;
  }
  return text === '' ? 'value' : text;
}
