import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Tensor } from 'onnxruntime-node';
import { afterAll, describe, expect, it } from 'vitest';
import type { Head } from '../../src/architectures/architecture.js';
import { buildGraph } from '../../src/architectures/index.js';
import {
  largestDifference,
  openReference,
  type ReferenceModel,
  referenceModels,
  renamed,
  TOLERANCE,
  tensorsOf,
} from './reference-models.js';

/** A model that is given `samples`: recordings, and samples in each. */
type Listener = ReferenceModel & { readonly samples: readonly [number, number] };

const models = referenceModels('wav2vec2') as readonly Listener[];
const folder = mkdtempSync(join(tmpdir(), 'validate-card-wav2vec2-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function headOf({ config }: ReferenceModel): Head {
  return String(config.architectures).replace(/^.*?(?=For)/, '') as Head;
}

describe('the graph of a Wav2Vec2 or HuBERT model', () => {
  const expectSame = async (model: Listener) => {
    const session = await openReference(folder, model, headOf(model));
    const [batch, length] = model.samples;
    const samples = Float32Array.from(
      { length: batch * length },
      (_, index) => (((index * 37) % 127) - 63) / 64,
    );
    const { logits } = await session.run({ input_values: new Tensor('float32', samples, model.samples) });
    expect(session.outputNames).toEqual(['logits']);
    const seen = Array.from(logits?.data as Float32Array);
    expect(largestDifference(seen, model.outputs.logits ?? [])).toBeLessThan(TOLERANCE);
    await session.release();
  };

  it.each(models)('$name gives what PyTorch gives', expectSame);

  it.each(models)('$name gives it where tensors are named as in the model below the head', (model) =>
    expectSame(renamed(model, (name) => name.replace(/^(?:wav2vec2|hubert)\./, ''))),
  );
});

const [plain] = models;
const classifier = models.find((model) => headOf(model) === 'ForSequenceClassification');

describe('refusal', () => {
  it.each([
    [{}, 'built'],
    [{ mask_time_prob: 0.05, no_mask_time_overlap: false, num_feat_extract_layers: 3 }, 'built'],
    // Layers that normalize afterwards have no adapter.
    [{ adapter_attn_dim: 4 }, 'built'],
    [{ add_adapter: true }, 'unsupported: add_adapter is true'],
    [{ feat_extract_norm: 'batch' }, 'unsupported: feat_extract_norm is "batch"'],
    [{ hidden_act: 'selu' }, 'unsupported: its activation is "selu"'],
    [{ architectures: ['Wav2Vec2ForXVector'] }, 'unsupported: its class is "Wav2Vec2ForXVector"'],
    [{ feat_proj_layer_norm: false }, 'unsupported: nothing is known of its key "feat_proj_layer_norm"'],
    [
      { architectures: ['Wav2Vec2ForSequenceClassification'] },
      'contradiction: config.json names the class Wav2Vec2ForSequenceClassification, and the task needs Wav2Vec2ForCTC',
    ],
    [{ conv_stride: [5, 2] }, 'contradiction: conv_dim, conv_kernel and conv_stride have different lengths'],
    [{ conv_dim: [8, '12', 8] }, 'contradiction: conv_dim holds "12"'],
    [{ conv_dim: [] }, 'contradiction: conv_dim is an empty list'],
    [{ conv_dim: [8, 12] }, 'contradiction: conv_dim, conv_kernel and conv_stride have different lengths'],
    [
      { num_conv_pos_embedding_groups: 3 },
      'contradiction: its width of 16 cannot be shared out among 3 groups',
    ],
    [
      { num_conv_pos_embedding_groups: 2 },
      'contradiction: the tensor wav2vec2.encoder.pos_conv_embed.conv.weight_v has the shape [16, 4, 16], and config.json tells [16, 8, 16]',
    ],
    [
      { feat_extract_norm: 'layer' },
      'contradiction: the tensor wav2vec2.feature_extractor.conv_layers.1.layer_norm.weight is missing',
    ],
    [
      { vocab_size: 12 },
      'contradiction: the tensor lm_head.weight has the shape [11, 16], and config.json tells [12, 16]',
    ],
    [{ num_hidden_layers: 1 }, /^contradiction: 16 tensors belong to no part/],
    [
      { do_stable_layer_norm: true, adapter_attn_dim: 4 },
      'contradiction: the tensor wav2vec2.encoder.layers.0.adapter_layer.norm.weight is missing',
    ],
  ] as const)('of config.json with %o', async (change, wanted) => {
    if (plain === undefined) throw new Error('no sample');
    const built = buildGraph({ ...plain.config, ...change }, await tensorsOf(plain), 'ForCTC');
    const outcome = built.kind === 'built' ? 'built' : `${built.kind}: ${built.reason}`;
    if (typeof wanted === 'string') expect(outcome).toBe(wanted);
    else expect(outcome).toMatch(wanted);
  });

  it.each([
    [{ id2label: { 0: 'a' } }, 'contradiction: config.json names 1 labels, and classifier.weight has 3 rows'],
    [{ use_weighted_layer_sum: true }, 'contradiction: the tensor layer_weights is missing'],
    [
      { classifier_proj_size: 5 },
      'contradiction: the tensor projector.weight has the shape [6, 16], and config.json tells [5, 16]',
    ],
  ] as const)('of config.json of a classifier with %o', async (change, wanted) => {
    if (classifier === undefined) throw new Error('no sample');
    const config = { ...classifier.config, ...change };
    const built = buildGraph(config, await tensorsOf(classifier), 'ForSequenceClassification');
    expect(built.kind === 'built' ? 'built' : `${built.kind}: ${built.reason}`).toBe(wanted);
  });
});
