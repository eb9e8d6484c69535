import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CatalogModel } from '../../src/serve/catalog.js';
import { deferred } from '../../src/serve/deferred.js';
import type { PoolEvent } from '../../src/serve/events.js';
import { modelPool, type PoolOptions } from '../../src/serve/model-pool.js';
import type { ModelWorker, WorkerAnswer } from '../../src/serve/model-worker.js';
import { WorkerError } from '../../src/serve/worker-error.js';

const TASK = 'text-classification';

/** A process that is loaded, and answers, when it is told to. */
interface Fake {
  /** Of the model that it holds. */
  readonly id: string;
  readonly device: string;
  readonly worker: ModelWorker;
  /** `onCpu`: and says that it runs there. */
  load(onCpu?: boolean): void;
  /** Answers what runs. */
  answer(): void;
  end(reason: WorkerError): void;
}

const events: PoolEvent[] = [];
const processes = vi.hoisted(() => ({ started: [] as unknown[] }));
const started = processes.started as Fake[];
/** Those of a model, in the order in which they were started. */
const of = (id: string) => started.filter((one) => one.id === id);
const alive = (id: string) => of(id).filter(({ worker }) => worker.alive());

vi.mock('../../src/smoke/attempt.js', async (original) => ({
  ...(await original<object>()),
  loadingJob: ({ plan, device }: { readonly plan: object; readonly device: string }) => ({ ...plan, device }),
}));
vi.mock('../../src/serve/model-worker.js', () => ({
  startWorker: ({
    model: { id, memoryBytes, device },
  }: {
    model: { id: string; memoryBytes: number; device: string };
  }) => {
    const loaded = deferred<number>();
    const gone = deferred<WorkerError>();
    let runs: { resolve(answer: WorkerAnswer): void; reject(error: unknown): void }[] = [];
    let ended: WorkerError | null = null;
    let onCpu = false;
    const end = (reason: WorkerError) => {
      if (ended !== null) return;
      ended = reason;
      loaded.reject(reason);
      for (const { reject } of runs) reject(reason);
      setImmediate(() => gone.resolve(reason));
    };
    loaded.promise.catch(() => undefined);
    const one: Fake = {
      id,
      device,
      load(said = false) {
        onCpu ||= said;
        loaded.resolve(1);
      },
      answer() {
        const all = runs;
        runs = [];
        for (const { resolve } of all) resolve({ latencyMs: 1 } as WorkerAnswer);
      },
      end,
      worker: {
        loaded: loaded.promise,
        gone: gone.promise,
        ask: () =>
          ended === null
            ? new Promise((resolve, reject) => {
                runs.push({ resolve, reject });
              })
            : Promise.reject(ended),
        alive: () => ended === null,
        together: () => false,
        onCpu: () => onCpu,
        memoryBytes: () => memoryBytes,
        async stop(reason) {
          end(reason);
          await gone.promise;
        },
      },
    };
    processes.started.push(one);
    return one.worker;
  },
}));

beforeEach(() => {
  events.length = 0;
  started.length = 0;
});
afterEach(() => {
  vi.useRealTimers();
});

interface FakeModel {
  readonly id?: string;
  readonly revision?: number;
  readonly memoryBytes?: number;
  readonly bring?: CatalogModel['bring'];
}

/** A model whose processes are named after it and its revision. */
function model({
  id = 'a',
  revision = 0,
  memoryBytes = 60,
  bring = async () => ['/'] as const,
}: FakeModel = {}): CatalogModel {
  const plan = {
    kind: 'run',
    id: `${id}${revision}`,
    memoryBytes,
    runner: 'onnx',
    variants: [{ files: [] }],
  };
  return {
    id,
    revision,
    bring,
    plan: async () => plan,
    report: { support: { task: { name: TASK } } },
  } as unknown as CatalogModel;
}

function pool(options: Partial<PoolOptions> = {}) {
  return modelPool({
    device: 'cpu',
    guessed: false,
    memoryBytes: 1000,
    queue: 256,
    loadMs: 1000,
    inferenceMs: 60_000,
    idleMs: Number.POSITIVE_INFINITY,
    quantized: false,
    workers: 1,
    pinned: new Set(),
    onEvent: (event) => events.push(event),
    ...options,
  });
}

