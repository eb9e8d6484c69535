import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openFolder } from '../../src/repo/local.js';
import { formatPlan } from '../../src/report/plan.js';
import { planSmokeTest, type SmokeOptions, smokeTest } from '../../src/smoke/smoke.js';
import { type ReferenceModel, referenceModels, safetensorsOf } from '../architectures/reference-models.js';
import { fixturePath } from './fixture.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'validate-card-safetensors-'));
  cpSync(fixturePath('text-classification'), folder, { recursive: true });
  rmSync(join(folder, 'onnx'), { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function smoke(root = folder, options: SmokeOptions = {}) {
  return smokeTest(await openFolder(root, { kind: 'folder', path: root }), { device: 'cpu', ...options });
}

async function plan(root = folder) {
  return planSmokeTest(await openFolder(root, { kind: 'folder', path: root }), { device: 'cpu' });
}

function config(change: Readonly<Record<string, unknown>>): void {
  const path = join(folder, 'config.json');
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), ...change }));
}

/** The weights: header, and the bytes of the tensors. */
function weights(): { header: Record<string, { data_offsets: [number, number] }>; data: Buffer } {
  const bytes = readFileSync(join(folder, 'model.safetensors'));
  const length = Number(bytes.readBigUInt64LE());
  return { header: JSON.parse(bytes.toString('utf8', 8, 8 + length)), data: bytes.subarray(8 + length) };
}

function save(path: string, tensors: readonly (readonly [string, object, Buffer])[]): void {
  let end = 0;
  const header = Object.fromEntries(
    tensors.map(([name, tensor, data]) => {
      const from = end;
      end += data.length;
      return [name, { ...tensor, data_offsets: [from, end] }];
    }),
  );
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  writeFileSync(path, Buffer.concat([length, json, ...tensors.map(([, , data]) => data)]));
}

function allTensors(): [string, object, Buffer][] {
  const { header, data } = weights();
  return Object.entries(header)
    .filter(([name]) => name !== '__metadata__')
    .map(([name, tensor]) => [name, tensor, data.subarray(...tensor.data_offsets)]);
}

/** Splits the weights into two files with an index, as transformers does. */
function split(): void {
  const tensors = allTensors();
  const names = ['model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors'] as const;
  save(join(folder, names[0]), tensors.slice(0, 20));
  save(join(folder, names[1]), tensors.slice(20));
  const map = tensors.map(([name], index) => [name, names[index < 20 ? 0 : 1]]);
  const index = { metadata: {}, weight_map: Object.fromEntries(map) };
  writeFileSync(join(folder, 'model.safetensors.index.json'), JSON.stringify(index));
  rmSync(join(folder, 'model.safetensors'));
}

/** The scores of each case. */
function scores({ cases }: Awaited<ReturnType<typeof smoke>>): number[] {
  return cases.flatMap(({ output }) => (output as { score: number }[]).map(({ score }) => score));
}

