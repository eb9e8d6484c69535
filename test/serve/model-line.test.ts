import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Caller, type LineLimits, type ModelLine, modelLine } from '../../src/serve/model-line.js';
import type { ModelWorker, WorkerAnswer } from '../../src/serve/model-worker.js';
import { WorkerError, type WorkerFault } from '../../src/serve/worker-error.js';

// What a model is known to take decides how much it gets.
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A process that answers when it is told to. */
interface Fake {
  readonly worker: ModelWorker;
  /** The inputs that run, in the order in which they came. */
  readonly inputs: () => readonly unknown[];
  answer(input: unknown): Promise<void>;
  die(fault: WorkerFault): Promise<void>;
}

const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

function fake(together: boolean): Fake {
  const runs = new Map<unknown, { resolve(answer: WorkerAnswer): void; reject(error: unknown): void }>();
  let alive = true;
  return {
    worker: {
      loaded: Promise.resolve(0),
      gone: new Promise(() => undefined),
      ask: ({ input }) =>
        new Promise((resolve, reject) => {
          runs.set(input, { resolve, reject });
        }),
      alive: () => alive,
      onCpu: () => false,
      together: () => together,
      memoryBytes: () => 0,
      stop: async () => {
        alive = false;
      },
    },
    inputs: () => [...runs.keys()],
    async answer(input) {
      runs.get(input)?.resolve({
        output: input,
        files: [],
        written: [],
        latencyMs: 1,
        heardSeconds: 0,
        tokensRead: 0,
      });
      runs.delete(input);
      await settle();
    },
    async die(fault) {
      alive = false;
      for (const { reject } of runs.values()) reject(new WorkerError(fault, 'It is gone.'));
      runs.clear();
      await settle();
    },
  };
}

interface Made {
  readonly line: ModelLine;
  readonly limits: LineLimits;
  workers: readonly Fake[];
  lacking: number;
}

function make(workers: readonly Fake[], most = 256, freeBytes = 1e9): Made {
  const limits = { most, inferenceMs: 60_000, freeBytes };
  const made: Made = {
    limits,
    workers,
    lacking: 0,
    line: modelLine({
      id: 'a-model',
      limits,
      workers: () => made.workers.map(({ worker }) => worker).filter((worker) => worker.alive()),
      leaving: () => false,
      lacking: () => {
        made.lacking++;
      },
      leave: () => undefined,
      rest: () => undefined,
    }),
  };
  return made;
}

const caller = (left = new AbortController().signal): Caller => ({ wait: true, left });

/** What comes of some inputs: the output, or the message and status of the error. */
function outcomes({ line }: Made, inputs: readonly unknown[], left?: AbortSignal): Promise<unknown>[] {
  return inputs.map((input) =>
    line.ask({ task: 'text-classification', input, parameters: {} }, caller(left)).then(
      ({ output }) => output,
      (error: Error & { readonly status?: number }) => error.status ?? error.message,
    ),
  );
}

describe('a process that runs one at a time', () => {
  it('gets the next one when it has answered', async () => {
    const one = fake(false);
    const made = make([one]);
    const all = outcomes(made, ['a', 'b']);
    expect(one.inputs()).toEqual(['a']);
    await one.answer('a');
    expect(one.inputs()).toEqual(['b']);
    await one.answer('b');
    expect(await Promise.all(all)).toEqual(['a', 'b']);
  });

  it('has a second one beside it, if there is one', async () => {
    const [one, two] = [fake(false), fake(false)];
    void outcomes(make([one, two]), ['a', 'b', 'c']);
    expect([one.inputs(), two.inputs()]).toEqual([['a'], ['b']]);
    await two.answer('b');
    expect([one.inputs(), two.inputs()]).toEqual([['a'], ['c']]);
  });

  it('fails the one at which it ends, and no other', async () => {
    const one = fake(false);
    const made = make([one]);
    const all = outcomes(made, ['a', 'b']);
    await one.die('ended');
    expect(await all[0]).toBe('It is gone.');
    expect(made.lacking).toBeGreaterThan(0);
    const next = fake(false);
    made.workers = [next];
    made.line.go();
    await next.answer('b');
    expect(await all[1]).toBe('b');
  });
});

