import { encodedPath } from '../encoded-path.js';
import { own } from '../mapping.js';
import { readJson } from '../smoke/plan/files.js';
import { hasChatTemplate } from '../tasks/generation/chat.js';
import type { ModelFacts } from '../tasks/task.js';
import { namedToken } from '../tasks/text/text-encoding.js';
import { cardExamples } from './card-examples.js';
import { type CatalogModel, taskOf } from './catalog.js';
import type { ModelInfo, ModelSummary } from './model-info.js';
import type { ModelState } from './model-state.js';

/** What lists say of a model. */
export function modelSummary(model: CatalogModel, state: ModelState): ModelSummary {
  const { support, diagnostics, summary } = model.report;
  return {
    id: model.id,
    modelId: model.id,
    pipeline_tag: taskOf(model),
    library_name: support.library.name,
    inference: support.api.enabled ? 'warm' : support.api.reason,
    support,
    findings: diagnostics.length,
    errors: summary.errors,
    state,
  };
}

/** All that the page of a model shows. */
export async function modelInfo(model: CatalogModel, state: ModelState): Promise<ModelInfo> {
  const { card, report, repo, files } = model;
  const task = taskOf(model);
  const facts = await modelFacts(model, task);
  return {
    ...modelSummary(model, state),
    diagnostics: report.diagnostics,
    cardPath: repo.cardPath,
    cardData: withoutBinary(card.metadata),
    card: card.text === '' ? null : card.text.slice(card.body.start, card.body.end),
    cardSource: card.text === '' ? null : card.text,
    otherSources: otherSources(model),
    examples: cardExamples(withoutBinary(own(card.metadata, 'widget')), {
      task,
      files: files === null ? null : new Set(files.map(({ path }) => path)),
      addressOf: (path) => `/${encodedPath(`${model.id}/resolve/main/${path}`)}`,
    }),
    maskToken:
      namedToken(own(facts.json, TOKENIZER_CONFIG), 'mask_token') ?? namedToken(card.metadata, 'mask_token'),
    chats: hasChatTemplate(facts),
  };
}

/** Longest text of another file that is sent, in characters. */
const MOST_SOURCE = 500_000;

function otherSources({ report, sources, repo }: CatalogModel): Readonly<Record<string, string>> {
  const files = new Set(report.diagnostics.flatMap(({ file, range }) => (range === undefined ? [] : [file])));
  files.delete(repo.cardPath);
  return Object.fromEntries(
    Object.entries(sources).filter(([file, text]) => files.has(file) && text.length <= MOST_SOURCE),
  );
}

const TOKENIZER_CONFIG = 'tokenizer_config.json';

/** What is known of the model before it is loaded; of one that cannot be run, what its files say. */
async function modelFacts(model: CatalogModel, task: string | null): Promise<ModelFacts> {
  // Files that cannot be read now are no reason to say nothing of the card.
  const plan = task === null ? null : await model.plan(task).catch(() => null);
  if (plan?.kind === 'run') return plan.model;
  const file = model.files?.find(({ path }) => path === TOKENIZER_CONFIG);
  const config = await readJson(model.repo, file).catch(() => null);
  return {
    config: null,
    graph: null,
    graphs: {},
    json: config?.kind === 'read' ? { [TOKENIZER_CONFIG]: config.value } : {},
    files: new Set(model.files?.map(({ path }) => path)),
  };
}

/** A value of a card as JSON has it; binary data, which nobody reads, is named. */
function withoutBinary<T>(value: T): T {
  return JSON.parse(
    JSON.stringify(value ?? null, (_key, item: unknown) =>
      item instanceof Uint8Array ? '(binary data)' : item,
    ),
  ) as T;
}
