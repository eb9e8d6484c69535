import { metricValuePercent } from '../../src/rules/metric-value-percent.js';
import { untouched } from './cards.js';
import { testRule } from './tester.js';

const card = (...values: string[]) =>
  `---\nmodel-index:\n- name: a\n  results:\n  - task:\n      type: x\n    dataset:\n      type: glue\n      name: GLUE\n    metrics:\n${values.map((value) => `    - type: accuracy\n      value: ${value}\n`).join('')}---\n`;

const HERE = ' # expect: metric-value-percent';

testRule(metricValuePercent, {
  bad: [
    {
      name: 'a number and a percent sign, with and without quotes',
      text: card(`95.2%${HERE}`, `"95 %"${HERE}`, `'-.5%'${HERE}`),
      marks: ['95.2%', '"95 %"', "'-.5%'"],
      says: ['Write 95.2.', 'Write 95.', 'Write -.5.'],
      fixed: card(`95.2${HERE}`, `95${HERE}`, `-.5${HERE}`),
    },
  ],
  good: [
    ...untouched('model-index'),
    { name: 'numbers', text: card('95.2', '0', '.nan') },
    {
      name: 'texts of which nobody can tell the number',
      text: card('95.2% ± 0.1', 'about 95%', '"%"', '95,2%', '1.00 +/- 0.00'),
    },
    { name: 'a value in a block', text: card('[95%]', 'null') },
  ],
});
