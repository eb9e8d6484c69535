import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCard } from '../../src/card/parse.js';
import { applyEdits } from '../../src/fix.js';
import { readLibraryTasks, TABLES } from '../../src/hub/tables.js';
import { decideSupport, type SupportInput } from '../../src/support/decide.js';
import type { SupportVerdict } from '../../src/support/verdict.js';

type Repo = Omit<SupportInput, 'metadata' | 'card'>;

const decide = (text: string, repo: Repo = {}): SupportVerdict => {
  const card = parseCard(text);
  return decideSupport({ metadata: card.metadata, card, ...repo });
};

/** The card after each remedy that has edits. */
const mended = (text: string, repo: Repo = {}): string[] =>
  (decide(text, repo).remedy ?? [])
    .filter((remedy) => remedy.edits.length > 0)
    .map(({ edits }) => applyEdits(text, edits));

const titles = (text: string, repo: Repo = {}) =>
  (decide(text, repo).remedy ?? []).map((remedy) => remedy.title);

const bert = { architectures: ['BertForSequenceClassification'] };
const file = (path: string, size = 1) => ({ path, size });

describe('edits', () => {
  it.each<[string, string, Repo, string[]]>([
    [
      'removes inference: false with its comment',
      '---\nlicense: mit\ninference: false # not yet\nlibrary_name: timm\npipeline_tag: image-classification\n---\n',
      {},
      ['---\nlicense: mit\nlibrary_name: timm\npipeline_tag: image-classification\n---\n'],
    ],
    [
      'removes it as the last key',
      '---\nlibrary_name: timm\npipeline_tag: image-classification\ninference: false\n---\n# Title\n',
      {},
      ['---\nlibrary_name: timm\npipeline_tag: image-classification\n---\n# Title\n'],
    ],
    [
      'removes it from a flow mapping',
      '---\n{library_name: timm, inference: false, pipeline_tag: image-classification}\n---\n',
      {},
      ['---\n{library_name: timm, pipeline_tag: image-classification}\n---\n'],
    ],
    [
      'adds the library before the task, in the line endings of the card',
      '---\r\nlicense: mit\r\npipeline_tag: text-classification\r\n---\r\n',
      { modelConfig: bert },
      ['---\r\nlicense: mit\r\nlibrary_name: transformers\r\npipeline_tag: text-classification\r\n---\r\n'],
    ],
    [
      'adds it at the end when no key follows',
      '---\nlanguage: en\nlicense: mit\n---\n',
      { modelConfig: bert },
      ['---\nlanguage: en\nlicense: mit\nlibrary_name: transformers\n---\n'],
    ],
    [
      'adds it as deep as the other keys',
      '---\n  license: mit\n  tags:\n  - x\n---\n',
      { modelConfig: bert },
      ['---\n  license: mit\n  library_name: transformers\n  tags:\n  - x\n---\n'],
    ],
    [
      'adds it at the top where the end would not do',
      '---\n# ours\nlicense: mit\n...\n---\n',
      { modelConfig: bert },
      ['---\n# ours\nlibrary_name: transformers\nlicense: mit\n...\n---\n'],
    ],
    [
      'adds it to a flow mapping',
      '---\n{license: mit}\n---\n',
      { modelConfig: bert },
      ['---\n{library_name: transformers, license: mit}\n---\n'],
    ],
    [
      'writes a front matter',
      '# Title\n',
      { modelConfig: bert },
      ['---\nlibrary_name: transformers\n---\n# Title\n'],
    ],
    [
      'writes a front matter behind a byte-order mark, in the line endings of the text',
      '\uFEFF# Title\r\ntext\r\n',
      { modelConfig: bert },
      ['\uFEFF---\r\nlibrary_name: transformers\r\n---\r\n# Title\r\ntext\r\n'],
    ],
    ['writes a card', '', { modelConfig: bert }, ['---\nlibrary_name: transformers\n---\n']],
    [
      'fills an empty front matter',
      '---\n---\n# Title\n',
      { modelConfig: bert },
      ['---\nlibrary_name: transformers\n---\n# Title\n'],
    ],
    [
      'fills a blank front matter',
      '---\n\n---\n# Title\n',
      { modelConfig: bert },
      ['---\nlibrary_name: transformers\n---\n# Title\n'],
    ],
    [
      'fills a front matter of comments',
      '---\n# soon\n---\n# Title\n',
      { modelConfig: bert },
      ['---\n# soon\nlibrary_name: transformers\n---\n# Title\n'],
    ],
    [
      'corrects the spelling, quotes and comments kept',
      '---\nlibrary_name: "Transformers" # ours\npipeline_tag: fill-mask\n---\n',
      {},
      ['---\nlibrary_name: "transformers" # ours\npipeline_tag: fill-mask\n---\n'],
    ],
    [
      'fills an empty value',
      '---\nlibrary_name:\npipeline_tag: text-classification\n---\n',
      { modelConfig: bert },
      ['---\nlibrary_name: transformers\npipeline_tag: text-classification\n---\n'],
    ],
    [
      'replaces a value of another type',
      '---\nlibrary_name: [timm]\npipeline_tag: text-classification\n---\n',
      { modelConfig: bert },
      ['---\nlibrary_name: transformers\npipeline_tag: text-classification\n---\n'],
    ],
    [
      'replaces a list over several lines',
      '---\npipeline_tag:\n- fill-mask\n- x\nlibrary_name: transformers\n---\n',
      {},
      ['---\npipeline_tag: fill-mask\nlibrary_name: transformers\n---\n'],
    ],
    [
      'gives a retired task its successor and the tag, in a list of tags',
      '---\nlibrary_name: transformers\npipeline_tag: conversational\ntags:\n  - chat\n---\n',
      {},
      [
        '---\nlibrary_name: transformers\npipeline_tag: text-generation\ntags:\n  - conversational\n  - chat\n---\n',
      ],
    ],
    [
      'in a flow list',
      '---\nlibrary_name: transformers\npipeline_tag: conversational\ntags: [chat]\n---\n',
      {},
      ['---\nlibrary_name: transformers\npipeline_tag: text-generation\ntags: [conversational, chat]\n---\n'],
    ],
    [
      'in a bare tag',
      '---\nlibrary_name: transformers\npipeline_tag: conversational\ntags: chat\n---\n',
      {},
      ['---\nlibrary_name: transformers\npipeline_tag: text-generation\ntags: [conversational, chat]\n---\n'],
    ],
    [
      'and without tags',
      '---\nlibrary_name: transformers\npipeline_tag: conversational\n---\n',
      {},
      ['---\nlibrary_name: transformers\npipeline_tag: text-generation\ntags: [conversational]\n---\n'],
    ],
    [
      'leaves a tag alone that is there',
      '---\nlibrary_name: transformers\npipeline_tag: conversational\ntags: [conversational]\n---\n',
      {},
      ['---\nlibrary_name: transformers\npipeline_tag: text-generation\ntags: [conversational]\n---\n'],
    ],
    [
      'offers each successor',
      '---\nlibrary_name: transformers\npipeline_tag: text2text-generation\n---\n',
      {},
      ['translation', 'summarization', 'text-generation'].map(
        (task) => `---\nlibrary_name: transformers\npipeline_tag: ${task}\n---\n`,
      ),
    ],
    [
      'does several things at once',
      '---\ninference: false\n---\n# Title\n',
      { modelConfig: bert },
      ['---\nlibrary_name: transformers\n---\n# Title\n'],
    ],
    [
      'leaves anchors alone that others refer to',
      '---\ninference: &no false\nlibrary_name: timm\npipeline_tag: image-classification\nx: *no\n---\n',
      {},
      [],
    ],
    [
      'changes a value that is an alias, not what it stands for',
      '---\nx: &name Transformers\nlibrary_name: *name\npipeline_tag: fill-mask\n---\n',
      {},
      ['---\nx: &name Transformers\nlibrary_name: transformers\npipeline_tag: fill-mask\n---\n'],
    ],
    [
      'overrides a value that comes by a merge key',
      '---\nbase: &base\n  library_name: Transformers\n<<: *base\npipeline_tag: fill-mask\n---\n',
      {},
      [],
    ],
  ])('%s', (_, text, repo, expected) => {
    expect(mended(text, repo)).toEqual(expected);
    for (const result of mended(text, repo)) expect(decide(result, repo).api.reason).toBe('Yes');
  });

  it.each([
    ['---\nlicense: [\n---\n', 'valid YAML'],
    ['---\nlicense: mit\n', 'Close the front matter'],
    ['Hello\n---\nlicense: mit\n---\n', 'very start'],
    ['---yaml\nlicense: mit\n---\n', 'three hyphens alone'],
    ['--- \nlicense: mit\n---\n', 'white space behind'],
    ['---\n- a\n---\n', 'keys with values'],
    ['---\ntext\n---\n', 'keys with values'],
  ])('are not tried on %j', (text, title) => {
    const { remedy } = decide(text, { modelConfig: bert });
    expect(remedy).toHaveLength(1);
    expect(remedy?.[0]).toMatchObject({ title: expect.stringContaining(title), edits: [] });
  });

  it('need a card', () => {
    const { remedy } = decideSupport({ metadata: {}, modelConfig: bert });
    expect(remedy).toEqual([{ title: 'Add `library_name: transformers`', edits: [] }]);
  });
});

