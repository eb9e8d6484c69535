import type { Fix, TextEdit } from '../diagnostic.js';
import type { Card } from './card.js';
import { editsFor } from './edit.js';
import type { JsonPath } from './path.js';
import { isBooleanOrNull } from './yaml-words.js';

/** What a scalar is edited in: a card, or another YAML file. */
export type Editable = Pick<Card, 'text' | 'spanOf'>;

/**
 * A fix that writes another string in the place of the string at `path`, keeping its quotes. Undefined when the source
 * is not written in the simple way this can edit (block scalars, escapes, anchors, aliases).
 */
export function replaceString(card: Editable, path: JsonPath, from: string, to: string): Fix | undefined {
  const span = card.spanOf(path, 'value');
  if (span === undefined) return undefined;
  const source = card.text.slice(span.start, span.end);
  const quoted = source === `"${from}"` || source === `'${from}'`;
  if ((!quoted && source !== from) || hasProperties(card.text, span.start)) return undefined;
  const edit: TextEdit = quoted
    ? { start: span.start + 1, end: span.end - 1, text: to }
    : { start: span.start, end: span.end, text: isBooleanOrNull(to) ? `'${to}'` : to };
  return { title: `Write ${to}`, edits: [edit] };
}

/** The source of a value when it is a plain or quoted scalar on one line, without anchor, tag or comment. */
export function scalarSource(card: Editable, path: JsonPath): string | undefined {
  const span = card.spanOf(path, 'value');
  if (span === undefined) return undefined;
  const source = card.text.slice(span.start, span.end);
  return source === '' || /[\r\n]|^[&*!|>%@`]/.test(source) || hasProperties(card.text, span.start)
    ? undefined
    : source;
}

/** How far before a value its anchor and tag are looked for, in UTF-16 units. */
const BEFORE = 200;

/** Whether a value has an anchor, by which other values repeat it, or a tag, which says what it is whatever is written. */
function hasProperties(text: string, start: number): boolean {
  const before = text.slice(Math.max(0, start - BEFORE), start).trimEnd();
  const word = before.slice(
    Math.max(
      before.lastIndexOf(' '),
      before.lastIndexOf('\t'),
      before.lastIndexOf('\n'),
      before.lastIndexOf('\r'),
    ) + 1,
  );
  return /^[[{,]*[&!]/.test(word);
}

/**
 * A fix that adds a key to the metadata, behind the first of the keys of `after` that is there. Undefined when the front
 * matter is not written in a way this can edit; the edited text was read again and holds the key and all it held before.
 */
export function addKey(
  card: Card,
  key: string,
  value: string,
  after: readonly string[] = [],
): Fix | undefined {
  const edits = editsFor(card, [{ kind: 'set', key, value, after }]);
  return edits === undefined ? undefined : { title: `Add ${key}: ${value}`, edits };
}
