/**
 * Who asks, as far as an answer depends on it: clients contradict each other in a few shapes, and each of them is to work unchanged.
 * `js` is @huggingface/inference 4, `legacy` its releases up to 2 and huggingface_hub up to 0.2x, `other` everybody else.
 */
export type ClientFamily = 'js' | 'legacy' | 'other';

/** Tells them apart by their agent, and by what only the old ones put into the body. */
export function familyOf(agent: string | undefined, body: unknown): ClientFamily {
  if (agent?.includes('@huggingface/inference/')) return 'js';
  if (/\bhf_hub\/0\.[12]\d?\./.test(agent ?? '')) return 'legacy';
  // Release 2 sends no agent of its own, but always the object.
  return typeof body === 'object' && body !== null && Object.hasOwn(body, 'options') ? 'legacy' : 'other';
}
