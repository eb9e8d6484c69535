import type { Device } from '../smoke/report.js';
import type { CatalogModel } from './catalog.js';
import type { ModelLine } from './model-line.js';
import type { ModelWorker } from './model-worker.js';
import type { WorkerError } from './worker-error.js';

/** A model for a task, and those that load the same, in the pool. */
export interface Slot {
  model: CatalogModel;
  /** The one that it was asked for first. */
  readonly task: string;
  readonly line: ModelLine;
  /** Its processes that are loaded. */
  readonly workers: Set<ModelWorker>;
  /** Settles when it is loaded; null when nobody loads it. */
  loading: Promise<void> | null;
  /** When the last load began, as `performance.now()` counts. */
  began: number;
  /** Why its processes are to be put away before its next inference; null where they stay. */
  leaving: WorkerError | null;
  lastUsed: number;
  /** Puts it away when nobody asks. */
  idle: NodeJS.Timeout | null;
  /** Looks whether its line lasts; null while nobody waits for a further process. */
  look: NodeJS.Timeout | null;
  /** What it runs on: the device of the server, unless it turned out that it runs on the CPU. */
  device: Device;
  /** What a process took the last time, in bytes. */
  memoryBytes: number | null;
  /** How long the last load took. */
  loadMs: number | null;
  /** Before when no further process is tried, as `performance.now()` counts. */
  nextTry: number;
  /** Why it could not be loaded the last time; null where it could. */
  fault: string | null;
  /** Size of the files that are loaded. */
  bytes: number;
  /** Whether a quantized variant is loaded in place of the full one, or was the last time. */
  quantized: boolean;
}

/** How fast weights are read before that was measured, in bytes a millisecond. */
const BYTES_PER_MS = 200_000;
/** How long a process takes to start before that was measured, in milliseconds. */
const START_MS = 800;

/** How long it takes until a model that is being loaded answers, in milliseconds: by the last load, before by its size. */
export function msUntilLoaded({ loadMs, bytes, began }: Pick<Slot, 'loadMs' | 'bytes' | 'began'>): number {
  return Math.max(0, (loadMs ?? START_MS + bytes / BYTES_PER_MS) - (performance.now() - began));
}

/** Processes that can be asked. */
export function aliveOf({ workers }: Pick<Slot, 'workers'>): readonly ModelWorker[] {
  return [...workers].filter((worker) => worker.alive());
}

/** Whether it can answer without being loaded. */
export function isLoaded(slot: Pick<Slot, 'workers'>): boolean {
  for (const worker of slot.workers) if (worker.alive()) return true;
  return false;
}

/** Memory of its processes, in bytes; null where there are none, or it cannot be measured. */
export function memoryOf(slot: Pick<Slot, 'workers'>): number | null {
  const measured = aliveOf(slot).flatMap((worker) => worker.memoryBytes() ?? []);
  return measured.length === 0 ? null : measured.reduce((sum, bytes) => sum + bytes, 0);
}
