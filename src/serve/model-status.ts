import { whyNoTask } from './asked-model.js';
import type { CatalogModel } from './catalog.js';
import { taskOf } from './catalog.js';
import type { ComputeType } from './compute-type.js';
import type { ModelState } from './model-state.js';

/** What `GET /status/{id}` says, as the Inference API does. */
export interface ModelStatus {
  readonly loaded: boolean;
  /** `error` where it cannot be loaded, or may not. */
  readonly state: 'Loaded' | 'Loadable' | 'TooBig' | 'error';
  readonly compute_type: ComputeType;
  readonly framework: string;
  /** Why there is an error. */
  readonly error?: string;
}

/** Whether a model answers, or would if it were asked. */
export async function modelStatus(
  model: CatalogModel,
  state: ModelState,
  { pinned, computeType }: { readonly pinned: boolean; readonly computeType: ComputeType },
): Promise<ModelStatus> {
  const { api, library } = model.report.support;
  const about = { compute_type: computeType, framework: library.name ?? 'unknown' } as const;
  if (api.reason === 'TooBig' && !pinned) return { loaded: false, state: 'TooBig', ...about };
  // A model may be loaded that nobody is answered by: it is pinned, or its card was changed since.
  const forbidden = api.reason === 'ExplicitOptOut';
  if (state.state === 'loaded' && !forbidden) return { loaded: true, state: 'Loaded', ...about };
  const error = forbidden ? api.explanation : await faultOf(model, state);
  return error === null
    ? { loaded: false, state: 'Loadable', ...about }
    : { loaded: false, state: 'error', ...about, error };
}

/** Why a model cannot be loaded, as far as that is known; null when nothing speaks against it. */
async function faultOf(model: CatalogModel, state: ModelState): Promise<string | null> {
  if (state.state === 'loading') return null;
  if (state.state === 'cold' && state.fault !== undefined) return state.fault;
  const task = taskOf(model);
  if (task === null) return whyNoTask(model);
  const plan = await model.plan(task);
  return plan.kind === 'run' ? null : plan.reason;
}
