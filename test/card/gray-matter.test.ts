import { createRequire } from 'node:module';
import fc from 'fast-check';
import matter from 'gray-matter';
import { describe, expect, test } from 'vitest';
import { parseCard } from '../../src/card/parse.js';

/** What the real gray-matter, as installed, cuts out; null when it sees no front matter. */
function grayMatterCut(text: string): string | null {
  let cut: string | null = null;
  matter(text, {
    engines: {
      yaml: (block: string) => {
        cut = block;
        return {};
      },
    },
  });
  return cut;
}

describe('gray-matter', () => {
  test('agrees on an ordinary card', () => {
    for (const text of [
      '---\nlicense: mit\n---\n# Title\n',
      '\uFEFF---\r\nlicense: mit\r\n---\r\n# Title\r\n',
      '---\nlicense: mit\n--- \t\n# Title\n',
      '---\n# only a comment\n---\n',
      '---\nlicense: mit\n---',
      '# Title\n',
      '---\n---\n# Title\n',
      '',
    ]) {
      expect(parseCard(text).otherReaders, JSON.stringify(text)).toEqual([]);
    }
  });

  test('is left out only where it cuts as the Hub does', () => {
    const piece = fc.constantFrom(
      ...[
        '---',
        '----',
        '---x',
        '--- ',
        '---\t',
        '--',
        '\n',
        '\r\n',
        '\r',
        ' ',
        '# c',
        'a: 1',
        'b: |',
        '  t',
        '\uFEFF',
        '- x',
      ],
    );
    let agreed = 0;
    let disagreed = 0;
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 14 }), fc.boolean(), (pieces, plain) => {
        const text = plain ? `---\n${pieces.join('')}\n---\n` : pieces.join('');
        const { frontMatter, otherReaders } = parseCard(text);
        if (frontMatter.kind === 'absent') return;
        if (otherReaders.length > 0) {
          disagreed++;
          return;
        }
        const { yaml } = frontMatter.block;
        const hub = text.slice(yaml.start, yaml.end);
        const cut = grayMatterCut(text);
        // Comments and white space alone reach no engine; a lone CR ends no line for gray-matter's comments.
        const same = cut === null ? /^(?:\s*#[^\n]*)*\s*$/.test(hub) : cut.trim() === hub.trim();
        expect(same, JSON.stringify(text)).toBe(true);
        agreed++;
      }),
      { numRuns: 5000 },
    );
    expect(agreed).toBeGreaterThan(500);
    expect(disagreed).toBeGreaterThan(50);
  });

  const table: readonly (readonly [
    name: string,
    text: string,
    reads: RegExp,
    place: string,
    cut: string | null,
  ])[] = [
    ['blank line first', '\n---\nlicense: mit\n---\n', /no front matter/, '---', null],
    [
      'ended early by a ragged fence',
      '---\na: |\n  x\n---oops\nb: 1\n---\n',
      /ends at this line/,
      '---oops',
      '\na: |\n  x',
    ],
    ['ended early by hyphens', '---\na: 1\n----\nb: 1\n---\n', /ends at this line/, '----', '\na: 1'],
    [
      'ended by a ragged fence',
      '---\nlicense: mit\n---oops\n',
      /ends at this line/,
      '---oops',
      '\nlicense: mit',
    ],
    ['ended by hyphens', '---\nlicense: mit\n----\n', /ends at this line/, '----', '\nlicense: mit'],
    ['space behind the fence', '--- \nlicense: mit\n---\n', /ends at this line/, '---', ' \nlicense: mit'],
    ['never closed', '---\nlicense: mit\n', /to the end of the file/, '---', '\nlicense: mit\n'],
    ['empty, then a block', '---\n---\na: 1\n---\n', /empty block/, '---', null],
    ['the language YAML', '---yaml\nlicense: mit\n---\n', /in YAML/, '---yaml', '\nlicense: mit'],
  ];
  test.for(table)('%s', ([, text, reads, place, cut]) => {
    expect(grayMatterCut(text)).toBe(cut);
    const [disagreement, ...more] = parseCard(text).otherReaders;
    expect(more).toEqual([]);
    expect(disagreement).toMatchObject({ reader: 'gray-matter', reads: expect.stringMatching(reads) });
    expect(disagreement && text.slice(disagreement.span.start, disagreement.span.end)).toBe(place);
  });

  test.each([
    ['---js', /JavaScript, which it runs/],
    ['---javascript', /JavaScript, which it runs/],
    ['--- JS', /JavaScript, which it runs/],
    ['---json', /in JSON/],
    ['---toml', /does not know/],
    ['---coffee', /does not know/],
    ['---constructor', /does not know/],
    ['---__proto__', /does not know/],
  ])('%s is told, not tried', (fence, reads) => {
    const [disagreement] = parseCard(`${fence}\n{}\n---\n`).otherReaders;
    expect(disagreement).toMatchObject({
      reads: expect.stringMatching(reads),
      span: { start: 0, end: fence.length },
    });
  });

  test('runs nothing of a card', () => {
    const proof = globalThis as { executed?: number };
    const code = '{a: (globalThis.executed = (globalThis.executed ?? 0) + 1)}';
    const fences = [
      '---js',
      '---javascript',
      '--- js ',
      '---JS',
      '---coffee',
      '\uFEFF---js',
      '\n---js',
      '---js\r',
    ];
    for (const fence of fences) {
      for (const text of [
        `${fence}\n${code}\n---\n`,
        `${fence}\r\n${code}\r\n---\r\n`,
        `${fence}\n${code}`,
      ]) {
        expect(parseCard(text).frontMatter.kind).toBe('absent');
      }
    }
    parseCard(`---\na: !!js/function 'function () { ${code} }'\nb: !!js/undefined ''\n---\n`);
    expect(proof.executed).toBeUndefined();
    // The same text does run where the default engines are left in place.
    matter(`---js\n${code}\n---\n`, {});
    expect(proof.executed).toBe(1);
    delete proof.executed;
  });

  test('keeps nothing in gray-matter’s cache', () => {
    const { cache } = createRequire(import.meta.url)('gray-matter') as { readonly cache: object };
    const before = Object.keys(cache).length;
    for (const text of ['---\nzz: 1\n---\n', '---\nzz: 1\n---x\n', '---js\nzz\n---\n']) parseCard(text);
    expect(Object.keys(cache)).toHaveLength(before);
  });

  test('is not asked about white space that would keep it busy for days', () => {
    for (const [blank, count] of [
      ['\n', 2_000_000],
      [' \n', 2_000_000],
      ['\r\n', 2_000_000],
      [' ', 2_000_000],
      // Seconds, in a block of a usual length.
      ['\n', 50_000],
    ] as const) {
      const text = `---\nlicense: mit\n${blank.repeat(count)}\n---\n`;
      const card = parseCard(text);
      expect(card.metadata).toEqual({ license: 'mit' });
      expect(card.otherReaders).toMatchObject([{ reads: expect.stringMatching(/long run of white space/) }]);
    }
  });
});
