import { modelIndexIdInvalid } from '../../src/rules/model-index-id-invalid.js';
import { untouched } from './cards.js';
import { testRule } from './tester.js';

const HERE = ' # expect: model-index-id-invalid';
const card = (dataset: string, ...metrics: string[]) =>
  `---\nmodel-index:\n- name: a\n  results:\n  - task:\n      type: x\n    dataset:\n      type: ${dataset}\n      name: Some name\n    metrics:\n${metrics.map((metric) => `    - type: ${metric}\n      value: 1\n`).join('')}---\n`;

testRule(modelIndexIdInvalid, {
  bad: [
    {
      name: 'words, each once',
      text: card(`Common Voice 11${HERE}`, `Word error rate${HERE}`, 'Word error rate', 'wer'),
      marks: ['Common Voice 11', 'Word error rate'],
      says: ['not the id of a dataset', 'not the id of a metric'],
    },
    {
      name: 'several ids',
      text: card(`ConvLab/tm1, ConvLab/tm2${HERE}`, `f1,wer${HERE}`),
      marks: ['ConvLab/tm1, ConvLab/tm2', 'f1,wer'],
    },
  ],
  good: [
    ...untouched('model-index'),
    { name: 'ids', text: card('mozilla-foundation/common_voice_11_0', 'pass@1', 'f1', 'mAP@0.5') },
    { name: 'other ids, and what other rules report', text: card('CartPole-v1', '""', '3') },
  ],
});
