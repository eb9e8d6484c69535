import { didYouMean, nearest } from '../hub/nearest.js';
import { escapeText } from '../preview.js';
import { findTask, TASKS } from '../tasks/index.js';
import { type Catalog, type CatalogModel, taskOf } from './catalog.js';
import { ServeError } from './serve-error.js';

/** Most of an id that is said back, in UTF-16 units: in a body it may have any length. */
const LONGEST_ID = 300;

/** Throws `ServeError` 404. */
export function modelOf(catalog: Catalog, id: string): CatalogModel {
  const model = catalog.get(id);
  if (model !== undefined) return model;
  const meant = didYouMean(nearest(id, catalog.keys()));
  throw new ServeError(404, `There is no model ${escapeText(id, LONGEST_ID)} here. ${meant}`.trim());
}

/**
 * The verdict rules the server: what the author has turned off is refused, and so is what is too big for the Hub unless it is pinned. What the Hub
 * would not serve for another reason is served here; returns that reason.
 */
export function checkVerdict({ id, report }: CatalogModel, pinned: ReadonlySet<string>): string | null {
  const { api } = report.support;
  if (api.enabled) return null;
  if (api.reason === 'ExplicitOptOut') {
    throw new ServeError(403, `The card of ${id} says inference: false. ${api.explanation}`);
  }
  if (api.reason === 'TooBig' && !pinned.has(id)) {
    throw new ServeError(
      403,
      `${id} is too big to be loaded on request. ${api.explanation} Start the server with --pin ${id} to load it here.`,
    );
  }
  return api.reason;
}

/** Tasks that a model of the other one can do. */
const SERVE_EACH_OTHER: Readonly<Record<string, readonly string[]>> = {
  'feature-extraction': ['sentence-similarity'],
  'sentence-similarity': ['feature-extraction'],
  conversational: ['text-generation'],
};

/** Why no task is known of a model, and what to do. */
export function whyNoTask({ report }: CatalogModel): string {
  const { task, remedy = [] } = report.support;
  // A card that cannot be read is said to name nothing; what to do tells the rest.
  return remedy[0] === undefined ? task.detail : `${task.detail} To do: ${remedy[0].title}.`;
}

/** The task that is asked for, else the one the model is published for. Throws `ServeError` 400. */
export function taskFor(model: CatalogModel, asked: string | null): string {
  const own = taskOf(model);
  const named = asked ?? own;
  if (named === null) throw new ServeError(400, `No task is known of ${model.id}. ${whyNoTask(model)}`);
  // A task may be asked for by another name (`sentiment-analysis`); the shape of its answer is that of the tag.
  const task = findTask(named)?.tag;
  if (task === undefined) {
    const known = [...TASKS.keys()].sort();
    const meant = nearest(named, known);
    throw new ServeError(
      400,
      meant === undefined
        ? `There is no task ${named}; there are ${known.join(', ')}.`
        : `There is no task ${named}. ${didYouMean(meant)}`.trim(),
    );
  }
  if (own !== null && task !== findTask(own)?.tag && !(SERVE_EACH_OTHER[task] ?? []).includes(own)) {
    throw new ServeError(400, `${model.id} is a model for ${own}, not for ${task}.`);
  }
  return task;
}

/** How a model does a task. Throws `ServeError` where it cannot. */
export async function planFor(
  model: CatalogModel,
  task: string,
): Promise<Extract<Awaited<ReturnType<CatalogModel['plan']>>, { readonly kind: 'run' }>> {
  const plan = await model.plan(task);
  if (plan.kind !== 'run') throw new ServeError(plan.kind === 'skip' ? 400 : 500, plan.reason);
  return plan;
}