describe('a process that runs several', () => {
  it('gets a few at first, more when it is known to be quick', async () => {
    const one = fake(true);
    const inputs = Array.from({ length: 100 }, (_, index) => index);
    void outcomes(make([one]), inputs);
    expect(one.inputs()).toEqual([0, 1, 2, 3]);
    for (let index = 0; index < 4; index++) await one.answer(index);
    expect(one.inputs()).toEqual(inputs.slice(4, 36));
  });

  it('gets no more than it does in a tenth of a second', async () => {
    const one = fake(true);
    void outcomes(
      make([one]),
      Array.from({ length: 100 }, (_, index) => index),
    );
    for (let index = 0; index < 40; index++) {
      vi.advanceTimersByTime(30);
      await one.answer(index);
    }
    expect(one.inputs()).toHaveLength(3);
  });

  it('that ends fails nobody who may not be to blame: each is run again, alone', async () => {
    const one = fake(true);
    const made = make([one]);
    const all = outcomes(made, ['a', 'poison', 'c']);
    expect(one.inputs()).toHaveLength(3);
    await one.die('ended');
    let next = fake(true);
    const seen: unknown[] = [];
    for (let step = 0; step < 3; step++) {
      if (!next.worker.alive() || step === 0) next = fake(true);
      made.workers = [next];
      made.line.go();
      const [input, ...others] = next.inputs();
      expect(others).toEqual([]);
      seen.push(input);
      if (input === 'poison') await next.die('ended');
      else await next.answer(input);
    }
    expect(new Set(seen)).toEqual(new Set(['a', 'poison', 'c']));
    expect(await Promise.all(all)).toEqual(['a', 'It is gone.', 'c']);
  });
});

describe('a line', () => {
  it('of full length refuses, and says when to come again', async () => {
    const one = fake(false);
    const made = make([one], 3);
    const all = outcomes(made, ['a', 'b', 'c']);
    const refused = made.line.ask({ task: 'text-classification', input: 'd', parameters: {} }, caller());
    await expect(refused).rejects.toMatchObject({ status: 429, headers: { 'retry-after': '1' } });
    vi.advanceTimersByTime(700);
    await one.answer('a');
    void outcomes(made, ['e']);
    // One took 0.7 seconds, and two wait.
    const again = made.line.ask({ task: 'text-classification', input: 'f', parameters: {} }, caller());
    await expect(again).rejects.toMatchObject({
      status: 429,
      message: 'Too many requests wait for a-model. Send this again in 2 s.',
      headers: { 'retry-after': '2' },
    });
    expect(await all[0]).toBe('a');
  });

  it('takes only so many bytes, and gives them back', async () => {
    const one = fake(false);
    const made = make([one], 256, 1000);
    const [first, second] = outcomes(made, ['a'.repeat(600), 'b'.repeat(600)]);
    expect(await second).toBe(429);
    await one.answer('a'.repeat(600));
    expect(await first).toHaveLength(600);
    expect(made.limits.freeBytes).toBe(1000);
  });

  it('does not run what nobody wants any more', async () => {
    const one = fake(false);
    const made = make([one]);
    const [first] = outcomes(made, ['a']);
    const left = new AbortController();
    const [second] = outcomes(made, ['b'], left.signal);
    left.abort();
    expect(await second).toBe(499);
    await one.answer('a');
    expect([await first, one.inputs(), made.line.length()]).toEqual(['a', [], 0]);
  });

  it('fails as a whole where the model cannot be loaded', async () => {
    const made = make([]);
    const all = outcomes(made, ['a', 'b']);
    expect(made.lacking).toBeGreaterThan(0);
    made.line.fail(new Error('There is no memory.'));
    expect(await Promise.all(all)).toEqual(['There is no memory.', 'There is no memory.']);
    expect(made.line.length()).toBe(0);
  });
});
