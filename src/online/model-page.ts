import type { ModelPage } from '../hub/facts.js';
import { isMapping, own } from '../mapping.js';
import type { HubQuestions } from './ask.js';
import { apiPath, hubIdIn } from './hub-path.js';
import { providersIn } from './inference-providers.js';

/** What is asked for; the Hub sends no more. */
const WANTED = ['private', 'pipeline_tag', 'library_name', 'cardData', 'inferenceProviderMapping'];
/** Longest name of a task or library that is taken. */
const LONGEST = 200;

/** Asks what the Hub made of a model; null when it is not there for us, or there is no answer. */
export async function modelPage(id: string, { ask }: HubQuestions): Promise<ModelPage | null> {
  const query = WANTED.map((name) => `expand[]=${name}`).join('&');
  const answer = await ask(`${apiPath('models', id)}?${query}`);
  if (answer.kind !== 'body') return null;
  const { body } = answer;
  const card = own(body, 'cardData');
  const declared = isMapping(card) ? card : {};
  return {
    id: hubIdIn(own(body, 'id')) ?? id,
    task: nameIn(own(body, 'pipeline_tag')),
    library: nameIn(own(body, 'library_name')),
    declared: {
      task: nameIn(own(declared, 'pipeline_tag')),
      library: nameIn(own(declared, 'library_name')),
    },
    providers: providersIn(own(body, 'inferenceProviderMapping')),
  };
}

function nameIn(value: unknown): string | null {
  return typeof value === 'string' && value !== '' && value.length <= LONGEST ? value : null;
}
