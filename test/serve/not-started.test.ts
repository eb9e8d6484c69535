import { expect, it, vi } from 'vitest';
import { startWorker } from '../../src/serve/model-worker.js';
import type { ServeJob } from '../../src/serve/worker-messages.js';

const forgotten = vi.hoisted(() => ({ count: 0 }));
// As Node has it where the system opens no more files: a process that has nothing, not even pipes.
vi.mock('../../src/smoke/spawn-child.js', async (original) => ({
  ...(await original<object>()),
  spawnChild: () => ({
    process: {},
    folder: '/nowhere',
    gone: Promise.resolve({ end: 'not-started', error: new Error('spawn EMFILE') }),
    kill: () => undefined,
    forget: () => {
      forgotten.count++;
    },
  }),
}));

it('a process that cannot be started for want of files is told of as one that ended, and forgotten', async () => {
  const worker = startWorker({} as ServeJob, 'onnx', { memoryBytes: 1, loadMs: 1000 });
  await expect(worker.loaded).rejects.toMatchObject({ fault: 'ended', message: 'spawn EMFILE' });
  expect([(await worker.gone).message, forgotten.count]).toEqual(['spawn EMFILE', 1]);
});
