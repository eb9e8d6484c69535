import type { Metadata } from '../card/card.js';
import { fieldsIn } from '../hub/fields.js';
import { isMapping, own } from '../mapping.js';
import { meantField } from './misspelt.js';
import { evaluationOf, metricsIn, modelsIn, type Part, resultsIn, startOf } from './model-index.js';
import { label, preview } from './preview.js';
import type { Rule, RuleContext } from './rule.js';

export const modelIndexLost: Rule = {
  id: 'model-index-lost',
  severity: 'warning',
  description: 'Client libraries can load the model-index and save it again without losing a part of it.',
  why: 'Whoever pushes with huggingface_hub, or edits metadata with it, loads the card and saves it again: what the library does not know is gone then, or the card cannot be loaded at all. The Hub says nothing.',
  source:
    'model_index_to_eval_results and eval_results_to_model_index in huggingface_hub (1.x, 2026-08), huggingface_hub#1361, #4975',
  fixable: false,
  good: [
    {
      text: '---\nmodel-index:\n- name: my-model\n  results:\n  - task:\n      type: translation\n    dataset:\n      type: flores200\n      name: FLORES-200\n      config: rus-eng\n    metrics:\n    - type: bleu\n      value: 35.1\n---\n',
    },
    { text: '---\nmodel-index:\n- name: my-model\n  results: []\n---\n' },
  ],
  bad: [
    {
      text: '---\nmodel-index:\n- name: my-model\n  results:\n  - task:\n      type: token-classification\n      name: NER\n    metrics:\n    - type: f1\n      value: 0.83\n---\n',
    },
    {
      text: '---\nmodel-index:\n- name: my-model\n  results:\n  - task:\n      type: translation\n      name: Translation rus-eng\n      args: rus-eng\n    dataset:\n      type: flores200\n      name: FLORES-200\n    metrics:\n    - type: bleu\n      value: 35.1\n---\n',
    },
    {
      text: '---\nmodel-index:\n- name: my-model\n  results:\n  - task:\n      type: translation\n    dataset:\n      type: flores200\n      name: FLORES-200\n      args: rus-eng\n    metrics:\n    - type: bleu\n      value: 35.1\n  - task:\n      type: translation\n    dataset:\n      type: flores200\n      name: FLORES-200\n      args: ukr-eng\n    metrics:\n    - type: bleu\n      value: 33.9\n---\n',
    },
  ],
  check(context) {
    const { metadata } = context.card;
    if (metadata === null || !Array.isArray(metadata['model-index'])) return;
    const models = [...modelsIn(metadata)];
    const results = [...resultsIn(metadata)];
    // A result without a dataset stops the library before it could lose anything.
    if (checkDatasets(context, results)) return;
    checkNames(context, models);
    checkKeys(context, metadata, models, results);
    checkMetrics(context, results);
    checkMerged(context, results);
  },
};

/** Several entries become one, under the name of the last. */
function checkNames({ card, report }: RuleContext, models: readonly Part[]): void {
  const [first] = models;
  const last = models.at(-1);
  if (first === undefined || last === undefined || first === last) return;
  const span = startOf(card, first);
  report({
    message: `The model-index has ${models.length} entries: huggingface_hub makes one of them, under the last name (${preview(own(last.value, 'name'))}).`,
    path: first.path,
    ...(span === undefined ? {} : { span }),
    help: 'Write one entry with all results: a card is about one model.',
  });
}

/** Whether some result has no dataset; the Hub takes such a card, huggingface_hub cannot load it. */
function checkDatasets({ card, report }: RuleContext, results: readonly Part[]): boolean {
  const without = results.filter(({ value }) => !Object.hasOwn(value, 'dataset'));
  const [first] = without;
  if (first === undefined) return false;
  const span = startOf(card, first);
  report({
    message: `${without.length === 1 ? `"${label(first.path)}" has` : `${without.length} results, from "${label(first.path)}" on, have`} no dataset: huggingface_hub stops at that and does not load the card.`,
    path: first.path,
    ...(span === undefined ? {} : { span }),
    help: 'Add "dataset:" with "type" (an id on the Hub, or another name) and "name" to each result.',
  });
  return true;
}

