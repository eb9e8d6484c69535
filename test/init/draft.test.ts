import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCard } from '../../src/card/parse.js';
import { completeCard, type Draft, newCard } from '../../src/init/draft.js';
import { readSources, type Sources } from '../../src/init/sources.js';
import { lintCard } from '../../src/lint.js';
import { openFolder } from '../../src/repo/local.js';
import { type Files, ggufOf, safetensorsOf, sourcesOf } from './repository.js';

/** The Hub's expression for front matter (huggingface_hub#4526). */
const HUB_SPLIT = /^(\s*---(?:\r\n|\r|\n))([\S\s]*?)((?:\r\n|\r|\n)---[ \t]*(\r\n|\n|$))/;

function textOf(draft: Draft): string {
  if (!('text' in draft)) throw new Error(`No text: ${draft.kind}`);
  return draft.text;
}

/** Findings in the card itself; what else is wrong with the files is not the card’s fault. */
function findings(text: string, sources: Sources) {
  const files = sources.files.some(({ path }) => path === 'README.md')
    ? sources.files
    : [...sources.files, { path: 'README.md', size: text.length }];
  return lintCard(text, { ...sources, files }).filter(({ file }) => file === 'README.md');
}

/** What must hold of every card that is written. */
function expectSound(sources: Sources): void {
  const text = textOf(newCard(sources));
  const card = parseCard(text);
  const faults = findings(text, sources);
  expect(
    faults.filter(({ severity, hub }) => severity === 'error' || hub !== null),
    text,
  ).toEqual([]);
  // What no file tells is missing; what is written is right.
  expect(
    faults.filter(({ rule }) => !rule.endsWith('-missing')),
    text,
  ).toEqual([]);
  expect(card.metadata, text).not.toBeNull();
  expect(text.match(HUB_SPLIT)?.[2]?.length).toBe(
    card.frontMatter.kind === 'absent'
      ? -1
      : card.frontMatter.block.yaml.end - card.frontMatter.block.yaml.start,
  );
  expect(card.otherReaders).toEqual([]);
  // Nothing that looks like a key of ours gets lost or appears.
  const { written } = newCard(sources);
  expect(Object.keys(card.metadata ?? {})).toEqual(
    written.length === 0 ? ['tags'] : written.map(({ key }) => key),
  );
  for (const { key, value } of written) expect(card.metadata?.[key]).toEqual(value);
  expect(completeCard(card, sources), text).toEqual({ kind: 'nothing-to-add' });
}

const fixtures = fileURLToPath(new URL('../../fixtures/', import.meta.url));
const repositories = [fixtures, `${fixtures}faults/`].flatMap((parent) =>
  readdirSync(parent)
    .map((name) => `${parent}${name}`)
    .filter((folder) => existsSync(`${folder}/README.md`)),
);

