import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { buildGraph } from '../../src/architectures/index.js';
import { referenceModels, rowsOf, tensorsOf } from './reference-models.js';
import { expectSameWriting, type Translator } from './translator.js';

const models = referenceModels('t5') as readonly Translator[];
const folder = mkdtempSync(join(tmpdir(), 'validate-card-t5-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const HEAD = 'ForConditionalGeneration';
describe('the graphs of a T5 model', () => {
  it.each(models)('$name give what PyTorch gives, token by token', async (model) => {
    const { config, inputs } = model;
    await expectSameWriting(
      folder,
      model,
      {
        input_ids: rowsOf(inputs.input_ids ?? []),
        attention_mask: rowsOf(inputs.attention_mask ?? []),
      },
      { heads: Number(config.num_heads), each: Number(config.d_kv), vocabulary: Number(config.vocab_size) },
    );
  });
});

const [plain] = models;

describe('refusal', () => {
  it.each([
    [{}, 'built'],
    [{ dense_act_fn: 'relu', is_gated_act: false, n_positions: 512 }, 'built'],
    [{ feed_forward_proj: 'gelu' }, 'unsupported: feed_forward_proj is "gelu"'],
    [{ is_encoder_decoder: false }, 'unsupported: is_encoder_decoder is false'],
    [{ architectures: ['T5EncoderModel'] }, 'unsupported: its class is "T5EncoderModel"'],
    [{ scalable_attention: true }, 'unsupported: nothing is known of its key "scalable_attention"'],
    [
      { feed_forward_proj: 'gated-gelu' },
      'contradiction: the tensor encoder.block.0.layer.1.DenseReluDense.wi_0.weight is missing',
    ],
    [{ tie_word_embeddings: false }, 'contradiction: the tensor lm_head.weight is missing'],
    [{ num_decoder_layers: 1 }, /^contradiction: 13 tensors belong to no part/],
    [
      { relative_attention_num_buckets: 32 },
      'contradiction: the tensor encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight has the shape [8, 2], and config.json tells [32, 2]',
    ],
  ] as const)('of config.json with %o', async (change, wanted) => {
    if (plain === undefined) throw new Error('no sample');
    const built = buildGraph({ ...plain.config, ...change }, await tensorsOf(plain), HEAD);
    const outcome = built.kind === 'built' ? 'built' : `${built.kind}: ${built.reason}`;
    if (typeof wanted === 'string') expect(outcome).toBe(wanted);
    else expect(outcome).toMatch(wanted);
  });
});