describe('a repository with safetensors and no ONNX graph', () => {
  it('is run, and answers as its ONNX graph does', async () => {
    const report = await smoke();
    expect(report).toMatchObject({ status: 'passed', runner: 'safetensors', device: 'cpu', dtype: 'fp32' });
    expect(report.checks.find(({ id }) => id === 'weights')).toMatchObject({
      status: 'passed',
      message: expect.stringContaining(
        'The 41 tensors of model.safetensors are those of a BertForSequenceClassification',
      ),
    });
    expect(report.checks.find(({ id }) => id === 'weights')).toMatchObject({
      message: expect.stringMatching(/All their numbers are finite \([\d.]+ [kM]B\)\.$/),
    });
    const full = scores(await smoke(fixturePath('text-classification')));
    expect(full.length).toBeGreaterThan(0);
    for (const [index, score] of scores(report).entries())
      expect(score).toBeCloseTo(full[index] ?? Number.NaN, 6);
  });

  it('fails where a weight is no number, and says which', async () => {
    const tensors = allTensors();
    const at = tensors.findIndex(([name]) => name === 'classifier.weight');
    const data = Buffer.from(tensors[at]?.[2] ?? '');
    data.writeFloatLE(Number.NaN, 4);
    const sound = tensors.map(([name, tensor, bytes], index): [string, object, Buffer] =>
      index === at ? [name, tensor, data] : [name, tensor, bytes],
    );
    save(join(folder, 'model.safetensors'), sound);
    const report = await smoke();
    expect(report.status).toBe('failed');
    const checks = report.checks.filter(({ id }) => id === 'weights');
    expect(checks).toMatchObject([
      { status: 'failed', message: expect.stringContaining('not finite: classifier.weight[0, 1] is NaN.') },
    ]);
  });

  it('is planned: what is built, the memory it takes, what will not be seen', async () => {
    const [variant] = (await plan()).variants;
    expect(variant?.built).toEqual({
      className: 'BertForSequenceClassification',
      modelType: 'bert',
      builder: 'bert',
      tensors: 41,
      weightBytes: 103_304,
      inPlaceBytes: 103_304,
      memoryBytes: 0,
      unchecked: [
        'Texts of more than 64 tokens.',
        'What transformers itself would do: the graph is built after its classes, and no Python is run.',
      ],
    });
    const words = formatPlan(await plan(), { width: 200 });
    expect(words).toContain('model type bert; a graph for 41 tensors of 103 kB');
    expect(words).toContain('103 kB read in place');
  });

  it('in half precision is planned with the memory that widening takes', async () => {
    const halves = allTensors().map(([name, tensor, data]): [string, object, Buffer] => {
      const half = Buffer.alloc(data.length / 2);
      for (let at = 0; at < half.length; at += 2) data.copy(half, at, 2 * at + 2, 2 * at + 4);
      return [name, { ...tensor, dtype: 'BF16' }, half];
    });
    save(join(folder, 'model.safetensors'), halves);
    const planned = await plan();
    expect(planned.variants[0]?.built).toMatchObject({
      inPlaceBytes: 0,
      memoryBytes: Math.round(2.3 * 51_652),
    });
    expect(formatPlan(planned, { width: 200 })).toContain(
      '119 kB for half precision that is widened to float32',
    );
    expect(await smoke()).toMatchObject({ status: 'passed', dtype: 'bf16' });
  });

  it('is run from shards', async () => {
    split();
    const report = await smoke();
    expect(report).toMatchObject({ status: 'passed', runner: 'safetensors' });
    expect(report.files.map(({ path }) => path)).toContain('model-00002-of-00002.safetensors');
  });

  it('is run from the Hugging Face cache, where files are links', async () => {
    const root = join(folder, 'hub', 'models--org--name');
    const snapshot = join(root, 'snapshots', 'abc');
    mkdirSync(snapshot, { recursive: true });
    mkdirSync(join(root, 'blobs'));
    for (const name of [
      'README.md',
      'config.json',
      'model.safetensors',
      'tokenizer.json',
      'tokenizer_config.json',
    ]) {
      cpSync(join(folder, name), join(root, 'blobs', `blob-of-${name}`));
      symlinkSync(join('..', '..', 'blobs', `blob-of-${name}`), join(snapshot, name));
    }
    expect(await smoke(snapshot)).toMatchObject({ status: 'passed', runner: 'safetensors' });
  });

  it('gives embeddings without its head', async () => {
    const report = await smoke(folder, { task: 'feature-extraction', inputs: ['The movie was great!'] });
    expect(report).toMatchObject({ status: 'passed', runner: 'safetensors' });
  });

  it('is planned with what is loaded', async () => {
    expect(await plan()).toMatchObject({
      status: 'runs',
      runner: 'safetensors',
      variants: [
        { dtype: 'fp32', files: expect.arrayContaining([{ path: 'model.safetensors', size: 107_640 }]) },
      ],
    });
  });
});

