import { labelsOf, type ModelConfig } from './config.js';
import { Contradiction } from './refusal.js';
import type { Weights } from './weights.js';

/** How many labels a model tells apart. Throws `Contradiction` when its last layer has another number of rows. */
export function labelCount(config: ModelConfig, weights: Weights, layer: string): number {
  const told = labelsOf(config);
  const there = weights.shapeOf(`${layer}.weight`)?.[0];
  if (there !== undefined && there !== told) {
    throw new Contradiction(`config.json names ${told} labels, and ${layer}.weight has ${there} rows`);
  }
  return told;
}
