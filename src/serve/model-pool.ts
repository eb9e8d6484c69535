import { loadingJob, usualMemoryLimit } from '../smoke/attempt.js';
import type { Device } from '../smoke/report.js';
import type { Inference } from '../tasks/task.js';
import { type CatalogModel, servedVariant } from './catalog.js';
import type { PoolEvent, WorkerEnd } from './events.js';
import { asServeError, notLoaded } from './model-fault.js';
import type { ModelState } from './model-state.js';
import {
  type Follower,
  type ModelWorker,
  startWorker,
  type WorkerAnswer,
  WorkerError,
  type WorkerFault,
} from './model-worker.js';
import { ServeError } from './serve-error.js';

/** Limits of all models together, and of each. */
export interface PoolOptions {
  readonly device: Device;
  /** Memory that loaded models may take together, in bytes. */
  readonly memoryBytes: number;
  /** Most requests that wait for one model. */
  readonly queue: number;
  readonly loadMs: number;
  readonly inferenceMs: number;
  /** How long a model that nobody asks stays, in milliseconds. */
  readonly idleMs: number;
  /** Models that stay. */
  readonly pinned: ReadonlySet<string>;
  /** Told of loads and of processes that end. */
  readonly onEvent?: (event: PoolEvent) => void;
}

/** A model as it stands now. */
export interface PooledModel {
  /** Its id. */
  readonly model: string;
  readonly task: string;
  readonly loaded: boolean;
  /** Of its processes together; null where that cannot be measured. */
  readonly memoryBytes: number | null;
  /** Inferences that wait or run. */
  readonly waiting: number;
}

/** Who wants an inference. */
export interface Caller {
  /** Whether it waits until the model is loaded. */
  readonly wait: boolean;
  /** Aborted when it went away: then its inference is not begun, or stopped. */
  readonly left: AbortSignal;
  /** Told each token of a text as it is made; see `Follower`. Who reads along does not share a run. */
  readonly token?: Follower['token'];
}

/** Models that are loaded, each in a process of its own. */
export interface ModelPool {
  /**
   * Runs an inference; loads the model first, if need be. Throws `ServeError`: 503 with the time that it will take where the caller does not
   * want to wait for that, 429 where too many wait already, 499 where the caller is gone when it is its turn, 500 where the model fails.
   */
  run(model: CatalogModel, task: string, inference: Inference, caller: Caller): Promise<WorkerAnswer>;
  state(model: CatalogModel, task: string): ModelState;
  /** Every model that was asked for since the start. */
  models(): readonly PooledModel[];
  /** Loads a model ahead of the first request. Throws `ServeError`. */
  warm(model: CatalogModel, task: string): Promise<void>;
  /** Takes a model that was read anew; processes whose files are no longer what would be loaded are put away when they are free. */
  renew(model: CatalogModel): void;
  /** Ends all processes; what they were asked fails. */
  close(): Promise<void>;
}

/** What a process needs beside the weights before one was measured, in bytes. */
const BASE_BYTES = 150 * 1024 ** 2;
/** How fast weights are read before that was measured, in bytes a millisecond. */
const BYTES_PER_MS = 200_000;
/** How long a process takes to start before that was measured, in milliseconds. */
const START_MS = 800;

/** How long a model waits for one that is asked without a pause to be free, in milliseconds. */
const PATIENCE_MS = 2000;

/** A model for a task. */
interface Slot {
  readonly key: string;
  model: CatalogModel;
  readonly task: string;
  worker: ModelWorker | null;
  /** Settles when it is loaded; null when nobody loads it. */
  loading: Promise<ModelWorker> | null;
  began: number;
  /** Inferences that wait or run. */
  waiting: number;
  /** The last one in line; each begins when the one before it ended. */
  tail: Promise<unknown>;
  /** Whether it is to make room for another before its next inference. */
  leaving: boolean;
  lastUsed: number;
  idle: NodeJS.Timeout | null;
  /** Learned from the last time. */
  memoryBytes: number | null;
  loadMs: number | null;
  bytes: number;
}

