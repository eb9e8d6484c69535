import { isMapping } from '../mapping.js';
import type { JsonPath } from './path.js';

/**
 * Calls `visit` for the value itself and for every value inside it, parents first, in the order of the source.
 * A mapping or list that an alias repeats is visited once, at the first path that leads to it, so that the work is
 * linear in the length of the card.
 */
export function walkValues(value: unknown, visit: (path: JsonPath, value: unknown) => void): void {
  const seen = new Set<object>();
  const walk = (path: JsonPath, current: unknown): void => {
    if (typeof current !== 'object' || current === null) {
      visit(path, current);
      return;
    }
    if (seen.has(current)) return;
    seen.add(current);
    visit(path, current);
    if (Array.isArray(current)) {
      for (let index = 0; index < current.length; index++) walk([...path, index], current[index]);
    } else if (isMapping(current)) {
      for (const key of Object.keys(current)) walk([...path, key], current[key]);
    }
  };
  walk([], value);
}
