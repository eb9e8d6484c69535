import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Tensor } from 'onnxruntime-node';
import { afterAll, describe, expect, it } from 'vitest';
import { buildGraph } from '../../src/architectures/index.js';
import {
  largestDifference,
  openReference,
  type ReferenceModel,
  referenceModels,
  rowsOf,
  tensorsOf,
} from './reference-models.js';

/** A model that reads with one graph and writes with the other; `written` is what it writes greedily. */
interface Translator extends ReferenceModel {
  readonly written: readonly (readonly number[])[];
}

const models = referenceModels('t5') as readonly Translator[];
const folder = mkdtempSync(join(tmpdir(), 'validate-card-t5-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const HEAD = 'ForConditionalGeneration';
const TOLERANCE = 2e-5;

describe('the graphs of a T5 model', () => {
  it.each(models)('$name give what PyTorch gives, token by token', async (model) => {
    const { config, inputs, outputs, written } = model;
    const encoder = await openReference(folder, model, HEAD, 'encoder_model');
    const mask = rowsOf(inputs.attention_mask ?? []);
    const { last_hidden_state: states } = await encoder.run({
      input_ids: rowsOf(inputs.input_ids ?? []),
      attention_mask: mask,
    });
    if (states === undefined) throw new Error('no states');
    const seen = Array.from(states.data as Float32Array);
    expect(largestDifference(seen, outputs.last_hidden_state ?? [])).toBeLessThan(TOLERANCE);

    const decoder = await openReference(folder, model, HEAD, 'decoder_model_merged');
    const empty = [2, Number(config.num_heads), 0, Number(config.d_kv)];
    let past: Readonly<Record<string, Tensor>> = Object.fromEntries(
      decoder.inputNames
        .filter((name) => name.startsWith('past_key_values.'))
        .map((name) => [name, new Tensor('float32', new Float32Array(0), empty)]),
    );
    const vocabulary = Number(config.vocab_size);
    const length = written[0]?.length ?? 0;
    const wanted = outputs.logits ?? [];
    let fresh = written.map(([start = 0]) => [start]);
    for (let step = 0; step < length; step++) {
      const made = await decoder.run({
        input_ids: rowsOf(fresh),
        encoder_attention_mask: mask,
        encoder_hidden_states: states,
        ...past,
      });
      const logits = Array.from(made.logits?.data as Float32Array);
      const rows = [logits.slice(0, vocabulary), logits.slice(vocabulary)];
      for (const [text, row] of rows.entries()) {
        const from = (text * length + step) * vocabulary;
        expect(largestDifference(row, wanted.slice(from, from + vocabulary))).toBeLessThan(TOLERANCE);
      }
      fresh = rows.map((row) => [row.indexOf(Math.max(...row))]);
      if (step + 1 < length) expect(fresh).toEqual(written.map((text) => [text[step + 1]]));
      past = Object.fromEntries(
        Object.keys(past).map((name) => [name, made[name.replace('past_key_values', 'present')] as Tensor]),
      );
    }
    await encoder.release();
    await decoder.release();
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
