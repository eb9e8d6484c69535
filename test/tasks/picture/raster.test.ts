import { describe, expect, it } from 'vitest';
import { folded, pictureOf, resized } from '../../../src/tasks/picture/raster.js';

describe('resized', () => {
  // torch.nn.functional.interpolate(mode="bilinear", align_corners=False) of [[0, 1], [2, 3]] to 4 × 4.
  it('lies between the pixels as PyTorch has it', () => {
    const data = resized({ width: 2, height: 2, data: [0, 1, 2, 3] }, 4, 4);
    expect([...data]).toEqual([
      0, 0.25, 0.75, 1, 0.5, 0.75, 1.25, 1.5, 1.5, 1.75, 2.25, 2.5, 2, 2.25, 2.75, 3,
    ]);
  });

  it('keeps what has the size already, and takes points where it shrinks', () => {
    expect([...resized({ width: 3, height: 1, data: [4, 5, 6] }, 3, 1)]).toEqual([4, 5, 6]);
    expect([...resized({ width: 4, height: 1, data: [0, 1, 2, 3] }, 2, 1)]).toEqual([0.5, 2.5]);
    expect([...resized({ width: 1, height: 1, data: [7] }, 2, 2)]).toEqual([7, 7, 7, 7]);
  });
});

it('folds numbers into averages of equal parts', () => {
  expect(folded([1, 3, 5, 7], 2)).toEqual([2, 6]);
  expect(folded([1, 2], 10)).toEqual([1, 2]);
  expect(folded([], 4)).toEqual([]);
});

it('makes pixels of values, channel by channel', () => {
  const size = { width: 2, height: 1, channels: 3 } as const;
  const values = Float32Array.from([0, 1, 0.5, 2, Number.NaN, -1]);
  expect([...pictureOf(values, size, 0).data]).toEqual([0, 128, 0, 255, 255, 0]);
  expect([...pictureOf(values, size, -1).data]).toEqual([128, 191, 0, 255, 255, 0]);
});
