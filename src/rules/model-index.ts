import type { Card, Metadata } from '../card/card.js';
import type { JsonPath } from '../card/path.js';
import type { Span } from '../card/position.js';
import { isMapping, own } from '../mapping.js';

/** A mapping somewhere in the model-index of a card. */
export interface Part {
  readonly path: JsonPath;
  readonly value: Metadata;
}

/** The entries of the model-index: models with their results. Nearly all cards have one. */
export function* modelsIn(metadata: Metadata): Generator<Part> {
  yield* mappings(metadata['model-index'], ['model-index']);
}

/** The results of all entries. */
export function* resultsIn(metadata: Metadata): Generator<Part> {
  for (const { path, value } of modelsIn(metadata)) {
    yield* mappings(own(value, 'results'), [...path, 'results']);
  }
}

/** The metrics of one result. */
export function* metricsIn({ path, value }: Part): Generator<Part> {
  yield* mappings(own(value, 'metrics'), [...path, 'metrics']);
}

/** The mappings of a list; what else is in it the Hub refuses, and `metadata-type` reports. */
function* mappings(list: unknown, path: JsonPath): Generator<Part> {
  if (!Array.isArray(list)) return;
  for (let index = 0; index < list.length; index++) {
    const value: unknown = list[index];
    if (isMapping(value)) yield { path: [...path, index], value };
  }
}

/**
 * What huggingface_hub takes for the same evaluation (`EvalResult.unique_identifier`, 1.x, 2026-08): task, dataset, and
 * what of the dataset was used.
 */
export function evaluationOf({ value }: Part): string {
  const dataset = own(value, 'dataset');
  return JSON.stringify([
    own(own(value, 'task'), 'type'),
    ...['type', 'config', 'split', 'revision'].map((key) => own(dataset, key)),
  ]);
}

/** Where a list item begins that is a mapping: its first key. */
export function startOf(card: Card, { path, value }: Part): Span | undefined {
  const [first] = Object.keys(value);
  return first === undefined ? card.spanOf(path, 'value') : card.spanOf([...path, first], 'key');
}
