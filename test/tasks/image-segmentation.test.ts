import { describe, expect, it } from 'vitest';
import type { MediaSource } from '../../src/smoke/media/source.js';
import type { Tensors } from '../../src/smoke/session.js';
import {
  type ImageSegmentationFacts,
  imageSegmentation as task,
} from '../../src/tasks/image-segmentation.js';
import type { AnsweredCase } from '../../src/tasks/task.js';
import { floats, pictureSession, plain, summaries } from './pictures.js';
import { runOn } from './session.js';

const CONFIG = { id2label: { 0: 'sky', 1: 'sea', 2: 'a red/boat' } };
const SHOWN: MediaSource = { kind: 'file', path: 'a.png' };

async function answered(
  outputs: Tensors,
  {
    config = CONFIG as Readonly<Record<string, unknown>>,
    parameters = {} as Readonly<Record<string, unknown>>,
    expected = undefined as unknown,
    size = [8, 8] as readonly [number, number],
    input = SHOWN,
  } = {},
): Promise<AnsweredCase<MediaSource, ImageSegmentationFacts>> {
  const session = pictureSession({ config, picture: plain([9, 9, 9], ...size), graph: () => outputs });
  const inference = { input, parameters };
  const answer = await runOn(task, session, inference);
  return {
    ...answer,
    inference,
    tensors: summaries(outputs),
    ...(expected === undefined ? {} : { expected }),
  };
}

const notPassed = (answer: AnsweredCase<MediaSource, ImageSegmentationFacts>) =>
  task.checkAnswer(answer).filter(({ status }) => status !== 'passed');

/** Sky above, sea below: 3 classes of 2 × 2 logits. */
const HALVES = { logits: floats([1, 3, 2, 2], [5, 5, 0, 0, 0, 0, 5, 5, 1, 1, 1, 1]) };

/** The mask pixels of each file of an answer: how many are white, and how many there are. */
async function masks(answer: AnsweredCase<MediaSource, ImageSegmentationFacts>) {
  const { files = [] } = answer;
  return Promise.all(
    files.map(async ({ name, encode }) => {
      const data = await encode();
      return [name, data.filter((value) => value === 255).length, data.length];
    }),
  );
}

describe('a class for each pixel', () => {
  it('becomes a mask for each class that is there, in the size of the picture', async () => {
    const answer = await answered(HALVES, { size: [6, 4] });
    expect(answer.output).toEqual([
      { label: 'sky', mask: { $file: 'mask-1-sky.png' } },
      { label: 'sea', mask: { $file: 'mask-2-sea.png' } },
    ]);
    expect(await masks(answer)).toEqual([
      ['mask-1-sky.png', 12, 24],
      ['mask-2-sea.png', 12, 24],
    ]);
    expect(notPassed(answer)).toEqual([]);
    expect(task.checkLabels(answer).map(({ status }) => status)).toEqual(['passed', 'passed']);
  });

  it('has no other subtask', async () => {
    await expect(answered(HALVES, { parameters: { subtask: 'panoptic' } })).rejects.toThrow('semantic');
    expect(task.readParameters({ subtask: 'other' })).toMatchObject({ ok: false });
    expect(task.readParameters({ subtask: 'semantic', mask_threshold: 0.4 })).toMatchObject({ ok: true });
  });

  it('warns when all is one, in a picture that the card shows', async () => {
    const all = { logits: floats([1, 3, 1, 1], [5, 0, 0]) };
    expect(notPassed(await answered(all))).toMatchObject([{ id: 'mask', status: 'warning' }]);
    expect(notPassed(await answered(all, { input: { kind: 'sample', name: 'black' } }))).toEqual([]);
  });
});

