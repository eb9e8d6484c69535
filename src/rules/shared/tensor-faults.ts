import { escapeText } from '../../preview.js';
import type { TensorsFault } from '../../safetensors/weight-fault.js';
import type { RuleContext } from '../rule.js';

/** Libraries that load weights with the classes of transformers. */
const LOADERS: ReadonlySet<unknown> = new Set([
  undefined,
  null,
  'transformers',
  'transformers.js',
  'sentence-transformers',
]);

/** Faults between tensors and config.json, of some kinds; none where the card names a library that may load them otherwise. */
export function tensorFaults<Kind extends TensorsFault['kind']>(
  { card, weightFaults }: RuleContext,
  ...kinds: readonly Kind[]
): readonly Extract<TensorsFault, { kind: Kind }>[] {
  if (!LOADERS.has(card.metadata?.library_name)) return [];
  return weightFaults.filter((fault): fault is Extract<TensorsFault, { kind: Kind }> =>
    kinds.some((kind) => kind === fault.kind),
  );
}

/** Names that are quoted in a message; more would say the same again. */
const MOST_NAMES = 3;
const LONGEST_NAME = 100;

/** A few names of files or tensors, safe for a message. */
export function someNames(names: readonly string[]): string {
  const shown = names.slice(0, MOST_NAMES).map(oneName);
  const more = names.length - shown.length;
  return `${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** A name of a file or tensor, safe for a message. */
export function oneName(name: string): string {
  return escapeText(name, LONGEST_NAME);
}
