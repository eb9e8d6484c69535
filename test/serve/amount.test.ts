import { describe, expect, it } from 'vitest';
import { amountOf } from '../../src/serve/amount.js';

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
