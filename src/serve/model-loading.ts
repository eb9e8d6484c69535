import { availableParallelism } from 'node:os';
import { loadingJob, usualMemoryLimit } from '../smoke/attempt.js';
import type { PlannedVariant, RunPlan } from '../smoke/plan/plan.js';
import type { Device } from '../smoke/report.js';
import { planFor } from './asked-model.js';
import { servedVariant } from './catalog.js';
import type { PoolEvent, WorkerEnd } from './events.js';
import { canJoin } from './joined-graphs.js';
import { notLoaded } from './model-fault.js';
import type { ModelRoom } from './model-room.js';
import { type ModelWorker, startWorker } from './model-worker.js';
import { isLoaded, type Slot } from './pooled-slot.js';
import { quantizedVariant } from './quantized-variant.js';
import { ServeError, serverStops } from './serve-error.js';
import { putAway, serverClosed, WorkerError, type WorkerFault } from './worker-error.js';

/** How models are loaded. */
export interface LoadingParts {
  /** Whether a model that cannot be loaded on its device is loaded on the CPU: nobody named the device. */
  readonly guessed: boolean;
  /** Time limit of a load, in milliseconds. */
  readonly loadMs: number;
  /** Whether a smaller variant is served where it answers alike. */
  readonly quantized: boolean;
  /** Processes that each model may have. */
  readonly workers: number;
  readonly room: ModelRoom;
  readonly closed: () => boolean;
  /** Told of processes that ended, when they have left the slot, and whether one held its model and was to go on. */
  readonly gone: (slot: Slot, byItself: boolean) => void;
  readonly onEvent?: ((event: PoolEvent) => void) | undefined;
}

/** Starts the processes of models, one after the other: two would take each other's memory. */
export interface ModelLoading {
  /**
   * Starts a process, and adds it to the slot when the model is loaded. Others are put away for the first one of a model alone: a further one that has no room
   * is not started, and false is given. Throws `ServeError`.
   */
  start(slot: Slot): Promise<boolean>;
  /** Ends the process that loads a model now; the others are not started. */
  close(): Promise<void>;
}

/** What a process is started for. */
interface Loaded {
  readonly plan: RunPlan;
  readonly variant: PlannedVariant;
  /** Folders that its files may lie in. */
  readonly fences: readonly [string, ...string[]];
  /** Whether the variant is a smaller one in place of the full one. */
  readonly quantized: boolean;
  /** Whether others hold the model already. */
  readonly extra: boolean;
}

/** What a process needs beside the weights before one was measured, in bytes. */
const BASE_BYTES = 150 * 1024 ** 2;

