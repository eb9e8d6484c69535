import { describe, expect, it } from 'vitest';
import { memoryRepo } from '../../src/repo/memory.js';
import { readWeightFaults } from '../../src/safetensors/weight-faults.js';
import { REFERENCES, referenceModels, safetensorsOf } from '../architectures/reference-models.js';

const POINTER = 'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 438008064\n';

type Model = ReturnType<typeof referenceModels>[number];

function bert(className: string): Model {
  const found = referenceModels('bert').find(
    ({ config }) => config.model_type === 'bert' && String(config.architectures) === className,
  );
  if (found === undefined) throw new Error(`There is no ${className}.`);
  return found;
}

async function faultsOf(
  files: Readonly<Record<string, string | Uint8Array>>,
  config: unknown,
  adapter = false,
  vectors = false,
) {
  const repo = memoryRepo(files);
  const listed = await repo.list();
  const around = { config: config as Record<string, unknown> | null, adapter, vectors };
  return readWeightFaults(repo, listed ?? [], around);
}

/** The faults of a model with other tensors or another config.json. */
function altered(model: Model, tensors: Record<string, readonly number[]>, config: object = {}) {
  const files = { 'model.safetensors': safetensorsOf({ ...model, tensors }) };
  return faultsOf(files, { ...model.config, ...config });
}

describe('sound weights', () => {
  it.each(REFERENCES)('of the reference models of %s have no fault', async (name) => {
    for (const model of referenceModels(name)) {
      expect(await faultsOf({ 'model.safetensors': safetensorsOf(model) }, model.config), model.name).toEqual(
        [],
      );
    }
  });
});

