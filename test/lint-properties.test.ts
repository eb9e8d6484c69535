import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Card } from '../src/card/card.js';
import { parseCard } from '../src/card/parse.js';
import type { Diagnostic } from '../src/diagnostic.js';
import { applyFixes } from '../src/fix.js';
import { type LintOptions, lintCard } from '../src/lint.js';
import { imagined } from '../src/rules/imagined.js';
import { RULES } from '../src/rules/index.js';

/** Real cards, cut: what is tested is the metadata and the head of the text. */
const CARDS = gunzipSync(readFileSync(new URL('../bench/data/cards.jsonl.gz', import.meta.url)))
  .toString('utf8')
  .split('\n')
  .filter(Boolean)
  .map((line): string => JSON.parse(line).text.slice(0, 4000));

/** The texts of the rules' own examples: each is a fault in its plainest form. */
const EXAMPLES = RULES.flatMap((rule) => [...rule.bad, ...rule.good]).map(({ text }) => text);

const card = fc.oneof(fc.constantFrom(...CARDS), fc.constantFrom(...EXAMPLES));

/** What people and hostile people write in the wrong place. */
const snippet = fc.constantFrom(
  ...[
    '---\n',
    '\n',
    '\r\n',
    '\t',
    '  ',
    '- ',
    ': ',
    '# ',
    '|',
    '"',
    "'",
    '[',
    ']',
    '{',
    '}',
    ',',
    '&a ',
    '*a',
    '!!x ',
  ],
  ...[
    'licence: MIT\n',
    'pipeline-tag: ner\n',
    'language: no\n',
    'language: english\n',
    'tags: a, b\n',
    'metrics: f1, acc\n',
  ],
  ...[
    'widget:\n- src: file:///etc/passwd\n',
    'widget:\n- text: 1\n  output: []\n',
    'inference: false\n',
    'model_index: []\n',
  ],
  ...[
    'license: other\n',
    'license_link: LICENSE\n',
    'base_model: ./x\n',
    'on: 1_000\n',
    '2024-01-01: 012\n',
    '__proto__: 1\n',
  ],
  ...[
    '[More Information Needed]',
    'arxiv: 2101.00001',
    'hf_abcdefghijklmnopqrstuvwxyzABCDEFGH',
    '\u202e',
    '\uD83D',
    '\0',
  ],
  ...[
    '# validate-card-disable-next-line license-unknown -- x\n',
    '<!-- validate-card-disable-file x -->',
    '<!--',
    '```\n',
  ],
);

const edit = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  remove: fc.nat(30),
  insert: snippet,
});

const mutated = fc.tuple(card, fc.array(edit, { maxLength: 4 }), fc.boolean()).map(([text, edits, crlf]) => {
  let result = text;
  for (const { at, remove, insert } of edits) {
    // Mostly in the front matter, where a change matters most.
    const start = Math.floor(at * at * result.length);
    result = result.slice(0, start) + insert + result.slice(start + remove);
  }
  return crlf ? result.replace(/\r\n|\r|\n/g, '\r\n') : result;
});

const around = fc.constantFrom<LintOptions>(
  {},
  imagined({ files: [] }),
  imagined({
    files: ['LICENSE.md', 'model.gguf', 'cat.jpg'],
    contents: { '.gitattributes': '*.md filter=lfs -text\n' },
  }),
  imagined({
    files: ['model.safetensors'],
    contents: {
      'config.json': '{"architectures":["BertForSequenceClassification"],"id2label":{"0":"a","1":"b"}}',
      'adapter_config.json': '{"base_model_name_or_path":"org/base"}',
      '.eval_results/x.yaml': '- dataset: {id: a/b}\n  value: no\n',
    },
  }),
);

/** Keys and values of the metadata, and where each entry stands. */
function entriesOf(one: Card): ReadonlyMap<string, unknown> {
  return new Map(Object.entries(one.metadata ?? {}));
}

function touches(one: Card, key: string, { fix }: Diagnostic): boolean {
  const span = one.spanOf([key], 'entry');
  return (
    span === undefined || (fix?.edits ?? []).some(({ start, end }) => start <= span.end && end >= span.start)
  );
}

describe('every rule, on real cards changed at random', { timeout: 120_000 }, () => {
  const check = (name: string, runs: number, property: (text: string, options: LintOptions) => void) =>
    it(name, () => {
      fc.assert(
        fc.property(mutated, around, (text, options) => {
          property(text, options);
        }),
        { numRuns: runs },
      );
    });

  check(
    'never throws, points inside the text, and says nothing a terminal would obey',
    1500,
    (text, options) => {
      for (const { file, range, fix, message, help } of lintCard(text, options)) {
        expect(`${message}${help}`).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
        if (file !== 'README.md') continue;
        const spans = [
          ...(range === undefined ? [] : [{ start: range.start.offset, end: range.end.offset }]),
          ...(fix?.edits ?? []),
        ];
        for (const { start, end } of spans) {
          expect(start).toBeGreaterThanOrEqual(0);
          expect(end).toBeGreaterThanOrEqual(start);
          expect(end).toBeLessThanOrEqual(text.length);
        }
      }
    },
  );

  check('settles when fixed: a few rounds, then nothing changes any more', 3000, (text, options) => {
    let fixed = text;
    for (let round = 0; round < 6; round++) {
      const next = applyFixes(fixed, lintCard(fixed, options), 'README.md');
      if (next === fixed) return;
      fixed = next;
    }
    expect.fail(`Still changing after six rounds: ${JSON.stringify(text)}`);
  });

  check(
    'mends one thing at a time: other entries keep their values, comments and line ends stay',
    3000,
    (text, options) => {
      const before = parseCard(text);
      if (before.metadata === null) return;
      const was = entriesOf(before);
      for (const finding of lintCard(before, options)) {
        if (finding.fix === undefined || finding.file !== 'README.md') continue;
        const fixed = applyFixes(text, [finding], 'README.md');
        const after = parseCard(fixed);
        const now = entriesOf(after);
        const what = `${finding.rule}: ${finding.fix.title}\n${text.slice(0, 600)}\n=>\n${fixed.slice(0, 600)}`;
        expect(after.metadata, what).not.toBeNull();
        expect(now.size, what).toBeGreaterThanOrEqual(was.size);
        for (const [key, value] of was) {
          if (touches(before, key, finding)) continue;
          expect(isDeepStrictEqual(now.get(key), value), `${key} of ${what}`).toBe(true);
        }
        const comments = (one: string) => one.match(/^[ \t]*#.*$/gm)?.length ?? 0;
        expect(comments(fixed), what).toBeGreaterThanOrEqual(comments(text));
        if (!/(?<!\r)\n|\r(?!\n)/.test(text)) expect(fixed, what).not.toMatch(/(?<!\r)\n/);
        // The fault itself is gone: the same rule does not say the same of the same place again.
        const again = lintCard(after, options).filter(
          ({ rule, fix }) => rule === finding.rule && fix !== undefined,
        );
        expect(
          again.some(
            ({ message, range }) =>
              message === finding.message && range?.start.offset === finding.range?.start.offset,
          ),
          what,
        ).toBe(false);
      }
    },
  );
});
