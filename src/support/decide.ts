import type { Card, Metadata } from '../card/card.js';
import { TRANSFORMERS_FROM_CONFIG_UNTIL } from '../hub/tables/detection.generated.js';
import { TABLES, type Tables } from '../hub/tables.js';
import { isMapping, own } from '../mapping.js';
import type { RepoFile } from '../repo/repo.js';
import { decideApi } from './api.js';
import type { Facts } from './evidence.js';
import { detectLibrary } from './library.js';
import { type Decision, remedies } from './remedy.js';
import { detectTask, taskInTags } from './task.js';
import { libraryTraces } from './traces.js';
import type { SupportVerdict } from './verdict.js';
import { servedWeights, type Weights } from './weights.js';
import { decideWidget } from './widget.js';

/** What is known of a model repository; all but the metadata may be left out. */
export interface SupportInput {
  /** The card's front matter; null when there is none the Hub can read. */
  readonly metadata: Metadata | null;
  /** Files of the repository with their sizes in bytes; leave out (or null) when unknown. */
  readonly files?: readonly RepoFile[] | null;
  /** The parsed config.json. */
  readonly modelConfig?: unknown;
  /** The parsed tokenizer_config.json, whose chat template makes a model conversational. */
  readonly tokenizerConfig?: unknown;
  /** The card itself, for line numbers and text edits. */
  readonly card?: Card;
  /** Path of the card in the repository. */
  readonly cardFile?: string;
  /** A user's own tables. */
  readonly tables?: Tables;
  /** Day the repository was created (ISO 8601); today's rules of the Hub when left out. */
  readonly createdAt?: string;
}

/**
 * Decides whether the model page will have a working API and widget: which library and task the Hub detects, the
 * reason, the evidence, and edits of the card that turn the API on. Pure, and total: any value is taken as metadata
 * or config.
 */
export function decideSupport(input: SupportInput): SupportVerdict {
  const facts = factsOf(input);
  const decision = decide(facts);
  const widget = decideWidget(facts, decision.task, decision.api);
  const remedy = remedies(facts, decision, (metadata) => {
    // The positions are those of the card as it stands, not of the imagined one.
    const imagined: Facts = { ...facts, metadata, card: undefined };
    return { facts: imagined, decision: decide(imagined) };
  });
  return { ...decision, widget, ...(remedy === undefined ? {} : { remedy }) };
}

/** The task alone, as the verdict finds it; null when nothing names one. */
export function detectedTask(input: SupportInput): string | null {
  const tagged = taskInTags(isMapping(input.metadata) ? input.metadata : {});
  if (tagged !== undefined) return tagged;
  const facts = factsOf(input);
  // The library matters to what config.json tells, and costs more than all the rest.
  const task = detectTask(facts, null);
  return task.name !== null || facts.modelConfig === null
    ? task.name
    : detectTask(facts, detectLibrary(facts).name).name;
}

function decide(facts: Facts): Decision {
  const library = detectLibrary(facts);
  const task = detectTask(facts, library.name);
  return { library, task, api: decideApi(facts, library, task) };
}

function factsOf(input: SupportInput): Facts {
  const files = Array.isArray(input.files) ? input.files.filter(isFile) : null;
  const modelConfig = isMapping(input.modelConfig) ? input.modelConfig : null;
  const noConfig = files !== null && !files.some((file) => file.path === 'config.json');
  let traces: ReturnType<Facts['traces']> | undefined;
  const weights = new Map<string, Weights>();
  return {
    metadata: isMapping(input.metadata) ? input.metadata : {},
    card: input.card,
    cardFile: input.cardFile ?? 'README.md',
    files,
    modelConfig,
    configKnown: modelConfig !== null || noConfig,
    chatTemplate: chatTemplate(files, input.tokenizerConfig),
    tables: input.tables ?? TABLES,
    configMeansTransformers:
      input.createdAt !== undefined && input.createdAt < TRANSFORMERS_FROM_CONFIG_UNTIL,
    traces() {
      traces ??= libraryTraces(files, modelConfig);
      return traces;
    },
    weights(library) {
      if (files === null) return null;
      const known = weights.get(library) ?? servedWeights(files, library);
      weights.set(library, known);
      return known;
    },
  };
}

function isFile(value: unknown): value is RepoFile {
  return isMapping(value) && typeof value.path === 'string';
}

function chatTemplate(files: readonly RepoFile[] | null, tokenizerConfig: unknown): string | null {
  if (files?.some((file) => file.path === 'chat_template.jinja')) return 'chat_template.jinja';
  const template = own(tokenizerConfig, 'chat_template');
  const has =
    (typeof template === 'string' && template !== '') || (Array.isArray(template) && template.length > 0);
  return has ? 'the chat template in tokenizer_config.json' : null;
}
