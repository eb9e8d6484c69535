import { InferenceClient } from '@huggingface/inference';
import { HfInference } from 'huggingface-inference-2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ServedModels } from '../../src/serve/server-options.js';
import { CALLS } from './client-calls.js';
import { serve } from './served.js';

let server: ServedModels;
beforeAll(async () => {
  // Memory for five or so of them at a time.
  server = await serve(
    CALLS.map(({ id }) => id),
    { maxMemory: 800 * 1024 ** 2 },
  );
});
afterAll(() => server.close());

// Both clients after each other, so that a model is loaded once.
describe.each(CALLS)('$id', ({ today, yesterday, answer }) => {
  it('is answered to @huggingface/inference 4', async () => expect(await today(server.url)).toEqual(answer));

  if (yesterday !== undefined) {
    it('is answered to @huggingface/inference 2', async () =>
      expect(await yesterday(server.url)).toEqual(answer));
  }
});

it('both take tokens that are not put together, which they ask for by a name of the API', async () => {
  const url = `${server.url}/models/token-classification`;
  const asked = { inputs: 'Anna works', parameters: { aggregation_strategy: 'none' as const } };
  const anna = { entity_group: 'B-PER', word: 'Anna', score: expect.any(Number), start: 0, end: 4 };
  const today = new InferenceClient().tokenClassification({ endpointUrl: url, ...asked });
  expect(await today).toEqual([{ ...anna, entity: 'B-PER', index: 1 }]);
  const yesterday = new HfInference().tokenClassification({ model: url, ...asked }, { wait_for_model: true });
  expect(await yesterday).toEqual([{ ...anna, entity: 'B-PER', index: 1 }]);
});