describe('what contradicts itself is a fault of the repository', () => {
  it.each([
    [
      'labels',
      { id2label: { 0: 'A', 1: 'B', 2: 'C' } },
      'config.json names 3 labels, and classifier.weight has 2 rows',
    ],
    [
      'layers',
      { num_hidden_layers: 3 },
      'the tensor bert.encoder.layer.2.attention.self.query.weight is missing',
    ],
    ['fewer layers', { num_hidden_layers: 1 }, '16 tensors belong to no part of the model'],
    ['another head', { architectures: ['BertForMaskedLM'] }, 'the task needs BertForSequenceClassification'],
  ])('%s', async (_, change, words) => {
    config(change);
    const report = await smoke();
    expect(report).toMatchObject({ status: 'failed', stage: 'plan', runner: 'safetensors' });
    expect(report.reason).toContain('config.json and model.safetensors contradict one another');
    expect(report.reason).toContain(words);
  });

  it('a file that is cut off', async () => {
    const path = join(folder, 'model.safetensors');
    writeFileSync(path, readFileSync(path).subarray(0, 50_000));
    expect(await smoke()).toMatchObject({
      status: 'failed',
      stage: 'plan',
      reason:
        'model.safetensors is cut off: it has 50000 bytes, but its content needs at least 107640. Upload it again.',
    });
  });

  it('a pointer of Git LFS', async () => {
    writeFileSync(
      join(folder, 'model.safetensors'),
      `version https://git-lfs.github.com/spec/v1\noid sha256:${'0'.repeat(64)}\nsize 107640\n`,
    );
    const report = await smoke();
    expect(report).toMatchObject({ status: 'failed', stage: 'plan' });
    expect(report.reason).toMatch(/LFS/);
  });

  it('a shard that is missing, and one that lacks tensors', async () => {
    split();
    rmSync(join(folder, 'model-00001-of-00002.safetensors'));
    expect((await smoke()).reason).toBe(
      'model.safetensors.index.json names "model-00001-of-00002.safetensors", which is missing. Upload all of its files.',
    );
    save(join(folder, 'model-00001-of-00002.safetensors'), []);
    expect((await smoke()).reason).toMatch(
      /^config\.json and the files with its weights contradict one another: the tensor bert\..* is missing\./,
    );
  });
});

describe('what no graph is built for is a skip with the reason', () => {
  it.each([
    ['a key', { position_embedding_type: 'relative_key' }, 'position_embedding_type is "relative_key"'],
    ['a model type', { model_type: 'modernbert' }, 'nothing is known of its model_type "modernbert"'],
    [
      'quantized weights',
      { quantization_config: { quant_method: 'awq' } },
      'its weights are quantized ("awq")',
    ],
    [
      'Python code',
      { auto_map: { AutoModel: 'modeling.Model' } },
      'it needs Python code of its own (auto_map)',
    ],
    [
      'a model that writes, among those that rank texts',
      { model_type: 'gpt2', architectures: ['GPT2LMHeadModel'] },
      'a "GPT2LMHeadModel" is not run for this task',
      'text-ranking',
    ],
  ])('%s', async (_, change, words, task = 'text-classification') => {
    const card = join(folder, 'README.md');
    const text = readFileSync(card, 'utf8');
    writeFileSync(card, text.replace('pipeline_tag: text-classification', `pipeline_tag: ${task}`));
    config(change);
    const report = await smoke();
    expect(report).toMatchObject({ status: 'skipped', stage: 'plan' });
    expect(report.reason).toBe(
      `There is no ONNX graph, and none can be built for model.safetensors from config.json: ${words}. Add onnx/model.onnx, made with \`optimum-cli export onnx --model . onnx\`, to have the model run.`,
    );
  });
});

it('weights whose names tell that they are quantized are a skip', async () => {
  const name = 'bert.encoder.layer.0.output.dense.qweight';
  const packed: [string, object, Buffer] = [name, { dtype: 'I32', shape: [1] }, Buffer.alloc(4)];
  save(join(folder, 'model.safetensors'), [...allTensors(), packed]);
  const report = await smoke();
  expect(report).toMatchObject({ status: 'skipped', stage: 'plan' });
  expect(report.reason).toContain(`: its weights are quantized (${name}).`);
});

