import { cardLfsAttribute } from '../../src/rules/card-lfs-attribute.js';
import { BINARY, MISSING, POINTER } from './cards.js';
import { type RuleCase, testRule } from './tester.js';

const LFS = 'filter=lfs diff=lfs merge=lfs -text';
const OUT = '/README.md !filter !diff !merge !text';

function card(name: string, gitAttributes: string): RuleCase {
  return {
    name,
    text: '---\nlicense: mit\n---\n',
    files: ['README.md'],
    contents: { '.gitattributes': gitAttributes },
  };
}

/** The line (1-based) that is reported, and what becomes of the file. */
function reported(name: string, before: string, line: number, mark: string, after: string): RuleCase {
  return {
    ...card(name, before),
    lines: [line],
    marks: [mark],
    says: ['gives README.md to Git LFS'],
    fixedContents: { '.gitattributes': after },
  };
}

testRule(cardLfsAttribute, {
  bad: [
    reported('*.md', `*.bin ${LFS}\n*.md ${LFS}\n`, 2, `*.md ${LFS}`, `*.bin ${LFS}\n*.md ${LFS}\n${OUT}\n`),
    reported('everything, without a last line break', `* ${LFS}`, 1, `* ${LFS}`, `* ${LFS}\n${OUT}\n`),
    reported('CRLF', `README* ${LFS}\r\n`, 1, `README* ${LFS}`, `README* ${LFS}\r\n${OUT}\r\n`),
    reported(
      'the card alone: the line goes',
      `*.bin ${LFS}\n  README.md ${LFS}\n*.h5 ${LFS}\n`,
      2,
      `README.md ${LFS}`,
      `*.bin ${LFS}\n*.h5 ${LFS}\n`,
    ),
    reported(
      'the last line is the card’s',
      `*.bin x\n/README.md ${LFS}`,
      2,
      `/README.md ${LFS}`,
      '*.bin x\n',
    ),
    reported(
      'the card’s own line, below one that gives it away too',
      `*.md ${LFS}\nREADME.md ${LFS}\n`,
      2,
      `README.md ${LFS}`,
      `*.md ${LFS}\nREADME.md ${LFS}\n${OUT}\n`,
    ),
    reported(
      'through a macro',
      '[attr]lfs filter=lfs -text\n*.md lfs\n',
      2,
      '*.md lfs',
      `[attr]lfs filter=lfs -text\n*.md lfs\n${OUT}\n`,
    ),
  ],
  good: [
    card('other files', `*.bin ${LFS}\n*.png ${LFS}\ndocs/*.md ${LFS}\nREADME.md/ ${LFS}\n`),
    card('the card is taken out', `*.md ${LFS}\nREADME.md -filter -diff -merge text\n`),
    card('another filter', '*.md filter=nbstripout\n'),
    card('an empty file', ''),
    { name: 'no .gitattributes', text: '# x\n', files: ['README.md'] },
    ...[POINTER, MISSING, BINARY].map(({ name, text, cardFile }) => ({
      ...card(`${name}: other rules speak`, `*.md ${LFS}\n`),
      text,
      ...(cardFile === undefined ? {} : { cardFile }),
    })),
  ],
});
