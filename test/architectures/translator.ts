import { Tensor } from 'onnxruntime-node';
import { expect } from 'vitest';
import {
  largestDifference,
  openReference,
  type ReferenceModel,
  rowsOf,
  TOLERANCE,
} from './reference-models.js';

/** A model that reads with one graph and writes with the other; `written` is what it writes greedily. */
export interface Translator extends ReferenceModel {
  readonly written: readonly (readonly number[])[];
}

/** Attention heads of the decoder, their width, and the words it chooses from. */
interface DecoderSize {
  readonly heads: number;
  readonly each: number;
  readonly vocabulary: number;
}

/**
 * Reads `inputs` and writes two texts, greedily token by token with the cache, then in larger pieces: states, all scores and the texts are those of
 * PyTorch.
 */
export async function expectSameWriting(
  folder: string,
  model: Translator,
  inputs: Readonly<Record<string, Tensor>>,
  { heads, each, vocabulary }: DecoderSize,
): Promise<void> {
  const { outputs, written } = model;
  const encoder = await openReference(folder, model, 'ForConditionalGeneration', 'encoder_model');
  const { last_hidden_state: states } = await encoder.run(inputs);
  if (states === undefined) throw new Error('no states');
  const seen = Array.from(states.data as Float32Array);
  expect(largestDifference(seen, outputs.last_hidden_state ?? [])).toBeLessThan(TOLERANCE);

  const decoder = await openReference(folder, model, 'ForConditionalGeneration', 'decoder_model_merged');
  const { attention_mask: mask } = inputs;
  const none: Cache = Object.fromEntries(
    decoder.inputNames
      .filter((name) => name.startsWith('past_key_values.'))
      .map((name) => [name, new Tensor('float32', new Float32Array(0), [2, heads, 0, each])]),
  );
  let past = none;
  const length = written[0]?.length ?? 0;
  const wanted = outputs.logits ?? [];
  let fresh = written.map(([start = 0]) => start);
  for (let step = 0; step < length; step++) {
    const made = await decoder.run({
      input_ids: new Tensor('int64', BigInt64Array.from(fresh, BigInt), [2, 1]),
      ...(mask === undefined ? {} : { encoder_attention_mask: mask }),
      encoder_hidden_states: states,
      ...past,
    });
    const logits = Array.from(made.logits?.data as Float32Array);
    const rows = [logits.slice(0, vocabulary), logits.slice(vocabulary)];
    for (const [text, row] of rows.entries()) {
      const from = (text * length + step) * vocabulary;
      expect(largestDifference(row, wanted.slice(from, from + vocabulary))).toBeLessThan(TOLERANCE);
    }
    fresh = rows.map((row) => row.indexOf(Math.max(...row)));
    if (step + 1 < length) expect(fresh).toEqual(written.map((text) => text[step + 1]));
    past = presentOf(past, made);
  }

  // The whole text in one piece, then in three.
  for (const pieces of [[length], [1, 7, length - 8]]) {
    let kept = none;
    let at = 0;
    for (const piece of pieces) {
      const made = await decoder.run({
        input_ids: rowsOf(written.map((text) => text.slice(at, at + piece))),
        ...(mask === undefined ? {} : { encoder_attention_mask: mask }),
        encoder_hidden_states: states,
        ...kept,
      });
      const logits = Array.from(made.logits?.data as Float32Array);
      const expected = written.flatMap((_, text) =>
        wanted.slice((text * length + at) * vocabulary, (text * length + at + piece) * vocabulary),
      );
      expect(largestDifference(logits, expected)).toBeLessThan(TOLERANCE);
      kept = presentOf(kept, made);
      at += piece;
    }
  }
  await encoder.release();
  await decoder.release();
}

type Cache = Readonly<Record<string, Tensor>>;

/** What a run leaves for the next. */
function presentOf(past: Cache, made: Readonly<Record<string, unknown>>): Cache {
  return Object.fromEntries(
    Object.keys(past).map((name) => [name, made[name.replace('past_key_values', 'present')] as Tensor]),
  );
}
