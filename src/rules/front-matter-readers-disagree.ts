import type { Rule } from './rule.js';

export const frontMatterReadersDisagree: Rule = {
  id: 'front-matter-readers-disagree',
  severity: 'warning',
  description: 'Other tools see the same front matter as the Hub.',
  why: 'Site generators and scripts that read the card would work with other metadata than the Hub shows.',
  source: 'gray-matter 4 compared with the Hub’s splitting rule (huggingface/huggingface_hub#4526)',
  fixable: false,
  good: [{ text: '---\nlicense: mit\n---\n# My model\n' }],
  bad: [{ text: '\n---\nlicense: mit\n---\n# My model\n' }],
  check({ card, report }) {
    // Without front matter for the Hub, `front-matter-missing` says what is wrong.
    if (card.frontMatter.kind === 'absent') return;
    for (const { reader, reads, span } of card.otherReaders) {
      report({
        message: `${reader} reads ${reads}, unlike the Hub.`,
        span,
        help: 'Begin the file with a line that is exactly "---" and end the block with another.',
      });
    }
  },
};
