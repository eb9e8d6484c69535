import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Card } from '../src/card/card.js';
import { parseCard } from '../src/card/parse.js';
import { parseYamlFile } from '../src/card/yaml-file.js';
import type { Diagnostic } from '../src/diagnostic.js';
import { applyFixes } from '../src/fix.js';
import { type LintOptions, lintCard } from '../src/lint.js';
import { RULES } from '../src/rules/index.js';
import { imagined } from '../src/rules/pages/imagined.js';
import { findSecrets } from '../src/secrets/find.js';
import { HF_TOKEN } from './secrets/credentials.js';

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
  ...['[More Information Needed]', 'arxiv: 2101.00001', HF_TOKEN, '\u202e', '\uD83D', '\0'],
  ...[
    '# validate-card-disable-next-line license-unknown -- x\n',
    '<!-- validate-card-disable-file x -->',
    '<!--',
    '```\n',
  ],
  // What YAML can do, and edits must not undo.
  ...[
    '<<: *a\n',
    '? license\n',
    '!!str ',
    '!!binary ',
    '&b',
    '>-\n  ',
    '|+\n  a\n\n',
    '...\n',
    '%YAML 1.1\n',
    "''",
    '\\',
    '"\\\n  ',
    ' # comment\n',
    '{license: MIT, tags: a}',
    '[english, fr]',
    '~',
  ],
  ...['\r', '\u2028', '\u0085', '\ufeff', '\u00a0', '\u3000', '\u001b[31m', '::error::x\n'],
  // Faults with fixes, in places where a fix may be hard.
  ...[
    'license: [MIT]\n',
    'license: "MIT" # c\n',
    'license: >\n  MIT\n',
    'language: english, french\n',
    'language: [english, "no"]\n',
    'language:\n# c\n- english # d\n\n- no\n',
    'tags:\n- 12\n- license:mit\n- pipeline_tag:fill-mask\n',
    'tags: [en, license:mit]\n',
    'datasets: https://huggingface.co/datasets/a/b\n',
    'base_model: https://huggingface.co/a/b\n',
    'metrics:\n- F1\n- {name: f1}\n',
    'pipeline_tag: conversational\n',
    'widget:\n- txt: a\n- structuredData: {a: [1], b: [1, 2]}\n- text: a\n  output: {label: b, score: 2}\n',
    'extra_gated_fields: {a: {type: select}}\n',
    'model-index:\n- results:\n  - task: {type: ner}\n    metrics: [{type: f 1, value: 9%}]\n',
    'co2_eq_emissions: {emissions: 1,5}\n',
    'inference: "false"\n',
    'thumbnail: C:\\x.png\n',
  ],
);

interface Edit {
  readonly at: number;
  readonly remove: number;
  /** At the start of a line, and nothing removed: what is added stays whole more often. */
  readonly line: boolean;
  readonly insert: string;
}

function edits() {
  return { at: fc.double({ min: 0, max: 1, noNaN: true }), remove: fc.nat(30), line: fc.boolean() };
}

/** A text with parts of it replaced; `place` says where from a number between 0 and 1. */
function changed(text: string, changes: readonly Edit[], place: (at: number) => number): string {
  let result = text;
  for (const { at, remove, insert, line } of changes) {
    const wanted = Math.floor(place(at) * result.length);
    const start = line ? result.indexOf('\n', wanted) + 1 : wanted;
    result = result.slice(0, start) + insert + result.slice(start + (line ? 0 : remove));
  }
  return result;
}

function lineEnds(text: string, crlf: boolean): string {
  return crlf ? text.replace(/\r\n|\r|\n/g, '\r\n') : text;
}

/** Entries of the metadata of all examples and of some real cards, by key: each is one way to write it, right or wrong. */
const ENTRIES: ReadonlyMap<string, readonly string[]> = (() => {
  const entries = new Map<string, Set<string>>();
  for (const text of [...EXAMPLES, ...CARDS.slice(0, 200)]) {
    const { frontMatter } = parseCard(text);
    if (frontMatter.kind !== 'parsed') continue;
    const { start, end } = frontMatter.block.yaml;
    const yaml = text.slice(start, end).replace(/\r\n?/g, '\n');
    for (const entry of yaml.split(/^(?=[\w-]+:)/m)) {
      const key = /^[\w-]+(?=:)/.exec(entry)?.[0];
      if (key === undefined || entry.length > 1000) continue;
      entries.set(key, (entries.get(key) ?? new Set()).add(entry.trimEnd()));
    }
  }
  return new Map([...entries].map(([key, texts]) => [key, [...texts]]));
})();

