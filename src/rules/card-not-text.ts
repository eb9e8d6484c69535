import { escapeText } from '../preview.js';
import type { Rule } from './rule.js';

export const cardNotText: Rule = {
  id: 'card-not-text',
  severity: 'error',
  description: 'The model card is UTF-8 text.',
  why: 'The Hub reads the card as UTF-8. From other bytes it takes no metadata, and the page shows garbage.',
  source: 'hub-docs, model-cards.md (a card is a Markdown file)',
  fixable: false,
  needs: 'no text',
  good: [{ text: '---\nlicense: mit\n---\n# Modèle\n' }],
  bad: [{ text: '', cardFile: { source: 'binary', detail: 'UTF-16 text' } }],
  check({ cardFile, cardPath, report }) {
    if (cardFile.source !== 'binary') return;
    report({
      message: `${cardPath} is not UTF-8 text: found ${escapeText(cardFile.detail)}.`,
      noRange: true,
      help: 'Save the file as UTF-8 text.',
    });
  },
};
