import { expect, it } from 'vitest';
import { zeroShotImageClassification as task } from '../../src/tasks/zero-shot-image-classification.js';
import { answered } from './labelled-pictures.js';
import { floats } from './pictures.js';

const OUTPUTS = { logits_per_image: floats([1, 2], [1, 3]) };

it('scores labels in the sentence of the pipeline', async () => {
  const { output, encoded } = await answered(task, OUTPUTS);
  expect(output).toEqual([
    { label: 'a dog', score: expect.closeTo(0.8808, 3) },
    { label: 'a cat', score: expect.closeTo(0.1192, 3) },
  ]);
  expect(encoded).toEqual([
    [['This is a photo of a cat.', 'This is a photo of a dog.'], { padding: true, truncation: true }],
  ]);
});

it('keeps to the template of the request', async () => {
  const { encoded } = await answered(task, OUTPUTS, { parameters: { hypothesis_template: '{}!' } });
  expect(encoded[0]).toMatchObject([['a cat!', 'a dog!'], {}]);
  expect(task.readParameters({ hypothesis_template: 'without a place' })).toMatchObject({ ok: false });
});

it('gives each label its own probability for SigLIP', async () => {
  const { output, encoded, ...rest } = await answered(task, OUTPUTS, { config: { model_type: 'siglip' } });
  expect(output).toMatchObject([{ score: expect.closeTo(0.9526, 3) }, { score: expect.closeTo(0.7311, 3) }]);
  expect(encoded[0]).toMatchObject([{}, { padding: 'max_length' }]);
  const checks = task.checkAnswer({ ...rest, output });
  expect(checks.map(({ status }) => status)).toEqual(['passed', 'passed']);
});

it('compares with the card', async () => {
  const card = async (expected: unknown) =>
    task.checkAnswer(await answered(task, OUTPUTS, { expected })).find(({ id }) => id === 'expected-output');
  expect(await card([{ label: 'a dog', score: 0.9 }])).toMatchObject({ status: 'passed' });
  expect(await card([{ label: 'a cat', score: 0.9 }])).toMatchObject({ status: 'failed' });
});

it('says so when the graph scores no labels', async () => {
  const answer = await answered(task, { image_embeds: floats([1, 2], [1, 2]) });
  expect(answer.output).toEqual([]);
  expect(task.checkAnswer(answer)).toMatchObject([{ id: 'output-shape', status: 'failed' }]);
});
