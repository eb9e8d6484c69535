import { describe, expect, it } from 'vitest';
import { colourRange, meanColour, type Picture, thumbnail, toRgb } from '../../../src/smoke/media/picture.js';

const picture = (
  width: number,
  height: number,
  channels: Picture['channels'],
  values: readonly number[],
): Picture => ({
  width,
  height,
  channels,
  data: Uint8Array.from(values),
});

describe('toRgb', () => {
  it('repeats grey, keeps colour, drops opacity', () => {
    expect([...toRgb(picture(2, 1, 1, [7, 200])).data]).toEqual([7, 7, 7, 200, 200, 200]);
    const colour = picture(1, 1, 3, [1, 2, 3]);
    expect(toRgb(colour)).toBe(colour);
    expect(toRgb(picture(1, 2, 4, [1, 2, 3, 0, 4, 5, 6, 255]))).toEqual(picture(1, 2, 3, [1, 2, 3, 4, 5, 6]));
  });
});

describe('thumbnail', () => {
  it('averages whole pixels', () => {
    expect([...thumbnail(picture(4, 2, 1, [0, 10, 100, 200, 20, 30, 100, 200]), 2)]).toEqual([
      5, 150, 25, 150,
    ]);
  });

  it('shares pixels that lie under two cells', () => {
    const shrunk = [...thumbnail(picture(3, 1, 1, [0, 90, 255]), 2)];
    expect(shrunk).toHaveLength(4);
    for (const [index, value] of [30, 200, 30, 200].entries()) expect(shrunk[index]).toBeCloseTo(value, 9);
  });

  it('stretches a smaller picture, channel by channel', () => {
    expect([...thumbnail(picture(1, 1, 3, [1, 2, 3]), 2)]).toEqual([1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3]);
  });

  it('keeps the mean of a picture of any size', () => {
    const data = Array.from({ length: 37 * 23 }, (_, index) => (index * 73) % 256);
    const whole = picture(37, 23, 1, data);
    const small = thumbnail(whole, 16);
    expect(small.reduce((sum, value) => sum + value, 0) / small.length).toBeCloseTo(
      meanColour(whole)[0] ?? 0,
      9,
    );
  });
});

describe('meanColour and colourRange', () => {
  const half = picture(2, 1, 4, [10, 20, 30, 0, 30, 40, 50, 255]);
  it('go by channel, and by colour without opacity', () => {
    expect(meanColour(half)).toEqual([20, 30, 40, 127.5]);
    expect(colourRange(half)).toEqual({ min: 10, max: 50 });
  });
});
