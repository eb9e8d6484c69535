import { setMaxListeners } from 'node:events';
import { preview } from '../preview.js';
import { type Snapshot, snapshot } from '../repo/watched-files.js';
import { type CatalogModel, openFound } from './catalog.js';
import { type FoundFolder, foldersNow } from './found-folders.js';
import type { LiveCatalogListeners, LiveCatalogOptions } from './live-catalog.js';
import { pause } from './pause.js';

/** How often folders are looked for, in milliseconds; less often where looking takes long. */
const LOOK_MS = 1500;
/** How small a part of the time may go by with looking. */
const LOOK_SHARE = 0.05;

/** What folders are looked for, and who is told. */
export interface FoldersParts extends LiveCatalogListeners {
  readonly catalog: Map<string, CatalogModel>;
  readonly patterns: readonly string[];
  readonly options: LiveCatalogOptions;
  readonly signal: AbortSignal;
  /** Begins to watch the files of a model until a signal is aborted; settles when it is known how they are now, or were before it was read. */
  readonly follow: (model: CatalogModel, until: AbortSignal, known?: Snapshot) => Promise<void>;
}

/** Keeps the models that patterns found as the folders are. Settles when it is known how the files of those in the catalog are. */
export async function keepFolders(parts: FoldersParts): Promise<void> {
  const { catalog, signal, follow } = parts;
  const watches = new Map<string, AbortController>();
  const watched = (model: CatalogModel, known?: Snapshot) => {
    const until = new AbortController();
    setMaxListeners(0, until.signal);
    watches.set(model.id, until);
    return follow(model, AbortSignal.any([signal, until.signal]), known);
  };
  await Promise.all(
    [...catalog.values()].filter(({ place }) => place !== null).map((model) => watched(model)),
  );
  void look(parts, watched, (id) => {
    watches.get(id)?.abort();
    watches.delete(id);
  });
}

async function look(
  { catalog, patterns, options, signal, onChange, onGone, onFault }: FoldersParts,
  watch: (model: CatalogModel, known: Snapshot | undefined) => Promise<void>,
  unwatch: (id: string) => void,
): Promise<void> {
  /** Ids of models whose folders were not there the last time. */
  let missing: ReadonlySet<string> = new Set();
  /** By id, the revision that the next one has: what is kept of one that went is nothing of one that came. */
  const next = new Map<string, number>();
  /** What was told already of a place, while that holds. */
  let told: ReadonlySet<string> = new Set();
  let wait = LOOK_MS;
  for (;;) {
    await pause(wait);
    if (signal.aborted) return;
    const began = performance.now();
    const faults = new Set<string>();
    const fault = (place: string, message: string) => {
      const key = `${place} ${message}`;
      faults.add(key);
      if (!told.has(key)) onFault(new Error(message));
    };
    try {
      const folders = await foldersNow(patterns, options.cwd);
      if (signal.aborted) return;
      missing = leave(folders);
      for (const folder of folders) {
        if (signal.aborted) return;
        await enter(folder).catch((error: unknown) => fault(folder.place, wordsOf(error)));
      }
    } catch (error) {
      fault('', wordsOf(error));
    }
    told = faults;
    wait = Math.max(LOOK_MS, (performance.now() - began) / LOOK_SHARE);

    /** Takes out what is gone for the second time: a folder may be in the course of being replaced. */
    function leave(folders: readonly FoundFolder[]): ReadonlySet<string> {
      const places = new Set(folders.map(({ place }) => place));
      const gone = [...catalog.values()].filter(({ place }) => place !== null && !places.has(place));
      for (const { id, revision } of gone.filter((model) => missing.has(model.id))) {
        unwatch(id);
        catalog.delete(id);
        next.set(id, revision + 1);
        onGone(id).catch(onFault);
      }
      return new Set(gone.map(({ id }) => id));
    }

    async function enter(folder: FoundFolder): Promise<void> {
      const there = catalog.get(folder.id);
      if (there?.place === folder.place) return;
      if (there !== undefined) {
        // Until the one before it is taken out, too.
        if (!missing.has(folder.id))
          fault(
            folder.place,
            `Two of the models would be served as ${preview(folder.id)}. Rename one of the folders.`,
          );
        return;
      }
      // Of a folder that is being copied here, more comes while it is read.
      const known = await snapshot({ places: [folder.place], written: options.written }).catch(
        () => undefined,
      );
      const model = await openFound(folder, options, next.get(folder.id));
      if (signal.aborted) return;
      catalog.set(model.id, model);
      await watch(model, known);
      onChange(model).catch(onFault);
    }
  }
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
