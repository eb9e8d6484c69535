import { describe, expect, it } from 'vitest';
import { amountOf, checkAmount } from '../../src/serve/amount.js';

const FILE = { kind: 'data', base64: 'AAAA' };

describe('how much an inference is about', () => {
  it.each([
    ['a text', 'Grüße 👋', 0, 'x-compute-characters', '7'],
    ['texts', ['ab', 'c'], 0, 'x-compute-characters', '3'],
    ['a question and a context', { question: 'Who?', context: 'Anna.' }, 0, 'x-compute-characters', '9'],
    ['halves of a pair', '\ud83d\ud83d', 0, 'x-compute-characters', '2'],
    ['a picture', FILE, 0, 'x-compute-images', '1'],
    ['a question about a picture', { image: FILE, question: 'Who?' }, 0, 'x-compute-images', '1'],
    ['a recording', FILE, 1.5, 'x-compute-audio-length', '1.500'],
    ['nothing', null, 0, 'x-compute-characters', '0'],
  ])('of %s', (_, input, seconds, header, value) =>
    expect(amountOf(input, seconds)).toEqual({ header, value }),
  );
});

describe('more text than any model is given', () => {
  it('is refused, wherever it stands', () => {
    const half = 'a'.repeat(500_000);
    expect(() => checkAmount([half, half])).not.toThrow();
    expect(() => checkAmount({ question: half, context: `${half}a` })).toThrow(
      'The texts of the request have 1000001 characters; 1000000 are read at most.',
    );
  });
});
