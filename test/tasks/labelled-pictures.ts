import { expect } from 'vitest';
import type { MediaSource } from '../../src/smoke/media/source.js';
import type { Tensors } from '../../src/smoke/session.js';
import type { Task } from '../../src/tasks/task.js';
import { pictureSession, plain, summaries } from './pictures.js';
import { runOn } from './session.js';

/** What the answers of these tests are about. */
export const LABELS = ['a cat', 'a dog'];
const INPUTS = [
  { name: 'input_ids', type: 'int64' as const, shape: ['texts', 'tokens'] },
  { name: 'pixel_values', type: 'float32' as const, shape: ['pictures', 3, 'height', 'width'] },
];

/** Runs a task on a model that gives these tensors; tells what the tokenizer was given too. */
export async function answered<Facts>(
  task: Task<MediaSource, Facts>,
  outputs: Tensors,
  { config = {}, parameters = {}, expected = undefined as unknown } = {},
) {
  const encoded: unknown[] = [];
  const session = pictureSession({
    config,
    picture: plain([9, 9, 9], 200, 100),
    inputs: INPUTS,
    tokenizer: {
      encode(texts: unknown, options: unknown) {
        encoded.push([texts, options]);
        return { input_ids: { type: 'int64', dims: [2, 1], data: BigInt64Array.from([1n, 2n]) } };
      },
    } as never,
    graph: (_, feeds) => {
      expect(Object.keys(feeds).sort()).toEqual(['input_ids', 'pixel_values']);
      return outputs;
    },
  });
  const inference = {
    input: { kind: 'file', path: 'a.png' } as const,
    parameters: { candidate_labels: LABELS, ...parameters },
  };
  const answer = await runOn(task, session, inference);
  return {
    ...answer,
    inference,
    tensors: summaries(outputs),
    encoded,
    ...(expected === undefined ? {} : { expected }),
  };
}
