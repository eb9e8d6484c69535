import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { InferenceSession } from 'onnxruntime-node';
import { Tensor } from 'onnxruntime-node';
import { afterAll, describe, expect, it } from 'vitest';
import { buildGraph } from '../../src/architectures/index.js';
import type { LocatedTensor } from '../../src/architectures/weights.js';
import {
  largestDifference,
  openReference,
  type ReferenceModel,
  referenceModels,
  rowsOf,
  tensorsOf,
} from './reference-models.js';

/** A model that writes. */
interface Writer extends ReferenceModel {
  readonly padded: {
    readonly input_ids: readonly (readonly number[])[];
    readonly attention_mask: readonly (readonly number[])[];
    readonly position_ids: readonly (readonly number[])[];
    readonly padding: number;
    /** Of the text behind the padding. */
    readonly logits: readonly number[];
  };
  /** A text of five tokens, and what is written after it greedily. */
  readonly written: readonly number[];
}

const models = referenceModels('llama') as readonly Writer[];
const folder = mkdtempSync(join(tmpdir(), 'validate-card-llama-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The largest difference to PyTorch that is allowed, in any logit. */
const TOLERANCE = 2e-5;

type Feeds = Record<string, Tensor>;

/** Keys and values of before: none. */
function nothing(session: InferenceSession, { config }: Writer, batch: number): Feeds {
  const dims = [batch, Number(config.num_key_value_heads), 0, Number(config.head_dim)];
  const names = session.inputNames.filter((name) => name.startsWith('past_key_values.'));
  return Object.fromEntries(names.map((name) => [name, new Tensor('float32', new Float32Array(0), dims)]));
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}

/** Runs on with the tokens of one text, and the cache of those before; `keep` logits, 0 for all. */
async function step(
  session: InferenceSession,
  ids: readonly number[],
  before: number,
  past: Feeds,
  keep = 0,
) {
  const end = before + ids.length;
  const outputs = await session.run({
    input_ids: rowsOf([ids]),
    attention_mask: rowsOf([range(0, end).map(() => 1)]),
    position_ids: rowsOf([range(before, end)]),
    num_logits_to_keep: new Tensor('int64', BigInt64Array.of(BigInt(keep)), []),
    ...past,
  });
  const cache = Object.entries(outputs).filter(([name]) => name.startsWith('present.'));
  return {
    logits: Array.from(outputs.logits?.data as Float32Array),
    past: Object.fromEntries(
      cache.map(([name, tensor]) => [name.replace('present.', 'past_key_values.'), tensor as Tensor]),
    ),
  };
}

describe('the graph of a Llama model', () => {
  it.each(models)('$name gives what PyTorch gives', async (model) => {
    const session = await openReference(folder, model, 'ForCausalLM');
    const [ids = []] = model.inputs.input_ids ?? [];
    const wanted = model.outputs.logits ?? [];
    const none = nothing(session, model, 1);

    const whole = await step(session, ids, 0, none);
    expect(largestDifference(whole.logits, wanted)).toBeLessThan(TOLERANCE);

    // In pieces, through the cache.
    const pieces: number[] = [];
    let past = none;
    for (const [from, to] of [
      [0, 8],
      [8, 9],
      [9, ids.length],
    ] as const) {
      const done = await step(session, ids.slice(from, to), from, past);
      pieces.push(...done.logits);
      past = done.past;
    }
    expect(largestDifference(pieces, wanted)).toBeLessThan(TOLERANCE);

    // Only the last logits.
    const vocabulary = Number(model.config.vocab_size);
    const last = await step(session, ids, 0, none, 1);
    expect(largestDifference(last.logits, wanted.slice(-vocabulary))).toBeLessThan(TOLERANCE);

    // Behind padding, in a batch.
    const { padded } = model;
    const outputs = await session.run({
      input_ids: rowsOf(padded.input_ids),
      attention_mask: rowsOf(padded.attention_mask),
      position_ids: rowsOf(padded.position_ids),
      num_logits_to_keep: new Tensor('int64', BigInt64Array.of(0n), []),
      ...nothing(session, model, 2),
    });
    const both = Array.from(outputs.logits?.data as Float32Array);
    expect(largestDifference(both.slice(-padded.logits.length), padded.logits)).toBeLessThan(TOLERANCE);

    // Token by token, greedily.
    const text = model.written.slice(0, 5);
    let fresh = [...text];
    let kept = none;
    while (text.length < model.written.length) {
      const { logits, past: now } = await step(session, fresh, text.length - fresh.length, kept, 1);
      kept = now;
      fresh = [logits.indexOf(Math.max(...logits))];
      text.push(...fresh);
    }
    expect(text).toEqual(model.written);
    await session.release();
  });

  it('covers four model types', () => {
    expect(new Set(models.map(({ config }) => config.model_type)).size).toBe(4);
    expect(models).toHaveLength(10);
  });
});

const plain = models[0];
const biased = models.find(({ config }) => config.attention_bias === true && config.model_type === 'llama');

async function altered(
  change: Readonly<Record<string, unknown>>,
  tensors: (all: Map<string, LocatedTensor>) => void = () => undefined,
  model = plain,
) {
  if (model === undefined) throw new Error('no sample');
  const all = await tensorsOf(model);
  tensors(all);
  const built = buildGraph({ ...model.config, ...change }, all, 'ForCausalLM');
  return built.kind === 'built' ? `built for ${built.graph.longest}` : `${built.kind}: ${built.reason}`;
}

describe('refusal', () => {
  it.each([
    [{}, 'built for 64'],
    [{ sliding_window: 16, use_sliding_window: true }, 'built for 16'],
    [{ layer_types: ['full_attention', 'sliding_attention'], sliding_window: 24 }, 'built for 24'],
    [{ layer_types: ['mamba'] }, /^unsupported: layer_types is/],
    [
      { rope_scaling: { rope_type: 'yarn', factor: 4 } },
      'unsupported: its rotary positions are scaled by "yarn"',
    ],
    [
      { rope_scaling: { rope_type: 'default', mrope_section: [1] } },
      'unsupported: nothing is known of its key "mrope_section" in rope_scaling',
    ],
    [
      { rope_scaling: { rope_type: 'llama3', factor: 8 } },
      /^contradiction: low_freq_factor of rope_scaling is/,
    ],
    [{ rope_scaling: { rope_type: 'constructor' } }, /^unsupported: its rotary positions/],
    [
      { tie_word_embeddings: false },
      'contradiction: the tensor lm_head.weight is missing, and tie_word_embeddings is false',
    ],
    [{ num_experts: 8 }, 'unsupported: nothing is known of its key "num_experts"'],
    [{ attention_bias: true }, 'contradiction: the tensor model.layers.0.self_attn.q_proj.bias is missing'],
    [
      { num_key_value_heads: 2 },
      'contradiction: the tensor model.layers.0.self_attn.k_proj.weight has the shape [16, 16], and config.json tells [8, 16]',
    ],
    [{ num_key_value_heads: 3 }, 'contradiction: 4 attention heads cannot share 3 heads of keys and values'],
    [
      { architectures: ['LlamaForSequenceClassification'] },
      'unsupported: its class is "LlamaForSequenceClassification"',
    ],
    [{ quantization_config: { quant_method: 'fp8' } }, 'unsupported: its weights are quantized ("fp8")'],
    [{ partial_rotary_factor: 0.5 }, 'unsupported: partial_rotary_factor is 0.5'],
  ] as const)('of config.json with %o', async (change, wanted) => {
    const outcome = await altered(change);
    if (typeof wanted === 'string') expect(outcome).toBe(wanted);
    else expect(outcome).toMatch(wanted);
  });

  it('of biases that config.json does not tell of', async () => {
    expect(await altered({ attention_bias: false }, undefined, biased)).toMatch(
      /^contradiction: 8 tensors belong to no part/,
    );
  });

  it('of the names that GPTQ gives', async () => {
    const outcome = await altered({}, (all) => {
      for (const [name, tensor] of [...all]) {
        if (!/q_proj\.weight/.test(name)) continue;
        all.delete(name);
        for (const part of ['qweight', 'qzeros', 'scales', 'g_idx'])
          all.set(name.replace('weight', part), tensor);
      }
    });
    expect(outcome).toBe('contradiction: the tensor model.layers.0.self_attn.q_proj.weight is missing');
  });

  it('takes the frequencies that old releases stored, and a copy of a tied table', async () => {
    const outcome = await altered({}, (all) => {
      const tensor = all.get('model.norm.weight');
      if (tensor === undefined) return;
      all.set('model.layers.0.self_attn.rotary_emb.inv_freq', tensor);
      all.set('lm_head.weight', tensor);
    });
    expect(outcome).toBe('built for 64');
  });
});
