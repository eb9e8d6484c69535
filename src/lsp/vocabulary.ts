import type { JsonPath } from '../card/path.js';
import { languages } from '../hub/languages.js';
import { libraries } from '../hub/libraries.js';
import { licenses } from '../hub/licenses.js';
import { tasks } from '../hub/tasks.js';

/** What is known of a value besides that it exists. */
export interface Meaning {
  /** Its name for people, such as `Apache license 2.0`. */
  readonly name: string;
  /** More about it as Markdown. */
  readonly text: string;
}

const MODALITIES: Readonly<Record<string, string>> = {
  nlp: 'natural language processing',
  cv: 'computer vision',
  audio: 'audio',
  tabular: 'tabular data',
  multimodal: 'several modalities',
  rl: 'reinforcement learning',
  other: 'other',
};

/** Metrics by their ids in the evaluate library; cards may name any other. */
const METRICS: readonly string[] = [
  'accuracy',
  'bertscore',
  'bleu',
  'cer',
  'chrf',
  'code_eval',
  'exact_match',
  'f1',
  'mae',
  'matthews_correlation',
  'mean_iou',
  'meteor',
  'mse',
  'pearsonr',
  'perplexity',
  'precision',
  'recall',
  'roc_auc',
  'rouge',
  'sacrebleu',
  'seqeval',
  'spearmanr',
  'squad',
  'squad_v2',
  'wer',
];

/** What the values at a path of a card's metadata are; undefined for those that are free. */
export function vocabularyAt(path: JsonPath): Vocabulary | undefined {
  const [first, second] = path;
  if (path.length > 2) {
    const names = path.filter((step) => typeof step === 'string').join('.');
    if (names === 'model-index.results.task.type') return 'task';
    if (names === 'model-index.results.metrics.type') return 'metric';
    return names === 'model-index.results.dataset.type' ? 'dataset' : undefined;
  }
  if (typeof second === 'string') return undefined;
  return typeof first === 'string' ? TOP_LEVEL.get(first) : undefined;
}

/** The tables that values come from. */
export type Vocabulary = 'license' | 'language' | 'task' | 'library' | 'tag' | 'metric' | 'model' | 'dataset';

const TOP_LEVEL: ReadonlyMap<string, Vocabulary> = new Map([
  ['license', 'license'],
  ['language', 'language'],
  ['pipeline_tag', 'task'],
  ['library_name', 'library'],
  ['tags', 'tag'],
  ['metrics', 'metric'],
  ['base_model', 'model'],
  ['new_version', 'model'],
  ['datasets', 'dataset'],
]);

/** Values worth offering although any other is allowed. */
export function suggestions(vocabulary: Vocabulary | undefined): readonly string[] {
  switch (vocabulary) {
    case 'tag':
      return [...new Set([...tasks().keys(), ...libraries().keys()])];
    case 'task':
      return [...tasks().keys()];
    case 'metric':
      return METRICS;
    default:
      return [];
  }
}

/** What a value of a vocabulary means; undefined when it is not known. */
export function meaningOf(vocabulary: Vocabulary | undefined, value: string): Meaning | undefined {
  switch (vocabulary) {
    case 'license': {
      const name = licenses().get(value);
      return name === undefined
        ? undefined
        : meaning(name, [
            `License. [Models under it](${hub(`models?license=license:${encodeURIComponent(value)}`)})`,
            `[All licenses of the Hub](${hub('docs/hub/repositories-licenses')})`,
          ]);
    }
    case 'language': {
      const name = languages().get(value);
      return name === undefined
        ? undefined
        : meaning(name, [
            `Language. [Models for it](${hub(`models?language=${encodeURIComponent(value)}`)})`,
          ]);
    }
    case 'task':
      return taskMeaning(value);
    case 'library':
      return libraryMeaning(value);
    case 'tag':
      return taskMeaning(value) ?? libraryMeaning(value);
    case 'model':
      return REPO_ID.test(value) ? meaning(value, [`[Model on the Hub](${hub(value)})`]) : undefined;
    case 'dataset':
      return REPO_ID.test(value)
        ? meaning(value, [`[Dataset on the Hub](${hub(`datasets/${value}`)})`])
        : undefined;
    default:
      return undefined;
  }
}

const REPO_ID = /^[\w.-]{1,96}(?:\/[\w.-]{1,96})?$/;

function taskMeaning(value: string): Meaning | undefined {
  const task = tasks().get(value);
  if (task === undefined) return undefined;
  const widget = {
    documented: 'has a widget',
    'old-widget-code': 'had a widget',
    none: 'no widget is known',
  }[task.widget];
  return meaning(task.label, [
    `Task: ${MODALITIES[task.modality] ?? task.modality}; ${widget}. [Models for it](${hub(`models?pipeline_tag=${encodeURIComponent(value)}`)})`,
  ]);
}

function libraryMeaning(value: string): Meaning | undefined {
  const label = libraries().get(value);
  return label === undefined
    ? undefined
    : meaning(label, [`Library. [Models for it](${hub(`models?library=${encodeURIComponent(value)}`)})`]);
}

function meaning(name: string, lines: readonly string[]): Meaning {
  return { name, text: lines.join('\n\n') };
}

function hub(path: string): string {
  return `https://huggingface.co/${path}`;
}
