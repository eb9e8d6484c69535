import { setMaxListeners } from 'node:events';
import { relative, sep } from 'node:path';
import { changedBetween, nextChange, type Snapshot, snapshot, type Watched } from '../repo/watched-files.js';
import type { CatalogModel } from './catalog.js';

/** Who is told of what. */
export interface LiveCatalogListeners {
  /** A model was read anew, and is in the catalog. */
  readonly onChange: (model: CatalogModel) => Promise<void>;
  /** What follows a change failed, a model cannot be read any more, or its files cannot be watched; the entry stays as it was. */
  readonly onFault: (error: unknown) => void;
}

/**
 * Reads models on this machine anew when a file of theirs changes, until `signal` is aborted. Settles when it is known how all files are now: what
 * changes from then on is seen.
 */
export async function keepCatalogLive(
  catalog: Map<string, CatalogModel>,
  signal: AbortSignal,
  listeners: LiveCatalogListeners,
): Promise<void> {
  // One for each model; Node takes more than ten for a leak.
  setMaxListeners(0, signal);
  const folders = [...catalog.values()].flatMap(({ id, repo: { target, root } }) =>
    root === null || target.kind === 'hub' ? [] : [{ id, root, places: [root], written: new Set<string>() }],
  );
  await Promise.all(
    folders.map(async (folder) => {
      try {
        const before = await snapshot(folder);
        followFolder(catalog, folder, before, signal, listeners).catch(listeners.onFault);
      } catch (error) {
        // Too many files, for one: the others are watched all the same.
        listeners.onFault(error);
      }
    }),
  );
}

/** The folder of a model, as it is watched. */
interface Folder extends Watched {
  readonly id: string;
  readonly root: string;
}

async function followFolder(
  catalog: Map<string, CatalogModel>,
  folder: Folder,
  first: Snapshot,
  signal: AbortSignal,
  { onChange, onFault }: LiveCatalogListeners,
): Promise<void> {
  const { id, root } = folder;
  let before = first;
  while (!signal.aborted) {
    const after = await nextChange(folder, before, signal);
    if (after === null) return;
    const changed = changedBetween(before, after).map((path) => relative(root, path).split(sep).join('/'));
    before = after;
    const model = catalog.get(id);
    if (model === undefined) return;
    try {
      const renewed = await model.again(changed);
      if (signal.aborted) return;
      catalog.set(id, renewed);
      onChange(renewed).catch(onFault);
    } catch (error) {
      // A folder that is being replaced: the next change tells more.
      onFault(error);
    }
  }
}
