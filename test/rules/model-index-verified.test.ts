import { modelIndexVerified } from '../../src/rules/model-index-verified.js';
import { testRule } from './tester.js';

const expected = '# expect: model-index-verified';
const card = (metrics: string) =>
  `---\nmodel-index:\n- name: a\n  results:\n  - task: {type: t}\n    dataset: {type: d, name: D}\n    metrics:\n${metrics}---\n`;

testRule(modelIndexVerified, {
  good: [
    { name: 'no model-index', text: '---\nlicense: mit\n---\n' },
    {
      name: 'not verified',
      text: card('    - {type: f1, value: 1}\n    - {type: wer, value: 1, verified: false}\n'),
    },
    {
      name: 'verified by the Hub',
      text: card(
        '    - {type: f1, value: 1, verified: true, verifyToken: eyJhbGciOiJFZERTQSJ9.eyJ.c2ln-_}\n',
      ),
    },
    {
      name: 'types that the Hub refuses',
      text: card('    - {type: f1, value: 1, verified: "yes", verifyToken: 3}\n    - null\n'),
    },
  ],
  bad: [
    {
      name: 'verified by nobody, told once',
      text: card(
        `    - type: f1\n      value: 1\n      verified: true ${expected}\n    - type: wer\n      value: 1\n      verified: true\n`,
      ),
      marks: ['true'],
      severity: 'info',
      says: ['"model-index[0].results[0].metrics[0]" and 1 more are called verified without a verifyToken.'],
    },
    {
      name: 'a token that is none',
      text: card(
        `    - type: f1\n      value: 1\n      verified: true\n      verifyToken: sure ${expected}\n`,
      ),
      marks: ['sure'],
      says: ['verifyToken" is not a signed token of the Hub.'],
    },
  ],
});
