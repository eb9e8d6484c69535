import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Head } from '../../src/architectures/architecture.js';
import { buildGraph } from '../../src/architectures/index.js';
import {
  largestDifference,
  openReference,
  type ReferenceModel,
  referenceModels,
  renamed,
  rowsOf,
  TOLERANCE,
  tensorsOf,
} from './reference-models.js';
import { expectSameWriting, type Translator } from './translator.js';

const models = referenceModels('bart');
const writers = models.filter((model): model is Translator => 'written' in model);
const judges = models.filter((model) => !('written' in model));
const folder = mkdtempSync(join(tmpdir(), 'validate-card-bart-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function inputsOf({ inputs }: ReferenceModel) {
  return {
    input_ids: rowsOf(inputs.input_ids ?? []),
    attention_mask: rowsOf(inputs.attention_mask ?? []),
  };
}

describe('the graphs of a BART, mBART or Marian model', () => {
  it.each(writers)('$name give what PyTorch gives, token by token', async (model) => {
    const { config } = model;
    const heads = Number(config.decoder_attention_heads);
    const vocabulary = Number(config.decoder_vocab_size ?? config.vocab_size);
    const each = Number(config.d_model) / heads;
    await expectSameWriting(folder, model, inputsOf(model), { heads, each, vocabulary });
  });

  it.each(writers)('$name give it where tensors are named as in the model below the head', async (model) => {
    const { config } = model;
    const heads = Number(config.decoder_attention_heads);
    const vocabulary = Number(config.decoder_vocab_size ?? config.vocab_size);
    const each = Number(config.d_model) / heads;
    const bare = renamed(model, (name) => name.replace(/^model\./, ''));
    await expectSameWriting(folder, bare, inputsOf(model), { heads, each, vocabulary });
  });

  it.each(judges)('$name gives what PyTorch gives', async (model) => {
    const session = await openReference(folder, model, 'ForSequenceClassification');
    const { logits } = await session.run(inputsOf(model));
    const seen = Array.from(logits?.data as Float32Array);
    expect(largestDifference(seen, model.outputs.logits ?? [])).toBeLessThan(TOLERANCE);
    await session.release();
  });

  it('have no place for a token beyond the last position', async () => {
    const [model] = writers;
    if (model === undefined) throw new Error('no sample');
    const encoder = await openReference(folder, model, 'ForConditionalGeneration', 'encoder_model');
    const most = Number(model.config.max_position_embeddings);
    const text = (length: number) => {
      const ids = rowsOf([Array.from({ length }, () => 5)]);
      return { input_ids: ids, attention_mask: rowsOf([Array.from({ length }, () => 1)]) };
    };
    expect((await encoder.run(text(most))).last_hidden_state?.dims).toEqual([1, most, 16]);
    await expect(encoder.run(text(most + 1))).rejects.toThrow(/out of data bounds/);
    await encoder.release();
  });
});

const named = (name: string): ReferenceModel => {
  const found = models.find(({ config }) => String(config.architectures) === name);
  if (found === undefined) throw new Error('no sample');
  return found;
};
const GENERATION = 'ForConditionalGeneration';
const CLASSIFICATION = 'ForSequenceClassification';

describe('refusal', () => {
  it.each([
    ['BartForConditionalGeneration', {}, GENERATION, 'built'],
    [
      'BartForConditionalGeneration',
      // As the first releases wrote it.
      {
        normalize_before: false,
        normalize_embedding: true,
        static_position_embeddings: false,
        extra_pos_embeddings: 2,
        add_final_layer_norm: false,
        num_hidden_layers: 2,
        num_beams: 4,
        no_repeat_ngram_size: 3,
      },
      GENERATION,
      'built',
    ],
    [
      'BartForConditionalGeneration',
      { normalize_before: true },
      GENERATION,
      'unsupported: normalize_before is true',
    ],
    [
      'MBartForConditionalGeneration',
      { normalize_before: true, add_final_layer_norm: true },
      GENERATION,
      'built',
    ],
    [
      'MBartForConditionalGeneration',
      { add_final_layer_norm: false },
      GENERATION,
      'unsupported: add_final_layer_norm is false',
    ],
    ['MarianMTModel', { static_position_embeddings: true, normalize_embedding: false }, GENERATION, 'built'],
    [
      'MarianMTModel',
      { static_position_embeddings: false },
      GENERATION,
      'unsupported: static_position_embeddings is false',
    ],
    [
      'MarianMTModel',
      { max_position_embeddings: 2 ** 24 },
      GENERATION,
      'unsupported: its 16777216 positions of width 16 are too many to compute',
    ],
    [
      'MarianMTModel',
      { share_encoder_decoder_embeddings: false },
      GENERATION,
      'contradiction: the tensor model.encoder.embed_tokens.weight is missing',
    ],
    [
      'BartForConditionalGeneration',
      { share_encoder_decoder_embeddings: false },
      GENERATION,
      'unsupported: nothing is known of its key "share_encoder_decoder_embeddings"',
    ],
    [
      'BartForConditionalGeneration',
      { tie_word_embeddings: false },
      GENERATION,
      'unsupported: tie_word_embeddings is false',
    ],
    [
      'BartForConditionalGeneration',
      { architectures: ['BartForCausalLM'] },
      GENERATION,
      'unsupported: its class is "BartForCausalLM"',
    ],
    [
      'BartForConditionalGeneration',
      {},
      CLASSIFICATION,
      'contradiction: config.json names the class BartForConditionalGeneration, and the task needs one ForSequenceClassification',
    ],
    [
      'BartForConditionalGeneration',
      {},
      'Model',
      'unsupported: a BartForConditionalGeneration is not built for vectors',
    ],
    [
      'BartForConditionalGeneration',
      { activation_function: 'gelu_10' },
      GENERATION,
      'unsupported: its activation is "gelu_10"',
    ],
    [
      'BartForConditionalGeneration',
      { max_position_embeddings: 42 },
      GENERATION,
      'contradiction: the tensor model.encoder.embed_positions.weight has the shape [42, 16], and config.json tells [44, 16]',
    ],
    [
      'BartForConditionalGeneration',
      { vocab_size: 25 },
      GENERATION,
      'contradiction: the tensor model.shared.weight has the shape [24, 16], and config.json tells [25, 16]',
    ],
    [
      'BartForConditionalGeneration',
      { encoder_attention_heads: 3 },
      GENERATION,
      'contradiction: its width of 16 cannot be shared out among 3 attention heads',
    ],
    [
      'BartForConditionalGeneration',
      { decoder_layers: 1 },
      GENERATION,
      /^contradiction: 26 tensors belong to no part/,
    ],
    [
      'BartForSequenceClassification',
      { id2label: { 0: 'a', 1: 'b' } },
      CLASSIFICATION,
      'contradiction: config.json names 2 labels, and classification_head.out_proj.weight has 3 rows',
    ],
    // A classifier of BART that names no labels has three.
    ['BartForSequenceClassification', { id2label: undefined }, CLASSIFICATION, 'built'],
    [
      'BartForSequenceClassification',
      { eos_token_id: null },
      CLASSIFICATION,
      'unsupported: it has no token for the end of a text',
    ],
  ] as const)('of a %s with %o for %s', async (name, change, head: Head, wanted) => {
    const model = named(name);
    const built = buildGraph({ ...model.config, ...change }, await tensorsOf(model), head);
    const outcome = built.kind === 'built' ? 'built' : `${built.kind}: ${built.reason}`;
    if (typeof wanted === 'string') expect(outcome).toBe(wanted);
    else expect(outcome).toMatch(wanted);
  });
});