describe('tensors beside config.json', () => {
  const classifier = bert('BertForSequenceClassification');

  it('of which some are missing', async () => {
    const { 'classifier.weight': _, 'classifier.bias': __, ...rest } = classifier.tensors;
    expect(await altered(classifier, rest)).toEqual([
      {
        kind: 'missing',
        path: 'model.safetensors',
        className: 'BertForSequenceClassification',
        tensors: ['classifier.weight', 'classifier.bias'],
        whole: true,
      },
    ]);
  });

  it('of a class that does not say that it writes', async () => {
    const marian = referenceModels('bart').find(({ config }) => config.model_type === 'marian');
    if (marian === undefined) throw new Error('no sample');
    const { 'model.decoder.layers.0.fc1.bias': _, ...rest } = marian.tensors;
    const [fault, ...others] = await altered(marian, rest);
    expect(fault).toMatchObject({ kind: 'missing', tensors: ['model.decoder.layers.0.fc1.bias'] });
    expect(others).toEqual([]);
  });

  it('with fewer layers than it tells of', async () => {
    const layers = Number(classifier.config.num_hidden_layers);
    const [fault, ...others] = await altered(classifier, classifier.tensors, {
      num_hidden_layers: layers + 4,
    });
    expect(fault).toMatchObject({ kind: 'missing', whole: true, layers: { held: layers, told: layers + 4 } });
    expect(others).toEqual([]);
  });

  it('with more layers than it tells of', async () => {
    const layers = Number(classifier.config.num_hidden_layers);
    const [fault, ...others] = await altered(classifier, classifier.tensors, { num_hidden_layers: 1 });
    expect(fault).toMatchObject({ kind: 'unused', layers: { held: layers, told: 1 } });
    expect(others).toEqual([]);
  });

  it('with another number of labels', async () => {
    const rows = classifier.tensors['classifier.weight']?.[0];
    expect(await altered(classifier, classifier.tensors, { id2label: { 0: 'one' } })).toEqual([
      {
        kind: 'labels',
        path: 'model.safetensors',
        className: 'BertForSequenceClassification',
        tensor: 'classifier.weight',
        rows,
        labels: 1,
      },
    ]);
  });

  it('with other shapes, each of which is told', async () => {
    const vocabulary = Number(classifier.config.vocab_size);
    const found = await altered(classifier, classifier.tensors, {
      vocab_size: vocabulary + 1,
      max_position_embeddings: 7,
    });
    expect(found.map((fault) => (fault.kind === 'shape' ? fault.tensor : fault.kind))).toEqual([
      'bert.embeddings.word_embeddings.weight',
      'bert.embeddings.position_embeddings.weight',
    ]);
    expect(found[0]).toMatchObject({ wanted: [vocabulary + 1, classifier.config.hidden_size] });
  });

  it('with tensors left over', async () => {
    expect(await altered(classifier, { ...classifier.tensors, 'loss.weight': [2] })).toEqual([
      {
        kind: 'unused',
        path: 'model.safetensors',
        className: 'BertForSequenceClassification',
        tensors: ['loss.weight'],
      },
    ]);
  });

  it('saved inside of a wrapper', async () => {
    const wrapped = Object.entries(classifier.tensors).map(([name, shape]) => [`module.${name}`, shape]);
    const [fault] = await altered(classifier, Object.fromEntries(wrapped));
    expect(fault).toMatchObject({ kind: 'missing', prefix: 'module.' });
  });

  it.each([
    ['a class that is not built', { architectures: ['BertForNextSentencePrediction'] }],
    ['a key that is not known', { some_new_key: 1 }],
    ['a model type that is not built', { model_type: 'bertish' }],
    ['quantized weights', { quantization_config: { quant_method: 'gptq' } }],
    ['a value that Python may take', { pad_token_id: -1 }],
  ])('are not judged for %s', async (_, config) => {
    expect(await altered(classifier, { 'some.weight': [2] }, config)).toEqual([]);
  });

  it.each(['qweight', 'qzeros', 'g_idx', 'SCB', 'absmax', 'weight_scale'])(
    'are not judged where a name ends in %s: they are quantized',
    async (end) => {
      const { 'classifier.weight': _, ...rest } = classifier.tensors;
      const name = `bert.encoder.layer.0.output.dense.${end}`;
      expect(await altered(classifier, { ...rest, [name]: [2] })).toEqual([]);
    },
  );

  it('of an encoder for vectors need no head, and have what the encoder has', async () => {
    const model = bert('BertForMaskedLM');
    const encoder = Object.fromEntries(
      Object.entries(model.tensors).filter(([name]) => !name.startsWith('cls.')),
    );
    const look = (tensors: typeof encoder, vectors: boolean) =>
      faultsOf({ 'model.safetensors': safetensorsOf({ ...model, tensors }) }, model.config, false, vectors);
    expect(await look(encoder, true)).toEqual([]);
    expect(await look(encoder, false)).toMatchObject([{ kind: 'missing' }]);
    const { 'bert.embeddings.LayerNorm.weight': _, ...rest } = encoder;
    expect(await look(rest, true)).toMatchObject([
      { kind: 'missing', tensors: ['bert.embeddings.LayerNorm.weight'] },
    ]);
    const { 'classifier.weight': __, ...judge } = classifier.tensors;
    const files = { 'model.safetensors': safetensorsOf({ ...classifier, tensors: judge }) };
    expect(await faultsOf(files, classifier.config, false, true)).toMatchObject([{ kind: 'missing' }]);
  });

  it('are not judged without config.json, nor beside an adapter', async () => {
    const files = { 'model.safetensors': safetensorsOf({ ...classifier, tensors: { 'some.weight': [2] } }) };
    expect(await faultsOf(files, null)).toEqual([]);
    expect(await faultsOf(files, classifier.config, true)).toEqual([]);
  });

  it.each([2 ** 31, 10_000])('are held against sizes of %i in no time', async (size) => {
    const models = new Map(
      REFERENCES.flatMap((name) => referenceModels(name)).map((model) => [model.config.model_type, model]),
    );
    const start = performance.now();
    for (const model of models.values()) {
      for (const [key, value] of Object.entries(model.config)) {
        if (typeof value === 'number') await altered(model, model.tensors, { [key]: size });
      }
    }
    expect(performance.now() - start).toBeLessThan(20_000);
  });
});

