import type { Metadata } from '../../card/card.js';
import type { JsonPath } from '../../card/path.js';
import { isMapping, own } from '../../mapping.js';
import { ofLast } from './of-last.js';

/** A result of the model-index. Its path is made when a finding needs it, which is seldom. */
export interface IndexedResult {
  /** Position of its entry in the model-index, and its own in there. */
  readonly model: number;
  readonly index: number;
  readonly value: Metadata;
}

/** The results of all entries, in order. What is no mapping the Hub refuses, and `metadata-type` reports. */
export const resultsOf = ofLast((metadata: Metadata): readonly IndexedResult[] => {
  const models = metadata['model-index'];
  const found: IndexedResult[] = [];
  if (!Array.isArray(models)) return found;
  for (let model = 0; model < models.length; model++) {
    const results: unknown = own(models[model], 'results');
    if (!Array.isArray(results)) continue;
    for (let index = 0; index < results.length; index++) {
      const value: unknown = results[index];
      if (isMapping(value)) found.push({ model, index, value });
    }
  }
  return found;
});

/** The metrics of a result as they are written: items may be anything. */
export function metricsOf({ value }: IndexedResult): readonly unknown[] {
  const metrics = own(value, 'metrics');
  return Array.isArray(metrics) ? metrics : NONE;
}

const NONE: readonly unknown[] = [];

export function pathOf({ model, index }: IndexedResult): JsonPath {
  return ['model-index', model, 'results', index];
}

const OF_DATASET = ['type', 'config', 'split', 'revision'];

/**
 * What huggingface_hub takes for the same evaluation (`EvalResult.unique_identifier`, 1.x, 2026-08): task, dataset, and
 * what of the dataset was used.
 */
export function evaluationOf({ value }: IndexedResult): string {
  const dataset = own(value, 'dataset');
  let evaluation = textOf(own(own(value, 'task'), 'type'));
  for (const key of OF_DATASET) evaluation += `\0${textOf(own(dataset, key))}`;
  return evaluation;
}

/** A value as a key to compare by. Strings, which nearly all are, cost nothing. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return value === undefined ? '' : `\u0001${JSON.stringify(value)}`;
}
