import type { Fix } from '../diagnostic.js';
import type { JsonPath } from './path.js';
import type { Editable } from './scalar-edit.js';

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
