import type { Rule } from './rule.js';

export const frontMatterReadersDisagree: Rule = {
  id: 'front-matter-readers-disagree',
  severity: 'warning',
  description: 'Other tools see the same front matter as the Hub.',
  why: 'Site generators and scripts that read the card would work with other metadata than the Hub shows.',
  source: 'gray-matter 4 compared with the Hub’s splitting rule (huggingface/huggingface_hub#4526)',
  fixable: true,
  good: [{ text: '---\nlicense: mit\n---\n# My model\n' }],
  bad: [{ text: '\n---\nlicense: mit\n---\n# My model\n' }, { text: '---\nlicense: mit\n---oops\n---\n' }],
  check({ card, report }) {
    const { frontMatter, otherReaders } = card;
    // Without front matter for the Hub, `front-matter-missing` says what is wrong.
    if (frontMatter.kind === 'absent') return;
    for (const { reader, reads, span } of otherReaders) {
      const message = `Unlike the Hub, ${reader} reads ${reads}.`;
      if (span.start !== frontMatter.block.open.start || span.start === 0) {
        report({
          message,
          span,
          help: 'End the block with a line that is exactly "---", and have no other line begin so.',
        });
        continue;
      }
      const from = card.text.startsWith('\ufeff') ? 1 : 0;
      report({
        message,
        span,
        severity: 'info',
        help: 'Begin the file with the opening fence.',
        fix: {
          title: 'Remove the white space before the front matter',
          edits: [{ start: from, end: span.start, text: '' }],
        },
      });
    }
  },
};