/** Other ways to write the same: with a comment, quotes, an anchor, a tag, or more space. */
const STYLES: readonly ((entry: string) => string)[] = [
  (entry) => entry,
  (entry) => entry,
  (entry) => `# before\n${entry}`,
  (entry) => `${entry}\n`,
  (entry) => `\n${entry}\n  \n# behind\n`,
  (entry) => entry.replace(/^([\w-]+): (\w[\w ./-]*)$/, '$1: $2 # beside'),
  (entry) => entry.replace(/^([\w-]+): (\w[\w ./-]*)$/, '$1 :   "$2"'),
  (entry) => entry.replace(/^([\w-]+): (\w[\w ./-]*)$/, "'$1': '$2'  "),
  (entry) => entry.replace(/^([\w-]+): (\w[\w ./-]*)$/, '$1: &a_$1 $2'),
  (entry) => entry.replace(/^([\w-]+): (\w[\w ./-]*)$/, '$1: !!str $2'),
  (entry) => entry.replace(/^([\w-]+): (\w[\w ./-]*)$/, '$1:\n  $2'),
  (entry) => entry.replace(/^([\w-]+): (\w[\w ./-]*)$/, '$1: >-\n  $2'),
  (entry) => entry.replace(/^([\w-]+): (\w[\w ./-]*)$/, '$1:\n- $2 # beside'),
  (entry) => entry.replace(/^([\w-]+): (\w[\w ./-]*)$/, '$1: [$2]'),
  (entry) => entry.replace(/^([\w-]+): (\w[\w ./-]*)$/, '? $1\n: $2'),
  (entry) => entry.replace(/\n- /g, '\n\n  - ').replace(/\n {2}(?=\w)/g, '\n    '),
  (entry) => entry.replace(/$/gm, '  '),
];

/** Cards whose metadata is put together from such entries, each key once: nearly always YAML, and nearly always faulty. */
const composed = fc
  .tuple(
    fc.shuffledSubarray([...ENTRIES.keys()], { minLength: 1, maxLength: 12 }),
    fc.infiniteStream(fc.tuple(fc.nat(), fc.nat(STYLES.length - 1))),
    fc.constantFrom('\n', '\r\n', '\r'),
    fc.constantFrom('', '\ufeff', '\n', '  '),
    fc.constantFrom('\n# Title\n\nText.\n', '', '\n', '\n\n# A\n\n[More Information Needed]\n'),
  )
  .map(([keys, choices, lineBreak, before, body]) => {
    const lines = keys.map((key) => {
      const [{ value: [which, style] = [0, 0] }] = [choices.next()];
      const texts = ENTRIES.get(key) ?? [];
      return (STYLES[style] ?? String)(texts[which % texts.length] ?? '');
    });
    return `${before}---\n${lines.join('\n')}\n---${body}`.replaceAll('\n', lineBreak);
  });

const mutated = fc
  .tuple(card, fc.array(fc.record({ ...edits(), insert: snippet }), { maxLength: 4 }), fc.boolean())
  // Mostly in the front matter, where a change matters most.
  .map(([text, changes, crlf]) =>
    lineEnds(
      changed(text, changes, (at) => at * at),
      crlf,
    ),
  );

/** A repository around the card: its options, and the texts that findings point into beside the card. */
interface Around {
  readonly options: LintOptions;
  readonly contents: Readonly<Record<string, string>>;
}

/** Files of a repository, as they are when all is well or something usual is wrong. */
const FILES: Readonly<Record<string, string>> = {
  'config.json': '{"architectures":["BertForSequenceClassification"],"id2label":{"0":"a","1":"b"},}',
  'tokenizer_config.json': '{"mask_token": "[MASK]", "model_max_length": NaN}',
  'adapter_config.json': '{"base_model_name_or_path":"org/base", "peft_type": "LORA"}',
  'model_index.json': '{"_class_name": "FluxPipeline"}',
  '.gitattributes': '# a\n*.md filter=lfs -text\n\n[attr]big filter=lfs\nREADME.md big\n*.bin big',
  '.eval_results/x.yaml':
    '- dataset: {id: a/b}\n  value: no\n- dataset:\n    id: a/b\n    task_id: t # c\n  value: "12,5"\n  date: 2024-1-2\n  source: {url: x, name: y}\n',
  '.eval_results/y.yml': '- {dataset: {id: a/b, task_id: t}, value: 1, date: "01.02.2024", notes: x}\n',
};

const NAMES = ['LICENSE.md', 'model.gguf', 'model.safetensors', 'cat.jpg', '.eval_results/deep/z.yaml'];

const otherSnippet = fc.oneof(
  snippet,
  fc.constantFrom(
    ...[
      '"a": 1,\n',
      'True',
      'NaN',
      '// c\n',
      '}',
      '\n- \n',
      '*.md !filter\n',
      '/README.md -filter\n',
      '"*.md" filter=lfs\n',
    ],
    ...[
      'task_id: 1\n',
      'value: 1_000\n',
      'date: 2024-13-01\n',
      'verifyToken: x\n',
      '  source:\n    url: ftp://x\n',
      '- dataset: a/b\n',
    ],
  ),
);

