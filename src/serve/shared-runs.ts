import type { Inference } from '../tasks/task.js';
import type { CatalogModel } from './catalog.js';
import type { ModelPool } from './model-pool.js';
import type { WorkerAnswer } from './model-worker.js';
import { cacheKey, type ResultCache } from './result-cache.js';
import { ServeError } from './serve-error.js';
import { followed, type StreamPart } from './token-stream.js';

/** An inference that somebody wants. */
export interface Wanted {
  readonly model: CatalogModel;
  readonly task: string;
  readonly inference: Inference;
  /** All that its answer depends on, beside model and task; null where the next answer is to be another. */
  readonly key: readonly (string | Uint8Array)[] | null;
  /** Whether it may be answered with what was answered before, or is computed for somebody else. */
  readonly useCache: boolean;
  /** Whether it waits until the model is loaded. */
  readonly wait: boolean;
  /** Whether the model is to be loaded for it. */
  readonly load: boolean;
  /** Aborted when the client went away. */
  readonly left: AbortSignal;
  /** What it may take, in milliseconds; as long as any inference where absent. */
  readonly limitMs?: number;
}

/** Its answer. */
export interface RunAnswer {
  readonly answer: WorkerAnswer;
  /** Whether it was answered before. */
  readonly cached: boolean;
  /** Whether it was computed for somebody else. */
  readonly shared: boolean;
}

/** Runs of models: one for all who ask the same at the same time, and none where the answer is known. Throws `ServeError`. */
export interface SharedRuns {
  run(wanted: Wanted): Promise<RunAnswer>;
  /** The tokens while they are made, then the answer. It is shared with nobody, and not kept. */
  stream(wanted: Wanted): AsyncGenerator<StreamPart, void, undefined>;
}

/** An inference that waits or runs, for those who asked the same. */
interface Shared {
  readonly answer: Promise<WorkerAnswer>;
  /** Counts one more; false where all have left. */
  join(left: AbortSignal): boolean;
}

/** Runs that nothing is known of yet. */
export function sharedRuns(pool: ModelPool, cache: ResultCache<WorkerAnswer>): SharedRuns {
  /** Inferences that are under way, by what they depend on. */
  const underWay = new Map<string, Shared>();

  const checkLoaded = ({ model, task, load }: Wanted) => {
    if (load || pool.state(model, task).state !== 'cold') return;
    throw new ServeError(
      503,
      `Model ${model.id} is not loaded, and the request says not to load it. Send it without dont_load_model and "x-load-model: 0".`,
    );
  };

  return {
    async run(wanted) {
      const { model, task, inference, wait, left, limitMs } = wanted;
      const key =
        wanted.useCache && wanted.key !== null
          ? cacheKey([model.id, String(model.revision), task, ...wanted.key])
          : undefined;
      const known = key === undefined ? undefined : cache.get(key);
      if (known !== undefined) return { answer: known, cached: true, shared: false };
      checkLoaded(wanted);
      if (key === undefined) {
        return {
          answer: await pool.run(model, task, inference, { wait, left, limitMs }),
          cached: false,
          shared: false,
        };
      }
      // Who does not wait is told that the model loads; who waits is not. Nor does the time of one end with that of another.
      const sharedKey = `${wait} ${inference.parameters.max_time} ${limitMs} ${key}`;
      let shared = underWay.get(sharedKey);
      const joined = shared?.join(left) === true;
      if (shared === undefined || !joined) {
        const mine = share((nobody) => pool.run(model, task, inference, { wait, left: nobody, limitMs }));
        mine.join(left);
        shared = mine;
        underWay.set(sharedKey, mine);
        const done = () => {
          if (underWay.get(sharedKey) === mine) underWay.delete(sharedKey);
        };
        mine.answer.then(done, done);
      }
      const answer = await shared.answer;
      // With more time it would go on.
      if (!answer.written.some(({ timedOut }) => timedOut)) cache.set(key, answer, answerBytes(answer));
      return { answer, cached: false, shared: joined };
    },
    async *stream(wanted) {
      const { model, task, inference, wait, left, limitMs } = wanted;
      checkLoaded(wanted);
      yield* followed(left, (token, gone) =>
        pool.run(model, task, inference, { wait, left: gone, token, limitMs }),
      );
    },
  };
}

/** Starts a run that ends when all who joined it have left. */
function share(run: (nobody: AbortSignal) => Promise<WorkerAnswer>): Shared {
  const nobody = new AbortController();
  let there = 0;
  const answer = run(nobody.signal);
  return {
    answer,
    join(left) {
      if (nobody.signal.aborted) return false;
      there++;
      const leave = () => {
        there--;
        if (there === 0) nobody.abort();
      };
      if (left.aborted) leave();
      else {
        left.addEventListener('abort', leave, { once: true });
        // A request may need many runs, one after the other.
        const settled = () => left.removeEventListener('abort', leave);
        answer.then(settled, settled);
      }
      return true;
    },
  };
}

/** About what an answer takes in memory, in bytes. */
function answerBytes({ output, files, written }: WorkerAnswer): number {
  const texts = JSON.stringify(output).length + JSON.stringify(written).length;
  return texts * 4 + files.reduce((sum, { base64 }) => sum + base64.length, 0) + 500;
}
