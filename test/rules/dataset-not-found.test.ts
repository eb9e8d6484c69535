import { datasetNotFound } from '../../src/rules/dataset-not-found.js';
import { testRule } from './tester.js';

testRule(datasetNotFound, {
  good: [
    { name: 'nobody was asked', text: '---\ndatasets: [generator]\n---\n' },
    {
      name: 'private or missing',
      text: '---\ndatasets: org/data\n---\n',
      hubFacts: { datasets: new Map([['org/data', { kind: 'hidden' }]]) },
    },
    {
      name: 'a model of that name',
      text: '---\ndatasets: org/data\n---\n',
      hubFacts: { models: new Map([['org/data', { kind: 'missing' }]]) },
    },
    {
      name: 'null',
      text: '---\ndatasets:\n---\n',
      hubFacts: { datasets: new Map([['null', { kind: 'missing' }]]) },
    },
  ],
  bad: [
    {
      name: 'a word of the trainer',
      text: '---\ndatasets:\n- squad\n- generator # expect: dataset-not-found\n---\n',
      hubFacts: {
        datasets: new Map([
          ['squad', { kind: 'found', id: 'rajpurkar/squad' }],
          ['generator', { kind: 'missing' }],
        ]),
      },
      marks: ['generator'],
      says: ['The Hub has no dataset "generator".'],
    },
  ],
});
