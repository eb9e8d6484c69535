import { describe, expect, it } from 'vitest';
import type { Tensors } from '../../src/smoke/session.js';
import { chooseFrames, videoClassification as task } from '../../src/tasks/video-classification.js';
import { floats, plain } from './pictures.js';
import { modelFacts, onnxSession, runOn } from './session.js';

/** Frames that get lighter by one. */
const video = (count: number) => Array.from({ length: count }, (_, index) => plain([index, 100, 200], 2, 2));

async function run(shape: readonly (number | string)[], frames: number, parameters = {}, config = {}) {
  let seen: Tensors = {};
  const inputs = [{ name: 'pixel_values', type: 'float32' as const, shape }];
  const session = onnxSession({
    config,
    inputs,
    media: { ...onnxSession().media, video: async () => video(frames) },
    processor: {
      config: {},
      sound: () => Promise.reject(new Error('It hears nothing.')),
      pictures: async (pictures) => ({
        pixel_values: floats(
          [pictures.length, 3, 1, 1],
          pictures.flatMap(({ data }) => [...data.subarray(0, 3)]),
        ),
      }),
    },
    async run(feeds) {
      seen = feeds;
      return { logits: floats([1, 2], [1, 2]) };
    },
  });
  const answer = await runOn(task, session, { input: { kind: 'file', path: 'a.gif' }, parameters });
  const { dims = [], data = [] } = seen.pixel_values ?? {};
  return { answer, dims, data: Array.from(data as ArrayLike<number>) };
}

describe('the frames of a video', () => {
  it('are as many as the graph takes, at an even distance', async () => {
    const { dims, data, answer } = await run(['batch', 4, 3, 1, 1], 4);
    expect(dims).toEqual([1, 4, 3, 1, 1]);
    expect(data).toEqual([0, 100, 200, 1, 100, 200, 2, 100, 200, 3, 100, 200]);
    expect(answer.output).toMatchObject([{ label: 'LABEL_1' }, { label: 'LABEL_0' }]);
  });

  it('come after the channels where the graph wants it', async () => {
    const { dims, data } = await run(['batch', 3, 2, 1, 1], 2);
    expect(dims).toEqual([1, 3, 2, 1, 1]);
    expect(data).toEqual([0, 1, 100, 100, 200, 200]);
  });

  it('are as many as the request says, else config.json, else 16', async () => {
    const count = async (parameters: object, config: object) =>
      (await run(['batch', 'frames', 3, 1, 1], 40, parameters, config)).dims[1];
    expect(await count({ num_frames: 5 }, { num_frames: 8 })).toBe(5);
    expect(await count({}, { num_frames: 8 })).toBe(8);
    expect(await count({}, {})).toBe(16);
  });

  it('lie where transformers takes them, or all over a shorter video', () => {
    const at = (frames: number, count: number, rate: number) =>
      chooseFrames(video(frames), count, rate).map(({ data }) => data[0]);
    expect(at(100, 4, 1)).toEqual([0, 1, 2, 3]);
    expect(at(100, 4, 4)).toEqual([0, 5, 10, 15]);
    expect(at(3, 4, 1)).toEqual([0, 0, 1, 2]);
    expect(at(9, 1, 1)).toEqual([0]);
    expect(() => at(0, 2, 1)).toThrow('no frames');
  });
});

describe('parameters', () => {
  it.each([{ num_frames: 0 }, { num_frames: 1e9 }, { frame_sampling_rate: 1.5 }, { top_k: -1 }])(
    'refuse %j',
    (parameters) => {
      expect(task.readParameters(parameters)).toMatchObject({ ok: false });
    },
  );

  it('may be null', () => {
    expect(task.readParameters({ num_frames: null, top_k: 2 })).toEqual({ ok: true, value: { top_k: 2 } });
  });
});

it('is not for graphs of pictures', () => {
  const graph = {
    inputs: [{ name: 'pixel_values', type: 'float32' as const, shape: [1, 3, 8, 8] }],
    outputs: [],
  };
  expect(task.ways[0]?.unfit?.(modelFacts({ graph }))).toContain('4 dimensions');
});
