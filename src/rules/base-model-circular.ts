import { preview } from '../preview.js';
import type { Rule } from './rule.js';
import { eachString } from './shared/strings.js';

export const baseModelCircular: Rule = {
  id: 'base-model-circular',
  severity: 'warning',
  description: 'The base model is another model than the one the card is about.',
  why: 'A model that is its own base model has no place in the tree of models on the page.',
  source: 'hub-docs, model-cards.md',
  fixable: false,
  keys: ['base_model'],
  good: [{ text: '---\nbase_model: org/base-7b\n---\n', repoId: 'org/tuned-7b' }],
  bad: [{ text: '---\nbase_model: org/tuned-7b\n---\n', repoId: 'org/tuned-7b' }],
  check({ card, repoId, report }) {
    if (card.metadata === null || repoId === null) return;
    eachString(card.metadata, 'base_model', (model, path) => {
      if (model.toLowerCase() !== repoId.toLowerCase()) return;
      report({
        message: `The base model ${preview(model)} is this model itself.`,
        path,
        part: 'value',
        help: 'Write the id of the model this one was made from, or delete the key.',
      });
    });
  },
};
