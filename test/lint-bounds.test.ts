import { describe, expect, it } from 'vitest';
import { MAX_DEPTH } from '../src/card/limits.js';
import { parseCard } from '../src/card/parse.js';
import { applyFixes } from '../src/fix.js';
import { lintCard } from '../src/lint.js';

const MiB = 1024 * 1024;

/** Milliseconds, the better of two tries: the first also compiles. */
function took(work: () => void): number {
  const times = [0, 1].map(() => {
    const start = performance.now();
    work();
    return performance.now() - start;
  });
  return Math.min(...times);
}

/**
 * Linear in its length: eight times the text takes less than 24 times as long (64 would be quadratic), and at full length
 * less than a generous bound even on a busy machine.
 */
function expectLinear(textOf: (size: number) => string, size: number): void {
  const ratios: number[] = [];
  // What else the machine does only adds to one of the two; what is quadratic is so each time.
  while (ratios.length < 4 && Math.min(...ratios) >= 24) {
    const small = took(() => lintCard(textOf(size / 8)));
    const large = took(() => lintCard(textOf(size)));
    expect(large).toBeLessThan(20_000);
    // Below this, noise decides.
    ratios.push(large > 200 ? large / Math.max(small, 1) : 0);
  }
  expect(Math.min(...ratios)).toBeLessThan(24);
}

describe('a list of 100,000 items', { timeout: 120_000 }, () => {
  const lists: Readonly<Record<string, string>> = {
    license: 'asdf',
    language: 'English',
    datasets: 'my data',
    base_model: './checkpoint',
    metrics: 'accuracy of 95%',
    tags: 'license:mit',
    'tags (numbers)': '1_000',
    'tags (mappings)': '{license: mit}',
    language_bcp47: 'not_a_tag_at_all',
    buckets: 'x',
    'widget (right keys)': '{text: hello}',
    'widget (wrong keys)': '{txt: hello}',
    'widget (sources)': '{src: "http://10.0.0.1/x.jpg"}',
    'widget (outputs)': '{text: x, output: [{label: a, score: 2}]}',
    'widget (tables)': '{structured_data: {a: [1, 2], b: [1]}}',
    'model-index': '{name: x, results: [{task: {type: a}, metrics: [{type: f 1, value: "9%"}]}]}',
    unknown_key: 'no',
  };
  for (const [name, item] of Object.entries(lists)) {
    it(`of ${name} takes linear time`, () => {
      const key = name.replace(/ .*/, '');
      expectLinear(
        (items) => `---\npipeline_tag: image-classification\n${key}:\n${`- ${item}\n`.repeat(items)}---\n`,
        100_000,
      );
    });
  }

  it('of keys takes linear time', () => {
    const keys = (count: number) =>
      Array.from({ length: count }, (_, index) => `licence${index}: no\n`).join('');
    expectLinear((count) => `---\n${keys(count)}---\n`, 100_000);
  });

  it('is fixed in linear time', () => {
    const text = `---\ntags:\n${'- 12\n'.repeat(100_000)}---\n`;
    expect(took(() => applyFixes(text, lintCard(text)))).toBeLessThan(20_000);
  });
});

describe('a card of 10 MB', { timeout: 120_000 }, () => {
  const pieces: readonly string[] = [
    'word ',
    'a line\n',
    '\n',
    '\r\n',
    ' ',
    '# heading\n',
    '## Heading\n\n[More Information Needed]\n\n',
    '[',
    '![](',
    '[a](b.md)\n',
    '<!-- ',
    '<!-- comment -->\n',
    '<',
    '{{ a | default("b", true) }}',
    '`',
    '```\n',
    'hf_',
    'hf_abcdefghijklmnopqrstuvwxyzABCDEFGH ',
    'sk-',
    'eyJ',
    'ghp_a',
    'AKIA',
    '-----BEGIN ',
    'https://user:',
    'https://arxiv.org/abs/2101.00001 ',
    'arxiv:',
    '://',
    '@',
    'a.b.c.d',
    'validate-card-disable-line x -- y\n',
    '<!-- validate-card-disable-next-line license-unknown -- y -->\n',
    '---\n',
    '| a | b |\n',
    '\u0000',
    '\ud83d',
  ];
  for (const piece of pieces) {
    it(`of ${JSON.stringify(piece)} takes linear time`, () => {
      expectLinear((size) => `---\nlicense: mit\n---\n${piece.repeat(size / piece.length)}`, 9 * MiB);
    });
  }

  for (const piece of [
    'word ',
    'no ',
    '1_000 ',
    '# ',
    '"',
    ': ',
    "'",
    'validate-card-disable-line x -- y ',
  ]) {
    it(`with a value of ${JSON.stringify(piece)} takes linear time`, () => {
      expectLinear(
        (size) => `---\nlicense: mit\nmodel_name: |\n  ${piece.repeat(size / piece.length)}\n---\n`,
        9 * MiB,
      );
    });
  }
});

describe('what is nested', () => {
  it(`is read ${MAX_DEPTH} levels deep, and deeper ones are a clear finding`, () => {
    const nested = (depth: number) =>
      `---\nlicense: mit\nx: ${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}\n---\n`;
    expect(lintCard(nested(MAX_DEPTH)).filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(lintCard(nested(MAX_DEPTH + 1)).map(({ rule }) => rule)).toContain('front-matter-limits');
  });

  it('takes a thousand anchors, each used', () => {
    const lines = Array.from(
      { length: 1000 },
      (_, at) => `k${at}: &a${at} [x, ${at > 0 ? `*a${at - 1}` : 'y'}]`,
    );
    const flat = Array.from({ length: 1000 }, (_, at) => `k${at}: &a${at} no\nl${at}: *a${at}`);
    expect(parseCard(`---\n${flat.join('\n')}\n---\n`).metadata).not.toBeNull();
    expect(took(() => lintCard(`---\n${flat.join('\n')}\n---\n`))).toBeLessThan(10_000);
    expect(took(() => lintCard(`---\n${lines.join('\n')}\n---\n`))).toBeLessThan(10_000);
  });
});