const otherEdits = fc.array(fc.record({ ...edits(), insert: otherSnippet }), { maxLength: 3 });

const around: fc.Arbitrary<Around> = fc
  .record({
    names: fc.subarray(NAMES),
    paths: fc.subarray(Object.keys(FILES)),
    changes: otherEdits,
    crlf: fc.boolean(),
    known: fc.boolean(),
  })
  .map(({ names, paths, changes, crlf, known }) => {
    if (!known) return { options: {}, contents: {} };
    const contents = Object.fromEntries(
      paths.map((path) => [
        path,
        lineEnds(
          changed(FILES[path] ?? '', changes, (at) => at),
          crlf,
        ),
      ]),
    );
    const media = { 'cat.jpg': { kind: 'damaged', format: 'JPEG', fault: 'it is cut off' } } as const;
    return { options: imagined({ files: names, contents, media }), contents };
  });

/** The options with other texts in the place of those around the card. */
function withContents({ options }: Around, contents: Readonly<Record<string, string>>): LintOptions {
  const names = options.files?.map(({ path }) => path) ?? [];
  return options.files === undefined ? options : imagined({ files: names, contents });
}

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
  const check = (name: string, runs: number, property: (text: string, around: Around) => void) =>
    it(name, () => {
      fc.assert(
        fc.property(fc.oneof(mutated, composed), around, (text, others) => {
          property(text, others);
        }),
        { numRuns: runs },
      );
    });

  check(
    'never throws, points inside the text, and says nothing a terminal would obey',
    1500,
    (text, { options, contents }) => {
      const secret = findSecrets(text).some(({ value }) => value === HF_TOKEN);
      for (const { file, range, fix, message, help } of lintCard(text, options)) {
        expect(`${message}${help}`).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
        if (secret) expect(JSON.stringify({ message, help, fix })).not.toContain(HF_TOKEN.slice(0, 20));
        const source = file === 'README.md' ? text : (contents[file] ?? '');
        const spans = [
          ...(range === undefined ? [] : [{ start: range.start.offset, end: range.end.offset }]),
          ...(fix?.edits ?? []),
        ];
        for (const { start, end } of spans) {
          expect(start).toBeGreaterThanOrEqual(0);
          expect(end).toBeGreaterThanOrEqual(start);
          expect(end).toBeLessThanOrEqual(source.length);
        }
      }
    },
  );

  check('settles when fixed: a few rounds, then nothing changes any more', 3000, (text, others) => {
    let texts: Readonly<Record<string, string>> = { ...others.contents, 'README.md': text };
    for (let round = 0; round < 6; round++) {
      const { 'README.md': fixed = '', ...contents } = texts;
      const found = lintCard(fixed, withContents(others, contents));
      const next = Object.fromEntries(
        Object.entries(texts).map(([path, one]) => [path, applyFixes(one, found, path)]),
      );
      if (isDeepStrictEqual(next, texts)) return;
      // Fixes that are right alone must be right together.
      if (parseCard(fixed).metadata !== null)
        expect(parseCard(next['README.md'] ?? '').metadata).not.toBeNull();
      texts = next;
    }
    expect.fail(`Still changing after six rounds: ${JSON.stringify({ text, others })}`);
  });

  check('leaves other files readable when it mends them', 3000, (text, others) => {
    const found = lintCard(text, others.options);
    for (const [path, before] of Object.entries(others.contents)) {
      const after = applyFixes(before, found, path);
      if (after === before) continue;
      const what = `${path}: ${JSON.stringify(before)}\n=>\n${JSON.stringify(after)}`;
      if (/\.ya?ml$/.test(path)) {
        expect(parseYamlFile(path, after).reading.kind, what).toBe('value');
        const comments = (one: string) => one.match(/#/g)?.length ?? 0;
        expect(comments(after), what).toBeGreaterThanOrEqual(comments(before));
      }
      if (!/(?<!\r)\n|\r(?!\n)/.test(before)) expect(after, what).not.toMatch(/(?<!\r)\n/);
      const again = applyFixes(
        after,
        lintCard(text, withContents(others, { ...others.contents, [path]: after })),
        path,
      );
      const rest = applyFixes(
        again,
        lintCard(text, withContents(others, { ...others.contents, [path]: again })),
        path,
      );
      expect(rest, what).toBe(again);
    }
  });

  check(
    'mends one thing at a time: other entries keep their values, comments and line ends stay',
    3000,
    (text, { options }) => {
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