/** Loads nothing yet. */
export function modelLoading(parts: LoadingParts): ModelLoading {
  const { room, closed, onEvent } = parts;
  let loads: Promise<unknown> = Promise.resolve();
  const stopped = new AbortController();
  /** The process that loads a model now. */
  let starting: ModelWorker | null = null;

  async function start(slot: Slot): Promise<boolean> {
    // One that ends is there for a moment more.
    const extra = isLoaded(slot);
    if (!extra) {
      slot.began = performance.now();
      slot.leaving = null;
    }
    const plan = await planFor(slot.model, slot.task);
    const variant = parts.quantized
      ? await quantizedVariant(slot.model.repo, plan, stopped.signal)
      : servedVariant(plan);
    slot.bytes = variant.files.reduce((sum, { size }) => sum + size, 0);
    // Before it is its turn: a download may take long, and others need none.
    const fences = await slot.model.bring(variant, stopped.signal);
    const quantized = variant !== servedVariant(plan);
    const before = loads;
    const turn = (async () => {
      await before.catch(() => undefined);
      if (closed()) throw serverStops();
      // It would be put away at once.
      if (extra && slot.leaving !== null) return false;
      return load(slot, { plan, variant, fences, quantized, extra });
    })();
    loads = turn;
    return turn;
  }

  /** Loads a model when it is its turn. */
  async function load(slot: Slot, what: Loaded): Promise<boolean> {
    const { extra, quantized, variant } = what;
    const needed = slot.memoryBytes ?? BASE_BYTES + slot.bytes;
    if (extra && !room.fits(needed)) return false;
    let began = performance.now();
    const tell = (memoryBytes: number | null, error?: string) =>
      onEvent?.({
        event: 'load',
        model: slot.model.id,
        task: slot.task,
        ok: error === undefined,
        ...(quantized ? { variant: variant.dtype } : {}),
        ms: performance.now() - began,
        memoryBytes,
        ...(error === undefined ? {} : { error }),
      });
    let worker: ModelWorker;
    try {
      if (!extra) await room.make(needed, slot);
      const joined = await canJoin(slot.model.repo, variant).catch(() => false);
      const loadedOn = (device: Device) => {
        began = performance.now();
        return startOn(device, slot, { ...what, joined });
      };
      worker = await loadedOn(slot.device).catch((error: unknown) => {
        const elsewhere = parts.guessed && slot.device !== 'cpu' && isByItself(error);
        if (!elsewhere) throw error;
        slot.device = 'cpu';
        return loadedOn('cpu');
      });
    } catch (error) {
      const fault = error instanceof WorkerError ? notLoaded(error, slot.model.id, closed()) : error;
      // What is no fault of the process may name paths.
      if (!closed())
        tell(null, fault instanceof ServeError ? fault.message : `${slot.model.id} cannot be loaded.`);
      throw fault;
    }
    if (worker.onCpu()) slot.device = 'cpu';
    slot.quantized = quantized;
    slot.loadMs = performance.now() - began;
    slot.memoryBytes = worker.memoryBytes();
    slot.lastUsed = performance.now();
    slot.workers.add(worker);
    tell(slot.memoryBytes);
    if (extra && !room.fits(0)) {
      await worker.stop(putAway());
      return false;
    }
    try {
      if (!extra) await room.make(0, slot);
    } catch (error) {
      await worker.stop(putAway());
      throw error;
    }
    return true;
  }

  /** Starts a process on a device; settles when it holds the model. Throws `WorkerError`, `ServeError`. */
  async function startOn(
    device: Device,
    slot: Slot,
    { plan, variant, fences, joined }: Loaded & { readonly joined: boolean },
  ): Promise<ModelWorker> {
    if (closed()) throw serverStops();
    const memoryBytes = usualMemoryLimit(variant.files, device);
    const job = {
      ...loadingJob({ plan, variant, fences, device, optimized: true, main: false, media: {} }, memoryBytes),
      served: { threads: threadsFor(slot.bytes, parts.workers), joined },
    };
    const worker = startWorker({ kind: 'serve', model: job }, plan.runner, {
      memoryBytes,
      loadMs: parts.loadMs,
    });
    starting = worker;
    let ready = false;
    void worker.gone.then(({ fault }) => {
      slot.workers.delete(worker);
      const reason = ENDS[fault];
      // Of one that never held its model the failed load is told, with the reason.
      if (ready && reason !== null)
        onEvent?.({ event: 'worker-end', model: slot.model.id, task: slot.task, reason });
      parts.gone(slot, ready && BY_ITSELF.has(fault));
    });
    try {
      await worker.loaded;
      ready = true;
      return worker;
    } catch (error) {
      await worker.stop(putAway());
      throw error;
    } finally {
      starting = null;
    }
  }

  return {
    start,
    async close() {
      stopped.abort();
      await starting?.stop(serverClosed());
      // One that was about to start a process sees that it is not to.
      await loads.catch(() => undefined);
    },
  };
}

/** Below this size several threads take longer for a graph than one, in bytes of weights. */
const SMALL_BYTES = 16 * 1024 ** 2;

/** Threads of each process: the processes of a model share the machine. */
export function threadsFor(bytes: number, workers: number): number {
  return bytes < SMALL_BYTES ? 1 : Math.max(1, Math.floor(availableParallelism() / workers));
}

/** Ends of a process that nobody brought about who puts models away. */
const BY_ITSELF: ReadonlySet<WorkerFault> = new Set<WorkerFault>([
  'ended',
  'left',
  'over-time',
  'over-memory',
]);

function isByItself(error: unknown): boolean {
  return error instanceof WorkerError && BY_ITSELF.has(error.fault);
}

/** What is told of a process that ended for a reason; null for what ends none. */
const ENDS: Readonly<Record<WorkerFault, WorkerEnd | null>> = {
  inference: null,
  ended: 'crash',
  memory: 'memory',
  idle: 'idle',
  changed: 'changed',
  closed: 'close',
  // It did not stop when nobody wanted its answer any more.
  left: 'over-time',
  'over-time': 'over-time',
  'over-memory': 'over-memory',
};
