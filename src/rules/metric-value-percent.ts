import { scalarSource } from '../card/scalar-edit.js';
import { own } from '../mapping.js';
import { preview } from '../preview.js';
import type { Rule } from './rule.js';
import { metricsOf, pathOf, resultsOf } from './shared/model-index.js';

const PERCENT = /^\s*([+-]?(?:\d{1,9}(?:\.\d{1,15})?|\.\d{1,15}))\s*%\s*$/;

export const metricValuePercent: Rule = {
  id: 'metric-value-percent',
  severity: 'warning',
  description: 'The value of a result is a number, without a percent sign.',
  why: 'With a percent sign the value is a text: tables show it, but nothing can sort, compare or plot it.',
  source: 'modelcard.md in hub-docs (value, “Example: 20.90”)',
  fixable: true,
  keys: ['model-index'],
  good: [
    {
      text: '---\nmodel-index:\n- name: my-model\n  results:\n  - task:\n      type: text-classification\n    dataset:\n      type: glue\n      name: GLUE\n    metrics:\n    - type: accuracy\n      value: 95.2\n---\n',
    },
  ],
  bad: [
    {
      text: '---\nmodel-index:\n- name: my-model\n  results:\n  - task:\n      type: text-classification\n    dataset:\n      type: glue\n      name: GLUE\n    metrics:\n    - type: accuracy\n      value: 95.2%\n---\n',
    },
  ],
  check({ card, report }) {
    if (card.metadata === null) return;
    for (const result of resultsOf(card.metadata)) {
      const metrics = metricsOf(result);
      for (let index = 0; index < metrics.length; index++) {
        const value = own(metrics[index], 'value');
        if (typeof value !== 'string' || !value.includes('%')) continue;
        const number = PERCENT.exec(value)?.[1];
        if (number === undefined) continue;
        const place = [...pathOf(result), 'metrics', index, 'value'];
        const span = card.spanOf(place, 'value');
        const simple = span !== undefined && scalarSource(card, place) !== undefined;
        report({
          message: `The value ${preview(value)} is a text, not a number.`,
          path: place,
          part: 'value',
          help: `Write ${number}.`,
          ...(simple ? { fix: { title: `Write ${number}`, edits: [{ ...span, text: number }] } } : {}),
        });
      }
    }
  },
};
