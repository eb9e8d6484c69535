import { describe, expect, it } from 'vitest';
import type { MadeToken } from '../../../src/tasks/following.js';
import { textPieces, tokenTeller } from '../../../src/tasks/generation/made-tokens.js';

/** A tokenizer whose tokens are bytes. */
const bytes = (text: string) => [...Buffer.from(text)];
const decodeBytes = (ids: readonly number[]) => Buffer.from(ids).toString('utf8');

/** A tokenizer that takes spaces out of a text once it sees what follows, as BERT and GPT-2 do. */
const words = (vocabulary: readonly string[]) => (ids: readonly number[]) =>
  ids
    .map((id) => vocabulary[id] ?? '')
    .join('')
    .replace(/ \./g, '.')
    .replace(/ n't/g, "n't")
    .replace(/ 's/g, "'s");

function piecesOf(
  prompt: readonly number[],
  fresh: readonly number[],
  decode: (ids: readonly number[]) => string,
): readonly string[] {
  const next = textPieces(prompt, decode);
  return fresh.map((_, index) => next([...prompt, ...fresh.slice(0, index + 1)], index === fresh.length - 1));
}

describe('the pieces of a text', () => {
  it('wait for the rest of a character', () => {
    expect(piecesOf(bytes('Hi '), bytes('é€😀!'), decodeBytes)).toEqual([
      '',
      'é',
      '',
      '',
      '€',
      '',
      '',
      '',
      '😀',
      '!',
    ]);
  });

  it('are told when the text ends inside of a character', () => {
    expect(piecesOf(bytes('Hi'), bytes('a€').slice(0, -1), decodeBytes)).toEqual(['a', '', '\uFFFD']);
  });

  it.each(['It was said: ', '', 'ü'])('are the text, after %j', (prompt) => {
    const text = 'Ünïcödé, 日本語 and 👩‍👩‍👧';
    expect(piecesOf(bytes(prompt), bytes(text), decodeBytes).join('')).toBe(text);
  });

  it('wait for what may take a space away', () => {
    const vocabulary = ['I', ' do', ' ', 'n', "'t", ' know', ' .', ' it', " '", 's'];
    const decode = words(vocabulary);
    const fresh = [1, 2, 3, 4, 5, 7, 8, 9, 6];
    expect(piecesOf([0], fresh, decode).join('')).toBe(" don't know it's.");
    expect(decode([0, ...fresh])).toBe("I don't know it's.");
  });
});

describe('what is told of tokens', () => {
  const names = ['a', 'b', '<end>'];
  const decode = (ids: readonly number[], options: { readonly skip_special_tokens: boolean }) =>
    ids
      .filter((id) => id !== 2 || !options.skip_special_tokens)
      .map((id) => names[id])
      .join('');

  it('are their probabilities, by the scores that they were chosen from', () => {
    const told: MadeToken[] = [];
    const teller = tokenTeller({
      decode,
      text: 1,
      details: true,
      top: 2,
      following: { stopped: () => false, token: (token) => told.push(token) },
    });
    teller?.scored(new Float32Array([0, Math.log(3), Number.NEGATIVE_INFINITY]), 0);
    teller?.made([1, 0], null, 0);
    teller?.made([1, 0, 2], 'eos_token', 0);
    expect(told).toEqual([
      {
        text: 1,
        id: 0,
        piece: 'a',
        name: 'a',
        logprob: expect.closeTo(Math.log(1 / 4), 6),
        special: false,
        top: [
          { id: 1, name: 'b', logprob: expect.closeTo(Math.log(3 / 4), 6) },
          { id: 0, name: 'a', logprob: expect.closeTo(Math.log(1 / 4), 6) },
        ],
        last: null,
      },
      // Nobody told its scores.
      { text: 1, id: 2, piece: '', name: '<end>', logprob: null, special: true, top: [], last: 'eos_token' },
    ]);
    // Who reads along is told once.
    expect(teller?.tokens).toEqual([]);
  });

  it('is without what lies behind the text that ends it', () => {
    const teller = tokenTeller({ decode, text: 0, details: true, top: 0, following: undefined });
    teller?.made([0, 1], 'stop_sequence', 1);
    expect(teller?.tokens.map(({ piece }) => piece)).toEqual(['']);
  });

  it('is nothing where nobody wants to know', () => {
    const following = { stopped: () => false };
    expect(tokenTeller({ decode, text: 0, details: false, top: 0, following })).toBeNull();
  });
});
