import type { Metadata } from '../card/card.js';
import { mappingStart } from '../card/mapping-start.js';
import type { JsonPath } from '../card/path.js';
import { type Fields, fieldsIn } from '../hub/fields.js';
import { meantField } from '../hub/meant-field.js';
import { isMapping, own } from '../mapping.js';
import { label, preview } from '../preview.js';
import type { Rule, RuleContext } from './rule.js';
import { evaluationOf, type IndexedResult, pathOf, resultsOf, textOf } from './shared/model-index.js';
import { strangeMappings } from './shared/strange-keys.js';

export const modelIndexLost: Rule = {
  id: 'model-index-lost',
  severity: 'warning',
  description: 'Client libraries can load the model-index and save it again without losing a part of it.',
  why: 'Whoever pushes with huggingface_hub, or edits metadata with it, loads the card and saves it again: what the library does not know is gone then, or the card cannot be loaded at all. The Hub says nothing.',
  source:
    'model_index_to_eval_results and eval_results_to_model_index in huggingface_hub (1.x, 2026-08), huggingface_hub#1361, #4975',
  fixable: false,
  keys: ['model-index'],
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
    if (metadata === null) return;
    const models: unknown = metadata['model-index'];
    if (!Array.isArray(models)) return;
    const results = resultsOf(metadata);
    // A result without a dataset stops the library before it could lose anything.
    if (checkDatasets(context, results)) return;
    if (models.length > 1) checkNames(context, models);
    checkKeys(context, metadata);
    checkMetrics(context, results);
    if (results.length > 1) checkMerged(context, results);
  },
};

/** Several entries become one, under the name of the last. */
function checkNames({ card, report }: RuleContext, models: readonly unknown[]): void {
  const named = models.filter(isMapping);
  const [first] = named;
  if (first === undefined || named.length < 2) return;
  const path = ['model-index', models.indexOf(first)];
  const span = mappingStart(card, path, first);
  report({
    message: `The model-index has ${named.length} entries: huggingface_hub makes one of them, under the last name (${preview(own(named.at(-1), 'name'))}).`,
    path,
    ...(span === undefined ? {} : { span }),
    help: 'Write one entry with all results: a card is about one model.',
  });
}

/** Whether some result has no dataset; the Hub takes such a card, huggingface_hub cannot load it. */
function checkDatasets({ card, report }: RuleContext, results: readonly IndexedResult[]): boolean {
  let first: IndexedResult | undefined;
  let count = 0;
  for (const result of results) {
    if (Object.hasOwn(result.value, 'dataset')) continue;
    first ??= result;
    count++;
  }
  if (first === undefined) return false;
  const path = pathOf(first);
  const span = mappingStart(card, path, first.value);
  report({
    message: `${count === 1 ? `"${label(path)}" has` : `${count} results, from "${label(path)}" on, have`} no dataset: huggingface_hub stops at that and does not load the card.`,
    path,
    ...(span === undefined ? {} : { span }),
    help: 'Add "dataset:" with "type" (an id on the Hub, or another name) and "name" to each result.',
  });
  return true;
}

/** A result without metrics is none when the card is saved again. */
function checkMetrics({ card, report }: RuleContext, results: readonly IndexedResult[]): void {
  for (const result of results) {
    const metrics = own(result.value, 'metrics');
    if (!Array.isArray(metrics) || metrics.length > 0) continue;
    const path = pathOf(result);
    const span = mappingStart(card, path, result.value);
    report({
      message: `"${label(path)}" has no metrics: huggingface_hub drops it.`,
      path: [...path, 'metrics'],
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
  readonly first: IndexedResult;
  /** What the first has of `KEPT_ONCE`; made when there is another to compare it with. */
  texts: readonly string[] | undefined;
  second: IndexedResult | undefined;
  merged: number;
  differing: Set<string> | undefined;
}

function checkMerged({ card, report }: RuleContext, results: readonly IndexedResult[]): void {
  const groups = new Map<string, Group>();
  for (const result of results) {
    const evaluation = evaluationOf(result);
    const group = groups.get(evaluation);
    if (group === undefined) {
      groups.set(evaluation, {
        first: result,
        texts: undefined,
        second: undefined,
        merged: 0,
        differing: undefined,
      });
      continue;
    }
    group.texts ??= keptOnce(group.first);
    const before = group.texts;
    const texts = keptOnce(result);
    const differing = KEPT_ONCE.filter((_, index) => texts[index] !== before[index]);
    if (differing.length === 0) continue;
    group.second ??= result;
    group.merged++;
    group.differing ??= new Set();
    for (const path of differing) group.differing.add(path.join('.'));
  }
  for (const { first, second, merged, differing } of groups.values()) {
    if (second === undefined || differing === undefined) continue;
    const path = pathOf(second);
    const span = mappingStart(card, path, second.value);
    report({
      message: `huggingface_hub merges "${label(path)}"${merged > 1 ? ` and ${merged - 1} more` : ''} with "${label(pathOf(first))}" and loses what differs: ${[...differing].join(', ')}.`,
      path,
      ...(span === undefined ? {} : { span }),
      help: 'Tell results apart by what it goes by: "task.type", and "type", "config", "split" and "revision" of the dataset.',
    });
  }
}

function keptOnce({ value }: IndexedResult): readonly string[] {
  return KEPT_ONCE.map(([parent, key]) => textOf(own(own(value, parent), key)));
}

/** Whether the library reads a mapping in that place: an entry of the model-index, a result, a metric, or a part of a result. */
function isKept([field, model, results, index, part, metric, ...deeper]: JsonPath): boolean {
  if (field !== 'model-index' || typeof model !== 'number' || deeper.length > 0) return false;
  if (results === undefined) return true;
  if (results !== 'results' || typeof index !== 'number') return false;
  return part === 'metrics'
    ? typeof metric === 'number'
    : metric === undefined && (part === undefined || PARTS.includes(part));
}

const PARTS: readonly unknown[] = ['task', 'dataset', 'source'];

/** A key that is lost, where it stands first, and how often. */
interface LostKey {
  readonly path: JsonPath;
  count: number;
}

/** Keys that are neither known nor a misspelling: saved again, the card does not have them. Each is told once. */
function checkKeys({ card, report }: RuleContext, metadata: Metadata): void {
  const lost = new Map<Fields, Map<string, LostKey>>();
  for (const { path, value, fields } of strangeMappings(metadata)) {
    if (!isKept(path)) continue;
    const keys = lost.get(fields) ?? new Map<string, LostKey>();
    lost.set(fields, keys);
    for (const key in value) {
      if (fields.has(key)) continue;
      const before = keys.get(key);
      if (before !== undefined) before.count++;
      // Others `key-misspelled` reports.
      else if (
        meantField(key, fields) === undefined &&
        !(fieldsIn().has(key) && !Object.hasOwn(metadata, key))
      )
        keys.set(key, { path: [...path, key], count: 1 });
    }
  }
  for (const keys of lost.values()) {
    for (const { path, count } of keys.values()) {
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
}
