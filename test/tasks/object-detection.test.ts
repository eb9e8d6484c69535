import { describe, expect, it } from 'vitest';
import type { MediaSource } from '../../src/smoke/media/source.js';
import type { Tensors } from '../../src/smoke/session.js';
import { type ObjectDetectionFacts, objectDetection as task } from '../../src/tasks/object-detection.js';
import type { AnsweredCase } from '../../src/tasks/task.js';
import { floats, pictureSession, plain, summaries } from './pictures.js';
import { modelFacts, runOn } from './session.js';

const CONFIG = { model_type: 'detr', id2label: { 0: 'cat', 1: 'dog' } };
const SHOWN: MediaSource = { kind: 'file', path: 'a.png' };
/** Cat, dog, no object. */
const CAT = [6, 0, 0];
const DOG = [0, 6, 0];
const NOTHING = [0, 0, 9];
/** Centre, width and height as fractions. */
const LEFT = [0.25, 0.5, 0.25, 0.5];
const RIGHT = [0.75, 0.5, 0.375, 0.5];

async function answered(
  logits: readonly (readonly number[])[],
  boxes: readonly (readonly number[])[],
  {
    config = CONFIG as Readonly<Record<string, unknown>>,
    parameters = {} as Readonly<Record<string, unknown>>,
    expected = undefined as unknown,
    input = SHOWN,
  } = {},
): Promise<AnsweredCase<MediaSource, ObjectDetectionFacts>> {
  const outputs: Tensors = {
    logits: floats([1, logits.length, logits[0]?.length ?? 0], logits.flat()),
    pred_boxes: floats([1, boxes.length, 4], boxes.flat()),
  };
  const session = pictureSession({ config, picture: plain([9, 9, 9], 200, 100), graph: () => outputs });
  const inference = { input, parameters };
  const answer = await runOn(task, session, inference);
  return {
    ...answer,
    inference,
    tensors: summaries(outputs),
    ...(expected === undefined ? {} : { expected }),
  };
}

async function failing(...args: Parameters<typeof answered>) {
  return task.checkAnswer(await answered(...args)).filter(({ status }) => status !== 'passed');
}

describe('an answer of object-detection', () => {
  it('holds boxes in pixels of the picture, the best first', async () => {
    const { output } = await answered([NOTHING, CAT, [0, 8, 0]], [LEFT, LEFT, RIGHT]);
    expect(output).toEqual([
      { label: 'dog', score: expect.closeTo(0.9993, 3), box: { xmin: 112, ymin: 25, xmax: 187, ymax: 75 } },
      { label: 'cat', score: expect.closeTo(0.9951, 3), box: { xmin: 25, ymin: 25, xmax: 75, ymax: 75 } },
    ]);
  });

  it('keeps to the threshold', async () => {
    const unsure = [1, 0, 0];
    expect((await answered([unsure], [LEFT], { parameters: { threshold: 0.6 } })).output).toEqual([]);
    expect((await answered([unsure], [LEFT], { parameters: { threshold: 0.5 } })).output).toHaveLength(1);
    expect(task.readParameters({ threshold: 1.5 })).toMatchObject({ ok: false });
    expect(task.readParameters({ threshold: null })).toEqual({ ok: true, value: {} });
  });

  it('gives each class its own score where there is no class for “no object”', async () => {
    const config = { ...CONFIG, model_type: 'rt_detr' };
    const { output, facts } = await answered([[2, 1]], [LEFT], { config });
    expect(output).toMatchObject([
      { label: 'cat', score: expect.closeTo(0.8808, 3) },
      { label: 'dog', score: expect.closeTo(0.7311, 3) },
    ]);
    expect(facts.classes).toBe(2);
  });
});

describe('boxes', () => {
  it('lie in the picture, or reach out a little', async () => {
    expect(await failing([CAT], [LEFT])).toEqual([]);
    expect(await failing([CAT], [[0.14, 0.5, 0.3, 0.6]])).toEqual([]);
  });

  it.each([
    ['pixels', [50, 50, 60, 60], 'in pixels'],
    ['fractions of fractions', [0.001, 0.005, 0.0015, 0.006], 'smaller than a pixel'],
    ['corners', [0.6, 0.2, 0.9, 0.8], 'reaches out of the picture'],
    ['negative sizes', [0.5, 0.5, -0.3, 0.6], 'has no area'],
  ])('are no %s', async (_, box, part) => {
    expect(await failing([CAT], [box])).toEqual([
      { id: 'boxes', status: 'failed', message: expect.stringContaining(part) },
    ]);
  });

  it('may be missing, with a warning where the card shows a picture', async () => {
    const unsure = [0, 0, 1];
    const [check] = await failing([unsure], [LEFT]);
    expect(check).toMatchObject({ id: 'boxes', status: 'warning' });
    expect(check?.message).toContain('best score is 0.212 for "cat"');
    const sample: MediaSource = { kind: 'sample', name: 'shapes' };
    expect(await failing([unsure], [LEFT], { input: sample })).toMatchObject([
      { id: 'boxes', status: 'skipped' },
    ]);
  });

  it('are missed where no object always wins', async () => {
    expect(await failing([[0, 0, 40]], [LEFT])).toMatchObject([{ id: 'boxes', status: 'failed' }]);
  });
});

