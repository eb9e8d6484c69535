import type { Rule } from './rule.js';

export const cardBodyEmpty: Rule = {
  id: 'card-body-empty',
  severity: 'info',
  description: 'The card has a text below its metadata.',
  why: 'The text is the page of the model. Without it nobody learns what the model does, how it is run and what it must not be used for.',
  source: 'hub-docs, model-cards.md',
  fixable: false,
  good: [{ text: '---\nlicense: mit\n---\n# My model\n\nSorts film reviews into good and bad.\n' }],
  bad: [{ text: '---\nlicense: mit\n---\n' }],
  check({ card, cardFile, report }) {
    const { text, frontMatter, body } = card;
    // A file without a word lacks its metadata first of all.
    if (cardFile.source !== 'text' || frontMatter.kind === 'absent') return;
    // Most texts begin at once.
    let start = body.start;
    while (text.charCodeAt(start) === 0x0a || text.charCodeAt(start) === 0x20) start++;
    if (text.charCodeAt(start) > 0x20 && text.charCodeAt(start) < 0x7f) return;
    if (text.slice(start, body.end).trim() !== '') return;
    report({
      message: 'The card has no text below its metadata.',
      span: frontMatter.block.close,
      help: 'Write what the model does, how to run it, and what it was trained on.',
    });
  },
};
