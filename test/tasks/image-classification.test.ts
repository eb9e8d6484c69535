import { describe, expect, it } from 'vitest';
import type { MediaSource } from '../../src/smoke/media/source.js';
import type { Options } from '../../src/smoke/session.js';
import {
  type ImageClassificationFacts,
  imageClassification as task,
} from '../../src/tasks/image-classification.js';
import type { AnsweredCase } from '../../src/tasks/task.js';
import { floats, pictureSession, plain, summaries } from './pictures.js';
import { modelFacts, runOn } from './session.js';

const LABELS = { id2label: { 0: 'red', 1: 'green', 2: 'blue' } };
const SOURCE = { kind: 'file', path: 'red.png' } as const;
const RED = plain([200, 20, 10]);

/** Says which colour is strongest. */
function session(config: Readonly<Record<string, unknown>> = LABELS, preprocessor = {}) {
  return pictureSession({
    config,
    preprocessor,
    picture: RED,
    graph: (colour) => ({
      logits: floats(
        [1, 3],
        colour.map((value) => value * 10),
      ),
    }),
  });
}

async function answered(
  expected?: unknown,
  { config = LABELS, preprocessor = {}, parameters = {} }: Readonly<Record<string, Options>> = {},
): Promise<AnsweredCase<MediaSource, ImageClassificationFacts>> {
  const inference = { input: SOURCE, parameters, ...(expected === undefined ? {} : { expected }) };
  const answer = await runOn(task, session(config, preprocessor), inference);
  return { ...answer, inference, expected, tensors: summaries({ logits: floats([1, 3], [0, 0, 0]) }) };
}

async function checks(...args: Parameters<typeof answered>) {
  return Object.fromEntries(
    task.checkAnswer(await answered(...args)).map(({ id, status, message }) => [id, { status, message }]),
  );
}

describe('an answer of image-classification', () => {
  it('holds labels and probabilities, the best first', async () => {
    const { output } = await answered();
    expect(output).toMatchObject([{ label: 'red' }, { label: 'green' }, { label: 'blue' }]);
    const scores = (output as { score: number }[]).map(({ score }) => score);
    expect(scores.reduce((sum, score) => sum + score, 0)).toBeCloseTo(1, 6);
    expect(scores).toEqual([...scores].sort((a, b) => b - a));
  });

  it('keeps to top_k and function_to_apply', async () => {
    const { output } = await answered(undefined, { parameters: { top_k: 1, function_to_apply: 'none' } });
    expect(output).toEqual([{ label: 'red', score: expect.closeTo((200 / 255) * 10, 3) }]);
  });

  it('takes the sigmoid for classes that hold together', async () => {
    const { output } = await answered(undefined, {
      config: { ...LABELS, problem_type: 'multi_label_classification' },
    });
    expect((output as { score: number }[])[0]?.score).toBeCloseTo(1 / (1 + Math.exp(-2000 / 255)), 5);
  });
});

describe('a card that the answer contradicts', () => {
  const SAYS_RED = [{ label: 'red', score: 0.99 }];

  it('is told so', async () => {
    expect(await checks([{ label: 'green', score: 0.9 }])).toMatchObject({
      'expected-output': { status: 'failed', message: expect.stringContaining('says green') },
    });
  });

  it('may be right about the order of colours', async () => {
    const blue = [{ label: 'blue', score: 0.99 }];
    expect(await checks(blue)).toEqual({
      'output-shape': expect.objectContaining({ status: 'passed' }),
      probabilities: expect.objectContaining({ status: 'passed' }),
      'channel-order': {
        status: 'failed',
        message: expect.stringContaining('"do_flip_channel_order": true'),
      },
    });
  });

  it('may be right that colours are swapped which must not be', async () => {
    expect(await checks(SAYS_RED, { preprocessor: { do_flip_channel_order: true } })).toMatchObject({
      'channel-order': { status: 'failed', message: expect.stringContaining('Delete do_flip_channel_order') },
    });
  });

  it('may be right about the normalization', async () => {
    const preprocessor = { do_normalize: true, image_mean: [0.9, 0, 0], image_std: [1, 0.05, 1] };
    expect(await checks(SAYS_RED, { preprocessor })).toMatchObject({
      'expected-output': { status: 'failed', message: expect.stringContaining('Without normalization') },
    });
  });

  it('is not looked at twice when it agrees', async () => {
    let runs = 0;
    const counting = pictureSession({
      config: LABELS,
      picture: RED,
      graph: (colour) => {
        runs++;
        return {
          logits: floats(
            [1, 3],
            colour.map((value) => value * 10),
          ),
        };
      },
    });
    await runOn(task, counting, { input: SOURCE, parameters: {}, expected: SAYS_RED });
    expect(runs).toBe(1);
  });
});

