import { describe, expect, it } from 'vitest';
import { cosine, indexOfLargest, isCount, product, rangeOf } from '../../../src/tasks/numbers/numbers.js';

describe('indexOfLargest', () => {
  it.each([
    [[1, 3, 2], 1],
    [[2, 2], 0],
    [[Number.NaN, 2, 2], 1],
    [[Number.NEGATIVE_INFINITY, -5], 1],
    [[], 0],
  ])('of %j is %j', (numbers, index) => {
    expect(indexOfLargest(numbers)).toBe(index);
  });
});

it('finds the range of numbers, whatever else is among them', () => {
  expect(rangeOf([3, -1, 2])).toEqual({ min: -1, max: 3 });
  expect(rangeOf([Number.NaN, 2])).toEqual({ min: 2, max: 2 });
});

it('multiplies the dimensions of a tensor', () => {
  expect(product([2, 3, 4])).toBe(24);
  expect(product([])).toBe(1);
});

it.each([1, 512])('takes %j for a count', (value) => {
  expect(isCount(value)).toBe(true);
});

it.each([0, -1, 1.5, Number.NaN, '1', null])('takes %j for no count', (value) => {
  expect(isCount(value)).toBe(false);
});

it('measures the angle between vectors', () => {
  expect(cosine([1, 0], [2, 0])).toBe(1);
  expect(cosine([1, 0], [0, 3])).toBe(0);
  expect(cosine([0, 0], [0, 0])).toBe(1);
  expect(cosine([0, 0], [1, 0])).toBe(0);
});
