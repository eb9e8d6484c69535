import { expect, it } from 'vitest';
import { segmentsOf } from '../../../src/page/widget/outputs/segments.js';

const found = (start: number | null, end: number | null) => ({
  group: 'X',
  word: '',
  score: null,
  start,
  end,
});

it('a text is cut where something was found, and nothing of it is lost', () => {
  const text = 'Anna lives in Rome.';
  const segments = segmentsOf(text, [
    found(14, 18),
    found(0, 4),
    found(2, 6),
    found(17, 99),
    found(null, null),
  ]);
  expect(segments.map((one) => [one.text, one.entity !== null])).toEqual([
    ['Anna', true],
    [' lives in ', false],
    ['Rome', true],
    ['.', false],
  ]);
  expect(segmentsOf('', [])).toEqual([]);
});

it('places are counted in characters, as the API counts them', () => {
  const segments = segmentsOf('😀😀 Anna lives in 東京.', [
    found(3, 7),
    found(17, 19),
    found(-1, 2),
    found(0.5, 3),
  ]);
  expect(segments.map((one) => [one.text, one.entity !== null])).toEqual([
    ['😀😀 ', false],
    ['Anna', true],
    [' lives in ', false],
    ['東京', true],
    ['.', false],
  ]);
});
