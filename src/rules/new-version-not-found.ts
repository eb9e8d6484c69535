import { preview } from '../preview.js';
import type { Rule } from './rule.js';

export const newVersionNotFound: Rule = {
  id: 'new-version-not-found',
  severity: 'warning',
  description: 'The new version is on the Hub.',
  why: 'The page sends its visitors to the new version: to nowhere, where there is no such model.',
  source: 'hub-docs, model-cards.md (specifying a new version); asked at /api/models',
  fixable: false,
  keys: ['new_version'],
  needs: 'hubFacts',
  good: [
    {
      text: '---\nnew_version: org/model-v2\n---\n',
      hubFacts: { models: new Map([['org/model-v2', { kind: 'found', id: 'org/model-v2' }]]) },
    },
  ],
  bad: [
    {
      text: '---\nnew_version: org/model-v2\n---\n',
      hubFacts: { models: new Map([['org/model-v2', { kind: 'missing' }]]) },
    },
  ],
  check({ card, hubFacts, report }) {
    const version = card.metadata?.new_version;
    if (typeof version !== 'string' || hubFacts?.models.get(version)?.kind !== 'missing') return;
    report({
      message: `The Hub has no model ${preview(version)}, the new version of this one.`,
      path: ['new_version'],
      part: 'value',
      help: 'Correct the id, or delete the key until the new version is published.',
    });
  },
};
