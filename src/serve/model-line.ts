import type { Follower, ModelWorker, WorkerAnswer } from './model-worker.js';
import { ServeError } from './serve-error.js';
import { weightOf } from './weight.js';
import { WorkerError, type WorkerFault } from './worker-error.js';
import type { TaskInference } from './worker-messages.js';

/** Who wants an inference. */
export interface Caller {
  /** Whether it waits until the model is loaded. */
  readonly wait: boolean;
  /** Aborted when it went away: then its inference is not begun, or stopped. */
  readonly left: AbortSignal;
  /** Told each token of a text as it is made; see `Follower`. Who reads along does not share a run. */
  readonly token?: Follower['token'];
  /** What its inference may take, in milliseconds; as long as any where absent. */
  readonly limitMs?: number | undefined;
}

/** What all lines share. */
export interface LineLimits {
  /** Most requests that wait or run in one line. */
  readonly most: number;
  /** Time limit of an inference, in milliseconds. */
  readonly inferenceMs: number;
  /** Bytes of inputs that may still wait, in all lines together. */
  freeBytes: number;
}

/** Whom a line depends on. */
export interface LineParts {
  readonly id: string;
  readonly limits: LineLimits;
  /** The processes of the model, those that are loaded. */
  readonly workers: () => readonly ModelWorker[];
  /** Whether its processes are to be put away as soon as they are free; then nothing is begun. */
  readonly leaving: () => boolean;
  /** Told when somebody waits and no process can take it, with how long that has been so in milliseconds. */
  readonly lacking: (sinceMs: number) => void;
  /** Told that nothing runs any more, of a line whose processes are to be put away. */
  readonly leave: () => void;
  /** Told when nobody waits any more, and nothing runs. */
  readonly rest: () => void;
}

/** The requests of one model, in the order in which they came. */
export interface ModelLine {
  /** Waits for its turn, then for the answer. Throws `ServeError` 429 and 499, and `WorkerError`. */
  ask(inference: TaskInference, caller: Caller): Promise<WorkerAnswer>;
  /** Inferences that wait or run. */
  length(): number;
  /** Inferences that run, in one process or in all. */
  running(worker?: ModelWorker): number;
  /** Gives the processes what they can take; to be called when one is loaded. */
  go(): void;
  /** Fails all that wait. */
  fail(reason: unknown): void;
  /** Settles when one of those that run has its answer. */
  next(): Promise<void>;
}

/** Most inferences that a process has at a time, where it can run several together. */
const MOST_AT_ONCE = 32;
/** How many it has before the model’s pace is known. */
const FIRST_AT_ONCE = 4;
/** How much work a process has at a time, in milliseconds: so long a new request waits at most for those before it that run. */
const WORK_MS = 100;
/** How much the last inference changes what is known of the pace. */
const LEARNING = 0.2;

interface Waiter {
  readonly inference: TaskInference;
  readonly caller: Caller;
  readonly bytes: number;
  readonly resolve: (answer: WorkerAnswer) => void;
  readonly reject: (error: unknown) => void;
  /** Whether it is to run with no other at the same time: it was one of those at which a process ended. */
  alone: boolean;
}

/** Something that runs in a process. */
interface Run {
  readonly waiter: Waiter;
  readonly since: number;
  /** Whether another ran at the same time. */
  accompanied: boolean;
}

