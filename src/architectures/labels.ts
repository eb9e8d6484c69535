import { labelsOf, type ModelConfig } from './config.js';
import { Contradiction } from './refusal.js';
import type { Weights } from './weights.js';

/** How many labels a model tells apart. Throws `Contradiction` when its last layer has another number of rows. */
export function labelCount(config: ModelConfig, weights: Weights, layer: string): number {
  const told = labelsOf(config);
  const tensor = `${layer}.weight`;
  const rows = weights.shapeOf(tensor)?.[0];
  if (rows !== undefined && rows !== told) {
    throw new Contradiction(`config.json names ${told} labels, and ${tensor} has ${rows} rows`, {
      kind: 'labels',
      tensor,
      rows,
      labels: told,
    });
  }
  return told;
}