const CALLER = { wait: true, left: new AbortController().signal };
/** Asks, and says what came of it. */
function ask(asks: ReturnType<typeof pool>, what: CatalogModel): { outcome: unknown } {
  const asked: { outcome: unknown } = { outcome: null };
  asks.run(what, TASK, { input: 'Great!', parameters: {} }, CALLER).then(
    () => {
      asked.outcome = 'answered';
    },
    (error: unknown) => {
      asked.outcome = error;
    },
  );
  return asked;
}

/** Loads and answers whatever there is to, until something holds. */
const until = (holds: () => void, helping: readonly (() => Fake | undefined)[] = []) =>
  vi.waitFor(
    () => {
      for (const help of helping) {
        help()?.load();
        help()?.answer();
      }
      holds();
    },
    { timeout: 30_000, interval: 20 },
  );

const crash = () => new WorkerError('ended', 'It ended with SIGSEGV.');

it('a further process is started for a line that lasts, though nobody comes and nothing ends', async () => {
  const a = pool({ workers: 2 });
  ask(a, model());
  await until(() => expect(of('a0')).toHaveLength(1));
  of('a0')[0]?.load();
  const second = ask(a, model());
  await until(() => expect(of('a0')).toHaveLength(2));
  of('a0')[1]?.load();
  await until(() => expect(second.outcome).toBe('answered'), [() => of('a0')[1]]);
  await a.close();
});

it('a model makes room for another while a further process of it waits for its turn', async () => {
  const both = pool({ workers: 2, memoryBytes: 100 });
  const first = ask(both, model());
  await until(() => expect(of('a0')).toHaveLength(1));
  of('a0')[0]?.load();
  const behind = ask(both, model());
  const other = ask(both, model({ id: 'b' }));
  await new Promise((resolve) => setTimeout(resolve, 1000));
  // Its line lasts; a second later the patience of the other model is over.
  const last = ask(both, model());
  await new Promise((resolve) => setTimeout(resolve, 1600));
  of('a0')[0]?.answer();
  await until(
    () =>
      expect([first, behind, last, other].map(({ outcome }) => outcome)).toEqual(Array(4).fill('answered')),
    [() => alive('b0')[0], () => alive('a0')[0]],
  );
  await both.close();
});

it('who waits is answered where the process ends, and the further one cannot be loaded', async () => {
  const a = pool({ workers: 2 });
  const first = ask(a, model());
  await until(() => expect(of('a0')).toHaveLength(1));
  of('a0')[0]?.load();
  const second = ask(a, model());
  await until(() => expect(of('a0')).toHaveLength(2));
  of('a0')[0]?.end(crash());
  await until(() => expect(first.outcome).toMatchObject({ status: 500 }));
  of('a0')[1]?.end(crash());
  await until(() => expect(second.outcome).toBe('answered'), [() => of('a0')[2]]);
  await a.close();
});

it('a pinned model whose files change while it is at work is loaded again, though nobody asks', async () => {
  const pinned = pool({ pinned: new Set(['a']) });
  const first = ask(pinned, model());
  await until(() => expect(of('a0')).toHaveLength(1));
  of('a0')[0]?.load();
  await until(() => expect(pinned.models()[0]?.loaded).toBe(true));
  await pinned.renew(model({ revision: 1 }));
  of('a0')[0]?.answer();
  await until(() => expect([first.outcome, of('a1').length]).toEqual(['answered', 1]));
  expect(alive('a0')).toEqual([]);
  await pinned.close();
});

it('a pinned model whose process ends is loaded again, but not again and again', async () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  const pinned = pool({ pinned: new Set(['a']) });
  const warm = pinned.warm(model(), TASK);
  await until(() => expect(of('a0')).toHaveLength(1));
  of('a0')[0]?.load();
  await warm;
  vi.advanceTimersByTime(60_000);
  of('a0')[0]?.end(crash());
  await until(() => expect(of('a0')).toHaveLength(2));
  of('a0')[1]?.load();
  await until(() => expect(pinned.models()[0]?.loaded).toBe(true));
  of('a0')[1]?.end(crash());
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(of('a0')).toHaveLength(2);
  await pinned.close();
});

