import { isMapping } from '../mapping.js';
import type { Card } from './card.js';
import type { JsonPath } from './path.js';
import type { Span } from './position.js';

/**
 * Where the mapping at a path begins, for what is said of the whole of it: its own key, or the first key of a list item.
 * Undefined where neither it nor its value has a place of its own.
 */
export function mappingStart(card: Pick<Card, 'spanOf'>, path: JsonPath, value: unknown): Span | undefined {
  if (typeof path.at(-1) === 'string') return card.spanOf(path, 'key');
  const first = isMapping(value) ? Object.keys(value)[0] : undefined;
  return first === undefined ? card.spanOf(path, 'value') : card.spanOf([...path, first], 'key');
}
