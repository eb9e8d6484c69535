import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Part } from '../../src/card/card.js';
import { parseCard } from '../../src/card/parse.js';
import type { Span } from '../../src/card/position.js';
import { walkValues } from '../../src/card/walk.js';

const folder = new URL('./cards/', import.meta.url);
const cards = readdirSync(folder)
  .filter((file) => file.endsWith('.md'))
  .map((file) => readFileSync(new URL(file, folder), 'utf8'));

const snippets = [
  ...[
    '---',
    '\n',
    '\r',
    '\r\n',
    '\t',
    ' ',
    '  ',
    '- ',
    '-',
    ': ',
    ':',
    '? ',
    '#',
    ' #',
    '|',
    '>',
    '|2+',
    '"',
    "'",
    '\\',
  ],
  ...[
    '&a ',
    '*a',
    '!!str ',
    '!',
    '!!binary ',
    '!!set',
    '!!pairs',
    '<<: *a',
    '[',
    ']',
    '{',
    '}',
    ',',
    '%YAML 1.2',
    '...',
  ],
  ...['\0', '\uFEFF', '😀', '\uD83D', '\u0085', '\u2028', '\u00A0', '__proto__: 1', '~', '2024-01-01', '0x'],
];

type Mutation = readonly [at: number, remove: number, insert: string];

const mutations: fc.Arbitrary<Mutation[]> = fc.array(
  fc.tuple(
    fc.nat({ max: 9999 }).map((part) => part / 10_000),
    fc.integer({ min: 0, max: 3 }),
    fc.oneof(fc.constantFrom(...snippets), fc.string({ maxLength: 4, unit: 'binary' })),
  ),
  { minLength: 1, maxLength: 3 },
);

function mutate(text: string, changes: readonly Mutation[]): string {
  let mutated = text;
  for (const [where, remove, insert] of changes) {
    const at = Math.floor(where * mutated.length);
    mutated = mutated.slice(0, at) + insert + mutated.slice(at + remove);
  }
  return mutated;
}

describe('mutated cards', { timeout: 120_000 }, () => {
  test('never throw, and no span leaves the text', () => {
    let parsed = 0;
    fc.assert(
      fc.property(fc.constantFrom(...cards), mutations, (original, changes) => {
        const text = mutate(original, changes);
        const card = parseCard(text);
        const inside = (span: Span | undefined, within: Span) => {
          if (span === undefined) return;
          expect(span.start).toBeGreaterThanOrEqual(within.start);
          expect(span.end).toBeGreaterThanOrEqual(span.start);
          expect(span.end).toBeLessThanOrEqual(within.end);
          const { start, end } = card.rangeAt(span);
          expect([start.offset, end.offset]).toEqual([span.start, span.end]);
        };
        const whole = { start: 0, end: text.length };
        inside(card.body, whole);
        for (const { span } of card.otherReaders) inside(span, whole);
        const { frontMatter } = card;
        if (frontMatter.kind === 'absent') inside(frontMatter.span, whole);
        else {
          const { block } = frontMatter;
          for (const span of [block.span, block.open, block.yaml, block.close]) inside(span, whole);
          if (frontMatter.kind === 'invalid') {
            inside(frontMatter.span, block.yaml);
            expect(frontMatter.reason).not.toMatch(/undefined|not a function|Cannot|Maximum call/);
            return;
          }
          parsed++;
          walkValues(frontMatter.value, (path) => {
            const parts: readonly Part[] = ['key', 'value', 'entry'];
            for (const part of parts) {
              const span = card.spanOf(path, part);
              expect(span, JSON.stringify(path)).toBeDefined();
              inside(span, block.yaml);
            }
          });
        }
      }),
      { numRuns: 2500 },
    );
    expect(parsed).toBeGreaterThan(300);
  });
});
