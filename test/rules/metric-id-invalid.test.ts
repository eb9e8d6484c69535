import { metricIdInvalid } from '../../src/rules/metric-id-invalid.js';
import { testRule } from './tester.js';

testRule(metricIdInvalid, {
  bad: [
    {
      name: 'several in one string',
      text: '---\nmetrics: accuracy, f1 # expect: metric-id-invalid\n---\n',
      marks: ['accuracy, f1'],
      says: ['Write a list: [accuracy, f1].'],
      fixed: '---\nmetrics: [accuracy, f1] # expect: metric-id-invalid\n---\n',
    },
    {
      name: 'several in one item',
      text: '---\nmetrics:\n  - wer\n  - bleu; rouge ; "x" # expect: metric-id-invalid\n  - "bleu,rouge" # expect: metric-id-invalid\n---\n',
      marks: ['bleu; rouge ; "x"', '"bleu,rouge"'],
      fixed:
        '---\nmetrics:\n  - wer\n  - bleu; rouge ; "x" # expect: metric-id-invalid\n  - bleu\n  - rouge # expect: metric-id-invalid\n---\n',
    },
    {
      name: 'the name of a metric',
      text: '---\nmetrics: ["Exact match", wer] # expect: metric-id-invalid\n---\n',
      marks: ['"Exact match"'],
      says: ['Write "exact_match".'],
      fixed: '---\nmetrics: ["exact_match", wer] # expect: metric-id-invalid\n---\n',
    },
    {
      name: 'a value, a remark and words beside it',
      text: '---\nmetrics:\n- accuracy 95% # expect: metric-id-invalid\n- F1 (weighted) # expect: metric-id-invalid\n- Slot Error Rate # expect: metric-id-invalid\n- 99.5 # expect: metric-id-invalid\n- loss: 3.3 # expect: metric-id-invalid\n---\n',
      marks: ['accuracy 95%', 'F1 (weighted)', 'Slot Error Rate', '99.5', 'loss: 3.3'],
      says: [
        'Write "accuracy"; ',
        'Write "f1"; ',
        'such as "slot_error_rate"; ',
        'is 99.5, not the id',
        'is a mapping',
      ],
    },
    {
      name: 'a mapping',
      text: '---\nmetrics: {accuracy: 0.9} # expect: metric-id-invalid\n---\n',
      marks: ['{accuracy: 0.9}'],
    },
  ],
  good: [
    { name: 'absent', text: '---\nlicense: mit\n---\n' },
    { name: 'blank', text: '---\nmetrics:\n---\n' },
    { name: 'blank items', text: '---\nmetrics:\n- \n- ""\n- accuracy\n---\n' },
    {
      name: 'ids, those of others too',
      text: '---\nmetrics: [accuracy, F1, pass@1, BLEU-4, evaluate-metric/accuracy, mAP@0.5, SI-SNRi, chrF++, pseudo-perplexity]\n---\n',
    },
    { name: 'one id', text: '---\nmetrics: acc\n---\n' },
    { name: 'no metadata', text: '# A\n' },
  ],
});
