import fc from 'fast-check';
import { type DumpOptions, dump } from 'js-yaml';
import { describe, expect, test } from 'vitest';
import { parseCard } from '../../src/card/parse.js';
import { checkSpans } from './spans.js';
import { written } from './written.js';

describe('places of generated documents', () => {
  test.each(['\n', '\r\n', '\r'])('are where they were written, with line breaks %j', (lineBreak) => {
    fc.assert(
      fc.property(
        written,
        fc.constantFrom('---\n', '\uFEFF---\r\n', '\n\n---\n'),
        ({ yaml, value, places }, head) => {
          // An offset moves by one for each line break in front of it.
          const shift = (offset: number) =>
            head.length + yaml.slice(0, offset).replaceAll('\n', lineBreak).length;
          const text = `${head}${yaml.replaceAll('\n', lineBreak)}# end\n---\n# Title\n`;
          const card = parseCard(text);
          expect(card.frontMatter).toMatchObject({ kind: 'parsed' });
          if (card.frontMatter.kind === 'parsed') expect(card.frontMatter.value).toEqual(value);
          for (const { path, part, span } of places) {
            expect(card.spanOf(path, part), `${JSON.stringify(path)} ${part} in ${yaml}`).toEqual({
              start: shift(span.start),
              end: shift(span.end),
            });
          }
        },
      ),
      { numRuns: 400 },
    );
  });
});

describe('values that js-yaml wrote', () => {
  const scalar = fc.oneof(
    fc.string({ maxLength: 12 }),
    fc.string({ unit: 'grapheme', maxLength: 30 }),
    fc.lorem({ maxCount: 30 }),
    fc.constantFrom(
      '',
      ' ',
      '- a',
      'a: b',
      '# c',
      '*x',
      '&y',
      '!z',
      '|',
      '>-\n x',
      '\n\n',
      'a\n\n',
      ' a\n b\n',
      '---',
      '~',
    ),
    fc.integer(),
    fc.double({ noNaN: true }),
    fc.boolean(),
    fc.constant(null),
    fc.constant(new Date('2023-04-05T06:07:08.009Z')),
    fc.uint8Array({ minLength: 1, maxLength: 8 }),
  );
  const { value } = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      scalar,
      fc.array(tie('value'), { maxLength: 5 }),
      fc.dictionary(fc.string({ maxLength: 9 }), tie('value'), { maxKeys: 5 }),
      // The same value twice becomes an anchor and an alias.
      fc.array(tie('value'), { minLength: 1, maxLength: 3 }).map((list) => ({ first: list, again: list })),
    ),
  }));
  const options: fc.Arbitrary<DumpOptions> = fc.record({
    indent: fc.integer({ min: 2, max: 5 }),
    noArrayIndent: fc.boolean(),
    flowLevel: fc.constantFrom(-1, 0, 1, 2, 3),
    lineWidth: fc.constantFrom(-1, 10, 40, 80),
    quotingType: fc.constantFrom("'" as const, '"' as const),
    forceQuotes: fc.boolean(),
    condenseFlow: fc.boolean(),
    noRefs: fc.boolean(),
  });

  test('are read, and each place holds its value', () => {
    let values = 0;
    fc.assert(
      fc.property(value, options, (dumped, style) => {
        const yaml = dump(dumped, style);
        const card = parseCard(`---\n${yaml}\n---\n`);
        if (card.frontMatter.kind !== 'parsed') return; // a `---` line inside a block scalar closes the block
        const { faults, values: count } = checkSpans(card);
        values += count;
        expect(faults, yaml).toEqual([]);
      }),
      { numRuns: 1000 },
    );
    expect(values).toBeGreaterThan(2000);
  });
});
