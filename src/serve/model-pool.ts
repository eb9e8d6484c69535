import type { Device } from '../smoke/report.js';
import { findTask } from '../tasks/index.js';
import type { Inference } from '../tasks/task.js';
import { type CatalogModel, taskOf } from './catalog.js';
import type { ComputeType } from './compute-type.js';
import type { PoolEvent } from './events.js';
import { asServeError } from './model-fault.js';
import { type Caller, type LineLimits, modelLine } from './model-line.js';
import { modelLoading } from './model-loading.js';
import { modelRoom } from './model-room.js';
import type { ModelState } from './model-state.js';
import type { ModelWorker, WorkerAnswer } from './model-worker.js';
import { pause } from './pause.js';
import { aliveOf, isLoaded, memoryOf, msUntilLoaded, type Slot } from './pooled-slot.js';
import { noSuchModel, ServeError, serverStops } from './serve-error.js';
import { filesChanged, serverClosed, WorkerError } from './worker-error.js';

/** Limits of all models together, and of each. */
export interface PoolOptions {
  readonly device: Device;
  /** Whether nobody named the device: then a model that cannot be loaded there is loaded on the CPU. */
  readonly guessed: boolean;
  /** Memory that loaded models may take together, in bytes. */
  readonly memoryBytes: number;
  /** Most requests that wait for one model or run. */
  readonly queue: number;
  readonly loadMs: number;
  readonly inferenceMs: number;
  /** How long a model that nobody asks stays, in milliseconds. */
  readonly idleMs: number;
  /** Whether a smaller variant is served where it answers alike. */
  readonly quantized: boolean;
  /** Most processes of one model. */
  readonly workers: number;
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

/** Models that are loaded, each in processes of its own. */
export interface ModelPool {
  /**
   * Runs an inference; loads the model first, if need be. Throws `ServeError`: 503 with the time that it will take where the caller does not
   * want to wait for that, 429 where too many wait already, 499 where the caller is gone when it is its turn, 500 where the model fails.
   */
  run(model: CatalogModel, task: string, inference: Inference, caller: Caller): Promise<WorkerAnswer>;
  state(model: CatalogModel, task: string): ModelState;
  /** What computes the answers of a model: as it is loaded now, or was the last time. */
  computeType(model: CatalogModel, task: string): ComputeType;
  /** Every model that was asked for since the start. */
  models(): readonly PooledModel[];
  /** Loads a model ahead of the first request. Throws `ServeError`. */
  warm(model: CatalogModel, task: string): Promise<void>;
  /**
   * Takes a model that was read anew; processes whose files are no longer what would be loaded are put away when they are free. Settles when those
   * that are free now are gone.
   */
  renew(model: CatalogModel): Promise<void>;
  /** Puts a model away that is served no more; what it was asked fails. Settles when its processes are gone. */
  drop(id: string): Promise<void>;
  /** Ends all processes; what they were asked fails. */
  close(): Promise<void>;
}

/** Bytes of inputs that may wait, of all models together. */
const LINE_BYTES = 256 * 1024 ** 2;
/** How long a line must be there at least before a further process is started for it, in milliseconds. */
const LASTING_MS = 500;

/** How long nothing is tried after a further process found no room, in milliseconds. */
const TRY_AGAIN_MS = 10_000;

/** An empty pool. */
export function modelPool(options: PoolOptions): ModelPool {
  const slots = new Map<string, Slot>();
  /** Ids of models that are served no more, and what is left of them. */
  const dropped = new Set<string>();
  const orphans = new WeakSet<Slot>();
  /** Models as they were read last: a request may have come with what was read before. */
  const latest = new Map<string, CatalogModel>();
  const limits: LineLimits = {
    most: options.queue,
    inferenceMs: options.inferenceMs,
    freeBytes: LINE_BYTES,
  };
  let closed = false;
  const room = modelRoom({ ...options, slots: () => slots.values(), closed: () => closed });
  const loading = modelLoading({
    ...options,
    room,
    closed: () => closed,
    gone(slot, byItself) {
      if (slot.idle !== null && slot.workers.size === 0) clearTimeout(slot.idle);
      // One that ends again and again is left alone until somebody asks.
      if (byItself && performance.now() - slot.began > (slot.loadMs ?? 0) + TRY_AGAIN_MS) stay(slot);
    },
  });

  const slotOf = (model: CatalogModel, task: string): Slot => {
    const key = slotKey(model, task);
    const known = slots.get(key);
    if (known !== undefined) return known;
    const slot: Slot = {
      model: latest.get(model.id) ?? model,
      task,
      line: modelLine({
        id: model.id,
        limits,
        workers: () => aliveOf(slot),
        leaving: () => slot.leaving !== null,
        lacking: (sinceMs) => lack(slot, sinceMs),
        leave: () => void leave(slot),
        rest: () => rest(slot),
      }),
      workers: new Set(),
      loading: null,
      began: 0,
      leaving: null,
      lastUsed: 0,
      idle: null,
      look: null,
      device: options.device,
      memoryBytes: null,
      loadMs: null,
      nextTry: 0,
      fault: null,
      bytes: 0,
      quantized: false,
    };
    slots.set(key, slot);
    return slot;
  };

  const load = (slot: Slot): Promise<unknown> => {
    if (orphans.has(slot)) {
      slot.line.fail(noSuchModel());
      return Promise.reject(noSuchModel());
    }
    slot.loading ??= start(slot);
    return slot.loading;
  };

  async function start(slot: Slot): Promise<void> {
    const further = isLoaded(slot);
    try {
      const started = await loading.start(slot);
      if (!started) slot.nextTry = performance.now() + TRY_AGAIN_MS;
      slot.fault = null;
    } catch (error) {
      slot.nextTry = performance.now() + TRY_AGAIN_MS;
      const told = closed ? serverStops() : error;
      // Where another process answers, nobody waits for this one; of files that changed meanwhile it says nothing.
      if (!further && slot.leaving?.fault !== 'changed') {
        if (!closed) slot.fault = error instanceof ServeError ? error.message : 'It failed.';
        slot.line.fail(told);
      }
      throw told;
    } finally {
      slot.loading = null;
      // The other process may have ended in the meantime.
      slot.line.go();
    }
    // Who asked for it may not come back.
    if (slot.line.length() === 0) rest(slot);
  }

  /** Loads a model that somebody waits for; a further process where its line stays longer than that takes. */
  const lack = (slot: Slot, sinceMs: number) => {
    if (slot.loading !== null) return;
    const loaded = isLoaded(slot);
    if (loaded && slot.workers.size >= options.workers) return;
    const early = Math.max(LASTING_MS, slot.loadMs ?? 0) - sinceMs;
    const waitMs = Math.max(early, slot.nextTry - performance.now());
    if (!loaded || waitMs < 0) {
      load(slot).catch(() => undefined);
      return;
    }
    // Until then nobody may come, and nothing that runs may end.
    slot.look ??= setTimeout(() => {
      slot.look = null;
      slot.line.go();
    }, waitMs + 1).unref();
  };

  /** Loads a model that is to stay, if it is not. */
  const stay = (slot: Slot) => {
    const task = taskOf(slot.model);
    const stays = task !== null && slots.get(slotKey(slot.model, task)) === slot;
    if (stays && options.pinned.has(slot.model.id) && !closed && !isLoaded(slot))
      load(slot).catch(() => undefined);
  };

  /** Puts a model away that makes room, or whose files are others now; it is loaded again for those that wait, or where it is to stay. */
  const leave = async (slot: Slot) => {
    const { leaving } = slot;
    if (slot.loading !== null || leaving === null) return;
    await Promise.all(aliveOf(slot).map((worker) => worker.stop(leaving)));
    // The files may have changed once more.
    if (slot.leaving === leaving) slot.leaving = null;
    slot.line.go();
    if (slot.leaving === null) stay(slot);
  };

  const rest = (slot: Slot) => {
    if (slot.idle !== null) clearTimeout(slot.idle);
    slot.idle = null;
    if (!Number.isFinite(options.idleMs) || options.pinned.has(slot.model.id)) return;
    slot.idle = setTimeout(() => {
      if (slot.line.length() > 0) return;
      const away = new WorkerError('idle', 'Nobody asked the model.');
      for (const worker of aliveOf(slot)) void worker.stop(away);
    }, options.idleMs);
    slot.idle.unref();
  };

  return {
    async run(model, task, inference, caller) {
      if (closed) throw serverStops();
      if (dropped.has(model.id)) throw noSuchModel();
      const slot = slotOf(model, task);
      if (!caller.wait && !isLoaded(slot)) {
        const loaded = load(slot);
        // The one that asked first waits too where nothing can be loaded: the reason is better than an estimate.
        loaded.catch(() => undefined);
        await Promise.race([loaded, pause(HOLD_MS)]);
        if (!isLoaded(slot)) throw stillLoading(slot);
      }
      slot.lastUsed = performance.now();
      try {
        return await slot.line.ask({ ...inference, task }, caller);
      } catch (error) {
        throw asServeError(error, model.id);
      }
    },
    state(model, task) {
      const slot = slots.get(slotKey(model, task));
      if (slot !== undefined && isLoaded(slot)) return { state: 'loaded', memoryBytes: memoryOf(slot) };
      if (slot?.loading) return { state: 'loading', estimatedMs: msUntilLoaded(slot) };
      const fault = slot?.fault ?? null;
      return fault === null ? { state: 'cold' } : { state: 'cold', fault };
    },
    computeType(model, task) {
      const slot = slots.get(slotKey(model, task));
      if ((slot?.device ?? options.device) !== 'cpu') return 'gpu';
      return slot?.quantized === true ? 'cpu+optimized' : 'cpu';
    },
    models: () =>
      [...slots.values()].map((slot) => ({
        model: slot.model.id,
        task: slot.task,
        loaded: isLoaded(slot),
        memoryBytes: memoryOf(slot),
        waiting: slot.line.length(),
      })),
    async warm(model, task) {
      await load(slotOf(model, task));
    },
    async renew(model) {
      dropped.delete(model.id);
      latest.set(model.id, model);
      const away = filesChanged();
      const free: ModelWorker[] = [];
      for (const slot of slots.values()) {
        if (slot.model.id !== model.id) continue;
        const stale = slot.model.revision !== model.revision;
        slot.model = model;
        if (!stale) continue;
        slot.device = options.device;
        slot.fault = null;
        // One that is at work, or is being loaded, leaves before its next inference.
        if (slot.line.length() > 0 || slot.loading !== null) slot.leaving = away;
        else free.push(...aliveOf(slot));
      }
      await Promise.all(free.map((worker) => worker.stop(away)));
    },
    async drop(id) {
      const away = filesChanged();
      dropped.add(id);
      latest.delete(id);
      const gone = [...slots].filter(([, slot]) => slot.model.id === id);
      await Promise.all(
        gone.map(async ([key, slot]) => {
          // One that comes by this id is another model.
          slots.delete(key);
          orphans.add(slot);
          slot.leaving = away;
          slot.line.fail(noSuchModel());
          // One that is being loaded is there afterwards.
          while (slot.loading !== null) await slot.loading.catch(() => undefined);
          await Promise.all(aliveOf(slot).map((worker) => worker.stop(away)));
          if (slot.idle !== null) clearTimeout(slot.idle);
        }),
      );
    },
    async close() {
      closed = true;
      const reason = serverClosed();
      const all = [...slots.values()];
      await Promise.all([
        loading.close(),
        ...all.flatMap((slot) => aliveOf(slot).map((worker) => worker.stop(reason))),
      ]);
      for (const { line } of all) line.fail(serverStops());
    },
  };

  function stillLoading(slot: Slot): ServeError {
    const seconds = Math.max(0.1, Math.round(msUntilLoaded(slot) / 100) / 10);
    return new ServeError(503, `Model ${slot.model.id} is currently loading`, {
      more: { estimated_time: seconds },
      headers: { 'retry-after': String(Math.ceil(seconds)) },
    });
  }
}

/** Tasks that load the same have one slot. */
function slotKey({ id }: CatalogModel, task: string): string {
  return `${findTask(task)?.loadsAs ?? task} ${id}`;
}

/** How long the answer that a model is still loading is held back, in milliseconds: @huggingface/inference asks again at once. */
const HOLD_MS = 300;
