import { own } from '../mapping.js';
import { evaluationOf, metricsIn, type Part, resultsIn, startOf } from './model-index.js';
import { label, preview } from './preview.js';
import type { Rule } from './rule.js';

export const modelIndexDuplicate: Rule = {
  id: 'model-index-duplicate',
  severity: 'warning',
  description: 'No metric of the model-index has two values for the same evaluation.',
  why: 'The model page shows both, and nobody can tell which holds; huggingface_hub cannot update one without the other.',
  source: 'EvalResult.is_equal_except_value and metadata_update in huggingface_hub (1.x, 2026-08)',
  fixable: false,
  good: [
    {
      text: '---\nmodel-index:\n- name: my-model\n  results:\n  - task:\n      type: text-classification\n    dataset:\n      type: glue\n      name: GLUE MRPC\n    metrics:\n    - type: f1\n      name: F1 (macro)\n      value: 0.89\n    - type: f1\n      name: F1 (micro)\n      value: 0.91\n---\n',
    },
  ],
  bad: [
    {
      text: '---\nmodel-index:\n- name: my-model\n  results:\n  - task:\n      type: text-classification\n    dataset:\n      type: glue\n      name: GLUE MRPC\n    metrics:\n    - type: f1\n      value: 0.89\n    - type: f1\n      value: 0.91\n---\n',
    },
  ],
  check({ card, report }) {
    if (card.metadata === null || !Array.isArray(card.metadata['model-index'])) return;
    const seen = new Map<string, Part>();
    for (const result of resultsIn(card.metadata)) {
      const { value } = result;
      const about = JSON.stringify([
        evaluationOf(result),
        own(own(value, 'task'), 'name'),
        own(own(value, 'dataset'), 'name'),
        own(own(value, 'dataset'), 'args'),
        own(own(value, 'source'), 'url'),
        own(own(value, 'source'), 'name'),
      ]);
      for (const metric of metricsIn(result)) {
        const type = own(metric.value, 'type');
        if (typeof type !== 'string') continue;
        const kind = ['name', 'config', 'args', 'verified'].map((key) => own(metric.value, key));
        const key = JSON.stringify([about, type, ...kind]);
        const first = seen.get(key);
        if (first === undefined) {
          seen.set(key, metric);
          continue;
        }
        const span = startOf(card, metric);
        const values = [first, metric].map((one) => preview(own(one.value, 'value')));
        const equal = values[0] === values[1];
        report({
          message: `The metric ${preview(type)} has ${equal ? `the value ${values[0]} twice` : `two values, ${values[0]} and ${values[1]}`}: here and at "${label(first.path)}".`,
          path: metric.path,
          ...(span === undefined ? {} : { span }),
          help: equal
            ? 'Delete one of them.'
            : 'Give them different names ("name: F1 (macro)"), or delete the one that does not hold.',
        });
      }
    }
  },
};
