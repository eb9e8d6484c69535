import type { FrontMatterBlock } from '../card/card.js';
import type { Span } from '../card/position.js';
import type { Rule } from './rule.js';

export const frontMatterReadersDisagree: Rule = {
  id: 'front-matter-readers-disagree',
  severity: 'warning',
  description: 'Other tools see the same front matter as the Hub.',
  why: 'Site generators and scripts that read the card would work with other metadata than the Hub shows.',
  source:
    'gray-matter 4 and earlier versions of huggingface_hub compared with the Hub’s splitting rule (huggingface/huggingface_hub#3813 and #4526)',
  fixable: true,
  good: [{ text: '---\nlicense: mit\n---\n# My model\n' }],
  bad: [
    { text: '\n---\nlicense: mit\n---\n# My model\n' },
    { text: '---\nlicense: mit\n---oops\n---\n' },
    { text: '---\nlicense: mit\n--- \n# My model\n' },
  ],
  check({ card, report }) {
    const { frontMatter, otherReaders } = card;
    // Without front matter for the Hub, `front-matter-missing` says what is wrong.
    if (frontMatter.kind === 'absent') return;
    const blank = blanksBehind(card.text, frontMatter.block);
    if (blank !== undefined) {
      report({
        message: `Versions of huggingface_hub from before August 2026 ${readingOfOldVersions(card.text, frontMatter.block)}, because of the white space behind the closing fence.`,
        span: { start: frontMatter.block.close.start, end: blank.end },
        help: 'End the block with a line that is exactly "---".',
        fix: { title: 'Remove the white space behind the closing fence', edits: [{ ...blank, text: '' }] },
      });
    }
    for (const { reader, reads, span } of otherReaders) {
      const message = `Unlike the Hub, ${reader} reads ${reads}.`;
      // All of them pass over a byte-order mark.
      const from = card.text.startsWith('\ufeff') ? 1 : 0;
      if (span.start !== frontMatter.block.open.start || span.start === from) {
        report({
          message,
          span,
          help: 'End the block with a line that is exactly "---", and have no other line begin so.',
        });
        continue;
      }
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

/** The spaces and tabs between the closing fence and its line break. */
function blanksBehind(text: string, { close }: FrontMatterBlock): Span | undefined {
  let end = close.end;
  while (text.charCodeAt(end) === 0x20 || text.charCodeAt(end) === 0x09) end++;
  return end === close.end ? undefined : { start: close.end, end };
}

/**
 * Until 2026-07 the expression of huggingface_hub was `^(\s*---[\r\n]+)([\S\s]*?)([\r\n]+---(\r\n|\n|$))`: a closing fence with
 * white space behind it did not count.
 */
function readingOfOldVersions(text: string, { close }: FrontMatterBlock): string {
  const later = /[\r\n]---(?:\r\n|\n|$)/g;
  later.lastIndex = close.end;
  return later.test(text) ? 'read on to the next line that is exactly "---"' : 'see no front matter';
}
