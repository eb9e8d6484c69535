import { setMaxListeners } from 'node:events';
import { relative, sep } from 'node:path';
import { changedBetween, nextChange, snapshot } from '../repo/watched-files.js';
import type { CatalogModel } from './catalog.js';

/** Who is told of what. */
export interface LiveCatalogListeners {
  /** A model was read anew, and is in the catalog. */
  readonly onChange: (model: CatalogModel) => void;
  /** A model cannot be read any more, or its files cannot be watched; the entry stays as it was. */
  readonly onFault: (error: unknown) => void;
}

/** Reads models on this machine anew when a file of theirs changes, until `signal` is aborted. */
export function keepCatalogLive(
  catalog: Map<string, CatalogModel>,
  signal: AbortSignal,
  listeners: LiveCatalogListeners,
): void {
  // One for each model; Node takes more than ten for a leak.
  setMaxListeners(0, signal);
  for (const model of catalog.values()) {
    const { target, root } = model.repo;
    if (root === null || target.kind === 'hub') continue;
    watchModel(catalog, model.id, root, signal, listeners).catch(listeners.onFault);
  }
}

async function watchModel(
  catalog: Map<string, CatalogModel>,
  id: string,
  root: string,
  signal: AbortSignal,
  { onChange, onFault }: LiveCatalogListeners,
): Promise<void> {
  const watched = { places: [root], written: new Set<string>() };
  let before = await snapshot(watched);
  while (!signal.aborted) {
    const after = await nextChange(watched, before, signal);
    if (after === null) return;
    const changed = changedBetween(before, after).map((path) => relative(root, path).split(sep).join('/'));
    before = after;
    const model = catalog.get(id);
    if (model === undefined) return;
    try {
      const renewed = await model.again(changed);
      if (signal.aborted) return;
      catalog.set(id, renewed);
      onChange(renewed);
    } catch (error) {
      // A folder that is being replaced: the next change tells more.
      onFault(error);
    }
  }
}
