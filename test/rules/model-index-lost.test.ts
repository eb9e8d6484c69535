import { describe, expect, it } from 'vitest';
import { parseCard } from '../../src/card/parse.js';
import { MOST_FINDINGS } from '../../src/engine/diagnose.js';
import { runRules } from '../../src/lint.js';
import { modelIndexLost } from '../../src/rules/model-index-lost.js';
import { testRule } from './tester.js';

const expected = '# expect: model-index-lost';
const card = (results: string, more = '') =>
  `---\nmodel-index:\n- name: a\n  results:\n${results}${more}---\n`;
const evaluation = (inDataset: string, more = '', mark = '') =>
  `  - task: {type: translation} ${mark}\n    dataset: {type: flores, name: FLORES${inDataset}}\n    metrics:\n    - {type: bleu, value: 1}\n${more}`;

testRule(modelIndexLost, {
  good: [
    { name: 'no model-index', text: '---\nlicense: mit\n---\n' },
    { name: 'null', text: '---\nmodel-index:\n---\n' },
    { name: 'a mapping', text: '---\nmodel-index:\n  name: a\n---\n' },
    { name: 'strange items', text: '---\nmodel-index:\n- null\n- name: a\n  results: 3\n---\n' },
    { name: 'no results', text: '---\nmodel-index:\n- name: a\n  results: []\n---\n' },
    { name: 'what the Hub refuses', text: card('  - null\n  - task: 1\n    dataset:\n    metrics:\n') },
    {
      name: 'every known key',
      text: card(
        evaluation(
          ', config: a, split: b, revision: c, args: d',
          '    - {type: chrf, value: 1, name: n, config: c, args: {a: 1}, verified: true, verifyToken: a.b.c}\n    source: {url: "https://x.org", name: n}\n',
        ),
      ),
    },
    {
      name: 'two evaluations',
      text: card(evaluation(', config: rus-eng') + evaluation(', config: ukr-eng')),
    },
    { name: 'one evaluation in two results that say the same', text: card(evaluation('') + evaluation('')) },
    {
      name: 'misspelt keys, which are reported elsewhere',
      text: card(evaluation('', '    sources: {url: "https://x.org"}\n    license: mit\n')),
    },
  ],
  bad: [
    {
      name: 'a result without dataset',
      text: card(`  - task: {type: ner} ${expected}\n    metrics:\n    - {type: f1, value: 1}\n`),
      marks: ['task'],
      says: ['"model-index[0].results[0]" has no dataset'],
    },
    {
      name: 'several without dataset, told once, and nothing of what follows from it',
      text: card(
        `${evaluation('')}  - task: {type: ner} ${expected}\n    metrics: []\n  - task: {type: pos, args: x}\n    metrics:\n    - {type: f1, value: 1}\n`,
      ),
      marks: ['task'],
      says: ['2 results, from "model-index[0].results[1]" on, have no dataset'],
    },
    {
      name: 'two entries',
      text: `---\nmodel-index:\n- name: first ${expected}\n  results: []\n- name: second\n  results: []\n---\n`,
      marks: ['name'],
      says: ['under the last name ("second")'],
    },
    {
      name: 'a result without metrics',
      text: card(`  - task: {type: ner} ${expected}\n    dataset: {type: a, name: b}\n    metrics: []\n`),
      marks: ['task'],
      says: ['has no metrics'],
    },
    {
      name: 'keys of one’s own, each told once',
      text: card(
        `  - task: {type: translation, args: a} ${expected}\n    dataset: {type: x, name: X}\n    metrics:\n    - type: bleu\n      value: 1\n      stderr: 0.1 ${expected}\n  - task: {type: translation, args: b}\n    dataset: {type: y, name: Y}\n    metrics:\n    - type: bleu\n      value: 1\n`,
      ),
      marks: ['args', 'stderr'],
      says: ['task.args" (and 1 more like it)', 'metrics[0].stderr"'],
    },
    {
      name: 'results that only arguments and names tell apart',
      text: card(
        evaluation(', args: rus') +
          evaluation(', args: ukr', '', expected) +
          evaluation(', args: bel', '    source: {url: "https://x.org"}\n'),
      ),
      marks: ['task'],
      says: [
        'merges "model-index[0].results[1]" and 1 more with "model-index[0].results[0]" and loses what differs: dataset.args, source.url.',
      ],
    },
  ],
});

describe('model-index-lost', () => {
  it('judges 20,000 results in a moment, also with arguments that are long', () => {
    const long = `[${'1, '.repeat(10_000)}]`;
    const text = card(
      `${evaluation(`, args: ${long}`)}${evaluation(', args: 2').repeat(10_000)}${Array.from({ length: 10_000 }, (_, index) => evaluation(`, config: c${index}, key${index}: 1`)).join('')}`,
    );
    const started = performance.now();
    expect(runRules([modelIndexLost], parseCard(text))).toHaveLength(MOST_FINDINGS + 1);
    expect(performance.now() - started).toBeLessThan(20_000);
  });
});