it('files that change while they are loaded, and cannot be, are loaded as they are then', async () => {
  const a = pool();
  const asked = ask(a, model());
  await until(() => expect(of('a0')).toHaveLength(1));
  await a.renew(model({ revision: 1 }));
  of('a0')[0]?.end(crash());
  await until(() => expect(asked.outcome).toBe('answered'), [() => of('a1')[0]]);
  await a.close();
});

it('a request that came before its model was read anew loads what is there now', async () => {
  const a = pool();
  await a.renew(model({ revision: 1 }));
  const asked = ask(a, model());
  await until(() => expect(asked.outcome).toBe('answered'), [() => of('a1')[0]]);
  expect(of('a0')).toEqual([]);
  await a.close();
});

it('a model whose files are being downloaded keeps no other from being loaded, nor the end of the server', async () => {
  const both = pool();
  const bring: CatalogModel['bring'] = (_, signal) =>
    new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason));
    });
  const slow = ask(both, model({ id: 'slow', bring }));
  const quick = ask(both, model());
  await until(() => expect(quick.outcome).toBe('answered'), [() => of('a0')[0]]);
  await both.close();
  await until(() => expect(slow.outcome).toMatchObject({ status: 503 }));
});

it('that there is no memory for a model is told', async () => {
  const full = pool({ pinned: new Set(['a']), memoryBytes: 100 });
  const warm = full.warm(model(), TASK);
  await until(() => expect(of('a0')).toHaveLength(1));
  of('a0')[0]?.load();
  await warm;
  const asked = ask(full, model({ id: 'b' }));
  await until(() => expect(asked.outcome).toMatchObject({ status: 500 }));
  expect(events).toContainEqual(
    expect.objectContaining({
      event: 'load',
      model: 'b',
      ok: false,
      error: expect.stringContaining('memory'),
    }),
  );
  await full.close();
});

describe('a GPU', () => {
  it('that `auto` took and a model cannot be loaded on is left to others: it is loaded on the CPU, at once the next time', async () => {
    const guessing = pool({ device: 'webgpu', guessed: true });
    expect(guessing.computeType(model(), TASK)).toBe('gpu');
    const asked = ask(guessing, model());
    await until(() => expect(of('a0')).toHaveLength(1));
    of('a0')[0]?.end(crash());
    await until(() => expect(asked.outcome).toBe('answered'), [() => of('a0')[1]]);
    of('a0')[1]?.end(crash());
    const again = ask(guessing, model());
    await until(() => expect(again.outcome).toBe('answered'), [() => of('a0')[2]]);
    expect(of('a0').map(({ device }) => device)).toEqual(['webgpu', 'cpu', 'cpu']);
    expect(guessing.computeType(model(), TASK)).toBe('cpu');
    expect(guessing.computeType(model({ id: 'b' }), TASK)).toBe('gpu');
    expect(events.filter(({ event }) => event === 'load')).toMatchObject([{ ok: true }, { ok: true }]);
    await guessing.close();
  });

  it('that was named and a model cannot be loaded on is what failed', async () => {
    const named = pool({ device: 'webgpu' });
    const asked = ask(named, model());
    await until(() => expect(of('a0')).toHaveLength(1));
    of('a0')[0]?.end(crash());
    await until(() => expect(asked.outcome).toMatchObject({ status: 500 }));
    expect(of('a0').map(({ device }) => device)).toEqual(['webgpu']);
    await named.close();
  });

  it('computes nothing where the runtime says that all runs on the CPU', async () => {
    const named = pool({ device: 'webgpu' });
    const asked = ask(named, model());
    await until(() => expect(of('a0')).toHaveLength(1));
    of('a0')[0]?.load(true);
    await until(() => expect(asked.outcome).toBe('answered'), [() => of('a0')[0]]);
    expect(named.computeType(model(), TASK)).toBe('cpu');
    await named.close();
  });
});
