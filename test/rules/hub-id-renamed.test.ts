import { hubIdRenamed } from '../../src/rules/hub-id-renamed.js';
import { testRule } from './tester.js';

testRule(hubIdRenamed, {
  good: [
    { name: 'nobody was asked', text: '---\nbase_model: old/m\n---\n' },
    {
      name: 'a short name of old',
      text: '---\nbase_model: gpt2\ndatasets: squad\n---\n',
      hubFacts: {
        models: new Map([['gpt2', { kind: 'found', id: 'openai-community/gpt2' }]]),
        datasets: new Map([['squad', { kind: 'found', id: 'rajpurkar/squad' }]]),
      },
    },
    {
      name: 'missing',
      text: '---\nbase_model: old/m\n---\n',
      hubFacts: { models: new Map([['old/m', { kind: 'missing' }]]) },
    },
  ],
  bad: [
    {
      name: 'each of the fields',
      text: [
        '---',
        'base_model: old/m # expect: hub-id-renamed',
        'new_version: old/n # expect: hub-id-renamed',
        'datasets: [old/d] # expect: hub-id-renamed',
        '---',
        '',
      ].join('\n'),
      hubFacts: {
        models: new Map([
          ['old/m', { kind: 'found', id: 'new/m' }],
          ['old/n', { kind: 'found', id: 'Old/n' }],
        ]),
        datasets: new Map([['old/d', { kind: 'found', id: 'new/d' }]]),
      },
      marks: ['old/m', 'old/n', 'old/d'],
      says: ['"old/m" is "new/m"', '"old/n" is "Old/n"', 'Write "new/d".'],
    },
  ],
});