describe('what a stranger may write into a header', () => {
  const huge = Buffer.alloc(8);
  huge.writeBigUInt64LE(2n ** 63n);
  const headed = (json: string, data = 0) => {
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(Buffer.byteLength(json)));
    return Buffer.concat([length, Buffer.from(json), Buffer.alloc(data)]);
  };
  it.each([
    ['an enormous header', huge, 'it would have a header of 9223372036854775808 bytes'],
    ['no JSON', headed('{"a"'), 'its header is no JSON'],
    ['a list', headed('[]'), 'its header is no JSON object'],
    ['a gap', headed('{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}', 8), 'begins at byte'],
    [
      'an overlap',
      headed(
        '{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}',
        4,
      ),
      'tensor "b" begins at byte',
    ],
    [
      'bytes left over',
      headed('{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}', 8),
      'its last tensor ends at byte',
    ],
    [
      'a size that is none',
      headed('{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}', 4),
      'has no shape',
    ],
    ['another size', headed('{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}', 4), 'takes 8'],
    [
      'no range',
      headed('{"a":{"dtype":"F32","shape":[1],"data_offsets":[1e300,4]}}', 4),
      'has no data_offsets',
    ],
    [
      'a prototype',
      headed('{"__proto__":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}', 4),
      'tensors belong|is missing',
    ],
  ])('%s', async (_, bytes, words) => {
    writeFileSync(join(folder, 'model.safetensors'), bytes);
    const report = await smoke();
    expect(report).toMatchObject({ status: 'failed', stage: 'plan' });
    expect(report.reason).toMatch(new RegExp(words));
  });
});

/** Puts a tiny model of random weights in the place of a fixture’s graphs, with some of its tensors in other shapes. */
function replaceModel(
  fixture: string,
  model: ReferenceModel | undefined,
  change: Readonly<Record<string, unknown>>,
  shapes: Readonly<Record<string, readonly number[]>>,
): void {
  if (model === undefined) throw new Error('no such model');
  rmSync(folder, { recursive: true });
  cpSync(fixturePath(fixture), folder, { recursive: true });
  rmSync(join(folder, 'onnx'), { recursive: true });
  const tensors = { ...model.tensors, ...shapes };
  writeFileSync(join(folder, 'model.safetensors'), safetensorsOf({ ...model, tensors }));
  writeFileSync(join(folder, 'config.json'), JSON.stringify({ ...model.config, ...change }));
}

