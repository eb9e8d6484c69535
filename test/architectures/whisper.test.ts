import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Tensor } from 'onnxruntime-node';
import { afterAll, describe, expect, it } from 'vitest';
import { buildGraph } from '../../src/architectures/index.js';
import { openReference, referenceModels, renamed, tensorsOf } from './reference-models.js';
import { expectSameWriting, type Translator } from './translator.js';

/** A model that is given `features`: recordings, bands, and frames in each. */
type Listener = Translator & { readonly features: readonly number[] };

const models = referenceModels('whisper') as readonly Listener[];
const folder = mkdtempSync(join(tmpdir(), 'validate-card-whisper-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const HEAD = 'ForConditionalGeneration';

function featuresOf(dims: readonly number[]): Tensor {
  const count = dims.reduce((a, b) => a * b, 1);
  const numbers = Float32Array.from({ length: count }, (_, index) => (((index * 37) % 127) - 63) / 64);
  return new Tensor('float32', numbers, dims);
}

describe('the graphs of a Whisper model', () => {
  it.each(models)('$name give what PyTorch gives, token by token', async (model) => {
    const { config, features } = model;
    const heads = Number(config.decoder_attention_heads);
    const each = Number(config.d_model) / heads;
    const size = { heads, each, vocabulary: Number(config.vocab_size) };
    await expectSameWriting(folder, model, { input_features: featuresOf(features) }, size);
  });

  it.each(models)('$name give it where tensors are named as in the model below the head', async (model) => {
    const { config, features } = model;
    const heads = Number(config.decoder_attention_heads);
    const size = { heads, each: Number(config.d_model) / heads, vocabulary: Number(config.vocab_size) };
    const bare = renamed(model, (name) => name.replace(/^model\./, ''));
    await expectSameWriting(folder, bare, { input_features: featuresOf(features) }, size);
  });

  it('hear recordings of one length alone', async () => {
    const [model] = models;
    if (model === undefined) throw new Error('no sample');
    const encoder = await openReference(folder, model, HEAD, 'encoder_model');
    const [batch = 0, bands = 0, frames = 0] = model.features;
    await expect(encoder.run({ input_features: featuresOf([batch, bands, frames - 2]) })).rejects.toThrow(
      /invalid dimensions/,
    );
    await encoder.release();
  });
});

const [plain] = models;

describe('refusal', () => {
  it.each([
    [{}, 'built'],
    [{ num_beams: 5, forced_decoder_ids: [[1, 5]], suppress_tokens: [], use_cache: true }, 'built'],
    [{ scale_embedding: true }, 'unsupported: scale_embedding is true'],
    [{ is_encoder_decoder: false }, 'unsupported: is_encoder_decoder is false'],
    [{ tie_word_embeddings: false }, 'unsupported: tie_word_embeddings is false'],
    [
      { architectures: ['WhisperForAudioClassification'] },
      'unsupported: its class is "WhisperForAudioClassification"',
    ],
    [{ chunk_length: 30 }, 'unsupported: nothing is known of its key "chunk_length"'],
    [
      { num_mel_bins: 128 },
      'contradiction: the tensor model.encoder.conv1.weight has the shape [16, 6, 3], and config.json tells [16, 128, 3]',
    ],
    [
      { max_source_positions: 1500 },
      'contradiction: the tensor model.encoder.embed_positions.weight has the shape [10, 16], and config.json tells [1500, 16]',
    ],
    [
      { max_target_positions: 448 },
      'contradiction: the tensor model.decoder.embed_positions.weight has the shape [32, 16], and config.json tells [448, 16]',
    ],
    [
      { vocab_size: 25 },
      'contradiction: the tensor model.decoder.embed_tokens.weight has the shape [24, 16], and config.json tells [25, 16]',
    ],
    [
      { decoder_attention_heads: 5 },
      'contradiction: its width of 16 cannot be shared out among 5 attention heads',
    ],
    [{ encoder_layers: 1 }, /^contradiction: 15 tensors belong to no part/],
    [
      { encoder_layers: 3 },
      'contradiction: the tensor model.encoder.layers.2.self_attn_layer_norm.weight is missing',
    ],
  ] as const)('of config.json with %o', async (change, wanted) => {
    if (plain === undefined) throw new Error('no sample');
    const built = buildGraph({ ...plain.config, ...change }, await tensorsOf(plain), HEAD);
    const outcome = built.kind === 'built' ? 'built' : `${built.kind}: ${built.reason}`;
    if (typeof wanted === 'string') expect(outcome).toBe(wanted);
    else expect(outcome).toMatch(wanted);
  });

  it('of a task that needs another head', async () => {
    if (plain === undefined) throw new Error('no sample');
    expect(buildGraph(plain.config, await tensorsOf(plain), 'ForCTC')).toEqual({
      kind: 'contradiction',
      reason:
        'config.json names the class WhisperForConditionalGeneration, which writes text; the task needs one ForCTC',
    });
  });
});