/** A line that is empty. */
export function modelLine({ id, limits, workers, leaving, lacking, leave, rest }: LineParts): ModelLine {
  const waiting: Waiter[] = [];
  const runs = new Map<ModelWorker, Set<Run>>();
  /** What an inference takes when the next one begins right after it, in milliseconds; null before the first one. */
  let paceMs: number | null = null;
  /** Since when somebody waits that no process can take. */
  let lackingSince: number | null = null;
  let nextDone: (() => void)[] = [];

  const running = (worker?: ModelWorker) =>
    worker === undefined
      ? [...runs.values()].reduce((sum, { size }) => sum + size, 0)
      : (runs.get(worker)?.size ?? 0);

  /** How many more a process can take. */
  const room = (worker: ModelWorker): number => {
    const own = runs.get(worker);
    const most = worker.together()
      ? paceMs === null
        ? FIRST_AT_ONCE
        : Math.min(MOST_AT_ONCE, Math.max(1, Math.floor(WORK_MS / paceMs)))
      : 1;
    const [next] = waiting;
    const lonely = next?.alone === true || [...(own ?? [])].some(({ waiter }) => waiter.alone);
    return (lonely ? 1 : most) - (own?.size ?? 0);
  };

  const go = () => {
    if (leaving()) {
      if (running() === 0) leave();
      return;
    }
    for (const worker of workers()) {
      while (waiting.length > 0 && room(worker) > 0) {
        const waiter = waiting.shift();
        if (waiter !== undefined) void begin(worker, waiter);
      }
    }
    if (waiting.length === 0) lackingSince = null;
    else {
      lackingSince ??= performance.now();
      lacking(performance.now() - lackingSince);
    }
  };

  async function begin(worker: ModelWorker, waiter: Waiter): Promise<void> {
    const own = runs.get(worker) ?? new Set();
    runs.set(worker, own);
    const run: Run = { waiter, since: performance.now(), accompanied: own.size > 0 };
    for (const other of own) other.accompanied = true;
    own.add(run);
    let again = false;
    try {
      const answer = await worker.ask(waiter.inference, limitOf(waiter), waiter.caller);
      learn(worker, run);
      waiter.resolve(answer);
    } catch (error) {
      again = isInnocent(error, run);
      if (!again) waiter.reject(error);
    }
    own.delete(run);
    if (own.size === 0) runs.delete(worker);
    if (again) {
      waiter.alone = true;
      waiting.unshift(waiter);
    } else limits.freeBytes += waiter.bytes;
    const told = nextDone;
    nextDone = [];
    for (const tell of told) tell();
    go();
    if (isEmpty()) rest();
  }

  const limitOf = ({ caller }: Waiter) => caller.limitMs ?? limits.inferenceMs;

  const isEmpty = () => waiting.length === 0 && running() === 0;

  /** When the process last gave an answer. */
  const lastDone = new WeakMap<ModelWorker, number>();

  function learn(worker: ModelWorker, { since }: Run): void {
    const now = performance.now();
    const took = now - Math.max(since, lastDone.get(worker) ?? 0);
    lastDone.set(worker, now);
    paceMs = paceMs === null ? took : paceMs + LEARNING * (took - paceMs);
  }

  /** Whether the end of a process may be the fault of another inference that ran there at the same time. */
  function isInnocent(error: unknown, { waiter, since, accompanied }: Run): boolean {
    if (!(error instanceof WorkerError) || !accompanied || waiter.alone || waiter.caller.left.aborted)
      return false;
    if (error.fault === 'over-time') return performance.now() - since < limitOf(waiter);
    return BY_ANOTHER.has(error.fault);
  }

  function tooMany(): ServeError {
    const seconds = Math.max(
      1,
      Math.ceil(((paceMs ?? 0) * waiting.length) / Math.max(1, workers().length) / 1000),
    );
    return new ServeError(429, `Too many requests wait for ${id}. Send this again in ${seconds} s.`, {
      headers: { 'retry-after': String(seconds) },
    });
  }

  return {
    ask(inference, caller) {
      if (waiting.length + running() >= limits.most) return Promise.reject(tooMany());
      const bytes = weightOf(inference.input);
      if (bytes > limits.freeBytes) return Promise.reject(tooMany());
      limits.freeBytes -= bytes;
      return new Promise((resolve, reject) => {
        const withdraw = () => {
          const place = waiting.indexOf(waiter);
          // The one that runs is stopped by its process.
          if (place === -1) return;
          waiting.splice(place, 1);
          limits.freeBytes += bytes;
          waiter.reject(new ServeError(499, 'The client went away.'));
          if (isEmpty()) rest();
        };
        const settled = () => caller.left.removeEventListener('abort', withdraw);
        const waiter: Waiter = {
          inference,
          caller,
          bytes,
          alone: false,
          resolve(answer) {
            settled();
            resolve(answer);
          },
          reject(error) {
            settled();
            reject(error);
          },
        };
        waiting.push(waiter);
        caller.left.addEventListener('abort', withdraw, { once: true });
        if (caller.left.aborted) withdraw();
        else go();
      });
    },
    length: () => waiting.length + running(),
    running,
    go,
    fail(reason) {
      for (const waiter of waiting.splice(0)) {
        limits.freeBytes += waiter.bytes;
        waiter.reject(reason);
      }
      if (isEmpty()) rest();
    },
    next: () =>
      new Promise((resolve) => {
        nextDone.push(resolve);
      }),
  };
}

/** Ends of a process that one of several inferences may have brought about. */
const BY_ANOTHER: ReadonlySet<WorkerFault> = new Set<WorkerFault>(['ended', 'over-memory', 'left']);
