import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { explainAbsence, splitFrontMatter } from '../../src/card/split.js';

/** The Hub's own expression, to the letter. */
const HUB = /^(\s*---(?:\r\n|\r|\n))([\S\s]*?)((?:\r\n|\r|\n)---[ \t]*(\r\n|\n|$))/;

/** Offsets of the YAML and of the body as the expression gives them. */
function hubSplit(text: string): readonly [number, number, number] | null {
  const match = HUB.exec(text);
  const [whole = '', open = '', yaml = ''] = match ?? [];
  return match === null ? null : [open.length, open.length + yaml.length, whole.length];
}

function ourSplit(text: string): readonly [number, number, number] | null {
  const block = splitFrontMatter(text);
  return block === null ? null : [block.yaml.start, block.yaml.end, block.span.end];
}

describe('splitFrontMatter', () => {
  const piece = fc.constantFrom(
    ...[
      '---',
      '---',
      '---',
      '\n',
      '\n',
      '\r\n',
      '\r',
      ' ',
      '\t',
      '-',
      '--',
      'a: b',
      'x',
      '\uFEFF',
      '\u00A0',
      '\f',
    ],
    ...['\u2028', '\v', '#', '---js', '----', '--- ', '😀', '\u0085', '\0'],
  );
  const texts = fc.array(piece, { maxLength: 14 }).map((pieces) => pieces.join(''));
  const space = fc.constantFrom('', '', '\n', ' ', '\uFEFF', '\r\n', '\u00A0\t');
  const open = fc.constantFrom('---\n', '---\r\n', '---\r', '--- \n');
  const close = fc.constantFrom('\n---', '\r\n---', '\r---', '---', '\n--- \t', '\n---x', '\n');
  const cards = fc.tuple(space, open, texts, close, space, texts).map((parts) => parts.join(''));

  test('gives what the Hub’s expression gives, on thousands of texts', () => {
    let blocks = 0;
    const same = (text: string) => {
      const expected = hubSplit(text);
      if (expected !== null) blocks++;
      expect(ourSplit(text), JSON.stringify(text)).toEqual(expected);
    };
    fc.assert(fc.property(texts, same), { numRuns: 4000 });
    fc.assert(fc.property(cards, same), { numRuns: 8000 });
    expect(blocks).toBeGreaterThan(1000);
  });

  test('names the fences', () => {
    const text = '\uFEFF\n ---\r\nlicense: mit\r\n--- \t\r\n# Title\r\n';
    const block = splitFrontMatter(text);
    expect(block).not.toBeNull();
    if (block === null) return;
    const slice = ({ start, end }: { start: number; end: number }) => text.slice(start, end);
    expect(slice(block.open)).toBe('---');
    expect(slice(block.yaml)).toBe('license: mit');
    expect(slice(block.close)).toBe('---');
    expect(slice(block.span)).toBe('---\r\nlicense: mit\r\n--- \t\r\n');
  });

  test.each([
    ['blank lines', '\n'],
    ['blank lines behind a fence', '\n', '---\n'],
    ['lines that almost close', '---x\n', '---\n'],
    ['fences with spaces and a word', '---   x\n', '---\na'],
    ['hyphens', '-', '---\n'],
    ['carriage returns', '\r', '---\r\n'],
    ['lone opening fences', '---\r', 'x\n'],
    ['pairs of rules', '---\n\n', 'x\n'],
    ['rules before comments', '---\n# x\n', 'x\n'],
  ])('takes linear time over 10 MB of %s', (_, unit, head = '') => {
    const text = (size: number) => head + unit.repeat(Math.floor(size / unit.length));
    const seconds = (input: string) => {
      const start = process.hrtime.bigint();
      if (splitFrontMatter(input) === null) explainAbsence(input);
      return Number(process.hrtime.bigint() - start) / 1e9;
    };
    seconds(text(1e5));
    // Quadratic work over 10 MB would take hours.
    expect(seconds(text(1e7))).toBeLessThan(5);
  });
});

describe('explainAbsence', () => {
  const table: readonly (readonly [string, string, string, string?])[] = [
    ['no fence', '# Title\n', 'none'],
    ['empty', '', 'none'],
    ['white space', ' \n\n', 'none'],
    ['a Markdown rule', '-----\n# Title\n', 'none'],
    ['two Markdown rules', '# Title\n\n---\n\nSome prose: really.\n\n---\n', 'none'],
    ['never closed', '---\nlicense: mit\n\n# Title\n', 'unclosed', '---'],
    ['closed raggedly', '---\nlicense: mit\n---oops\n', 'unclosed', '---oops'],
    ['closed by too many hyphens', '---\nlicense: mit\n----\n# Title\n', 'unclosed', '----'],
    ['a table is no fence', '---\nlicense: mit\n\na | b\n---|---\n', 'unclosed', '---'],
    ['closed by a lone CR', '---\rlicense: mit\r---\r# Title\r', 'unclosed', '---'],
    ['only the fence', '---', 'unclosed', '---'],
    ['text before', '# Title\n---\nlicense: mit\n---\n', 'text-before', '# Title'],
    [
      'a comment before',
      '<!-- made by x -->\n\n---\n# y\ntags:\n- a\n---\n',
      'text-before',
      '<!-- made by x -->',
    ],
    ['text before, never closed', '# Title\n---\nlicense: mit\n', 'none'],
    ['JavaScript', '---js\n{}\n---\n', 'language', '---js'],
    ['JSON', '--- json\n{}\n---\n', 'language', '--- json'],
    ['white space behind the fence', '--- \t\nlicense: mit\n---\n', 'space-after-fence', '--- \t'],
    ['nothing between', '---\n---\n# Title\n', 'nothing-between', '---'],
  ];
  test.for(table)('%s', ([, text, reason, misled]) => {
    expect(splitFrontMatter(text)).toBeNull();
    const { reason: found, span } = explainAbsence(text);
    expect(found).toBe(reason);
    expect(span && text.slice(span.start, span.end)).toBe(misled);
  });

  test('points at the second fence when nothing stands between', () => {
    expect(explainAbsence('---\n---\n# Title\n').span).toEqual({ start: 4, end: 7 });
  });
});
