import type { InferenceProvider } from '../hub/facts.js';
import { isMapping, own } from '../mapping.js';

/** Most providers that are taken: there are some twenty. */
const MOST = 100;
/** Names of providers and tasks are words of this form. */
const NAME = /^[\w.-]{1,60}$/;

/**
 * The providers in `inferenceProviderMapping` of a model: a list of entries, or (as the Hub wrote it before) a mapping from
 * provider to entry. What has another shape is left out.
 */
export function providersIn(mapping: unknown): readonly InferenceProvider[] {
  const entries: readonly (readonly [unknown, unknown])[] = Array.isArray(mapping)
    ? mapping.slice(0, MOST).map((entry: unknown) => [own(entry, 'provider'), entry])
    : isMapping(mapping)
      ? Object.entries(mapping).slice(0, MOST)
      : [];
  return entries.flatMap(([name, entry]) => {
    const status = own(entry, 'status');
    const task = own(entry, 'task');
    if (typeof name !== 'string' || !NAME.test(name)) return [];
    if (status !== 'live' && status !== 'staging' && status !== 'error') return [];
    return [{ name, status, task: typeof task === 'string' && NAME.test(task) ? task : null }];
  });
}