describe('the classes of transformers.js take other architectures, too', () => {
  it('a Llama model writes', async () => {
    const [model] = referenceModels('llama');
    const vocabulary = { 'model.embed_tokens.weight': [320, 16] };
    replaceModel('text-generation', model, { vocab_size: 320, eos_token_id: 0 }, vocabulary);
    const report = await smoke(folder, { inputs: ['Once upon a time'] });
    expect(report).toMatchObject({ status: 'passed', runner: 'safetensors' });
    const [written] = report.cases.map(({ output }) => output as readonly { generated_text: string }[]);
    expect(written?.[0]?.generated_text.length).toBeGreaterThan('Once upon a time'.length);
  });

  it('a Gemma model with the hidden_act of the first ones is planned with what releases of transformers make of it', async () => {
    const [model] = referenceModels('gemma');
    const change = { vocab_size: 320, hidden_act: 'gelu', hidden_activation: null };
    replaceModel('text-generation', model, change, { 'model.embed_tokens.weight': [320, 16] });
    const [variant] = (await plan()).variants;
    expect(variant?.built?.unchecked).toContain(
      'What releases before 4.39 and after 4.50 of transformers compute: they take hidden_act (gelu) at its word, and the graph has gelu_pytorch_tanh, as the model was trained.',
    );
  });

  it('a text beyond the sliding window is an error, not a wrong answer', async () => {
    const model = referenceModels('llama').find(({ config: { model_type: type } }) => type === 'mistral');
    const vocabulary = { 'model.embed_tokens.weight': [320, 16], 'lm_head.weight': [320, 16] };
    replaceModel(
      'text-generation',
      model,
      { vocab_size: 320, eos_token_id: 0, sliding_window: 4 },
      vocabulary,
    );
    const report = await smoke(folder, { inputs: ['Once upon a time there was a little cat'] });
    expect(report).toMatchObject({ status: 'failed', stage: 'run' });
    expect(report.reason).toMatch(/has \d+ tokens, and the model takes 4 at most/);
  });

  it('a T5 model reads and writes', async () => {
    const [model] = referenceModels('t5');
    const { vocab_size: size } = JSON.parse(
      readFileSync(join(fixturePath('summarization'), 'config.json'), 'utf8'),
    );
    const words = Object.keys(model?.tensors ?? {}).filter((name) => /shared|embed_tokens/.test(name));
    const shapes = Object.fromEntries(words.map((name) => [name, [size, 16]]));
    replaceModel('summarization', model, { vocab_size: size }, shapes);
    const report = await smoke(folder, { inputs: ['the cat is on the mat'] });
    expect(report).toMatchObject({ runner: 'safetensors', device: 'cpu' });
    expect(report.checks.find(({ id }) => id === 'weights')?.message).toContain('T5ForConditionalGeneration');
    expect(report.cases[0]?.output).toMatchObject([{ summary_text: expect.any(String) }]);
  });

  it('a Marian model translates', async () => {
    const model = referenceModels('bart').find(
      ({ config }) => String(config.architectures) === 'MarianMTModel',
    );
    const { vocab_size: size } = JSON.parse(
      readFileSync(join(fixturePath('translation'), 'config.json'), 'utf8'),
    );
    const shapes = { 'model.shared.weight': [size, 16], final_logits_bias: [1, size] };
    replaceModel('translation', model, { vocab_size: size, pad_token_id: 2, eos_token_id: 0 }, shapes);
    const report = await smoke(folder, { inputs: ['the cat is on the mat'] });
    expect(report).toMatchObject({ runner: 'safetensors', device: 'cpu' });
    expect(report.checks.find(({ id }) => id === 'weights')?.message).toContain('a MarianMTModel');
    expect(report.cases[0]?.output).toMatchObject([{ translation_text: expect.any(String) }]);
  });

  it('a BART model decides whether labels follow', async () => {
    const model = referenceModels('bart').find(
      ({ config }) => String(config.architectures) === 'BartForSequenceClassification',
    );
    const labels = { id2label: { 0: 'contradiction', 1: 'neutral', 2: 'entailment' } };
    const words = { 'model.shared.weight': [327, 16] };
    replaceModel('zero-shot-classification', model, { ...labels, vocab_size: 327 }, words);
    const report = await smoke(folder);
    expect(report).toMatchObject({ runner: 'safetensors', device: 'cpu' });
    for (const { output } of report.cases) {
      expect(output).toMatchObject(
        expect.arrayContaining([{ label: expect.any(String), score: expect.any(Number) }]),
      );
    }
  });

  it('a Whisper model writes down what it hears', async () => {
    const [model] = referenceModels('whisper');
    const words = [334, 16];
    replaceModel(
      'automatic-speech-recognition-whisper',
      model,
      {
        ...{ vocab_size: 334, num_mel_bins: 24, max_source_positions: 64 },
        ...{ decoder_start_token_id: 267, eos_token_id: 266, pad_token_id: 266, bos_token_id: 266 },
      },
      {
        'model.decoder.embed_tokens.weight': words,
        'proj_out.weight': words,
        'model.encoder.conv1.weight': [16, 24, 3],
        'model.encoder.embed_positions.weight': [64, 16],
      },
    );
    const report = await smoke(folder);
    expect(report).toMatchObject({ runner: 'safetensors', device: 'cpu' });
    expect(report.checks.find(({ id }) => id === 'weights')?.message).toContain(
      'a WhisperForConditionalGeneration',
    );
    expect(report.cases[0]?.output).toMatchObject({ text: expect.any(String) });
    expect(report.cases[0]?.checks.find(({ id }) => id === 'output-schema')?.status).toBe('passed');
  });

  it('a ViT model sees', async () => {
    const [model] = referenceModels('vit');
    const { id2label } = JSON.parse(
      readFileSync(join(fixturePath('image-classification'), 'config.json'), 'utf8'),
    );
    const positions = { 'vit.embeddings.position_embeddings': [1, 65, 8] };
    replaceModel('image-classification', model, { image_size: 32, id2label }, positions);
    const report = await smoke(folder);
    expect(report).toMatchObject({ runner: 'safetensors', device: 'cpu' });
    expect(report.checks.find(({ id }) => id === 'weights')?.message).toContain('ViTForImageClassification');
    // The weights are random: only that each picture gets scores that add up is to be seen.
    for (const { output } of report.cases) {
      const sum = (output as { score: number }[]).reduce((total, { score }) => total + score, 0);
      expect(sum).toBeCloseTo(1, 4);
    }
  });

  it('a Wav2Vec2 model writes down what it hears', async () => {
    const [model] = referenceModels('wav2vec2');
    const head = { 'lm_head.weight': [31, 16], 'lm_head.bias': [31] };
    replaceModel('automatic-speech-recognition', model, { vocab_size: 31, pad_token_id: 0 }, head);
    const report = await smoke(folder);
    expect(report).toMatchObject({ runner: 'safetensors', device: 'cpu' });
    expect(report.checks.find(({ id }) => id === 'weights')?.message).toContain('Wav2Vec2ForCTC');
    expect(report.cases[0]?.output).toMatchObject({ text: expect.any(String) });
    expect(report.cases[0]?.checks.find(({ id }) => id === 'output-schema')?.status).toBe('passed');
  });

  it('a Wav2Vec2 model of 2021, with a nameless feature extractor and no tokenizer.json, writes the same', async () => {
    const [model] = referenceModels('wav2vec2');
    const head = { 'lm_head.weight': [31, 16], 'lm_head.bias': [31] };
    replaceModel('automatic-speech-recognition', model, { vocab_size: 31, pad_token_id: 0 }, head);
    const named = await smoke(folder);
    const path = join(folder, 'preprocessor_config.json');
    const { feature_extractor_type: _, ...settings } = JSON.parse(readFileSync(path, 'utf8'));
    writeFileSync(path, JSON.stringify(settings));
    rmSync(join(folder, 'tokenizer.json'));
    const report = await smoke(folder);
    expect(report).toMatchObject({ runner: 'safetensors', device: 'cpu' });
    expect(report.cases.map(({ output }) => output)).toEqual(named.cases.map(({ output }) => output));
    expect(report.cases[0]?.output).toMatchObject({ text: expect.any(String) });
  });

  it('a HuBERT model tells sounds apart, at the rate that preprocessor_config.json states', async () => {
    const model = referenceModels('wav2vec2').find(
      ({ config }) => String(config.architectures) === 'HubertForSequenceClassification',
    );
    const labels = { id2label: { 0: 'low', 1: 'mid', 2: 'high' } };
    replaceModel('audio-classification', model, labels, {});
    const report = await smoke(folder);
    expect(report).toMatchObject({ runner: 'safetensors', device: 'cpu' });
    for (const { output } of report.cases) {
      const sum = (output as { score: number }[]).reduce((total, { score }) => total + score, 0);
      expect(sum).toBeCloseTo(1, 4);
    }
    rmSync(join(folder, 'preprocessor_config.json'));
    expect(await smoke(folder)).toMatchObject({
      status: 'failed',
      stage: 'plan',
      reason: expect.stringContaining('preprocessor_config.json is missing'),
    });
  });
});
