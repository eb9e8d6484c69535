import { modelIndexDuplicate } from '../../src/rules/model-index-duplicate.js';
import { testRule } from './tester.js';

const expected = '# expect: model-index-duplicate';
const result = (metrics: string, dataset = '{type: glue, name: GLUE}') =>
  `  - task: {type: text-classification}\n    dataset: ${dataset}\n    metrics:\n${metrics}`;
const card = (results: string) => `---\nmodel-index:\n- name: a\n  results:\n${results}---\n`;

testRule(modelIndexDuplicate, {
  good: [
    { name: 'no model-index', text: '---\nlicense: mit\n---\n' },
    {
      name: 'strange items',
      text: '---\nmodel-index:\n- null\n- name: a\n  results: [null, {metrics: [1, {}, {}]}]\n---\n',
    },
    {
      name: 'two metrics',
      text: card(result('    - {type: f1, value: 1}\n    - {type: accuracy, value: 1}\n')),
    },
    {
      name: 'other names, arguments, configurations',
      text: card(
        result(
          '    - {type: f1, value: 1}\n    - {type: f1, value: 2, name: macro}\n    - {type: f1, value: 3, args: {average: micro}}\n    - {type: f1, value: 4, config: c}\n',
        ),
      ),
    },
    {
      name: 'other data',
      text: card(
        [
          '{type: glue, name: GLUE}',
          '{type: glue, name: GLUE, split: test}',
          '{type: glue, name: Glue}',
          '{type: glue, name: GLUE, args: {n: 5}}',
        ]
          .map((dataset) => result('    - {type: f1, value: 1}\n', dataset))
          .join(''),
      ),
    },
    {
      name: 'measured by the authors and by the Hub',
      text: card(
        result(
          '    - {type: f1, value: 1}\n    - {type: f1, value: 1.01, verified: true, verifyToken: a.b.c}\n',
        ),
      ),
    },
  ],
  bad: [
    {
      name: 'two values in one result',
      text: card(
        result(`    - type: f1\n      value: 0.89\n    - type: f1 ${expected}\n      value: 0.91\n`),
      ),
      marks: ['type'],
      says: [
        'The metric "f1" has two values, 0.89 and 0.91: here and at "model-index[0].results[0].metrics[0]".',
      ],
    },
    {
      name: 'the same value in two results',
      text: card(result('    - {type: f1, value: 1}\n') + result(`    - {value: 1, type: f1} ${expected}\n`)),
      marks: ['value'],
      says: ['has the value 1 twice'],
    },
  ],
});