describe('titles', () => {
  it.each<[string, Repo, string[]]>([
    ['---\nlibrary_name: timm\npipeline_tag: image-classification\n---\n', {}, []],
    [
      '---\nlibrary_name: diffusers\npipeline_tag: unconditional-image-generation\n---\n',
      {},
      [
        'If the model does image-to-image: change `pipeline_tag` to `image-to-image`',
        'If the model does text-to-image: change `pipeline_tag` to `text-to-image`',
      ],
    ],
    [
      '---\ninference: false\n---\n',
      { files: [file('config_setfit.json')] },
      [
        'If setfit loads the model and the model does text-classification: remove `inference: false`, add `library_name: setfit` and add `pipeline_tag: text-classification`',
      ],
    ],
    [
      '---\nlibrary_name: sklearn\n---\n',
      { modelConfig: { sklearn: { task: 'tabular-regression' } } },
      [
        'Add `pipeline_tag: tabular-regression`',
        'If the model does tabular-classification: add `pipeline_tag: tabular-classification`',
        'If the model does text-classification: add `pipeline_tag: text-classification`',
      ],
    ],
    [
      '---\nlibrary_name: transformers\nmodel-index:\n- name: x\n  results:\n  - task: {type: summarization}\n---\n',
      {},
      ['Add `pipeline_tag: summarization`'],
    ],
    [
      '---\nlibrary_name: transformers\ntags: [ner]\n---\n',
      {},
      ['If the model does token-classification: add `pipeline_tag: token-classification`'],
    ],
    [
      '---\ntags: [Sentence Transformers, sentence-similarity]\n---\n',
      {},
      ['Add `library_name: sentence-transformers`'],
    ],
  ])('%#', (text, repo, expected) => expect(titles(text, repo)).toEqual(expected));

  it.each<[string, string, Repo, string]>([
    [
      'custom code',
      '---\nlibrary_name: x\n---\n',
      { modelConfig: { auto_map: { AutoModel: 'x' } } },
      'drop `auto_map`',
    ],
    [
      'size',
      '---\nlibrary_name: transformers\npipeline_tag: fill-mask\n---\n',
      { files: [file('model.safetensors', 20e9)] },
      'smaller weights',
    ],
    ['no library', '# Title\n', {}, 'Add `library_name` with the library that loads the model'],
    ['a library nobody serves', '# Title\n', { files: [file('a.tflite')] }, 'it looks like litert'],
    [
      'no task',
      '---\nlibrary_name: transformers\n---\n',
      {},
      'Add `pipeline_tag` with the task of the model; with transformers',
    ],
    [
      'no task of an unserved library',
      '---\nlibrary_name: mlx\n---\n',
      {},
      'serves no task with this library',
    ],
    [
      'an unserved library',
      '---\nlibrary_name: mlx\npipeline_tag: fill-mask\n---\n',
      {},
      'serves nothing with mlx, but fill-mask with transformers and paddlenlp; give widget examples an `output`',
    ],
    [
      'an unserved library, with examples to show already',
      '---\nlibrary_name: transformers.js\npipeline_tag: text-classification\nwidget:\n- text: a\n  output:\n  - label: b\n    score: 1\n---\n',
      {},
      'but text-classification with transformers, adapter-transformers, bertopic, fasttext, setfit and 2 more; the page shows the recorded examples alone',
    ],
    [
      'an unserved task',
      '---\nlibrary_name: transformers\npipeline_tag: text-ranking\n---\n',
      {},
      'widget examples an `output`',
    ],
    ['a recording', '---\nlibrary_name: ml-agents\ntags: [reinforcement-learning]\n---\n', {}, 'replay.mp4'],
    [
      'an opt-out with more behind it',
      '---\ninference: false\nlibrary_name: mlx\n---\n',
      {},
      'then the reason would be PipelineNotDetected',
    ],
  ])('advise without edits on %s', (_, text, repo, part) => {
    const { remedy } = decide(text, repo);
    expect(remedy).toHaveLength(1);
    expect(remedy?.[0]?.edits).toEqual([]);
    expect(remedy?.[0]?.title).toContain(part);
  });
});

