import { expect, it } from 'vitest';
import { zeroShotObjectDetection as task } from '../../src/tasks/zero-shot-object-detection.js';
import { answered, LABELS } from './labelled-pictures.js';
import { floats } from './pictures.js';
import { modelFacts } from './session.js';

/** Two places; the first may be either. */
const OUTPUTS = {
  logits: floats([1, 2, 2], [2, -1, -9, 1]),
  pred_boxes: floats([1, 2, 4], [0.25, 0.5, 0.25, 0.5, 0.75, 0.5, 0.25, 0.5]),
};

it('finds what the labels name, the best first', async () => {
  const answer = await answered(task, OUTPUTS);
  expect(answer.output).toEqual([
    { label: 'a cat', score: expect.closeTo(0.8808, 3), box: { xmin: 25, ymin: 25, xmax: 75, ymax: 75 } },
    { label: 'a dog', score: expect.closeTo(0.7311, 3), box: { xmin: 125, ymin: 25, xmax: 175, ymax: 75 } },
    { label: 'a dog', score: expect.closeTo(0.2689, 3), box: { xmin: 25, ymin: 25, xmax: 75, ymax: 75 } },
  ]);
  expect(answer.encoded[0]).toMatchObject([LABELS, { padding: true }]);
  expect(task.checkAnswer(answer).map(({ status }) => status)).toEqual(['passed', 'passed']);
});

it('keeps to threshold and top_k', async () => {
  const count = async (parameters: object) =>
    ((await answered(task, OUTPUTS, { parameters })).output as unknown[]).length;
  expect(await count({ threshold: 0.5 })).toBe(2);
  expect(await count({ top_k: 1 })).toBe(1);
});

it('says so when the graph answers for other labels', async () => {
  const answer = await answered(task, { ...OUTPUTS, logits: floats([1, 2], [1, 2]) });
  expect(task.checkAnswer(answer)).toMatchObject([{ id: 'output-shape', status: 'failed' }]);
});

it('skips Grounding DINO', () => {
  const model = modelFacts({ config: { model_type: 'grounding-dino' } });
  expect(task.ways.map((way) => way.unfit?.(model)).every((reason) => typeof reason === 'string')).toBe(true);
});
