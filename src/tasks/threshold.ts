import { own } from '../mapping.js';
import { readMapping } from './example.js';
import { fault, type Parameters, type Read, read } from './task.js';

/** Parameters with numbers from 0 to 1 under these names, `threshold` alone when none is given; null counts as absent. */
export function readThreshold(
  parameters: unknown,
  names: readonly string[] = ['threshold'],
): Read<Parameters> {
  const given = readMapping(parameters);
  if (!given.ok) return given;
  const found: Record<string, number> = {};
  for (const name of names) {
    const value = own(given.value, name) ?? undefined;
    if (value === undefined) continue;
    if (typeof value !== 'number' || !(value >= 0 && value <= 1)) {
      return fault([name], `${name} must be a number from 0 to 1.`);
    }
    found[name] = value;
  }
  return read(found);
}
