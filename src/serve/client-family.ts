import { own } from '../mapping.js';

/**
 * Who asks, as far as an answer depends on it: clients contradict each other in a few shapes, and each of them is to work unchanged.
 * `js` is @huggingface/inference since 4.13.15; `js-4.5` its releases from 4.5 to there, which take a text of a picture in a list; `js-3` those
 * before them that name themselves, since 3.1.4, which take labels of a text in columns, in a list; `legacy` those up to 2.6 and huggingface_hub
 * up to 0.2x; `hub-1.1` huggingface_hub from 0.30 to 1.1.4, which takes labels of a text in columns; `other` everybody else.
 */
export type ClientFamily = 'js' | 'js-4.5' | 'js-3' | 'legacy' | 'hub-1.1' | 'other';

/** Tells them apart by their agent, and by what only the old ones put into the body. */
export function familyOf(agent: string | undefined, body: unknown): ClientFamily {
  if (agent !== undefined && isHuggingFaceJs(agent)) return familyOfRelease(agent);
  const hub = /\bhf_hub\/(\d+)\.(\d+)(?:\.(\d+))?/
    .exec(agent ?? '')
    ?.slice(1)
    .map((part) => Number(part ?? 0));
  if (hub !== undefined && isBefore(hub, [0, 30, 0])) return 'legacy';
  // https://github.com/huggingface/huggingface_hub/pull/3561
  if (hub !== undefined && isBefore(hub, [1, 1, 5])) return 'hub-1.1';
  if (typeof own(own(body, 'parameters'), 'candidate_labels') === 'string') return 'legacy';
  // Release 2 sends no agent of its own, but up to 2.6 always the object.
  return typeof body === 'object' && body !== null && Object.hasOwn(body, 'options') ? 'legacy' : 'other';
}

/** Whether a request comes from @huggingface/inference, of any release that names itself. */
export function isHuggingFaceJs(agent: string | undefined): boolean {
  return agent?.includes('@huggingface/inference/') ?? false;
}

function familyOfRelease(agent: string): ClientFamily {
  const release = /@huggingface\/inference\/(\d+)\.(\d+)\.(\d+)/.exec(agent)?.slice(1).map(Number);
  if (release === undefined || !isBefore(release, [4, 13, 15])) return 'js';
  return isBefore(release, [4, 5, 0]) ? 'js-3' : 'js-4.5';
}

function isBefore(release: readonly number[], other: readonly number[]): boolean {
  const place = other.findIndex((number, index) => release[index] !== number);
  return place !== -1 && (release[place] ?? 0) < (other[place] ?? 0);
}
