import type { Metadata } from '../card/card.js';
import { own } from '../mapping.js';

/** The one class that config.json names; undefined for several, and where code of a repository takes its place. */
export function classOf(config: Metadata | null): string | undefined {
  const classes = own(config, 'architectures');
  if (!Array.isArray(classes) || classes.length !== 1 || own(config, 'auto_map') !== undefined)
    return undefined;
  const name: unknown = classes[0];
  return typeof name === 'string' ? name : undefined;
}