describe('the boxes of the card', () => {
  const CARD = [{ label: 'cat', score: 0.99, box: { xmin: 27, ymin: 25, xmax: 75, ymax: 74 } }];

  it('are found', async () => {
    const { facts: _, ...rest } = await answered([CAT], [LEFT], { expected: CARD });
    expect(rest.output).toHaveLength(1);
    expect(await failing([CAT], [LEFT], { expected: CARD })).toEqual([]);
    expect(await failing([CAT, DOG], [LEFT, RIGHT], { expected: CARD })).toEqual([]);
  });

  it.each([
    ['of another thing', DOG, LEFT, CARD, 'failed', 'finds "dog"'],
    ['elsewhere', CAT, RIGHT, CARD, 'failed', 'at 27, 25, 75, 74, the model finds it at 113, 25, 188, 75'],
    ['not at all', NOTHING, LEFT, CARD, 'failed', 'finds nothing above 0.5'],
    ['with another score', CAT, LEFT, [{ ...CARD[0], score: 0.5 }], 'warning', 'differ by more than'],
    ['though it shows none', CAT, LEFT, [], 'failed', 'shows nothing'],
    ['and the card shows something else', CAT, LEFT, [{ label: 'cat' }], 'warning', 'no list of'],
  ])('are found %s', async (_, logits, box, expected, status, part) => {
    expect(await failing([logits], [box], { expected })).toEqual([
      { id: 'expected-output', status, message: expect.stringContaining(part) },
    ]);
  });

  it('are no promise when nothing is there and nothing is shown', async () => {
    expect(await failing([NOTHING], [LEFT], { expected: [] })).toEqual([]);
  });
});

describe('labels', () => {
  it('are as many as classes, beside “no object”', async () => {
    const answer = await answered([CAT], [LEFT]);
    expect(task.checkLabels(answer).map(({ status }) => status)).toEqual(['passed', 'passed']);
    const fewer = await answered([CAT], [LEFT], { config: { ...CONFIG, id2label: { 0: 'cat' } } });
    expect(task.checkLabels(fewer)[0]).toMatchObject({ id: 'label-count', status: 'failed' });
  });
});

describe('two variants', () => {
  const compare = async (first: readonly number[], second: readonly number[], box = LEFT) =>
    task.compare(await answered([first], [LEFT]), await answered([second], [box]));

  it('agree when they find the same', async () => {
    expect(await compare(CAT, [5, 0, 0])).toMatchObject({ agrees: true, drift: expect.closeTo(0.0083, 3) });
    expect(await compare(CAT, CAT, [0.26, 0.5, 0.25, 0.5])).toMatchObject({ agrees: true });
    expect(await compare(NOTHING, NOTHING)).toMatchObject({ agrees: true });
  });

  it('disagree when something is lost, new, elsewhere or something else', async () => {
    expect(await compare(CAT, NOTHING)).toMatchObject({
      agrees: false,
      seen: expect.stringContaining('lost'),
    });
    expect(await compare(NOTHING, CAT)).toMatchObject({
      agrees: false,
      seen: expect.stringContaining('new'),
    });
    expect(await compare(CAT, CAT, RIGHT)).toMatchObject({ agrees: false });
    expect(await compare(CAT, DOG)).toMatchObject({ agrees: false });
  });
});

describe('a graph of another kind', () => {
  it('is skipped when its boxes are made by code of its own', () => {
    const graph = {
      inputs: [],
      outputs: [{ name: 'output0', type: 'float32' as const, shape: [1, 84, 8400] }],
    };
    for (const way of task.ways) {
      const reason = way.unfit?.(modelFacts({ config: { model_type: 'yolos' }, graph }));
      expect(reason).toContain('output0');
    }
  });
});
