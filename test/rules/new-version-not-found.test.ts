import { newVersionNotFound } from '../../src/rules/new-version-not-found.js';
import { testRule } from './tester.js';

testRule(newVersionNotFound, {
  good: [
    { name: 'nobody was asked', text: '---\nnew_version: org/v2\n---\n' },
    {
      name: 'found',
      text: '---\nnew_version: org/v2\n---\n',
      hubFacts: { models: new Map([['org/v2', { kind: 'found', id: 'org/v2' }]]) },
    },
    {
      name: 'private or missing',
      text: '---\nnew_version: org/v2\n---\n',
      hubFacts: { models: new Map([['org/v2', { kind: 'hidden' }]]) },
    },
    {
      name: 'a list, which is reported elsewhere',
      text: '---\nnew_version: [org/v2]\n---\n',
      hubFacts: { models: new Map([['org/v2', { kind: 'missing' }]]) },
    },
  ],
  bad: [
    {
      name: 'missing',
      text: '---\nnew_version: org/v2 # expect: new-version-not-found\n---\n',
      hubFacts: { models: new Map([['org/v2', { kind: 'missing' }]]) },
      marks: ['org/v2'],
      says: ['The Hub has no model "org/v2"'],
    },
  ],
});