describe('positions', () => {
  const text =
    '---\nlicense: mit\ntags:\n- x\n- flair\n- token-classification\ninference: false\nwidget:\n- text: a\n  output: {text: b}\n---\n';
  it('are those of the keys that decide', () => {
    const verdict = decide(text);
    expect(verdict.library.at?.range).toMatchObject({
      start: { line: 5, column: 3 },
      end: { line: 5, column: 8 },
    });
    expect(verdict.task.at?.range).toMatchObject({
      start: { line: 6, column: 3 },
      end: { line: 6, column: 23 },
    });
    expect(verdict.api.at?.range).toMatchObject({
      start: { line: 7, column: 1 },
      end: { line: 7, column: 17 },
    });
    expect(verdict.library.detail).toContain('(line 5)');
    expect(verdict.task.detail).toContain('(line 6)');
    expect(verdict.api.explanation).toContain('(line 7)');
    expect(verdict.widget.explanation).toContain('(line 10)');
  });
});

describe('every remedy', () => {
  const pick = fc.constantFrom;
  const value = fc.oneof(
    pick(
      'transformers',
      'Transformers',
      'timm',
      'mlx',
      'sklearn',
      'text-classification',
      'fill-mask',
      'conversational',
    ),
    pick(
      'text2text-generation',
      'text-clasification',
      'translation',
      '[fill-mask]',
      '[]',
      '{}',
      '',
      '~',
      'no',
      '3',
    ),
  );
  const quoted = fc
    .tuple(value, pick('', '"', "'"))
    .map(([text, quote]) => (/^[\w-]+$/.test(text) ? quote + text + quote : text));
  const entry = fc.oneof(
    quoted.map((text) => `library_name: ${text}`),
    quoted.map((text) => `pipeline_tag: ${text}`),
    fc.array(quoted, { maxLength: 3 }).map((items) => `tags:${items.map((item) => `\n- ${item}`).join('')}`),
    fc.array(quoted, { maxLength: 3 }).map((items) => `tags: [${items.join(', ')}]`),
    pick(
      'inference: false',
      'inference:   false  # why',
      '"inference": false',
      'inference: true',
      'inference: {parameters: {a: 1}}',
    ),
    pick(
      'license: mit',
      '# a comment',
      '',
      'description: |\n  text\n\n  more',
      'x: &a [1]\ny: *a',
      'ключ: значение',
      'widget:\n- text: a\n  output: {text: b}',
    ),
  );
  const keyOf = (text: string) => /^"?([^\s":]+)"?:/.exec(text)?.[1] ?? text;
  const card = fc
    .tuple(
      fc.uniqueArray(entry, { selector: keyOf, maxLength: 6 }),
      pick('\n', '\r\n'),
      pick('', '\uFEFF', '\n\n'),
      pick('', '  '),
      pick('# Title\n', '', '---\nfoo\n---\n'),
    )
    .map(([entries, lineBreak, head, indent, body]) => {
      const yaml = entries
        .join('\n')
        .split('\n')
        .map((line) => (line === '' ? line : indent + line))
        .join('\n');
      return `${head}---\n${yaml}\n---\n${body}`.replaceAll('\n', lineBreak);
    });
  const repo: fc.Arbitrary<Repo> = fc.record({
    files: pick<readonly ReturnType<typeof file>[] | null>(
      null,
      [],
      [file('config.json'), file('model.safetensors')],
      [file('modules.json')],
      [file('a.nemo')],
      [file('model_index.json')],
      [file('model.safetensors', 20e9)],
    ),
    modelConfig: pick<unknown>(
      undefined,
      bert,
      { architectures: ['T5ForConditionalGeneration'] },
      { auto_map: { A: 'b' } },
      { sklearn: { task: 'tabular-regression' } },
    ),
    tables: pick(TABLES, readLibraryTasks('{"mlx": ["text-generation", "fill-mask"]}', 'map.json').tables),
  });

  it('with edits turns the API on, and leaves everything else as it was', () => {
    let edited = 0;
    fc.assert(
      fc.property(card, repo, (text, setting) => {
        const before = parseCard(text);
        const verdict = decide(text, setting);
        expect(verdict.remedy === undefined).toBe(verdict.api.enabled);
        for (const remedy of verdict.remedy ?? []) {
          if (remedy.edits.length === 0) continue;
          edited += 1;
          const sorted = [...remedy.edits].sort((a, b) => a.start - b.start);
          for (const [i, edit] of sorted.entries()) {
            expect(edit.start).toBeGreaterThanOrEqual(sorted[i - 1]?.end ?? 0);
            expect(edit.end).toBeGreaterThanOrEqual(edit.start);
            expect(edit.end).toBeLessThanOrEqual(text.length);
          }
          const result = applyEdits(text, remedy.edits);
          const after = parseCard(result);
          expect(decide(result, setting).api).toMatchObject({ enabled: true, reason: 'Yes' });
          const touched = new Set(['library_name', 'pipeline_tag', 'tags', 'inference']);
          const rest = (metadata: typeof before.metadata) =>
            Object.entries(metadata ?? {}).filter(([key]) => !touched.has(key));
          expect(rest(after.metadata)).toEqual(rest(before.metadata));
          const tags = [before.metadata?.tags ?? []].flat();
          expect([after.metadata?.tags ?? []].flat()).toEqual(expect.arrayContaining(tags));
          expect(result.slice(after.body.start)).toBe(text.slice(before.body.start));
          if (text.includes('\r\n')) expect(result.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
          for (const comment of text.match(/# a comment/g) ?? []) expect(result).toContain(comment);
        }
      }),
      { numRuns: 2000 },
    );
    expect(edited).toBeGreaterThan(500);
  });

  it('is decided for any metadata and config without a throw', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), fc.jsonValue(), (metadata, modelConfig, widget) => {
        const wild = { ...(metadata as object), widget };
        const verdict = decideSupport({ metadata: wild, modelConfig });
        expect(verdict.api.enabled).toBe(verdict.api.reason === 'Yes');
      }),
      { numRuns: 500 },
    );
  });
});
