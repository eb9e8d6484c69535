import type { RepoAnswer } from '../../src/hub/facts.js';
import { baseModelNotFound } from '../../src/rules/base-model-not-found.js';
import { testRule } from './tester.js';

const models = (answers: Readonly<Record<string, RepoAnswer>>) => ({
  models: new Map(Object.entries(answers)),
});

testRule(baseModelNotFound, {
  good: [
    { name: 'nobody was asked', text: '---\nbase_model: org/parnet\n---\n' },
    { name: 'no answer', text: '---\nbase_model: org/parnet\n---\n', hubFacts: {} },
    {
      name: 'private or missing',
      text: '---\nbase_model: org/parnet\n---\n',
      hubFacts: models({ 'org/parnet': { kind: 'hidden' } }),
    },
    {
      name: 'found, also under another name',
      text: '---\nbase_model: [org/a, gpt2]\n---\n',
      hubFacts: models({
        'org/a': { kind: 'found', id: 'org/a' },
        gpt2: { kind: 'found', id: 'openai-community/gpt2' },
      }),
    },
    {
      name: 'no text and null',
      text: '---\nbase_model: [null, 3, {}]\n---\n',
      hubFacts: models({ null: { kind: 'missing' }, '3': { kind: 'missing' } }),
    },
    { name: 'no front matter', text: '# Card\n', hubFacts: models({ 'org/x': { kind: 'missing' } }) },
    {
      name: 'a dataset of that name',
      text: '---\nbase_model: org/parent\n---\n',
      hubFacts: { datasets: new Map([['org/parent', { kind: 'missing' }]]) },
    },
  ],
  bad: [
    {
      name: 'one',
      text: '---\nbase_model: org/parnet # expect: base-model-not-found\n---\n',
      hubFacts: models({ 'org/parnet': { kind: 'missing' } }),
      marks: ['org/parnet'],
      says: ['The Hub has no model "org/parnet".'],
    },
    {
      name: 'one of a list',
      text: '---\nbase_model:\n- org/a\n- org/b # expect: base-model-not-found\n---\n',
      hubFacts: models({ 'org/a': { kind: 'found', id: 'org/a' }, 'org/b': { kind: 'missing' } }),
      marks: ['org/b'],
    },
  ],
});
