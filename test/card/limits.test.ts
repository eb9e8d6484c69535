import { describe, expect, test } from 'vitest';
import {
  MAX_DEPTH,
  MAX_EXPANDED_LENGTH,
  MAX_EXPANDED_NODES,
  MAX_MERGED_ENTRIES,
  MAX_NODES,
  MAX_TEXT_LENGTH,
} from '../../src/card/limits.js';
import { parseCard } from '../../src/card/parse.js';
import { walkValues } from '../../src/card/walk.js';

const cardOf = (yaml: string) => parseCard(`---\n${yaml}\n---\n# Title\n`);
const times = (count: number, line: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => line(index)).join('\n');
const limitOf = (yaml: string) => {
  const { frontMatter } = cardOf(yaml);
  return frontMatter.kind === 'invalid' ? frontMatter.limit : frontMatter.kind;
};

/** Lists of aliases of lists of aliases: `levels` lines that mean `width` to the power of `levels` values. */
const laughs = (levels: number, width: number) =>
  times(
    levels,
    (level) =>
      `l${level}: &l${level} [${Array(width)
        .fill(level === 0 ? 'ha' : `*l${level - 1}`)
        .join(', ')}]`,
  );

describe('within the limits', () => {
  test('100,000 list items', () => {
    const card = cardOf(`tags:\n${'- tag\n'.repeat(100_000)}`);
    expect(card.metadata?.tags).toHaveLength(100_000);
    expect(card.spanOf(['tags', 99_999])).toEqual({ start: 10 + 99_999 * 6 + 2, end: 10 + 99_999 * 6 + 5 });
  });

  test('a list of 100,000 mappings with six entries', () => {
    const card = cardOf(
      '- {a: 1, b: 2}\n'.repeat(10) + '- a: 1\n  b: 2\n  c: 3\n  d: 4\n  e: 5\n  f: 6\n'.repeat(100_000),
    );
    expect(card.frontMatter.kind).toBe('parsed');
  });

  test('a thousand anchors', () => {
    const card = cardOf(
      times(1000, (i) => `a${i}: &a${i} {x: ${i}}\nb${i}: *a${i}\nc${i}: {<<: *a${i}, y: 1}`),
    );
    expect(card.metadata?.c999).toEqual({ x: 999, y: 1 });
    const span = card.spanOf(['c999', 'x']);
    expect(span && card.text.slice(span.start, span.end)).toBe('999');
  });

  test('depth, in every style', () => {
    const nest = (open: string, close: string) => `${open.repeat(MAX_DEPTH)}x${close.repeat(MAX_DEPTH)}`;
    expect(limitOf(nest('[', ']'))).toBe('parsed');
    expect(limitOf(nest('{a: ', '}'))).toBe('parsed');
    expect(limitOf(nest('- ', ''))).toBe('parsed');
    expect(limitOf(`${times(MAX_DEPTH, (i) => `${' '.repeat(i)}a:`)} x`)).toBe('parsed');
    expect(limitOf(`${times(MAX_DEPTH, (i) => `${' '.repeat(i)}a:`)}\n${' '.repeat(MAX_DEPTH)}x`)).toBe(
      'parsed',
    );
  });

  test('a text of 10 MiB', () => {
    const head = '---\nlicense: mit\n---\n';
    expect(parseCard(head + 'x'.repeat(MAX_TEXT_LENGTH - head.length)).metadata).toEqual({ license: 'mit' });
  });

  test('aliases that stay small', () => {
    expect(cardOf(laughs(5, 5)).frontMatter.kind).toBe('parsed');
  });
});

