import { preview } from '../preview.js';
import type { Rule } from './rule.js';
import { eachString } from './shared/strings.js';

export const baseModelNotFound: Rule = {
  id: 'base-model-not-found',
  severity: 'warning',
  description: 'Each base model is on the Hub.',
  why: 'The page links to the base model, and the model appears in its tree. A name that leads nowhere gives neither, and nobody learns what was fine-tuned, quantized or merged. The Hub looks at the form of the name alone.',
  source: 'hub-docs, model-cards.md (specifying a base model); asked at /api/models',
  fixable: false,
  keys: ['base_model'],
  needs: 'hubFacts',
  good: [
    {
      text: '---\nbase_model: org/parent\n---\n',
      hubFacts: { models: new Map([['org/parent', { kind: 'found', id: 'org/parent' }]]) },
    },
    {
      text: '---\nbase_model: org/private-parent\n---\n',
      hubFacts: { models: new Map([['org/private-parent', { kind: 'hidden' }]]) },
    },
  ],
  bad: [
    {
      text: '---\nbase_model: org/parnet\n---\n',
      hubFacts: { models: new Map([['org/parnet', { kind: 'missing' }]]) },
    },
  ],
  check({ card, hubFacts, report }) {
    if (card.metadata === null || hubFacts === null) return;
    eachString(card.metadata, 'base_model', (model, path) => {
      if (hubFacts.models.get(model)?.kind !== 'missing') return;
      report({
        message: `The Hub has no model ${preview(model)}.`,
        path,
        part: 'value',
        help: 'Correct the id. If the model is private, nobody else can follow the link either.',
      });
    });
  },
};
