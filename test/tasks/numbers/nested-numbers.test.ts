import { describe, expect, it } from 'vitest';
import { nest, readNestedNumbers, unnest } from '../../../src/tasks/numbers/nested-numbers.js';

describe('nested numbers', () => {
  it.each([
    [[1, 2, 3], [3], [1, 2, 3]],
    [
      [
        [1, 2],
        [3, 4],
        [5, 6],
      ],
      [3, 2],
      [1, 2, 3, 4, 5, 6],
    ],
    [[[[true], [false]]], [1, 2, 1], [1, 0]],
  ])('are read: %j', (list, dims, data) => {
    expect(readNestedNumbers(list, 'It')).toEqual({ ok: true, value: { dims, data } });
  });

  it.each([
    [7, [], 'It must be a list of numbers, not a number.'],
    [[], [], 'It has an empty list.'],
    [[[1, 2], [3]], [1], 'lists of different lengths: 2, and 1'],
    [[1, 'a'], [1], 'must hold finite numbers, not a text'],
    [[1, Number.POSITIVE_INFINITY], [1], 'finite'],
    [[1, [2]], [1], 'must hold finite numbers, not a list'],
    [[[[[[[[1]]]]]]], [], 'deeper than 6'],
  ])('are refused: %j', (list, path, message) => {
    const read = readNestedNumbers(list, 'It');
    expect(read).toMatchObject({ ok: false, fault: { path } });
    expect(!read.ok && read.fault.message).toContain(message);
  });

  it('go into lists and come back', () => {
    const list = nest([1, 2, 3, 4, 5, 6], [1, 3, 2]);
    expect(list).toEqual([
      [
        [1, 2],
        [3, 4],
        [5, 6],
      ],
    ]);
    expect(unnest(list)).toEqual({ dims: [1, 3, 2], data: [1, 2, 3, 4, 5, 6] });
    expect(nest([9], [])).toBe(9);
    expect(() => unnest([])).toThrow('empty');
  });
});