describe('a new card', () => {
  it.each(repositories)('is sound for %s', async (folder) => {
    const repo = await openFolder(folder, { kind: 'folder', path: folder });
    const files = ((await repo.list()) ?? []).filter(({ path }) => path !== 'README.md');
    expectSound(await readSources(repo, parseCard(''), files));
  });

  it('says what the card of a fixture says', async () => {
    const folder = `${fixtures}text-classification`;
    const repo = await openFolder(folder, { kind: 'folder', path: folder });
    const real = parseCard(readFileSync(`${folder}/README.md`, 'utf8')).metadata;
    const sources = await readSources(repo, parseCard(''), (await repo.list()) ?? []);
    const card = parseCard(textOf(newCard(sources)));
    expect(card.metadata).toMatchObject({ pipeline_tag: real?.pipeline_tag });
    expect(card.text).toContain('# text-classification\n');
  });

  it('has a key even where nothing is known: the Hub refuses front matter of comments alone', async () => {
    const sources = await sourcesOf({});
    expectSound(sources);
    expect(textOf(newCard(sources))).toMatch(/^tags: \[\]$/m);
  });

  it('names what is left to the author', async () => {
    const draft = newCard(
      await sourcesOf({ 'config.json': { architectures: ['ViTForImageClassification'] } }),
    );
    expect(draft).toMatchObject({
      openKeys: ['license', 'datasets', 'base_model'],
      openSections: ['Intended use', 'Training', 'Evaluation', 'Limitations'],
    });
  });

  it('tells no numbers that are none', async () => {
    const text = textOf(
      newCard(
        await sourcesOf({
          'adapter_config.json': { peft_type: 'LORA' },
          'trainer_state.json': '{"epoch": 1e308, "global_step": 1e999}',
          'eval_results.json': '{"eval_loss": 1e999, "eval_f1": 0.5}',
        }),
      ),
    );
    expect(text).toContain('This is an adapter, to be loaded with PEFT.');
    expect(text).toContain('| --- | --- |\n| f1 | 0.5 |\n\n');
    expect(text).not.toMatch(/Infinity|Trained|1e/);
  });

  it('tells training and evaluation where their files lie beside the model', async () => {
    const sources = await sourcesOf({
      'config.json': {
        architectures: ['BertForSequenceClassification'],
        id2label: { 0: 'good', 1: '`|bad' },
      },
      'training_params.json': { model: 'org/base', data_path: 'org/data' },
      'trainer_state.json': {
        epoch: 3,
        global_step: 1500,
        log_history: [
          { eval_loss: 0.5 },
          { eval_loss: 0.123456, eval_accuracy: 0.9, eval_runtime: 3 },
          { loss: 1 },
        ],
      },
    });
    expectSound(sources);
    const text = textOf(newCard(sources));
    expect(text).toContain(
      'Trained on [org/data](https://huggingface.co/datasets/org/data) for 1500 steps (3 epochs).',
    );
    expect(text).toContain('| Metric | Value |\n| --- | --- |\n| loss | 0.1235 |\n| accuracy | 0.9 |');
    expect(text).toContain(
      'It was made from [org/base](https://huggingface.co/org/base). Its labels are `good`, `bad`.',
    );
    expect(newCard(sources)).toMatchObject({ openSections: ['Intended use', 'Limitations'] });
  });

  it('shows the results of .eval_results', async () => {
    const sources = await sourcesOf({
      '.eval_results/mmlu.yaml': '- dataset:\n    id: cais/mmlu\n    task_id: all\n  value: 71.5\n',
    });
    expect(textOf(newCard(sources))).toContain(
      '| Dataset | Task | Value |\n| --- | --- | --- |\n| cais/mmlu | all | 71.5 |',
    );
  });

  it('is sound for any mixture of files, broken ones among them', async () => {
    const classes = [
      'BertForSequenceClassification',
      'LlamaForCausalLM',
      'CLIPModel',
      'T5Model',
      'X',
      'a b',
      '',
    ];
    const word = fc.oneof(
      fc.string(),
      fc.string({ unit: 'binary' }),
      fc.constantFrom('org/model', '../x', '-->', '```', '---\n', 'no'),
    );
    const json = (record: Parameters<typeof fc.record>[0]) =>
      fc.oneof(fc.record(record, { requiredKeys: [] }), fc.json().map(String), fc.constant('{'));
    const parts: Record<string, fc.Arbitrary<string | Uint8Array | object>> = {
      'config.json': json({
        architectures: fc.oneof(fc.array(fc.constantFrom(...classes), { maxLength: 2 }), word),
        model_type: word,
        auto_map: fc.dictionary(word, word),
        id2label: fc.dictionary(word, word, { maxKeys: 4 }),
        _name_or_path: word,
        sklearn: fc.record({
          task: fc.constantFrom('tabular-classification', 'x'),
          example_input: fc.dictionary(word, fc.array(fc.oneof(fc.double(), word), { maxLength: 2 })),
        }),
      }),
      'tokenizer_config.json': json({
        chat_template: word,
        mask_token: word,
        tokenizer_class: fc.constant('MarianTokenizer'),
        source_lang: word,
        target_lang: fc.constantFrom('en', 'no'),
      }),
      'adapter_config.json': json({
        base_model_name_or_path: word,
        peft_type: fc.constantFrom('LORA', 'x'),
        task_type: fc.constantFrom('CAUSAL_LM', 'SEQ_CLS', 'x'),
      }),
      'model_index.json': json({
        _class_name: fc.oneof(word, fc.constantFrom('FluxPipeline', 'DDPMPipeline')),
      }),
      'trainer_state.json': json({
        epoch: fc.double(),
        global_step: fc.nat(),
        log_history: fc.array(fc.dictionary(fc.constantFrom('eval_loss', 'eval_f1'), fc.double())),
      }),
      'training_params.json': json({ model: word, data_path: word }),
      'modules.json': fc.constant('[]'),
      'mergekit_config.yml': fc
        .array(word)
        .map((models) => `models:\n${models.map((model) => `- model: ${JSON.stringify(model)}`).join('\n')}`),
      LICENSE: fc.oneof(word, fc.constant('Mozilla Public License Version 2.0')),
      'LICENSE.md': word,
      'model.onnx': fc.constant('x'),
      'model.gguf': fc.oneof(
        fc
          .dictionary(
            fc.constantFrom(
              'general.license',
              'general.architecture',
              'tokenizer.ggml.model',
              'general.base_model.0.repo_url',
            ),
            word,
          )
          .map(ggufOf),
        fc.uint8Array(),
      ),
      'model.safetensors': fc.oneof(fc.dictionary(word, word).map(safetensorsOf), fc.uint8Array()),
      'samples/a b.png': fc.constant('x'),
      'samples/x.wav': fc.constant('x'),
      '.eval_results/a.yaml': word.map((id) => `- dataset: {id: ${JSON.stringify(id)}}\n  value: 3\n`),
    };
    await fc.assert(
      fc.asyncProperty(fc.record(parts, { requiredKeys: [] }), async (files) => {
        const sources = await sourcesOf(files as Files);
        expectSound({ ...sources, name: String(files.LICENSE ?? 'model') });
      }),
      { numRuns: 300 },
    );
  });
});

const BERT: Files = {
  'config.json': { architectures: ['BertForSequenceClassification'] },
  'model.safetensors': 'x',
};

