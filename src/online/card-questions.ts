import type { Card } from '../card/card.js';
import type { HubFacts, RepoAnswer } from '../hub/facts.js';
import { looksLocal } from '../hub/repo-id.js';
import type { HubAccess } from '../repo/hub-fetch.js';
import { eachString } from '../rules/shared/strings.js';
import { DEFAULT_BUDGET, DEFAULT_TIMEOUT, type HubQuestions, hubQuestions } from './ask.js';
import { answerCache } from './cache.js';
import { hubIdIn } from './hub-path.js';
import { modelPage } from './model-page.js';
import { repoExists } from './repo-exists.js';

/** Most repositories of a field that are asked for; far beyond any budget. */
const MOST_IDS = 1000;

/** How to ask the Hub about a card; everything is optional. */
export interface OnlineOptions {
  /** Most requests; 20 when absent. */
  readonly budget?: number;
  /** Longest wait for one answer, in milliseconds; 5,000 when absent. */
  readonly timeoutMs?: number;
  /** Folder where answers that anybody gets are kept for a quarter of an hour, absolute; in memory alone when absent. */
  readonly cacheFolder?: string;
}

/**
 * Asks the Hub what only it knows about a card: whether the models and datasets it names are there, and what became of the page
 * of the model. Never throws because of the Hub: what has no answer is told by `gap`.
 * @param repoId Id of the model on the Hub; null when it is not known.
 */
export async function askAboutCard(
  card: Card,
  repoId: string | null,
  access: HubAccess,
  options: OnlineOptions = {},
  signal?: AbortSignal,
): Promise<HubFacts> {
  const questions = hubQuestions({
    access,
    budget: options.budget ?? DEFAULT_BUDGET,
    timeoutMs: options.timeoutMs ?? DEFAULT_TIMEOUT,
    cache: answerCache(options.cacheFolder ?? null, Date.now),
    ...(signal === undefined ? {} : { signal }),
  });
  const id = hubIdIn(repoId);
  // In this order, so that a small budget goes to what matters most.
  const page = id === null ? null : modelPage(id, questions);
  const models = existing('models', [...idsIn(card, 'base_model'), ...idsIn(card, 'new_version')], questions);
  const datasets = existing('datasets', idsIn(card, 'datasets'), questions);
  return {
    page: await page,
    models: await models,
    datasets: await datasets,
    gap: questions.gap(),
    validator: [],
  };
}

function idsIn({ metadata }: Card, field: string): readonly string[] {
  const ids: string[] = [];
  if (metadata !== null) {
    eachString(metadata, field, (text) => {
      if (hubIdIn(text) !== null && !looksLocal(text)) ids.push(text);
    });
  }
  return ids;
}

async function existing(
  kind: 'models' | 'datasets',
  ids: readonly string[],
  questions: HubQuestions,
): Promise<ReadonlyMap<string, RepoAnswer>> {
  const answers = await Promise.all(
    [...new Set(ids)]
      .slice(0, MOST_IDS)
      .map(async (id) => [id, await repoExists(kind, id, questions)] as const),
  );
  return new Map(answers.flatMap(([id, answer]) => (answer === null ? [] : [[id, answer] as const])));
}
