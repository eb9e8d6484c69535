import type { JsonPath } from '../card/path.js';
import { own } from '../mapping.js';
import { label, preview } from '../preview.js';
import type { Finding, Rule } from './rule.js';
import { metricsOf, pathOf, resultsOf } from './shared/model-index.js';

/** Prose, or several ids at once: what no id of a repository or a metric holds. */
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
    if (card.metadata === null) return;
    // One finding for each text: hundreds of results may repeat it.
    const datasets = new Set<string>();
    const types = new Set<string>();
    for (const result of resultsOf(card.metadata)) {
      const dataset = own(own(result.value, 'dataset'), 'type');
      if (isProse(dataset) && !datasets.has(dataset)) {
        datasets.add(dataset);
        report(findingOf('dataset', dataset, [...pathOf(result), 'dataset', 'type']));
      }
      const metrics = metricsOf(result);
      for (let index = 0; index < metrics.length; index++) {
        const metric = own(metrics[index], 'type');
        if (!isProse(metric) || types.has(metric)) continue;
        types.add(metric);
        report(findingOf('metric', metric, [...pathOf(result), 'metrics', index, 'type']));
      }
    }
  },
};

function findingOf(kind: 'dataset' | 'metric', type: string, path: JsonPath): Finding {
  return {
    message: `"${label(path)}" is ${preview(type)}, not the id of a ${kind}.`,
    path,
    part: 'value',
    help: `Write the id${kind === 'dataset' ? ' as on the Hub' : ', such as accuracy'}, and these words under "name".`,
  };
}

function isProse(type: unknown): type is string {
  return typeof type === 'string' && PROSE.test(type);
}
