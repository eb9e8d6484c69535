import type { ModelWorker } from './model-worker.js';
import { pause } from './pause.js';
import { aliveOf, type Slot } from './pooled-slot.js';
import { ServeError, serverStops } from './serve-error.js';
import { putAway } from './worker-error.js';

/** How long a model waits for one that is asked without a pause to be free, in milliseconds. */
const PATIENCE_MS = 2000;

/** What is loaded, and how much may be. */
export interface RoomParts {
  readonly slots: () => Iterable<Slot>;
  /** Memory that loaded models may take together, in bytes. */
  readonly memoryBytes: number;
  /** Models that stay. */
  readonly pinned: ReadonlySet<string>;
  readonly closed: () => boolean;
}

/** The memory that loaded models share. */
export interface ModelRoom {
  /** Puts away models that nobody waits for, the one first that was not used for longest, until there is room. Throws `ServeError`. */
  make(bytes: number, needed: Slot): Promise<void>;
  /** Whether there is room, with nothing put away. */
  fits(bytes: number): boolean;
}

/** A process of a model. */
interface Held {
  readonly slot: Slot;
  readonly worker: ModelWorker;
  /** Whether the model has another. */
  readonly extra: boolean;
}

/** The room of a pool. */
export function modelRoom({ slots, memoryBytes, pinned, closed }: RoomParts): ModelRoom {
  const held = (): readonly Held[] =>
    [...slots()].flatMap((slot) =>
      aliveOf(slot).map((worker, index) => ({ slot, worker, extra: index > 0 })),
    );
  const taken = (all: readonly Held[]) =>
    all.reduce((sum, { slot, worker }) => sum + (worker.memoryBytes() ?? slot.memoryBytes ?? 0), 0);

  return {
    fits: (bytes) => taken(held()) + bytes <= memoryBytes,
    async make(bytes, needed) {
      const since = performance.now();
      for (;;) {
        const all = held();
        if (closed()) throw serverStops();
        if (taken(all) + bytes <= memoryBytes) return;
        const others = all.filter(({ slot }) => slot !== needed);
        // A single model may take more than all of them should; there is nothing to put away for it.
        if (others.length === 0) return;
        const [oldest] = others
          .filter(
            ({ slot, worker, extra }) =>
              slot.line.running(worker) === 0 &&
              // One that is to leave may wait itself: its further process is loaded after this model.
              (extra || slot.leaving !== null || (slot.line.length() === 0 && !pinned.has(slot.model.id))),
          )
          .sort((a, b) => Number(b.extra) - Number(a.extra) || a.slot.lastUsed - b.slot.lastUsed);
        if (oldest !== undefined) {
          await oldest.worker.stop(putAway());
          continue;
        }
        const busy = others
          .map(({ slot }) => slot)
          .filter(({ model }) => !pinned.has(model.id))
          .sort((a, b) => a.began - b.began);
        const [longest] = busy;
        if (longest === undefined) {
          throw new ServeError(
            500,
            `There is no memory left to load ${needed.model.id}: pinned models hold it.`,
          );
        }
        // What is in use now will be free in a moment. Unless its line never ends: then it goes to the end of the line itself.
        if (performance.now() - since > PATIENCE_MS) longest.leaving ??= putAway();
        // A look now and then too: what one of them waits for may be this load.
        await Promise.race([pause(100), ...busy.map(({ line }) => line.next())]);
      }
    },
  };
}
