import type { Card, Metadata } from '../card/card.js';
import { parseCard } from '../card/parse.js';
import { own } from '../mapping.js';
import { readCard } from '../repo/card-file.js';
import { readModelConfig } from '../repo/model-config.js';
import type { Repo, RepoFile } from '../repo/repo.js';
import { decideSupport } from '../support/decide.js';
import type { SupportVerdict } from '../support/verdict.js';
import { findTask } from '../tasks/index.js';

/** What is known already, and what the user wants instead. */
interface Known {
  readonly card?: Card;
  readonly support?: SupportVerdict;
  readonly task?: string;
}

/** The card’s metadata and the task of the model, from what the caller knows or else from the repository. */
export async function cardAndTask(
  repo: Repo,
  files: readonly RepoFile[] | null,
  options: Known,
): Promise<{ readonly metadata: Metadata | null; readonly task: string | null }> {
  let { card } = options;
  if (card === undefined) {
    const file = await readCard(repo);
    card = parseCard(file.source === 'text' ? file.text : '');
  }
  const { metadata } = card;
  if (options.task !== undefined) return { metadata, task: options.task };
  if (options.support !== undefined)
    return { metadata, task: options.support.task.name ?? unofficialTask(metadata) };
  const listed = files?.some(({ path }) => path === 'config.json') ?? false;
  const modelConfig = listed ? await readModelConfig(repo, 'config.json') : undefined;
  const support = decideSupport({
    metadata,
    ...(files === null ? {} : { files }),
    ...(modelConfig === undefined ? {} : { modelConfig }),
  });
  return { metadata, task: support.task.name ?? unofficialTask(metadata) };
}

/** A task that the Hub does not have, but transformers.js has and the card names; null when it names none. */
function unofficialTask(metadata: Metadata | null): string | null {
  const tag = own(metadata, 'pipeline_tag');
  return typeof tag === 'string' && findTask(tag) !== undefined ? tag : null;
}
