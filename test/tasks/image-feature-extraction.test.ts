import { describe, expect, it } from 'vitest';
import { imageFeatureExtraction as task } from '../../src/tasks/image-feature-extraction.js';
import { floats, pictureSession, plain, summaries } from './pictures.js';
import { modelFacts, runOn } from './session.js';

type Outputs = Readonly<Record<string, ReturnType<typeof floats>>>;

async function answered(
  outputs: Outputs,
  { config = {}, parameters = {}, expected = undefined as unknown } = {},
) {
  const session = pictureSession({ config, picture: plain([1, 2, 3]), graph: () => outputs });
  const inference = { input: { kind: 'file', path: 'a.png' } as const, parameters };
  const answer = await runOn(task, session, inference);
  return {
    ...answer,
    inference,
    tensors: summaries(outputs),
    ...(expected === undefined ? {} : { expected }),
  };
}

const TOKENS = {
  last_hidden_state: floats([1, 2, 3], [1, 2, 3, 3, 2, 5]),
  pooler_output: floats([1, 3], [7, 8, 9]),
};
const notPassed = (answer: Awaited<ReturnType<typeof answered>>) =>
  task.checkAnswer(answer).filter(({ status }) => status !== 'passed');

describe('features', () => {
  it('are the vectors of the picture, nested as the API has them', async () => {
    const answer = await answered(TOKENS, { config: { hidden_size: 3 } });
    expect(answer.output).toEqual([
      [
        [1, 2, 3],
        [3, 2, 5],
      ],
    ]);
    expect(task.vectors(answer)).toEqual([[2, 2, 4]]);
    expect(notPassed(answer)).toEqual([]);
  });

  it('are all the same, which is said once', async () => {
    const answer = await answered({ last_hidden_state: floats([1, 2, 2], [3, 3, 3, 3]) });
    expect(notPassed(answer)).toMatchObject([{ id: 'not-constant', status: 'failed' }]);
    expect(task.vectors(answer)).toEqual([]);
  });

  it('are the pooled ones when asked', async () => {
    expect((await answered(TOKENS, { parameters: { pool: true } })).output).toEqual([[7, 8, 9]]);
    const { pooler_output: _, ...tokens } = TOKENS;
    await expect(answered(tokens, { parameters: { pool: true } })).rejects.toThrow('pooler_output');
    expect(task.readParameters({ pool: 'yes' })).toMatchObject({ ok: false });
  });

  it('are those of the picture where a text has some too', async () => {
    const { output } = await answered({ image_embeds: floats([1, 2], [0.5, 0.25]) });
    expect(output).toEqual([[0.5, 0.25]]);
  });
});

describe('checks', () => {
  const GOOD = { last_hidden_state: floats([1, 2, 3], [1, 2, 3, 1, 2, 4]) };

  it('look at the width', async () => {
    expect(notPassed(await answered(GOOD, { config: { hidden_size: 3 } }))).toEqual([]);
    expect(notPassed(await answered(GOOD, { config: { vision_config: { hidden_size: 4 } } }))).toMatchObject([
      { id: 'embedding-width', status: 'failed' },
    ]);
  });

  it('compare with the card', async () => {
    const card = (expected: unknown) => answered(GOOD, { expected }).then(notPassed);
    expect(
      await card([
        [
          [1, 2, 3],
          [1, 2, 4.01],
        ],
      ]),
    ).toEqual([]);
    expect(
      await card([
        [
          [3, 2, 1],
          [-4, 2, 1],
        ],
      ]),
    ).toMatchObject([{ id: 'expected-output', status: 'failed' }]);
    expect(await card([[1, 2, 3]])).toMatchObject([
      { message: expect.stringContaining('shows 1 × 3 numbers') },
    ]);
    expect(await card('vectors')).toMatchObject([{ id: 'expected-output', status: 'warning' }]);
  });

  it('say that class scores are no features', async () => {
    expect(notPassed(await answered({ logits: floats([1, 3], [1, 2, 3]) }))).toMatchObject([
      { id: 'output-shape', status: 'failed', message: expect.stringContaining('image-classification') },
    ]);
  });

  it('take a backbone with any head, but not a graph that needs a text', () => {
    const vit = modelFacts({ config: { architectures: ['ViTForImageClassification'] } });
    expect(task.checkModel(vit)).toMatchObject([{ id: 'architecture', status: 'passed' }]);
    const input = (name: string) => ({ name, type: 'float32' as const, shape: [1] });
    const graph = { inputs: [input('input_ids'), input('pixel_values')], outputs: [] };
    const reasons = task.ways.map((way) =>
      way.unfit?.(modelFacts({ config: { model_type: 'clip' }, graph })),
    );
    for (const reason of reasons) expect(reason).toContain('vision_model.onnx');
  });
});

it('compares vectors by their angle', async () => {
  const first = await answered({ image_embeds: floats([1, 2], [1, 0]) });
  expect(task.compare(first, await answered({ image_embeds: floats([1, 2], [2, 0.1]) }))).toMatchObject({
    agrees: true,
  });
  expect(task.compare(first, await answered({ image_embeds: floats([1, 2], [0, 1]) }))).toMatchObject({
    agrees: false,
  });
});
