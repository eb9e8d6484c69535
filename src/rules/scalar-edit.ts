import type { Card } from '../card/card.js';
import type { JsonPath } from '../card/path.js';
import type { Fix, TextEdit } from '../diagnostic.js';

/** Plain words that readers of YAML 1.1 take for a boolean or null. */
const NEEDS_QUOTES = /^(?:y|n|yes|no|on|off|true|false|null|~)$/i;

/**
 * A fix that writes another string in the place of the string at `path`, keeping its quotes. Undefined when the source
 * is not written in the simple way this can edit (block scalars, escapes, anchors, aliases).
 */
export function replaceString(card: Card, path: JsonPath, from: string, to: string): Fix | undefined {
  const span = card.spanOf(path, 'value');
  if (span === undefined) return undefined;
  const source = card.text.slice(span.start, span.end);
  const quoted = source === `"${from}"` || source === `'${from}'`;
  if (!quoted && source !== from) return undefined;
  const edit: TextEdit = quoted
    ? { start: span.start + 1, end: span.end - 1, text: to }
    : { start: span.start, end: span.end, text: NEEDS_QUOTES.test(to) ? `'${to}'` : to };
  return { title: `Write ${to}`, edits: [edit] };
}

/** The source of a value when it is a plain or quoted scalar on one line, without anchor, tag or comment. */
export function scalarSource(card: Card, path: JsonPath): string | undefined {
  const span = card.spanOf(path, 'value');
  if (span === undefined) return undefined;
  const source = card.text.slice(span.start, span.end);
  return source === '' || /[\r\n]|^[&*!|>%@`]/.test(source) ? undefined : source;
}
