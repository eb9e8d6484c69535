import { setMaxListeners } from 'node:events';
import { exists } from '../repo/fs.js';
import { isPattern } from '../repo/pattern.js';
import { changedBetween, nextChange, type Snapshot, snapshot, type Watched } from '../repo/watched-files.js';
import { slashedWay } from '../slashed-path.js';
import type { CatalogModel, CatalogOptions } from './catalog.js';
import { keepFolders } from './live-folders.js';

/** Who is told of what. */
export interface LiveCatalogListeners {
  /** A model was read anew, or is new, and is in the catalog. */
  readonly onChange: (model: CatalogModel) => Promise<void>;
  /** A model is in the catalog no more. */
  readonly onGone: (id: string) => Promise<void>;
  /** What follows a change failed, a model cannot be read any more, or its files cannot be watched; the entry stays as it was. */
  readonly onFault: (error: unknown) => void;
}

/** Where models are found, and what in their folders is none of theirs. */
export interface LiveCatalogOptions extends CatalogOptions {
  /** Absolute real paths of files that the server writes. */
  readonly written: ReadonlySet<string>;
}

/**
 * Reads models on this machine anew when a file of theirs changes, and looks for folders that come and go where `targets` are patterns, until `signal`
 * is aborted. Settles when it is known how all files are now: what changes from then on is seen.
 */
export async function keepCatalogLive(
  catalog: Map<string, CatalogModel>,
  targets: readonly string[],
  options: LiveCatalogOptions,
  signal: AbortSignal,
  listeners: LiveCatalogListeners,
): Promise<void> {
  // One for each model; Node takes more than ten for a leak.
  setMaxListeners(0, signal);
  const follow = async (
    { id, place, repo: { target, root } }: CatalogModel,
    until: AbortSignal,
    known?: Snapshot,
  ) => {
    if (root === null || target.kind === 'hub') return;
    const folder = { id, root, found: place !== null, places: [root], written: options.written };
    try {
      const before = known ?? (await snapshot(folder));
      followFolder(catalog, folder, before, until, listeners).catch(listeners.onFault);
    } catch (error) {
      // Too many files, for one: the others are watched all the same.
      listeners.onFault(error);
    }
  };
  const [named, found] = [
    [...catalog.values()].filter(({ place }) => place === null),
    targets.filter(isPattern),
  ];
  await Promise.all([
    ...named.map((model) => follow(model, signal)),
    found.length === 0
      ? undefined
      : keepFolders({ catalog, patterns: found, options, signal, follow, ...listeners }),
  ]);
}

/** The folder of a model, as it is watched. */
interface Folder extends Watched {
  readonly id: string;
  readonly root: string;
  /** Whether a pattern found it: then it may go. */
  readonly found: boolean;
}

async function followFolder(
  catalog: Map<string, CatalogModel>,
  folder: Folder,
  first: Snapshot,
  signal: AbortSignal,
  { onChange, onFault }: LiveCatalogListeners,
): Promise<void> {
  const { id, root, found } = folder;
  let before = first;
  /** What changed since the model was read. */
  const unread = new Set<string>();
  while (!signal.aborted) {
    const after = await nextChange(folder, before, signal);
    if (after === null) return;
    for (const path of changedBetween(before, after)) unread.add(slashedWay(root, path));
    before = after;
    // Whether it comes again is seen elsewhere.
    if (found && !(await exists(root))) continue;
    const model = catalog.get(id);
    if (model === undefined) return;
    try {
      const renewed = await model.again([...unread]);
      if (signal.aborted) return;
      unread.clear();
      catalog.set(id, renewed);
      onChange(renewed).catch(onFault);
    } catch (error) {
      // A folder that is being replaced: the next change tells more.
      if (!signal.aborted && (!found || (await exists(root)))) onFault(error);
    }
  }
}
