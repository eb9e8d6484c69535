import type { Card, Metadata } from '../../card/card.js';
import type { JsonPath } from '../../card/path.js';
import type { Fix } from '../../diagnostic.js';
import { fieldsIn } from '../../hub/fields.js';
import { isMapping } from '../../mapping.js';

/** A list item whose dash has no space behind it is no list item: `-text: a` is a key, `-a` a text. */
const DASHED = /^-[^\s-]/;

/**
 * A fix for a value that would be a list if each of its dashes had a space behind it. Undefined when it would not, or when
 * it begins on the line of its key.
 */
export function dashFix(card: Card, path: JsonPath, value: unknown): Fix | undefined {
  const key = card.spanOf(path, 'key');
  const span = card.spanOf(path, 'value');
  if (!hasDashes(value) || key === undefined || span === undefined) return undefined;
  const source = card.text.slice(span.start, span.end);
  const between = card.text.slice(key.end, span.start);
  if (!/^["']?[ \t]*:\s*[\r\n][ \t]*$/.test(between)) return undefined;
  if (!source.split(/\r\n|\r|\n/).every((line) => DASHED.test(line.trimStart()))) return undefined;
  const edits = [...source.matchAll(/(?<=^[ \t]*-)(?=\S)/gm)].map(({ index }) => {
    const at = span.start + index;
    return { start: at, end: at, text: ' ' };
  });
  return { title: 'Put a space behind each dash', edits };
}

/** Whether a text, or the keys of a mapping, begin with a dash that was meant as that of a list item. */
export function hasDashes(value: unknown): boolean {
  if (typeof value === 'string') return DASHED.test(value);
  if (!isMapping(value)) return false;
  const keys = Object.keys(value);
  return keys.length > 0 && keys.every((key) => DASHED.test(key));
}

/** Keys at the top of the metadata that belong inside a field, which is blank because they are not indented. */
export function strayedFrom(field: string, metadata: Metadata): readonly string[] {
  const top = fieldsIn();
  const inside = [fieldsIn(field), fieldsIn(`${field}[]`)];
  return Object.keys(metadata).filter((key) => !top.has(key) && inside.some((fields) => fields.has(key)));
}
