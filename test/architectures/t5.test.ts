import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Tensor } from 'onnxruntime-node';
import { afterAll, describe, expect, it } from 'vitest';
import { buildGraph } from '../../src/architectures/index.js';
import {
  largestDifference,
  openReference,
  referenceModels,
  renamed,
  rowsOf,
  tensorsOf,
} from './reference-models.js';
import { expectSameWriting, type Translator } from './translator.js';

const models = referenceModels('t5') as readonly Translator[];
const folder = mkdtempSync(join(tmpdir(), 'validate-card-t5-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const HEAD = 'ForConditionalGeneration';
const [plain, untied] = models;

/** Expects what PyTorch writes. */
async function expectWriting(model: Translator): Promise<void> {
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
}

describe('the graphs of a T5 model', () => {
  it.each(models)('$name give what PyTorch gives, token by token', (model) => expectWriting(model));

  // A bias that is never used.
  const UNUSED = 'decoder.block.0.layer.1.EncDecAttention.relative_attention_bias.weight';
  it.each([
    [
      'decoder',
      untied,
      { 'shared.weight': 'decoder.embed_tokens.weight', 'decoder.embed_tokens.weight': UNUSED },
    ],
    [
      'encoder',
      plain,
      {
        'shared.weight': 'encoder.embed_tokens.weight',
        'encoder.embed_tokens.weight': 'lm_head.weight',
        'decoder.embed_tokens.weight': UNUSED,
      },
    ],
  ])('give it where the table of words is stored as that of the %s', async (_, model, names) => {
    if (model === undefined) throw new Error('no sample');
    const others = new Map(Object.entries(names));
    await expectWriting(renamed(model, (old) => others.get(old) ?? old));
  });

  it('give it where release 5 of transformers called a model tied that was not', async () => {
    if (untied === undefined) throw new Error('no sample');
    const config = { ...untied.config, tie_word_embeddings: true, scale_decoder_outputs: false };
    await expectWriting({ ...untied, config });
  });

  it('give it where release 5 of transformers tells of a tied model', async () => {
    if (plain === undefined) throw new Error('no sample');
    await expectWriting({ ...plain, config: { ...plain.config, scale_decoder_outputs: true } });
  });

  it('see all that is farther than any bucket alike', async () => {
    if (plain === undefined) throw new Error('no sample');
    const decoder = await openReference(folder, plain, HEAD, 'decoder_model_merged');
    const past = 9000;
    /** Logits of a token behind many others, of which a thousand from one place on differ. */
    const logitsOf = async (from: number) => {
      const cache = decoder.inputNames
        .filter((name) => name.startsWith('past_key_values.'))
        .map((name) => {
          const length = name.includes('.encoder.') ? 1 : past;
          const numbers = new Float32Array(2 * length * 4).fill(-0.5);
          if (length > 1)
            for (const head of [0, past]) numbers.fill(0.5, (head + from) * 4, (head + from + 1000) * 4);
          return [name, new Tensor('float32', numbers, [1, 2, length, 4])];
        });
      const made = await decoder.run({
        input_ids: rowsOf([[5]]),
        encoder_attention_mask: rowsOf([[1]]),
        encoder_hidden_states: new Tensor('float32', new Float32Array(16), [1, 1, 16]),
        ...Object.fromEntries(cache),
      });
      return Array.from(made.logits?.data as Float32Array);
    };
    const [far, near] = [await logitsOf(0), await logitsOf(7000)];
    await decoder.release();
    expect(largestDifference(far, near)).toBeLessThan(1e-3);
  });
});

describe('refusal', () => {
  it.each([
    [{}, 'built'],
    [{ dense_act_fn: 'relu', is_gated_act: false, n_positions: 512 }, 'built'],
    [{ dense_act_fn: 'gelu' }, 'unsupported: dense_act_fn is "gelu"'],
    [{ is_gated_act: true }, 'unsupported: is_gated_act is true'],
    [{ relative_attention_max_distance: 5000 }, 'unsupported: relative_attention_max_distance is 5000'],
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
  it('not of a table of words that is stored as that of the head alone', async () => {
    if (plain === undefined) throw new Error('no sample');
    const all = await tensorsOf(plain);
    const table = all.get('shared.weight');
    for (const name of ['shared', 'encoder.embed_tokens', 'decoder.embed_tokens'])
      all.delete(`${name}.weight`);
    if (table !== undefined) all.set('lm_head.weight', table);
    expect(buildGraph(plain.config, all, HEAD).kind).toBe('built');
  });

  it('of an mT5 that is tied and has a table of its head', async () => {
    const model = models.find(({ config }) => config.model_type === 'mt5');
    if (model === undefined) throw new Error('no sample');
    const built = buildGraph({ ...model.config, tie_word_embeddings: true }, await tensorsOf(model), HEAD);
    expect(built).toEqual({
      kind: 'unsupported',
      reason:
        'tie_word_embeddings is true, and there is a lm_head.weight, which release 5 of transformers does not tie',
    });
  });
});
