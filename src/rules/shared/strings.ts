import type { Metadata } from '../../card/card.js';
import type { JsonPath } from '../../card/path.js';

/**
 * Calls `visit` for the string of a field, or for each string of its list. Other values are left out: `metadata-type`
 * reports them, and no finding is made twice.
 */
export function eachString(
  metadata: Metadata,
  field: string,
  visit: (text: string, path: JsonPath) => void,
): void {
  const value = metadata[field];
  if (value === undefined) return;
  if (typeof value === 'string') {
    if (value !== '') visit(value, [field]);
  } else if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) {
      const item: unknown = value[index];
      if (typeof item === 'string' && item !== '') visit(item, [field, index]);
    }
  }
}

/** Whether a field, written as one value or as a list, holds something that `known` knows. */
export function holdsAny(value: unknown, known: { has(text: string): boolean }): boolean {
  if (!Array.isArray(value)) return typeof value === 'string' && known.has(value);
  for (const item of value) if (typeof item === 'string' && known.has(item)) return true;
  return false;
}

/** Whether a field, written as one value or as a list, holds a text. */
export function holds(value: unknown, text: string): boolean {
  return Array.isArray(value) ? value.includes(text) : value === text;
}
