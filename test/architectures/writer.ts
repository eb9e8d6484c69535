import type { InferenceSession } from 'onnxruntime-node';
import { Tensor } from 'onnxruntime-node';
import { expect } from 'vitest';
import {
  type Joined,
  largestDifference,
  openReference,
  type ReferenceModel,
  rowsOf,
  TOLERANCE,
} from './reference-models.js';

/** A model that writes. */
export interface Writer extends ReferenceModel {
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

type Feeds = Record<string, Tensor>;

/** Heads of keys and values, no tokens, and the width of each head. */
function headsOf(config: Writer['config']): readonly [number, number, number] {
  const { num_key_value_heads: shared, head_dim: each, n_head: heads, n_embd: width } = config;
  if (heads !== undefined) return [Number(heads), 0, Number(width) / Number(heads)];
  const { hidden_size: hidden, num_attention_heads: all } = config;
  return [Number(shared), 0, Number(each ?? Number(hidden) / Number(all))];
}

/** Keys and values of before: none. */
function nothing(session: InferenceSession, { config }: Writer, batch: number): Feeds {
  const dims = [batch, ...headsOf(config)];
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

/** Expects what PyTorch gives: for the whole text, in pieces through the cache, behind padding, and token by token. */
export async function expectWriter(folder: string, model: Writer, joined?: Joined): Promise<void> {
  const session = await openReference(folder, model, 'ForCausalLM', 'model', joined);
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
}