async function complete(card: string, files: Files = BERT): Promise<Draft> {
  return completeCard(parseCard(card), await sourcesOf(files, card));
}

describe('a card without front matter', () => {
  it.each([
    ['text', '# My model\n\nIt is good.\n'],
    ['Windows line breaks', '# My model\r\n\r\nIt is good.\r\n'],
    ['a byte-order mark', '\uFEFF# My model\n'],
    ['a rule of hyphens', 'Words\n\n---\n\nMore words\n\n---\n'],
    ['no last line break', 'Words'],
    ['blank lines first', '\n\n# My model\n'],
  ])('gets some, and keeps its words: %s', async (_, text) => {
    const draft = await complete(text);
    expect(draft.kind).toBe('new-front-matter');
    const mark = text.startsWith('\uFEFF') ? 1 : 0;
    const after = textOf(draft);
    expect(after.slice(0, mark)).toBe(text.slice(0, mark));
    expect(after.endsWith(text.slice(mark))).toBe(true);
    expect(after.replaceAll('\r\n', '').includes('\n')).toBe(!text.includes('\r\n'));
    expect(parseCard(after).metadata).toEqual({
      library_name: 'transformers',
      pipeline_tag: 'text-classification',
    });
    expect(await complete(after)).toEqual({ kind: 'nothing-to-add' });
  });

  it.each([
    ['unclosed', '---\nlicense: mit\n'],
    ['behind text', 'Words\n---\nlicense: mit\n---\n'],
    ['behind a fence with white space', '--- \nlicense: mit\n---\n'],
    ['of another language', '---js\n{}\n---\n'],
    ['empty', '---\n---\n'],
    ['blank', '---\n\n---\n'],
    ['a list', '---\n- a\n---\n'],
    ['no YAML', '---\na: [\n---\n'],
    ['a comment', '---\n# a\n---\n'],
  ])('is left alone where its front matter must be mended first: %s', async (_, text) => {
    expect(await complete(text)).toMatchObject({
      kind: 'unfit',
      advice: expect.stringMatching(/^[A-Z].*\.$/),
    });
  });
});

describe('a card with front matter', () => {
  it.each([
    [
      'a block',
      '---\n# mine\nlicense: mit # why\ntags:\n- a\n---\nText\n',
      '---\n# mine\nlicense: mit # why\nlibrary_name: transformers\npipeline_tag: text-classification\ntags:\n- a\n---\nText\n',
    ],
    [
      'Windows line breaks',
      '---\r\nlicense: mit\r\n---\r\nText\r\n',
      '---\r\nlicense: mit\r\nlibrary_name: transformers\r\npipeline_tag: text-classification\r\n---\r\nText\r\n',
    ],
    [
      'in braces',
      '---\n{license: mit}\n---\n',
      '---\n{pipeline_tag: text-classification, library_name: transformers, license: mit}\n---\n',
    ],
  ])('gets what the files tell beyond doubt: %s', async (_, before, after) => {
    const draft = await complete(before);
    expect(draft).toMatchObject({ kind: 'keys-added', text: after });
    expect(await complete(after)).toEqual({ kind: 'nothing-to-add' });
  });

  it('gets lists too, a line for each item', async () => {
    const draft = await complete('---\nlicense: mit\n---\n', {
      'config.json': { architectures: ['LlamaForCausalLM'] },
      'mergekit_config.yml': 'models:\n- model: org/a\n- model: org/b\n',
    });
    expect(parseCard(textOf(draft)).metadata).toEqual({
      license: 'mit',
      library_name: 'transformers',
      pipeline_tag: 'text-generation',
      base_model: ['org/a', 'org/b'],
      base_model_relation: 'merge',
    });
    expect(textOf(draft)).toContain('base_model:\n- org/a\n- org/b\nbase_model_relation: merge\n---\n');
  });

  it.each([
    ['another library', '---\nlibrary_name: setfit\n---\n', {}],
    ['another library by a tag', '---\ntags: [setfit]\n---\n', {}],
    [
      'another task by a tag',
      '---\ntags: [zero-shot-classification]\n---\n',
      { library_name: 'transformers' },
    ],
    ['a key left empty', '---\nlibrary_name:\npipeline_tag:\n---\n', {}],
  ])('is not contradicted: %s', async (_, before, added) => {
    const draft = await complete(before);
    const after = 'text' in draft ? draft.text : before;
    expect(parseCard(after).metadata).toEqual({ ...parseCard(before).metadata, ...added });
  });

  it('gets nothing that is merely likely, and no tags or examples', async () => {
    const files: Files = {
      'config.json': { architectures: ['ViTForImageClassification'] },
      'onnx/model.onnx': 'x',
      'samples/a.png': 'x',
      LICENSE: 'Look, do not touch.',
    };
    expect(await complete('---\nlanguage: en\n---\n', files)).toEqual({ kind: 'nothing-to-add' });
  });

  it('is told to the author where it cannot be added to', async () => {
    const draft = await complete('---\n{license: mit}\n---\n', {
      'training_params.json': { data_path: 'org/data' },
    });
    expect(draft).toMatchObject({ kind: 'unfit', advice: expect.stringContaining('on a line of its own') });
  });
});
