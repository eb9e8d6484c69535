import type { RepoAnswer } from '../hub/facts.js';
import { own } from '../mapping.js';
import type { HubQuestions } from './ask.js';
import { apiPath, hubIdIn } from './hub-path.js';

/** Asks whether a model or dataset of this id is on the Hub; null when there is no answer. */
export async function repoExists(
  kind: 'models' | 'datasets',
  id: string,
  { ask }: HubQuestions,
): Promise<RepoAnswer | null> {
  const answer = await ask(`${apiPath(kind, id)}?expand[]=private`);
  if (answer.kind === 'none') return null;
  if (answer.kind !== 'body') return answer;
  // An answer that names no repository says nothing but that there is one.
  return { kind: 'found', id: hubIdIn(own(answer.body, 'id')) ?? id };
}