describe('past the limits', () => {
  test('size', () => {
    const { frontMatter } = parseCard(`---\nlicense: mit\n---\n${'x'.repeat(MAX_TEXT_LENGTH)}`);
    expect(frontMatter).toMatchObject({
      kind: 'invalid',
      limit: 'size',
      reason: 'the card is longer than 10,485,760 characters',
      span: { start: 0, end: 3 },
    });
  });

  test('depth, in every style', () => {
    const depth = MAX_DEPTH + 1;
    const nest = (open: string, close: string) => `${open.repeat(depth)}x${close.repeat(depth)}`;
    for (const yaml of [
      nest('[', ']'),
      nest('{a: ', '}'),
      nest('- ', ''),
      '? '.repeat(1_000_000),
      `${times(depth, (i) => `${' '.repeat(i)}a:`)} x`,
      `${times(depth, (i) => `${' '.repeat(i)}a:`)}\n${' '.repeat(depth)}x`,
      '['.repeat(1_000_000),
      '- '.repeat(1_000_000),
    ]) {
      expect(limitOf(yaml)).toBe('depth');
    }
    expect(cardOf(nest('[', ']')).frontMatter).toMatchObject({ reason: 'nested more than 100 levels deep' });
  });

  test('depth that aliases make', () => {
    const { frontMatter } = cardOf(times(1000, (i) => `a${i}: &a${i} [${i === 0 ? 'x' : `*a${i - 1}`}]`));
    expect(frontMatter).toMatchObject({ kind: 'invalid', limit: 'depth' });
  });

  test('number of nodes', () => {
    expect(limitOf(`[${'[],'.repeat(MAX_NODES)}]`)).toBe('nodes');
  });

  test('a billion laughs', () => {
    const card = cardOf(laughs(9, 9));
    expect(card.frontMatter).toMatchObject({ kind: 'invalid', limit: 'aliases' });
    expect(card.frontMatter.kind === 'invalid' && card.frontMatter.reason).toContain(
      MAX_EXPANDED_NODES.toLocaleString('en'),
    );
    expect(card.frontMatter.kind === 'invalid' && card.rangeAt(card.frontMatter.span).start.line).toBe(10);
    expect(limitOf(laughs(60, 9))).toBe('aliases');
  });

  test('a long text repeated', () => {
    const long = 'x'.repeat(MAX_EXPANDED_LENGTH / 100);
    expect(limitOf(`a: &a ${long}\nb:\n${'- *a\n'.repeat(90)}`)).toBe('parsed');
    expect(limitOf(`a: &a ${long}\nb:\n${'- *a\n'.repeat(110)}`)).toBe('aliases');
  });

  test('a list that becomes a long key, over and over', () => {
    expect(limitOf(`a: &a [${'x'.repeat(1_000_000)}, y]\nb:\n${'- ? *a\n'.repeat(100_000)}`)).toBe('aliases');
  });

  test.each(['a: &a [*a]', 'a: &a {b: [*a]}', '&a a: &b {c: *b}', '&a [x, *a]'])(
    'a value inside itself: %s',
    (yaml) => {
      expect(cardOf(yaml).frontMatter).toMatchObject({
        kind: 'invalid',
        limit: 'aliases',
        reason: 'an alias inside the very value that it repeats',
      });
    },
  );

  test('a chain of merge keys', () => {
    const chain = (length: number) =>
      times(length, (i) => `k${i}: &k${i}\n  x${i}: 1${i === 0 ? '' : `\n  <<: *k${i - 1}`}`);
    expect(limitOf(chain(400))).toBe('parsed');
    const { frontMatter } = cardOf(chain(1000));
    expect(frontMatter).toMatchObject({ kind: 'invalid', limit: 'aliases' });
    expect(frontMatter.kind === 'invalid' && frontMatter.reason).toContain(
      MAX_MERGED_ENTRIES.toLocaleString('en'),
    );
  });

  test('paths through merges that branch are found, or not, at once', () => {
    const card = cardOf(
      `k0: &k0 {x: 1}\n${times(60, (i) => `k${i + 1}: &k${i + 1} {<<: [*k${i}, *k${i}]}`)}`,
    );
    expect(card.frontMatter.kind).toBe('parsed');
    expect(card.spanOf(['k60', 'x'])).toEqual(card.spanOf(['k0', 'x']));
    expect(card.spanOf(['k60', 'y'])).toBeUndefined();
  });
});

describe('linear time', { timeout: 120_000 }, () => {
  const seconds = (work: () => void) => {
    const start = process.hrtime.bigint();
    work();
    return Number(process.hrtime.bigint() - start) / 1e9;
  };
  const units: readonly (readonly [string, (index: number) => string])[] = [
    ['list items', () => '- a'],
    ['empty items', () => '-'],
    ['entries', (i) => `k${i}: v`],
    ['mappings', () => '- a: b'],
    ['anchors and aliases', (i) => `k${i}: &a${i} {x: 1}\nj${i}: *a${i}`],
    ['blank lines', () => ''],
    ['lines of spaces', () => '   '],
    ['comments', () => '# c'],
    ['lines of a plain scalar', (i) => (i === 0 ? 'a: b' : '  c')],
    ['lines of a block scalar', (i) => (i === 0 ? 'a: |+' : '')],
    ['documents', () => '...'],
    ['lines that never close', (i) => (i === 0 ? 'a: "' : '---x')],
  ];
  test.each(units)('%s', (_, line) => {
    const work = (count: number) => () => {
      const card = cardOf(times(count, line));
      walkValues(card.metadata, (path) => {
        const span = card.spanOf(path);
        if (span !== undefined) card.rangeAt(span);
      });
    };
    seconds(work(1000));
    const small = seconds(work(10_000));
    const large = seconds(work(80_000));
    // Eight times the work; quadratic time would be 64 times. The floor keeps small clocks from mattering.
    expect(large).toBeLessThan(40 * Math.max(small, 0.02));
  });
});