/** An empty pool. */
export function modelPool(options: PoolOptions): ModelPool {
  const slots = new Map<string, Slot>();
  /** One model at a time is loaded: two would take each other's memory. */
  let loads: Promise<unknown> = Promise.resolve();
  let closed = false;
  /** The process that loads a model now. */
  let starting: ModelWorker | null = null;

  const slotOf = (model: CatalogModel, task: string): Slot => {
    const key = `${task} ${model.id}`;
    let slot = slots.get(key);
    if (slot === undefined) {
      slot = {
        key,
        model,
        task,
        worker: null,
        loading: null,
        began: 0,
        waiting: 0,
        tail: Promise.resolve(),
        leaving: false,
        lastUsed: 0,
        idle: null,
        memoryBytes: null,
        loadMs: null,
        bytes: 0,
      };
      slots.set(key, slot);
    }
    return slot;
  };

  const estimate = ({ loadMs, bytes }: Slot) => loadMs ?? START_MS + bytes / BYTES_PER_MS;

  const drop = (slot: Slot, worker: ModelWorker) => {
    if (slot.worker === worker) slot.worker = null;
    if (slot.idle !== null) clearTimeout(slot.idle);
  };

  const load = (slot: Slot): Promise<ModelWorker> => {
    slot.loading ??= start(slot).finally(() => {
      slot.loading = null;
    });
    return slot.loading;
  };

  async function start(slot: Slot): Promise<ModelWorker> {
    slot.began = performance.now();
    slot.leaving = false;
    const plan = await slot.model.plan(slot.task);
    if (plan.kind !== 'run') throw new ServeError(plan.kind === 'skip' ? 400 : 500, plan.reason);
    const variant = servedVariant(plan);
    slot.bytes = variant.files.reduce((sum, { size }) => sum + size, 0);
    const before = loads;
    const turn = (async () => {
      await before.catch(() => undefined);
      if (closed) throw new ServeError(503, 'The server stops.');
      await makeRoom(slot.memoryBytes ?? BASE_BYTES + slot.bytes, slot);
      const fences = await slot.model.bring(variant);
      const memoryBytes = usualMemoryLimit(variant.files, options.device);
      const job = loadingJob(
        { plan, variant, fences, device: options.device, optimized: true, main: false, media: {} },
        memoryBytes,
      );
      const began = performance.now();
      const worker = startWorker({ kind: 'serve', model: job }, plan.runner, {
        memoryBytes,
        loadMs: options.loadMs,
      });
      starting = worker;
      void worker.gone.then(({ fault }) => {
        drop(slot, worker);
        const reason = ENDS[fault];
        if (reason !== null)
          options.onEvent?.({ event: 'worker-end', model: slot.model.id, task: slot.task, reason });
      });
      const tellLoad = (ok: boolean, memoryBytes: number | null) =>
        options.onEvent?.({
          event: 'load',
          model: slot.model.id,
          task: slot.task,
          ok,
          ms: performance.now() - began,
          memoryBytes,
        });
      try {
        await worker.loaded;
        slot.loadMs = performance.now() - began;
        slot.memoryBytes = worker.memoryBytes();
        slot.lastUsed = performance.now();
        slot.worker = worker;
        tellLoad(true, slot.memoryBytes);
        await makeRoom(0, slot);
      } catch (error) {
        if (slot.worker !== worker) tellLoad(false, null);
        await worker.stop(putAway('memory'));
        throw error instanceof WorkerError ? notLoaded(error, slot.model.id, closed) : error;
      } finally {
        starting = null;
      }
      // Who asked for it may not come back.
      if (slot.waiting === 0) rest(slot);
      return worker;
    })();
    loads = turn;
    return turn;
  }

  /** Puts away models that nobody waits for, the one first that was not used for longest, until there is room. */
  async function makeRoom(bytes: number, needed: Slot): Promise<void> {
    const since = performance.now();
    for (;;) {
      const loaded = [...slots.values()].filter(({ worker }) => worker?.alive());
      const taken = loaded.reduce(
        (sum, { worker, memoryBytes }) => sum + (worker?.memoryBytes() ?? memoryBytes ?? 0),
        0,
      );
      if (closed) throw new ServeError(503, 'The server stops.');
      if (taken + bytes <= options.memoryBytes) return;
      const [oldest] = loaded
        .filter((slot) => slot !== needed && slot.waiting === 0 && !options.pinned.has(slot.model.id))
        .sort((a, b) => a.lastUsed - b.lastUsed);
      if (oldest === undefined) {
        // A single model may take more than all of them should; there is nothing to put away for it.
        if (loaded.every((slot) => slot === needed)) return;
        // What is in use now will be free in a moment.
        const busy = loaded
          .filter((slot) => slot !== needed && slot.waiting > 0 && !options.pinned.has(slot.model.id))
          .sort((a, b) => a.began - b.began);
        if (busy.length === 0)
          throw new ServeError(
            500,
            `There is no memory left to load ${needed.model.id}: pinned models hold it.`,
          );
        // Unless its line never ends: then it goes to the end of the line itself.
        if (busy[0] !== undefined && performance.now() - since > PATIENCE_MS) busy[0].leaving = true;
        // A look now and then too: what one of them waits for may be this load.
        await Promise.race([pause(100), ...busy.map(({ tail }) => tail.catch(() => undefined))]);
        continue;
      }
      await oldest.worker?.stop(putAway('memory'));
    }
  }

  const rest = (slot: Slot) => {
    if (slot.idle !== null) clearTimeout(slot.idle);
    slot.idle = null;
    if (!Number.isFinite(options.idleMs) || options.pinned.has(slot.model.id)) return;
    slot.idle = setTimeout(() => {
      if (slot.waiting === 0) void slot.worker?.stop(putAway('idle'));
    }, options.idleMs);
    slot.idle.unref();
  };

  async function ask(slot: Slot, inference: Inference, follower: Caller): Promise<WorkerAnswer> {
    const before = slot.tail;
    const turn = (async () => {
      await before.catch(() => undefined);
      if (follower.left.aborted) throw new ServeError(499, 'The client went away.');
      if (slot.leaving) await slot.worker?.stop(putAway('memory'));
      // It may have been put away, or ended, while this one waited.
      const worker = slot.worker?.alive() ? slot.worker : await load(slot);
      slot.lastUsed = performance.now();
      return worker.ask(inference, options.inferenceMs, follower);
    })();
    slot.tail = turn;
    return turn;
  }

  return {
    async run(model, task, inference, caller) {
      if (closed) throw new ServeError(503, 'The server stops.');
      const slot = slotOf(model, task);
      if (!slot.worker?.alive() && !caller.wait) {
        const loading = load(slot);
        // The one that asked first waits too where nothing can be loaded: the reason is better than an estimate.
        loading.catch(() => undefined);
        await Promise.race([loading, pause(HOLD_MS)]);
        if (!slot.worker?.alive()) throw stillLoading(slot);
      }
      if (slot.waiting >= options.queue) {
        throw new ServeError(429, `Too many requests wait for ${model.id}.`, {
          headers: { 'retry-after': '1' },
        });
      }
      slot.waiting++;
      try {
        return await ask(slot, inference, caller);
      } catch (error) {
        throw asServeError(error, model.id);
      } finally {
        slot.waiting--;
        if (slot.waiting === 0) rest(slot);
      }
    },
    state(model, task) {
      const slot = slots.get(`${task} ${model.id}`);
      if (slot?.worker?.alive()) return { state: 'loaded', memoryBytes: slot.worker.memoryBytes() };
      if (slot?.loading) return { state: 'loading', estimatedMs: left(slot) };
      return { state: 'cold' };
    },
    models: () =>
      [...slots.values()].map(({ model, task, worker, waiting }) => ({
        model: model.id,
        task,
        loaded: worker?.alive() ?? false,
        memoryBytes: worker?.alive() ? worker.memoryBytes() : null,
        waiting,
      })),
    async warm(model, task) {
      await load(slotOf(model, task));
    },
    renew(model) {
      for (const slot of slots.values()) {
        if (slot.model.id !== model.id) continue;
        const stale = slot.model.revision !== model.revision;
        slot.model = model;
        if (!stale) continue;
        // One that is at work, or is being loaded, leaves before its next inference.
        if (slot.waiting === 0 && slot.loading === null)
          void slot.worker?.stop(new WorkerError('idle', 'The files of the model were changed.'));
        else slot.leaving = true;
      }
    },
    async close() {
      closed = true;
      const processes = [starting, ...[...slots.values()].map(({ worker }) => worker)];
      await Promise.all(
        processes.map((worker) => worker?.stop(new WorkerError('closed', 'The server stops.'))),
      );
      // One that was about to start a process sees that it is not to.
      await loads.catch(() => undefined);
    },
  };

  function left(slot: Slot): number {
    return Math.max(0, estimate(slot) - (performance.now() - slot.began));
  }

  function stillLoading(slot: Slot): ServeError {
    const seconds = Math.max(0.1, Math.round(left(slot) / 100) / 10);
    return new ServeError(503, `Model ${slot.model.id} is currently loading`, {
      more: { estimated_time: seconds },
      headers: { 'retry-after': String(Math.ceil(seconds)) },
    });
  }
}

/** How long the answer that a model is still loading is held back, in milliseconds: @huggingface/inference asks again at once. */
const HOLD_MS = 300;

/** What is told of a process that ended for a reason; null for what ends none. */
const ENDS: Readonly<Record<WorkerFault, WorkerEnd | null>> = {
  inference: null,
  ended: 'crash',
  memory: 'memory',
  idle: 'idle',
  closed: 'close',
  // It did not stop when nobody wanted its answer any more.
  left: 'over-time',
  'over-time': 'over-time',
  'over-memory': 'over-memory',
};

function putAway(fault: 'memory' | 'idle'): WorkerError {
  return new WorkerError(fault, 'The model was put away.');
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
