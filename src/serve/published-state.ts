import { type CatalogModel, taskOf } from './catalog.js';
import type { ModelPool } from './model-pool.js';
import type { ModelState } from './model-state.js';

/** Whether a model answers at once: for the task that it is published for, else for the one that it was asked for by its address. */
export function publishedState(pool: ModelPool, model: CatalogModel): ModelState {
  const task = taskOf(model) ?? askedTask(pool, model);
  return task === null ? { state: 'cold' } : pool.state(model, task);
}

/** A task that the model was loaded for, or was to be; null where nobody asked. */
function askedTask(pool: ModelPool, { id }: CatalogModel): string | null {
  const asked = pool.models().filter(({ model }) => model === id);
  return (asked.find(({ loaded }) => loaded) ?? asked[0])?.task ?? null;
}
