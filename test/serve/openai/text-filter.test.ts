import { describe, expect, it } from 'vitest';
import { textFilter } from '../../../src/serve/openai/text-filter.js';

/** What is told of each piece, and at the end. */
function told(pieces: readonly string[], stops: readonly string[], trims = false): readonly string[] {
  const filter = textFilter(stops, trims);
  return [...pieces.map(filter.push), filter.end()];
}

describe('a text', () => {
  it('without stops comes as it is made', () => {
    expect(told([' a', '', 'b '], [])).toEqual([' a', '', 'b ', '']);
  });

  it('ends before the first stop, wherever pieces end', () => {
    expect(told(['ab', 'cd', 'ef'], ['cde'])).toEqual(['ab', '', '', '']);
    expect(told(['abcdef'], ['ef', 'bc'])).toEqual(['a', '']);
    expect(told(['a', 'b', 'c', 'd'], ['bc'])).toEqual(['a', '', '', '', '']);
  });

  it('holds back what may begin a stop, and tells it when it does not', () => {
    expect(told(['a', '\n', 'b'], ['\n\n'])).toEqual(['a', '', '\nb', '']);
    expect(told(['a\n'], ['\n\n'])).toEqual(['a', '\n']);
  });

  it('that begins a stop anew goes on from there', () => {
    expect(told(['xaa', 'a', 'b'], ['aab'])).toEqual(['x', 'a', '', '']);
  });

  it('is trimmed, though pieces are white space', () => {
    expect(told(['  ', ' a', ' ', '\n', 'b', ' \n'], [], true)).toEqual(['', 'a', '', '', ' \nb', '', '']);
    expect(told([' '], [], true)).toEqual(['', '']);
  });

  it('is trimmed before a stop', () => {
    expect(told(['a b', ' END', 'c'], ['END'], true)).toEqual(['a b', '', '', '']);
  });
});
