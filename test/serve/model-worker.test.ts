import { expect, it } from 'vitest';
import { planFor } from '../../src/serve/asked-model.js';
import { openCatalog, servedVariant } from '../../src/serve/catalog.js';
import { startWorker } from '../../src/serve/model-worker.js';
import { loadingJob } from '../../src/smoke/attempt.js';
import { FIXTURES } from './served.js';

it('a process whose own watchdog ends it is said to have taken too much memory', async () => {
  const task = 'text-classification';
  const [model] = (await openCatalog([`${FIXTURES}${task}`], { cwd: FIXTURES })).values();
  if (model === undefined) throw new Error('There is no model.');
  const plan = await planFor(model, task);
  const variant = servedVariant(plan);
  const fences = await model.bring(variant, new AbortController().signal);
  const input = { plan, variant, fences, device: 'cpu', optimized: true, main: false, media: {} } as const;
  const job = { ...loadingJob(input, 1), served: { threads: 1, joined: true } };
  const limits = { memoryBytes: Number.POSITIVE_INFINITY, loadMs: 60_000 };
  const { fault } = await startWorker({ kind: 'serve', model: job }, plan.runner, limits).gone;
  expect(fault).toBe('over-memory');
});