/** A result without metrics is none when the card is saved again. */
function checkMetrics({ card, report }: RuleContext, results: readonly Part[]): void {
  for (const result of results) {
    const metrics = own(result.value, 'metrics');
    if (!Array.isArray(metrics) || metrics.length > 0) continue;
    const span = startOf(card, result);
    report({
      message: `"${label(result.path)}" has no metrics: huggingface_hub drops it.`,
      path: [...result.path, 'metrics'],
      ...(span === undefined ? {} : { span }),
      help: 'Add the metrics, or delete the result.',
    });
  }
}

/** What distinguishes two results for a reader, but not for huggingface_hub. */
const KEPT_ONCE: readonly (readonly [parent: string, key: string])[] = [
  ['task', 'name'],
  ['dataset', 'name'],
  ['dataset', 'args'],
  ['source', 'url'],
  ['source', 'name'],
];

/** Results of one evaluation, and what differs between them. */
interface Group {
  readonly first: Part;
  readonly texts: readonly string[];
  second: Part | undefined;
  merged: number;
  readonly differing: Set<string>;
}

function checkMerged({ card, report }: RuleContext, results: readonly Part[]): void {
  const groups = new Map<string, Group>();
  for (const result of results) {
    const evaluation = evaluationOf(result);
    const texts = KEPT_ONCE.map(([parent, key]) => textAt(result, parent, key));
    const group = groups.get(evaluation);
    if (group === undefined) {
      groups.set(evaluation, { first: result, texts, second: undefined, merged: 0, differing: new Set() });
      continue;
    }
    const differing = KEPT_ONCE.filter((_, index) => texts[index] !== group.texts[index]);
    if (differing.length === 0) continue;
    group.second ??= result;
    group.merged++;
    for (const path of differing) group.differing.add(path.join('.'));
  }
  for (const { first, second, merged, differing } of groups.values()) {
    if (second === undefined) continue;
    const span = startOf(card, second);
    report({
      message: `huggingface_hub merges "${label(second.path)}"${merged > 1 ? ` and ${merged - 1} more` : ''} with "${label(first.path)}" and loses what differs: ${[...differing].join(', ')}.`,
      path: second.path,
      ...(span === undefined ? {} : { span }),
      help: 'Tell results apart by what it goes by: "task.type", and "type", "config", "split" and "revision" of the dataset.',
    });
  }
}

function textAt({ value }: Part, parent: string, key: string): string {
  return JSON.stringify(own(own(value, parent), key)) ?? '';
}

/** Keys that are neither known nor a misspelling: saved again, the card does not have them. Each is told once. */
function checkKeys(
  { card, report }: RuleContext,
  metadata: Metadata,
  models: readonly Part[],
  results: readonly Part[],
): void {
  const lost = new Map<string, { readonly part: Part; readonly key: string; count: number }>();
  const look = (part: Part, place: string) => {
    const fields = fieldsIn(place);
    for (const key in part.value) {
      if (fields.has(key)) continue;
      const known = lost.get(`${place} ${key}`);
      if (known !== undefined) known.count++;
      // Those that `key-misspelled` reports.
      else if (
        meantField(key, fields) === undefined &&
        (!fieldsIn().has(key) || Object.hasOwn(metadata, key))
      )
        lost.set(`${place} ${key}`, { part, key, count: 1 });
    }
  };
  for (const model of models) look(model, 'model-index[]');
  for (const result of results) {
    look(result, 'model-index[].results[]');
    for (const name of ['task', 'dataset', 'source']) {
      const value = own(result.value, name);
      if (isMapping(value)) look({ path: [...result.path, name], value }, `model-index[].results[].${name}`);
    }
    for (const metric of metricsIn(result)) look(metric, 'model-index[].results[].metrics[]');
  }
  for (const { part, key, count } of lost.values()) {
    const path = [...part.path, key];
    const span = card.spanOf(path, 'key');
    report({
      message: `The model-index has no key "${label(path)}"${count > 1 ? ` (and ${count - 1} more like it)` : ''}: huggingface_hub loses it when it saves the card.`,
      path,
      part: 'key',
      ...(span === undefined ? {} : { span }),
      help: 'Say it in "name" or "args" of the dataset or metric, or in the text of the card.',
    });
  }
}
