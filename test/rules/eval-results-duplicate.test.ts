import { evalResultsDuplicate } from '../../src/rules/eval-results-duplicate.js';
import { testRule } from './tester.js';

const card = '---\nlicense: mit\n---\n';
const expected = '# expect: eval-results-duplicate';
const one = (value: string, more = '') =>
  `- dataset:${more.includes(expected) ? ` ${expected}` : ''}\n    id: cais/hle\n    task_id: hle\n  value: ${value}\n${more.replace(expected, '')}`;

testRule(evalResultsDuplicate, {
  good: [
    { name: 'no results', text: card },
    { name: 'one result', text: card, contents: { '.eval_results/a.yaml': one('1') } },
    {
      name: 'two tasks, two benchmarks',
      text: card,
      contents: {
        '.eval_results/a.yaml':
          '- dataset: {id: a/b, task_id: c}\n  value: 1\n- dataset: {id: a/b, task_id: d}\n  value: 1\n- dataset: {id: a/e, task_id: c}\n  value: 1\n',
      },
    },
    {
      name: 'other notes, another source, another revision',
      text: card,
      contents: {
        '.eval_results/a.yaml': one('1'),
        '.eval_results/b.yaml': one('2', '  notes: With tools\n'),
        '.eval_results/c.yaml': one('3', '  source: {url: "https://x.org"}\n'),
        '.eval_results/d.yaml': '- dataset: {id: cais/hle, task_id: hle, revision: abcdef1}\n  value: 4\n',
      },
    },
    {
      name: 'results without a name, and no results at all',
      text: card,
      contents: { '.eval_results/a.yaml': '- value: 1\n- value: 1\n- dataset: {id: 1}\n- x\n- null\n' },
    },
  ],
  bad: [
    {
      name: 'two scores in two files',
      text: card,
      contents: { '.eval_results/a.yaml': one('22.1'), '.eval_results/b.yaml': one('44.9', expected) },
      marks: ['dataset'],
      says: ['has two scores, 22.1 and 44.9: here and in .eval_results/a.yaml, line 1.'],
    },
    {
      name: 'the same score twice in one file, the id in another case',
      text: card,
      contents: {
        '.eval_results/a.yaml': `${one('22.1')}\n- dataset: {id: CAIS/hle, task_id: hle} ${expected}\n  value: 22.1\n`,
      },
      marks: ['dataset'],
      says: ['has the score 22.1 twice: here and in line 1.'],
    },
    {
      name: 'three of a kind',
      text: card,
      contents: { '.eval_results/a.yaml': `${one('1')}${one('2', expected)}${one('3', expected)}` },
      marks: ['dataset', 'dataset'],
      says: ['1 and 2', '1 and 3'],
    },
  ],
});
