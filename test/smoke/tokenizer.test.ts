import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openFolder } from '../../src/repo/local.js';
import { planSmokeTest, smokeTest } from '../../src/smoke/smoke.js';
import { referenceModels, safetensorsOf } from '../architectures/reference-models.js';
import { slowFiles } from '../tokenizers/slow-files.js';
import { fixturePath } from './fixture.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'validate-card-tokenizer-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const json = (path: string) => JSON.parse(readFileSync(join(folder, path), 'utf8'));

/** A fixture whose tokenizer.json is replaced by the files that it was made of. */
function take(name: string): void {
  cpSync(fixturePath(name), folder, { recursive: true });
  for (const [path, text] of Object.entries(slowFiles(json('tokenizer.json'))))
    writeFileSync(join(folder, path), text);
  rmSync(join(folder, 'tokenizer.json'));
}

const open = (root: string) => openFolder(root, { kind: 'folder', path: root });
const smoke = async (root = folder) => smokeTest(await open(root), { device: 'cpu' });
const plan = async () => planSmokeTest(await open(folder), { device: 'cpu' });
const outputs = async (root?: string) => (await smoke(root)).cases.map(({ output }) => output);

/** Lines of a reference, each as JSON. */
const lines = (path: string): readonly Readonly<Record<string, unknown>>[] =>
  readFileSync(join(import.meta.dirname, '..', path), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

/** Tensors with a row for each token. */
const OF_WORDS = /(?:word_embeddings|embed_tokens|shared|lm_head)\.weight$|predictions\.bias$/;

/** A repository with weights, and the SentencePiece model of its class of tokenizers: as many of those with neither graph nor tokenizer.json are. */
function takeWeights(className: string, tokenizer: string, task: string): void {
  const model = ['deberta', 'albert', 'llama', 'bart', 'bert']
    .flatMap((name) => referenceModels(name))
    .find(({ config }) => String(config.architectures) === className);
  const pieces = lines('tokenizers/references/pieces.jsonl').find(({ name }) => name === tokenizer);
  if (model === undefined || pieces === undefined) throw new Error('no reference');
  const vocabulary = 600;
  const tensors = Object.fromEntries(
    Object.entries(model.tensors).map(([name, shape]) => {
      if (name === 'final_logits_bias') return [name, [1, vocabulary]];
      return [name, OF_WORDS.test(name) ? [vocabulary, ...shape.slice(1)] : shape];
    }),
  );
  for (const [path, base64] of Object.entries(pieces.files as Record<string, string>)) {
    writeFileSync(join(folder, path), Buffer.from(base64, 'base64'));
  }
  writeFileSync(join(folder, 'README.md'), `---\npipeline_tag: ${task}\n---\n# A model\n`);
  writeFileSync(join(folder, 'config.json'), JSON.stringify({ ...model.config, vocab_size: vocabulary }));
  writeFileSync(join(folder, 'model.safetensors'), safetensorsOf({ ...model, tensors }));
}

describe('weights and a SentencePiece model are all it takes', () => {
  it.each([
    ['DebertaV2ForSequenceClassification', 'DebertaV2Tokenizer', 'text-classification'],
    ['DebertaV2ForTokenClassification', 'DebertaV2Tokenizer', 'token-classification'],
    ['AlbertForTokenClassification', 'AlbertTokenizer', 'token-classification'],
    ['AlbertForMaskedLM', 'AlbertTokenizer', 'fill-mask'],
    ['LlamaForCausalLM', 'LlamaTokenizer', 'text-generation'],
    ['MarianMTModel', 'MarianTokenizer', 'translation'],
    ['XLMRobertaForSequenceClassification', 'XLMRobertaTokenizer', 'text-classification'],
  ])('%s', async (className, tokenizer, task) => {
    takeWeights(className, tokenizer, task);
    const text = task === 'fill-mask' ? 'A [MASK].' : 'The card.';
    const { cases, checks, runner } = await smokeTest(await open(folder), { device: 'cpu', inputs: [text] });
    expect(runner).toBe('safetensors');
    expect(checks.find(({ id }) => id === 'weights')?.message).toContain(className);
    expect(checks.find(({ id }) => id === 'tokenizer')?.message).toContain(`built as a ${tokenizer}`);
    expect(cases[0]?.checks.find(({ id }) => id === 'output-schema')?.status).toBe('passed');
  });
});

describe('a repository without tokenizer.json', () => {
  it.each(['text-classification', 'automatic-speech-recognition-whisper', 'token-classification'])(
    'answers as with one: %s',
    async (name) => {
      take(name);
      const report = await smoke();
      expect(report.status).toBe('passed');
      expect(report.checks.find(({ id }) => id === 'tokenizer')?.status).toBe('passed');
      expect(report.cases.map(({ output }) => output)).toEqual(await outputs(fixturePath(name)));
    },
  );

  it('is run from safetensors too, and without tokenizer_config.json', async () => {
    take('text-classification');
    rmSync(join(folder, 'onnx'), { recursive: true });
    rmSync(join(folder, 'tokenizer_config.json'));
    const report = await smoke();
    expect(report).toMatchObject({ status: 'passed', runner: 'safetensors' });
  });

  it('is run by its graph without tokenizer_config.json', async () => {
    take('text-classification');
    rmSync(join(folder, 'tokenizer_config.json'));
    expect(await outputs()).toEqual(await outputs(fixturePath('text-classification')));
  });

  it('is planned with the files that the tokenizer is built of', async () => {
    take('text-generation');
    const planned = await plan();
    expect(planned.status).toBe('runs');
    expect(planned.variants[0]?.files.map(({ path }) => path)).toEqual(
      expect.arrayContaining(['vocab.json', 'merges.txt']),
    );
    expect(planned.checks).toContainEqual({
      id: 'tokenizer',
      status: 'passed',
      message:
        'There is no tokenizer.json; the tokenizer is built as a GPT2Tokenizer from vocab.json and merges.txt.',
    });
  });

  it('is skipped where the tokenizer is not known to be right', async () => {
    take('text-classification');
    const config = { ...json('tokenizer_config.json'), tokenizer_class: 'BertJapaneseTokenizer' };
    writeFileSync(join(folder, 'tokenizer_config.json'), JSON.stringify(config));
    expect(await plan()).toMatchObject({
      status: 'skipped',
      reason:
        'There is no tokenizer.json, and the tokenizer cannot be built: its class is "BertJapaneseTokenizer". Save the fast tokenizer with `tokenizer.save_pretrained(folder)`.',
    });
  });

  it('is a fault where there is nothing to build it of, or a SentencePiece model that is none', async () => {
    take('text-classification');
    rmSync(join(folder, 'vocab.txt'));
    expect(await plan()).toMatchObject({
      status: 'failed',
      reason: expect.stringContaining('tokenizer.json is missing'),
    });
    writeFileSync(
      join(folder, 'spm.model'),
      'version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 700\n',
    );
    const config = { ...json('tokenizer_config.json'), tokenizer_class: 'DebertaV2Tokenizer' };
    writeFileSync(join(folder, 'tokenizer_config.json'), JSON.stringify(config));
    expect(await plan()).toMatchObject({
      status: 'failed',
      reason: expect.stringContaining('spm.model is a Git LFS pointer'),
    });
    writeFileSync(join(folder, 'spm.model'), 'x'.repeat(2000));
    expect(await plan()).toMatchObject({
      status: 'failed',
      reason: expect.stringContaining('spm.model is no SentencePiece model: the file is cut off or damaged'),
    });
  });

  it('is a fault where the vocabulary is larger than the embedding, or no vocabulary', async () => {
    take('text-classification');
    writeFileSync(join(folder, 'vocab.txt'), `${readFileSync(join(folder, 'vocab.txt'), 'utf8')}surplus\n`);
    const { status, checks } = await smoke();
    expect(status).toBe('failed');
    expect(checks.find(({ id, status: one }) => id === 'vocabulary' && one === 'failed')?.message).toContain(
      'The tokenizer has tokens up to number 170, but the embedding ends at 169',
    );
    writeFileSync(join(folder, 'vocab.txt'), Buffer.from([0x61, 0xff]));
    expect(await smoke()).toMatchObject({
      status: 'failed',
      reason: expect.stringContaining('vocab.txt is not UTF-8'),
    });
  });
});
