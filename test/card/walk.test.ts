import { describe, expect, test } from 'vitest';
import { parseCard } from '../../src/card/parse.js';
import { toPointer } from '../../src/card/path.js';
import { walkValues } from '../../src/card/walk.js';

const pointers = (value: unknown) => {
  const seen: string[] = [];
  walkValues(value, (path) => seen.push(toPointer(path)));
  return seen;
};

describe('walkValues', () => {
  test('visits parents first, in the order of the source', () => {
    expect(pointers({ b: [1, { c: 2 }], 'a/~': null })).toEqual([
      '',
      '/b',
      '/b/0',
      '/b/1',
      '/b/1/c',
      '/a~1~0',
    ]);
  });

  test('visits what an alias repeats once', () => {
    const card = parseCard('---\na: &a {x: 1}\nb: *a\nc: [*a, 2]\n---\n');
    expect(pointers(card.metadata)).toEqual(['', '/a', '/a/x', '/c', '/c/1']);
  });

  test('takes dates, binary data and scalars for leaves', () => {
    expect(pointers([new Date(0), new Uint8Array(3), 'x'])).toEqual(['', '/0', '/1', '/2']);
    expect(pointers('x')).toEqual(['']);
  });
});
