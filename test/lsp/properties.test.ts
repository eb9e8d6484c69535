import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import schema from '../../schemas/model-card.schema.json' with { type: 'json' };
import { parseCard } from '../../src/card/parse.js';
import { applyEdits } from '../../src/fix.js';
import { lintCard } from '../../src/lint.js';
import { fixAll, type Judged, silencingEdit } from '../../src/lsp/actions.js';
import { forEditor } from '../../src/lsp/diagnostics.js';
import { draftFrontMatter } from '../../src/lsp/front-matter.js';
import { explanationAt } from '../../src/lsp/hover.js';
import { applied, documentOf, editOf, offeredAt } from './marked.js';

/** Real cards, without the long bodies. */
const CARDS: readonly string[] = gunzipSync(
  readFileSync(new URL('../../bench/data/cards.jsonl.gz', import.meta.url)),
)
  .toString('utf8')
  .split('\n')
  .filter((line) => line !== '')
  .slice(0, 300)
  .map((line) => (JSON.parse(line) as { text: string }).text.slice(0, 3000));

/** What YAML is made of, and what breaks it. */
const PIECE = fc.oneof(
  fc.constantFrom(
    '\n',
    '\r\n',
    '\r',
    ' ',
    '  ',
    '\t',
    ': ',
    ':',
    '- ',
    '-',
    '---\n',
    '[',
    ']',
    '{',
    '}',
    ',',
    '"',
    "'",
    '#',
    ' # ',
    '&a ',
    '*a',
    '|\n',
    '>-\n',
    '? ',
    '!!str ',
    '<<: *a\n',
    '\u2028',
    '😀',
    '\ud83d',
    '\0',
    '\uFEFF',
    'license: ',
    'model-index:\n- name: ',
    'widget:\n- ',
  ),
  fc.string({ maxLength: 5, unit: 'binary' }),
);

/** A card: a real one with pieces put in and parts taken out, or nothing but pieces. */
const CARD = fc.oneof(
  fc
    .record({
      card: fc.constantFrom(...CARDS),
      changes: fc.array(fc.record({ at: fc.nat(3000), cut: fc.nat(8), piece: PIECE }), { maxLength: 4 }),
    })
    .map(({ card, changes }) =>
      changes.reduce((text, { at, cut, piece }) => text.slice(0, at) + piece + text.slice(at + cut), card),
    ),
  fc.array(PIECE, { maxLength: 30 }).map((pieces) => `---\n${pieces.join('')}`),
);

/** Mostly in the head, where everything happens. */
const PLACE = fc.oneof(fc.nat(400), fc.nat(3000));

describe('in any card, at any place', () => {
  it('completion edits the word at the cursor, on its line', () => {
    fc.assert(
      fc.property(CARD, PLACE, fc.boolean(), (text, at, snippets) => {
        const document = documentOf(text);
        const position = document.positionAt(at);
        const offset = document.offsetAt(position);
        for (const item of offeredAt(text, offset, snippets)) {
          const { range, newText } = editOf(item);
          expect(range.start.line).toBe(position.line);
          expect(range.end.line).toBe(position.line);
          expect(range.start.character).toBeLessThanOrEqual(position.character);
          expect(range.end.character).toBeGreaterThanOrEqual(position.character);
          expect(newText.trim()).not.toBe('');
        }
      }),
      { numRuns: 1500 },
    );
  });

  it('completion offers nothing outside the front matter of a card that has one', () => {
    fc.assert(
      fc.property(CARD, PLACE, (text, at) => {
        const block = draftFrontMatter(text);
        const offset = Math.min(at, text.length);
        if (block?.close === undefined || (block.yaml.start <= offset && offset <= block.yaml.end)) return;
        expect(offeredAt(text, offset)).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  it('hover explains a part of the front matter', () => {
    fc.assert(
      fc.property(CARD, PLACE, (text, at) => {
        const region = draftFrontMatter(text)?.yaml;
        if (region === undefined) return;
        const offset = Math.min(at, text.length);
        const found = explanationAt({ text, offset, schema, region, card: true });
        if (found === undefined) return;
        expect(found.span.start).toBeGreaterThanOrEqual(region.start);
        expect(found.span.end).toBeLessThanOrEqual(region.end);
      }),
      { numRuns: 1500 },
    );
  });

  it('findings lie in the document', () => {
    fc.assert(
      fc.property(CARD, (text) => {
        const document = documentOf(text);
        for (const { range } of forEditor(lintCard(text).filter(({ file }) => file === 'README.md'))) {
          expect(range.start.line).toBeLessThan(document.lineCount);
          expect(range.end.line).toBeLessThan(document.lineCount);
          const [start, end] = [document.offsetAt(range.start), document.offsetAt(range.end)];
          expect(start).toBeLessThanOrEqual(end);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('what silences a finding silences it, and what fixes leaves nothing to fix', () => {
    fc.assert(
      fc.property(CARD, fc.nat(20), (text, index) => {
        const judge = (other: string) => lintCard(other).filter(({ file }) => file === 'README.md');
        const judged: Judged = { text, file: 'README.md', card: true, diagnostics: judge(text), judge };
        const finding = judged.diagnostics[index % Math.max(1, judged.diagnostics.length)];
        const edit = finding === undefined ? undefined : silencingEdit(judged, finding);
        if (edit !== undefined) {
          const edited = applyEdits(text, [edit]);
          expect(judge(edited).length).toBeLessThan(judged.diagnostics.length);
          expect(parseCard(edited).metadata).toEqual(parseCard(text).metadata);
        }
        const all = fixAll(judged);
        if (all !== undefined) applyEdits(text, [all]);
      }),
      { numRuns: 150 },
    );
  });
});

describe('in a card in order', () => {
  const keys = parseCard('---\nlicense: mit\nlanguage:\n  - en\ntags: [a]\n---\n');
  it('every key that is offered keeps it in order', () => {
    const text = '---\nlicense: mit\n\nlanguage:\n  - en\ntags: [a]\n---\n';
    const items = offeredAt(text, text.indexOf('\n\n') + 1);
    expect(items.length).toBeGreaterThan(20);
    for (const item of items) {
      const { metadata } = parseCard(applied(text, item).replace('|', ''));
      expect(metadata, item.label).toMatchObject({ ...keys.metadata });
      expect(Object.keys(metadata ?? {}), item.label).toContain(item.label);
    }
  });

  it('every license and language that is offered is read as it is written', () => {
    for (const [source, key] of [
      ['---\nlicense: \n---\n', 'license'],
      ['---\nlanguage: \n---\n', 'language'],
    ] as const) {
      for (const item of offeredAt(source, source.indexOf('\n---'))) {
        expect(parseCard(applied(source, item)).metadata).toEqual({ [key]: item.label });
      }
    }
  });
});
