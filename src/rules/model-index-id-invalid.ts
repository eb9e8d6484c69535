import type { JsonPath } from '../card/path.js';
import { REPO_ID } from '../hub/repo-id.js';
import { own } from '../mapping.js';
import { label, preview } from '../preview.js';
import type { Rule } from './rule.js';
import { metricsIn, resultsIn } from './shared/model-index.js';

/** Prose, or several ids at once: what no id holds. */
const PROSE = /[\s,;]/;

export const modelIndexIdInvalid: Rule = {
  id: 'model-index-id-invalid',
  severity: 'info',
  description: 'Results name their dataset and metric by id under "type", and in words under "name".',
  why: 'The Hub puts results on the page of the dataset, and beside those of other models, by these ids. Words are shown and found nowhere.',
  source: 'modelcard.md in hub-docs (dataset_type, metric_type)',
  fixable: false,
  keys: ['model-index'],
  good: [
    {
      text: '---\nmodel-index:\n- name: my-model\n  results:\n  - task:\n      type: automatic-speech-recognition\n    dataset:\n      type: mozilla-foundation/common_voice_11_0\n      name: Common Voice 11 (French)\n    metrics:\n    - type: wer\n      name: Test WER\n      value: 20.9\n---\n',
    },
  ],
  bad: [
    {
      text: '---\nmodel-index:\n- name: my-model\n  results:\n  - task:\n      type: automatic-speech-recognition\n    dataset:\n      type: Common Voice 11 (French)\n      name: Common Voice\n    metrics:\n    - type: Word error rate\n      value: 20.9\n---\n',
    },
  ],
  check({ card, report }) {
    if (card.metadata === null || !Array.isArray(card.metadata['model-index'])) return;
    if (!mayHoldProse(card.metadata['model-index'])) return;
    // One finding for each text: hundreds of results may repeat it.
    const seen = new Set<string>();
    const judge = (kind: 'dataset' | 'metric', type: unknown, path: JsonPath) => {
      if (typeof type !== 'string' || !PROSE.test(type) || seen.has(kind + type)) return;
      if (kind === 'dataset' && REPO_ID.test(type)) return;
      seen.add(kind + type);
      report({
        message: `"${label(path)}" is ${preview(type)}, not the id of a ${kind}.`,
        path,
        part: 'value',
        help: `Write the id${kind === 'dataset' ? ' as on the Hub' : ', such as accuracy'}, and these words under "name".`,
      });
    };
    for (const result of resultsIn(card.metadata)) {
      judge('dataset', own(own(result.value, 'dataset'), 'type'), [...result.path, 'dataset', 'type']);
      for (const metric of metricsIn(result)) {
        judge('metric', own(metric.value, 'type'), [...metric.path, 'type']);
      }
    }
  },
};

/** A quick look at the same values: cards with thousands of results are common, faults are not. */
function mayHoldProse(models: readonly unknown[]): boolean {
  return models.some((model) =>
    items(own(model, 'results')).some(
      (result) =>
        isProse(own(own(result, 'dataset'), 'type')) ||
        items(own(result, 'metrics')).some((metric) => isProse(own(metric, 'type'))),
    ),
  );
}

function items(list: unknown): readonly unknown[] {
  return Array.isArray(list) ? list : [];
}

function isProse(type: unknown): boolean {
  return typeof type === 'string' && PROSE.test(type);
}