describe('files', () => {
  const whole = safetensorsOf(bert('BertModel'));
  const { config } = bert('BertModel');
  const index = (map: Record<string, string>) => JSON.stringify({ weight_map: map });

  it('that are cut off, padded, or no safetensors', async () => {
    const cut = await faultsOf({ 'model.safetensors': whole.subarray(0, whole.length - 3) }, config);
    expect(cut).toMatchObject([{ kind: 'broken', path: 'model.safetensors' }]);
    expect(JSON.stringify(cut)).toContain('cut off');
    const padded = await faultsOf({ 'model.safetensors': Buffer.concat([whole, Buffer.alloc(3)]) }, config);
    expect(JSON.stringify(padded)).toContain('its last tensor ends at byte');
    const other = await faultsOf({ 'unet/any.safetensors': 'PK and some text' }, null);
    expect(other).toMatchObject([{ kind: 'broken', path: 'unet/any.safetensors' }]);
  });

  it('whose ranges overlap or leave gaps', async () => {
    const header = (from: number) =>
      JSON.stringify({
        a: { dtype: 'F32', shape: [1], data_offsets: [0, 4] },
        b: { dtype: 'F32', shape: [1], data_offsets: [from, from + 4] },
      });
    for (const from of [2, 5]) {
      const json = Buffer.from(header(from));
      const length = Buffer.from(BigUint64Array.of(BigInt(json.length)).buffer);
      const bytes = Buffer.concat([length, json, Buffer.alloc(from + 4)]);
      const found = await faultsOf({ 'model.safetensors': bytes }, config);
      expect(JSON.stringify(found)).toContain('the one before it ends at');
    }
  });

  it('that are pointers', async () => {
    expect(await faultsOf({ 'model.safetensors': POINTER }, config)).toEqual([
      { kind: 'pointer', path: 'model.safetensors', size: 438008064, served: false },
    ]);
    expect(
      await faultsOf(
        {
          'model-1.safetensors': POINTER,
          'model.safetensors.index.json': index({ a: 'model-1.safetensors' }),
        },
        config,
      ),
    ).toMatchObject([{ kind: 'pointer', path: 'model-1.safetensors' }]);
  });

  it('that an index names and that are not there', async () => {
    const map = { a: 'x-1.safetensors', b: 'x-2.safetensors', c: '../x-3.safetensors' };
    expect(await faultsOf({ 'text/x.safetensors.index.json': index(map) }, null)).toEqual([
      {
        kind: 'shard-missing',
        path: 'text/x.safetensors.index.json',
        shards: ['text/../x-3.safetensors', 'text/x-1.safetensors', 'text/x-2.safetensors'],
      },
    ]);
    const both = { 'model.safetensors.index.json': index({ a: 'gone' }), 'model.safetensors': whole };
    expect(await faultsOf(both, config)).toEqual([]);
  });

  it.each(['{', '{}', '{"weight_map": []}', '{"weight_map": {"a": 1}}', `${'['.repeat(100_000)}`])(
    'whose index is %.30s',
    async (text) => {
      const found = await faultsOf({ 'model.safetensors.index.json': text }, config);
      expect(found).toMatchObject([{ kind: 'broken', path: 'model.safetensors.index.json' }]);
    },
  );

  it('of an index that names tensors in the wrong place; one that is nowhere may be tied to another', async () => {
    const told = 'model-1.safetensors';
    const files = {
      [told]: whole,
      'model-2.safetensors': whole,
      'model.safetensors.index.json': index({
        'no.such.tensor': told,
        'embeddings.LayerNorm.weight': told,
        'embeddings.word_embeddings.weight': 'model-2.safetensors',
      }),
    };
    expect(await faultsOf(files, config)).toEqual([
      {
        kind: 'misplaced',
        path: 'model.safetensors.index.json',
        tensors: [{ tensor: 'embeddings.LayerNorm.weight', told, held: 'model-2.safetensors' }],
      },
    ]);
  });

  it('whose header is longer than is read here, and not than any reader takes', async () => {
    const headed = (length: number, size = length) => {
      const bytes = Buffer.alloc(size + 8, ' ');
      bytes.writeBigUInt64LE(BigInt(length));
      return bytes;
    };
    for (const path of ['model.safetensors', 'other.safetensors']) {
      expect(await faultsOf({ [path]: headed(25_000_001) }, config)).toEqual([]);
      expect(await faultsOf({ [path]: headed(25_000_001, 25_000_000) }, config)).toMatchObject([
        { kind: 'broken', reason: expect.stringContaining('is cut off') },
      ]);
      expect(await faultsOf({ [path]: headed(100_000_001, 5) }, config)).toMatchObject([{ kind: 'broken' }]);
    }
  });
});
