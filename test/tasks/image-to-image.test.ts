import { describe, expect, it } from 'vitest';
import type { Picture } from '../../src/smoke/media/picture.js';
import { samplePicture } from '../../src/smoke/media/samples.js';
import type { Tensors } from '../../src/smoke/session.js';
import { imageToImage as task } from '../../src/tasks/image-to-image.js';
import { floats, pictureSession, summaries } from './pictures.js';
import { modelFacts, runOn } from './session.js';

const CONFIG = { model_type: 'swin2sr', upscale: 2 };
const SHAPES = samplePicture('shapes');

/** Each pixel twice in both directions, changed by a function. */
function doubled(
  { width, height, data }: Picture,
  change: (value: number) => number,
  order = [0, 1, 2],
): Tensors {
  const area = 4 * width * height;
  const values = new Float32Array(3 * area);
  for (let y = 0; y < 2 * height; y++) {
    for (let x = 0; x < 2 * width; x++) {
      for (let channel = 0; channel < 3; channel++) {
        const from = ((y >> 1) * width + (x >> 1)) * 3 + (order[channel] ?? 0);
        values[channel * area + y * 2 * width + x] = change((data[from] ?? 0) / 255);
      }
    }
  }
  return { reconstruction: floats([1, 3, 2 * height, 2 * width], values) };
}

async function answered(outputs: Tensors, config: Readonly<Record<string, unknown>> = CONFIG) {
  const session = pictureSession({ config, picture: SHAPES, graph: () => outputs });
  const inference = { input: { kind: 'file', path: 'a.png' } as const, parameters: {} };
  const answer = await runOn(task, session, inference);
  return { ...answer, inference, tensors: summaries(outputs) };
}

const last = async (outputs: Tensors, config = CONFIG) =>
  task.checkAnswer(await answered(outputs, config)).at(-1);

describe('an enlarged picture', () => {
  it('is a file', async () => {
    const answer = await answered(doubled(SHAPES, (value) => value));
    expect(answer.output).toEqual({ image: { $file: 'image.png' } });
    const bytes = (await answer.files?.[0]?.encode()) ?? new Uint8Array();
    expect(bytes).toHaveLength(640 * 480 * 3);
    expect([...bytes.subarray((140 * 640 + 100) * 3, (140 * 640 + 100) * 3 + 3)]).toEqual([214, 40, 40]);
    expect(task.checkAnswer(answer).map(({ status }) => status)).toEqual(['passed', 'passed']);
  });

  it.each([
    ['too bright', (value: number) => value * 255, 'Divide the output by 255'],
    ['all black', (value: number) => value / 1000, 'the same colour everywhere'],
    ['a negative', (value: number) => 1 - value, 'does not look like the input'],
  ])('must not be %s', async (_, change, part) => {
    expect(await last(doubled(SHAPES, change))).toEqual({
      id: 'picture',
      status: 'failed',
      message: expect.stringContaining(part),
    });
  });

  it('must not have red and blue swapped', async () => {
    const red = { ...SHAPES, data: SHAPES.data.map((value, at) => (at % 3 === 0 ? 255 : value >> 1)) };
    const session = pictureSession({
      config: CONFIG,
      picture: red,
      graph: () => doubled(red, (value) => value, [2, 1, 0]),
    });
    const inference = { input: { kind: 'file', path: 'a.png' } as const, parameters: {} };
    const answer = await runOn(task, session, inference);
    const tensors = summaries(doubled(red, (value) => value));
    expect(task.checkAnswer({ ...answer, inference, tensors }).at(-1)).toMatchObject({
      id: 'channel-order',
      status: 'failed',
    });
  });

  it('must be as large as config.json says', async () => {
    expect(
      await last(
        doubled(SHAPES, (value) => value),
        { ...CONFIG, upscale: 4 },
      ),
    ).toMatchObject({
      id: 'picture',
      status: 'failed',
      message: expect.stringContaining('320 × 240 pixels becomes 640 × 480'),
    });
  });
});

it('is skipped for models whose pixels mean something of their own', () => {
  for (const way of task.ways) {
    expect(way.unfit?.(modelFacts({ config: { model_type: 'pix2pix' } }))).toMatch(
      /swin2sr|no image-to-image/,
    );
  }
});
