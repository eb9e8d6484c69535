import type { Fix } from '../diagnostic.js';
import type { JsonPath } from './path.js';
import { type Editable, scalarSource } from './scalar-edit.js';
import { isBooleanOrNull } from './yaml-words.js';

/** Words that need no quotes in YAML, in a list between brackets either. */
const PLAIN = /^[A-Za-z][\w.-]*(?:\/[A-Za-z][\w.-]*)?$/;

/**
 * A fix that writes several values in the place of the one string at `path`: a list in the place of the value of a key,
 * more items in the place of an item. Undefined where the source is not written in a simple way.
 */
export function splitString(card: Editable, path: JsonPath, parts: readonly string[]): Fix | undefined {
  const span = card.spanOf(path, 'value');
  if (
    span === undefined ||
    scalarSource(card, path) === undefined ||
    !parts.every((part) => PLAIN.test(part))
  )
    return undefined;
  const items = parts.map((part) => (isBooleanOrNull(part) ? `'${part}'` : part));
  const title = `Write a list: ${parts.join(', ')}`;
  if (typeof path.at(-1) === 'string') {
    return { title, edits: [{ ...span, text: `[${items.join(', ')}]` }] };
  }
  const list = card.spanOf(path.slice(0, -1), 'value');
  if (list === undefined) return undefined;
  if (card.text[list.start] === '[') return { title, edits: [{ ...span, text: items.join(', ') }] };
  const lineStart =
    Math.max(card.text.lastIndexOf('\n', span.start - 1), card.text.lastIndexOf('\r', span.start - 1)) + 1;
  const head = card.text.slice(lineStart, span.start);
  if (!/^ *- +$/.test(head)) return undefined;
  const lineBreak = card.text.startsWith('\r\n', lineStart - 2) ? '\r\n' : '\n';
  return { title, edits: [{ ...span, text: items.join(`${lineBreak}${head}`) }] };
}
