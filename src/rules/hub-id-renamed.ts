import type { JsonPath } from '../card/path.js';
import type { RepoAnswer } from '../hub/facts.js';
import { preview } from '../preview.js';
import type { Rule } from './rule.js';
import { eachString } from './shared/strings.js';

export const hubIdRenamed: Rule = {
  id: 'hub-id-renamed',
  severity: 'info',
  description: 'Models and datasets are named as the Hub names them today.',
  why: 'The Hub leads from the old name of a repository to the new one only until someone takes the old name for another. Short names of old, such as gpt2, keep working and are not reported.',
  source:
    'hub-docs, repositories-settings.md (renaming or transferring a repo); asked at /api/models and /api/datasets',
  fixable: false,
  keys: ['base_model', 'new_version', 'datasets'],
  needs: 'hubFacts',
  good: [
    {
      text: '---\nbase_model: gpt2\n---\n',
      hubFacts: { models: new Map([['gpt2', { kind: 'found', id: 'openai-community/gpt2' }]]) },
    },
  ],
  bad: [
    {
      text: '---\nbase_model: old-org/model\n---\n',
      hubFacts: { models: new Map([['old-org/model', { kind: 'found', id: 'new-org/model' }]]) },
    },
  ],
  check({ card, hubFacts, report }) {
    if (card.metadata === null || hubFacts === null) return;
    const { metadata } = card;
    const look = (field: string, answers: ReadonlyMap<string, RepoAnswer>) =>
      eachString(metadata, field, (id, path: JsonPath) => {
        const answer = answers.get(id);
        if (answer?.kind !== 'found' || answer.id === id || !id.includes('/')) return;
        report({
          message: `${preview(id)} is ${preview(answer.id)} on the Hub today.`,
          path,
          part: 'value',
          help: `Write ${preview(answer.id)}.`,
        });
      });
    look('base_model', hubFacts.models);
    look('new_version', hubFacts.models);
    look('datasets', hubFacts.datasets);
  },
};
