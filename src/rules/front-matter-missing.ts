import type { AbsentReason } from '../card/card.js';
import { isLfsPointer } from './card-lfs-pointer.js';
import type { Rule } from './rule.js';

/** What to say for each reason the Hub sees no front matter. */
const WORDS = {
  none: {
    message: 'The card has no metadata: it does not begin with a front matter block.',
    help: 'Begin the file with a line "---", then lines such as "license: apache-2.0", then another line "---".',
  },
  unclosed: {
    message: 'The front matter is never closed, so the Hub reads no metadata at all.',
    help: 'Put a line that is exactly "---" after the last line of metadata.',
  },
  'text-before': {
    message: 'Text stands before the front matter, so the Hub reads no metadata at all.',
    help: 'Move the block to the very top of the file; only white space may come before it.',
  },
  'space-after-fence': {
    message: 'White space follows the opening fence, so the Hub reads no metadata at all.',
    help: 'Write the opening fence as exactly "---".',
  },
  language: {
    message: 'The opening fence names a language, so the Hub reads no metadata at all.',
    help: 'Write the fence as "---" alone, and the metadata as YAML.',
  },
  'nothing-between': {
    message: 'The front matter is empty: the closing fence stands directly below the opening one.',
    help: 'Put metadata such as "license: apache-2.0" between the fences.',
  },
} as const satisfies Readonly<Record<AbsentReason, { readonly message: string; readonly help: string }>>;

/** Of an unclosed block whose last line would close it, but for the way it ends. */
const BROKEN_LINE = {
  message:
    'The line that should close the front matter ends in a lone carriage return, so the Hub reads no metadata at all.',
  help: 'Save the file with line ends of one kind: LF, or CR and LF together.',
};

export const frontMatterMissing: Rule = {
  id: 'front-matter-missing',
  severity: 'warning',
  description: 'The card begins with metadata that the Hub can see.',
  why: 'Without metadata the model has no license, task or languages on the Hub, and usually no widget.',
  source:
    'strukto-ai/mirage#971 (answers of the Hub’s endpoint); huggingface/huggingface_hub#4526 (the splitting rule)',
  fixable: true,
  needs: 'no metadata',
  good: [{ text: '---\nlicense: mit\n---\n# My model\n' }, { text: '\n  \n---\r\nlicense: mit\r\n---' }],
  bad: [
    { text: '# My model\n' },
    { text: '---\nlicense: mit\n\n# My model\n' },
    { text: '# My model\n---\nlicense: mit\n---\n' },
    { text: '--- \nlicense: mit\n---\n# My model\n' },
  ],
  check({ card, cardFile, report }) {
    const { frontMatter } = card;
    if (frontMatter.kind !== 'absent' || cardFile.source !== 'text' || isLfsPointer({ card })) return;
    const { reason, span } = frontMatter;
    const closes = reason === 'unclosed' && span !== undefined && span.start > card.text.indexOf('---');
    const broken =
      closes && card.text[span.end] === '\r' && /^---[ \t]*$/.test(card.text.slice(span.start, span.end));
    const { message, help } = broken ? BROKEN_LINE : WORDS[reason];
    report({
      message,
      span: span ?? { start: 0, end: 0 },
      hub: 'warning',
      hubMessage: 'empty or missing yaml metadata in repo card',
      help,
      ...(reason === 'space-after-fence' && span !== undefined
        ? {
            fix: {
              title: 'Remove the white space',
              edits: [{ start: span.start + 3, end: span.end, text: '' }],
            },
          }
        : {}),
    });
  },
};