describe('a model of another task', () => {
  it.each([
    [{ logits: floats([1, 3, 4, 4], new Float32Array(48)) }, 'image-segmentation'],
    [
      {
        logits: floats([1, 3, 4], new Float32Array(12)),
        pred_boxes: floats([1, 3, 4], new Float32Array(12)),
      },
      'object-detection',
    ],
    [{ predicted_depth: floats([1, 4, 4], new Float32Array(16)) }, 'depth-estimation'],
    [{ last_hidden_state: floats([1, 5, 8], new Float32Array(40)) }, 'image-feature-extraction'],
  ])('is told by its outputs (%#)', async (outputs, other) => {
    const inference = { input: SOURCE, parameters: {} };
    const answer = await runOn(
      task,
      pictureSession({ config: LABELS, picture: RED, graph: () => outputs }),
      inference,
    );
    const [check, ...rest] = task.checkAnswer({ ...answer, inference, tensors: summaries(outputs) });
    expect(check).toMatchObject({ id: 'output-shape', status: 'failed' });
    expect(check?.message).toContain(`a model for ${other}: correct pipeline_tag`);
    expect(rest).toEqual([]);
    expect(task.checkLabels({ ...answer, inference, tensors: [] })).toEqual([]);
  });

  it('is told by its class before it is loaded', () => {
    const check = (architectures: string) =>
      task
        .checkModel(modelFacts({ config: { architectures: [architectures] } }))
        .find(({ id }) => id === 'architecture');
    expect(check('DetrForObjectDetection')).toMatchObject({ status: 'failed' });
    expect(check('DetrForObjectDetection')?.message).toContain('"pipeline_tag: object-detection"');
    expect(check('ViTForImageClassification')).toMatchObject({ status: 'passed' });
    expect(check('SomethingOfMine')).toBeUndefined();
  });
});

describe('ways to run image-classification', () => {
  const unfit = (model_type: unknown) =>
    task.ways.map((way) => way.unfit?.(modelFacts({ config: { model_type } })) ?? null);

  it('are the pipeline for types that transformers.js knows, else the bare graph', () => {
    expect(unfit('vit')).toEqual([null, null]);
    expect(unfit('my_own_type')[0]).toContain('no image-classification for this model_type');
    expect(unfit('my_own_type')[1]).toBeNull();
    expect(task.ways.map(({ runner }) => runner)).toEqual(['transformers', 'onnx']);
  });

  it('need what prepares the pictures', () => {
    for (const { needs } of task.ways) {
      expect(needs.map(({ path }) => path)).toEqual(['config.json', 'preprocessor_config.json']);
    }
  });
});

describe('inputs of image-classification', () => {
  const NOTHING = modelFacts();

  it('reads examples', () => {
    expect(task.readExample({ src: 'a.png', output: SOURCE }, NOTHING)).toEqual({
      ok: true,
      value: { input: { kind: 'file', path: 'a.png' }, parameters: {}, output: SOURCE },
    });
    expect(task.readExample({ text: 'a' }, NOTHING)).toMatchObject({ ok: false });
    expect(task.readExample('a.png', NOTHING)).toMatchObject({ ok: false });
  });

  it.each([
    ['QUJD'],
    [{ inputs: 'QUJD' }],
    [{ inputs: 'data:image/png;base64,QUJD', parameters: null }],
    [{ image: 'QUJD' }],
    [{ inputs: { image: 'QUJD' } }],
  ])('reads the request %j', (body) => {
    expect(task.readRequest(body, NOTHING)).toEqual({
      ok: true,
      value: { input: { kind: 'data', base64: 'QUJD' }, parameters: {} },
    });
  });

  it.each([
    [{ inputs: 'https://example.com/a.png' }, 'address'],
    [{ inputs: '' }, 'empty'],
    [{}, 'no `inputs`'],
    [7, 'base64'],
    [{ inputs: 'QUJD', parameters: { top_k: 0 } }, 'top_k'],
    [{ inputs: '../a.png' }, 'base64'],
  ])('refuses the request %j', (body, part) => {
    const read = task.readRequest(body, NOTHING);
    expect(read.ok ? '' : read.fault.message).toContain(part);
  });
});
