import { expect, it } from 'vitest';
import { depthEstimation as task } from '../../src/tasks/depth-estimation.js';
import { floats, pictureSession, plain, summaries } from './pictures.js';
import { runOn } from './session.js';

async function answered(outputs: Readonly<Record<string, ReturnType<typeof floats>>>) {
  const session = pictureSession({ picture: plain([1, 2, 3], 4, 2), graph: () => outputs });
  const inference = { input: { kind: 'file', path: 'a.png' } as const, parameters: {} };
  const answer = await runOn(task, session, inference);
  return { ...answer, inference, tensors: summaries(outputs) };
}

it.each([[[1, 1, 2]], [[1, 1, 1, 2]]])('gives the depth and its picture (%j)', async (dims) => {
  const answer = await answered({ predicted_depth: floats(dims, [2, 0.1]) });
  expect(answer.output).toEqual({ predicted_depth: [[2, 0.1]], depth: { $file: 'depth.png' } });
  const [file] = answer.files ?? [];
  // Left is the largest number, right the smallest; bilinear in between, in the size of the input.
  expect([...((await file?.encode()) ?? [])]).toEqual([255, 191, 63, 0, 255, 191, 63, 0]);
  expect(task.checkAnswer(answer).map(({ status }) => status)).toEqual(['passed', 'passed']);
});

it('says that a depth is the same everywhere, once', async () => {
  const answer = await answered({ predicted_depth: floats([1, 2, 2], [3, 3, 3, 3]) });
  expect(task.checkAnswer(answer)[1]).toMatchObject({ id: 'not-constant', status: 'failed' });
  expect(task.vectors(answer)).toEqual([]);
  expect([...((await answer.files?.[0]?.encode()) ?? [])]).toEqual(new Array(8).fill(0));
});

it('says which task other outputs are of', async () => {
  const [check, ...rest] = task.checkAnswer(await answered({ logits: floats([1, 3], [1, 2, 3]) }));
  expect(check).toMatchObject({ id: 'output-shape', status: 'failed' });
  expect(check?.message).toContain('a model for image-classification');
  expect(rest).toEqual([]);
});

it('compares depths by their range', async () => {
  const first = await answered({ predicted_depth: floats([1, 1, 4], [0, 1, 2, 4]) });
  const near = await answered({ predicted_depth: floats([1, 1, 4], [0, 1.1, 2, 4]) });
  const far = await answered({ predicted_depth: floats([1, 1, 4], [4, 2, 1, 0]) });
  expect(task.compare(first, near)).toMatchObject({ agrees: true, drift: expect.closeTo(0.025, 5) });
  expect(task.compare(first, far)).toMatchObject({ agrees: false });
});
