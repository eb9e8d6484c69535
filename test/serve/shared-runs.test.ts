import { getEventListeners } from 'node:events';
import { expect, it } from 'vitest';
import type { CatalogModel } from '../../src/serve/catalog.js';
import type { ModelPool } from '../../src/serve/model-pool.js';
import type { WorkerAnswer } from '../../src/serve/model-worker.js';
import { resultCache } from '../../src/serve/result-cache.js';
import { sharedRuns } from '../../src/serve/shared-runs.js';

it('nothing is left of a run at the signal of its client: a request may need many', async () => {
  const answer = { output: [], files: [], written: [] } as unknown as WorkerAnswer;
  const pool = { run: async () => answer, state: () => ({ state: 'cold' }) } as unknown as ModelPool;
  const runs = sharedRuns(pool, resultCache(1e6));
  const { signal: left } = new AbortController();
  for (const text of ['a', 'b', 'c']) {
    await runs.run({
      model: { id: 'a-model', revision: 0 } as CatalogModel,
      task: 'text-generation',
      inference: { input: text, parameters: {} },
      key: [text],
      useCache: true,
      wait: true,
      load: true,
      left,
    });
  }
  expect(getEventListeners(left, 'abort')).toEqual([]);
});
