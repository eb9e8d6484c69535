import { preview } from '../preview.js';
import type { Rule } from './rule.js';
import { eachString } from './shared/strings.js';

export const datasetNotFound: Rule = {
  id: 'dataset-not-found',
  severity: 'warning',
  description: 'Each dataset is on the Hub.',
  why: 'The page links to the datasets, and theirs to the model. A name that leads nowhere (trainers write "generator" or the name of a folder) tells a reader nothing. The Hub looks at the form of the name alone.',
  source: 'hub-docs, model-cards.md (specifying a dataset); asked at /api/datasets',
  fixable: false,
  keys: ['datasets'],
  needs: 'hubFacts',
  good: [
    {
      text: '---\ndatasets:\n- squad\n---\n',
      hubFacts: { datasets: new Map([['squad', { kind: 'found', id: 'rajpurkar/squad' }]]) },
    },
  ],
  bad: [
    {
      text: '---\ndatasets:\n- generator\n---\n',
      hubFacts: { datasets: new Map([['generator', { kind: 'missing' }]]) },
    },
  ],
  check({ card, hubFacts, report }) {
    if (card.metadata === null || hubFacts === null) return;
    eachString(card.metadata, 'datasets', (dataset, path) => {
      if (hubFacts.datasets.get(dataset)?.kind !== 'missing') return;
      report({
        message: `The Hub has no dataset ${preview(dataset)}.`,
        path,
        part: 'value',
        help: 'Correct the id, or describe data that is not on the Hub in the text of the card.',
      });
    });
  },
};
