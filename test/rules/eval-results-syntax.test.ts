import { evalResultsSyntax } from '../../src/rules/eval-results-syntax.js';
import { testRule } from './tester.js';

const card = '---\nlicense: mit\n---\n';
const sound = '- dataset:\n    id: cais/hle\n    task_id: hle\n  value: 20.9\n';

testRule(evalResultsSyntax, {
  good: [
    { name: 'no results', text: card },
    { name: 'a sound file', text: card, contents: { '.eval_results/hle.yaml': sound } },
    { name: 'an empty file', text: card, contents: { '.eval_results/hle.yaml': '' } },
    { name: 'a faulty file that is none of results', text: card, contents: { 'conf.yaml': 'a: b: c' } },
    {
      name: 'a byte-order mark, and CRLF',
      text: card,
      contents: { '.eval_results/hle.yaml': `\ufeff${sound.replaceAll('\n', '\r\n')}` },
    },
  ],
  bad: [
    {
      name: 'a colon in a text',
      text: card,
      contents: {
        '.eval_results/hle.yaml': `${sound}  notes: pass@1: 5 tries # expect: eval-results-syntax\n`,
      },
      marks: [':'],
      says: ['.eval_results/hle.yaml is not valid YAML'],
    },
    {
      name: 'a key twice',
      text: card,
      contents: { '.eval_results/hle.yml': `${sound}  value: 21 # expect: eval-results-syntax\n` },
      marks: ['value'],
      says: ['duplicated mapping key'],
    },
    {
      name: 'two files, of which one is sound',
      text: card,
      contents: {
        '.eval_results/a.yaml': sound,
        '.eval_results/b.yaml': '- [ # expect: eval-results-syntax\n',
      },
      lines: [1],
      marks: ['[ # expect: eval-results-syntax'],
    },
    {
      name: 'nesting beyond the limit',
      text: card,
      contents: { '.eval_results/hle.yaml': `- ${'['.repeat(500)}${']'.repeat(500)}\n` },
      lines: [1],
      marks: ['['.repeat(80)],
      says: ['was not checked'],
    },
  ],
});
