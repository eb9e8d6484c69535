import type { Rule } from './rule.js';

export const cardMissing: Rule = {
  id: 'card-missing',
  severity: 'error',
  description: 'The repository has a model card, README.md.',
  why: 'Without a card the model page is empty, and license, task, library and languages are unknown to the Hub’s search.',
  source: 'hub-docs, model-cards.md',
  fixable: false,
  needs: 'no text',
  good: [{ text: '---\nlicense: mit\n---\n# My model\n' }],
  bad: [{ text: '', cardFile: { source: 'missing' } }],
  check({ cardFile, cardPath, report }) {
    if (cardFile.source !== 'missing') return;
    report({
      message: `There is no model card: ${cardPath} is missing.`,
      noRange: true,
      help: `Create ${cardPath}: a block of metadata between two lines of "---", then a description in Markdown. \`validate-card init\` writes one with what the files tell.`,
    });
  },
};