describe('places with a class and a mask', () => {
  /** A boat on the left half, sure; sea everywhere, surer; nothing. */
  const outputs = (sea: number) => ({
    logits: floats([1, 3, 4], [0, 0, 9, 0, 0, sea, 0, 0, 0, 0, 0, 9]),
    pred_masks: floats([1, 3, 2, 2], [9, -9, 9, -9, -9, 9, -9, 9, 9, 9, 9, 9]),
  });

  it('become masks that do not overlap, with scores', async () => {
    const answer = await answered(outputs(9));
    expect(answer.output).toEqual([
      { label: 'a red/boat', score: expect.closeTo(0.9996, 3), mask: { $file: 'mask-1-a-red-boat.png' } },
      { label: 'sea', score: expect.closeTo(0.9996, 3), mask: { $file: 'mask-2-sea.png' } },
    ]);
    expect((await masks(answer)).map(([, white]) => white)).toEqual([32, 32]);
    expect(answer.facts.classes).toBe(3);
  });

  it('are left out below the threshold', async () => {
    const unsure = outputs(3);
    expect((await answered(unsure)).output).toHaveLength(1);
    expect((await answered(unsure, { parameters: { threshold: 0.5 } })).output).toHaveLength(2);
  });

  it('are left out where others took more of them than overlap_mask_area_threshold says', async () => {
    // The boat is everywhere, but the sea is surer at the right: neither keeps all that it would hold.
    const below = {
      ...outputs(9),
      pred_masks: floats([1, 3, 2, 2], [9, 9, 9, 9, -9, 20, -9, 20, 9, 9, 9, 9]),
    };
    const found = async (overlap_mask_area_threshold: number) =>
      (await answered(below, { parameters: { overlap_mask_area_threshold } })).output;
    expect(await found(0.1)).toMatchObject([{ label: 'a red/boat' }, { label: 'sea' }]);
    expect(await found(0.9)).toEqual([]);
  });

  it('hold what mask_threshold says', async () => {
    // Each would hold all pixels, of which the other takes half.
    const none = await answered(outputs(9), {
      parameters: { mask_threshold: 0.00001, overlap_mask_area_threshold: 0.9 },
    });
    expect(none.output).toEqual([]);
    const both = await answered(outputs(9), { parameters: { overlap_mask_area_threshold: 0.9 } });
    expect(both.output).toHaveLength(2);
  });

  it('become classes of pixels when asked', async () => {
    const answer = await answered(outputs(9), { parameters: { subtask: 'semantic' } });
    expect(answer.output).toMatchObject([{ label: 'sea' }, { label: 'a red/boat' }]);
    expect(JSON.stringify(answer.output)).not.toContain('score');
  });

  it('go by other names too', async () => {
    const { logits, pred_masks } = outputs(9);
    const { output } = await answered({ class_queries_logits: logits, masks_queries_logits: pred_masks });
    expect(output).toHaveLength(2);
  });

  it('may hold nothing', async () => {
    const nothing = { ...outputs(0), logits: floats([1, 3, 4], [0, 0, 0, 9, 0, 0, 0, 9, 0, 0, 0, 9]) };
    expect(notPassed(await answered(nothing))).toMatchObject([{ id: 'mask', status: 'warning' }]);
  });
});

describe('a model that drops the background', () => {
  const matte = (values: readonly number[]) => ({ output: floats([1, 1, 2, 2], values) });

  it('gives a mask of the foreground', async () => {
    const answer = await answered(matte([1, 0, 1, 0]), { config: {} });
    expect(answer.output).toEqual([{ label: 'foreground', mask: { $file: 'mask-foreground.png' } }]);
    expect(answer.facts.found).toMatchObject({ kind: 'matting', share: 0.5 });
    expect(notPassed(answer)).toEqual([]);
    expect(task.checkLabels(answer)).toEqual([]);
  });

  it('gives logits as well', async () => {
    const answer = await answered(matte([8, -8, 8, -8]), { config: {} });
    expect(answer.facts.found).toMatchObject({ share: expect.closeTo(0.5, 6) });
  });

  it.each([0, 1])('must not keep all or nothing (%d)', async (value) => {
    const answer = await answered(matte([value, value, value, value]), { config: {} });
    expect(notPassed(answer)).toMatchObject([{ id: 'mask', status: 'failed' }]);
    expect(task.vectors(answer)).toEqual([]);
  });
});

describe('the labels of the card', () => {
  const card = (...labels: readonly string[]) => labels.map((label) => ({ label, score: 0.9 }));

  it('are found', async () => {
    expect(notPassed(await answered(HALVES, { expected: card('sea') }))).toEqual([]);
  });

  it('are missed', async () => {
    const answer = await answered(HALVES, { expected: card('sky', 'a red/boat') });
    expect(notPassed(answer)).toMatchObject([
      { id: 'expected-output', status: 'failed', message: expect.stringContaining('finds "sky", "sea"') },
    ]);
  });

  it('are not compared with a picture', async () => {
    const answer = await answered(HALVES, { expected: { url: 'a.png' } });
    expect(notPassed(answer)).toMatchObject([{ id: 'expected-output', status: 'skipped' }]);
  });
});

describe('two variants', () => {
  it('agree when the labels lie where they lay', async () => {
    const first = await answered(HALVES);
    expect(task.compare(first, await answered(HALVES))).toMatchObject({ agrees: true, drift: 0 });
    const other = await answered({ logits: floats([1, 3, 2, 2], [0, 0, 5, 5, 5, 5, 0, 0, 1, 1, 1, 1]) });
    expect(task.compare(first, other)).toMatchObject({ agrees: false, drift: 1 });
  });
});

it('says which task other outputs are of', async () => {
  const answer = await answered({ predicted_depth: floats([1, 4, 4], new Float32Array(16)) });
  expect(notPassed(answer)).toMatchObject([
    {
      id: 'output-shape',
      status: 'failed',
      message: expect.stringContaining('a model for depth-estimation'),
    },
  ]);
});
