import { describe, expect, it } from 'vitest';
import type { TensorView, Tokenizer } from '../../../src/smoke/session.js';
import {
  blankToken,
  framesOf,
  meanScores,
  spell,
  windowsOf,
  winners,
  wordsOf,
} from '../../../src/tasks/sound/ctc.js';

const VOCABULARY = ['<pad>', '<s>', '|', 'H', 'E', 'L', 'O'];
const SPECIAL = ['<pad>', '<s>'];

function tokenizer(config: Record<string, unknown> = {}): Tokenizer {
  return {
    encode: () => ({}),
    decode: (ids) =>
      ids
        .map((id) => VOCABULARY[Number(id)] ?? '')
        .filter((one) => !SPECIAL.includes(one))
        .join(''),
    chat: () => '',
    tokens: () => [],
    pieces: () => [],
    idOf: (token) => (VOCABULARY.includes(token) ? VOCABULARY.indexOf(token) : undefined),
    size: VOCABULARY.length,
    config: { tokenizer_class: 'Wav2Vec2CTCTokenizer', pad_token: '<pad>', ...config },
  };
}

/** Ids of the letters of a text; `_` is the blank. */
const ids = (text: string) => [...text].map((letter) => (letter === '_' ? 0 : VOCABULARY.indexOf(letter)));

describe('letters from frames', () => {
  it.each([
    ['HHEE_LL_LLOO', 'HELLO'],
    ['HELLO', 'HELO'],
    ['H_E|||HE', 'HE HE'],
    // As in Python: two delimiters, two spaces.
    ['H_E|__|HE', 'HE  HE'],
    ['____', ''],
    ['', ''],
    ['|HE|', 'HE'],
  ])('%s is %s', (frames, text) => {
    expect(spell(ids(frames), tokenizer(), 0).text).toBe(text);
  });

  it('are small where the tokenizer says so, and special tokens are left out', () => {
    expect(spell([1, 3, 4, 1], tokenizer({ do_lower_case: true }), 0).text).toBe('he');
  });

  it('know their frames, and so do words', () => {
    const { letters } = spell(ids('_HHE__|LL_O'), tokenizer(), 0);
    expect(letters).toEqual([
      { text: 'H', start: 1, end: 3 },
      { text: 'E', start: 3, end: 4 },
      { text: ' ', start: 6, end: 7 },
      { text: 'L', start: 7, end: 9 },
      { text: 'O', start: 10, end: 11 },
    ]);
    expect(wordsOf(letters ?? [])).toEqual([
      { text: 'HE', start: 1, end: 4 },
      { text: 'LO', start: 7, end: 11 },
    ]);
  });

  it('are left to a tokenizer of another kind', () => {
    const other = tokenizer({ tokenizer_class: 'ParakeetTokenizerFast' });
    expect(spell(ids('HH_EL_L'), other, 0)).toEqual({ text: 'HELL', letters: null });
  });
});

describe('the blank', () => {
  it.each([
    [{}, { pad_token_id: 5 }, 0],
    [{ pad_token: { content: '<s>' } }, {}, 1],
    [{ pad_token: null }, { pad_token_id: 5 }, 5],
    [{ pad_token: null }, {}, 0],
  ])('%j and %j: %i', (tokens, config, expected) => {
    expect(blankToken(tokenizer(tokens), config)).toBe(expected);
  });
});

describe('frames of logits', () => {
  const logits: TensorView = {
    type: 'float32',
    dims: [1, 3, 2],
    data: Float32Array.from([1, 2, 5, 1, 0, 9]),
  };

  it('are rows, all or some of them', () => {
    const frames = framesOf(logits);
    expect(frames && winners(frames)).toEqual([1, 0, 1]);
    expect(framesOf(logits, 1, 2)?.rows).toEqual([Float32Array.from([5, 1])]);
  });

  it.each([[[3, 2]], [[2, 3, 1]], [[6]]])('have no other shape: %j', (dims) => {
    expect(framesOf({ ...logits, dims })).toBeNull();
    expect(framesOf(undefined)).toBeNull();
  });

  it('have mean scores', () => {
    const frames = framesOf(logits);
    expect(frames && meanScores(frames)).toEqual([0.02, 0.04]);
  });
});

describe('windows', () => {
  it('overlap by the strides and cover everything once', () => {
    const windows = windowsOf(100, 40, 5, 5);
    expect(windows).toEqual([
      { start: 0, end: 40, left: 0, right: 5 },
      { start: 30, end: 70, left: 5, right: 5 },
      { start: 60, end: 100, left: 5, right: 0 },
    ]);
    let covered = 0;
    for (const { start, end, left, right } of windows) {
      expect(start + left).toBe(covered);
      covered = end - right;
    }
    expect(covered).toBe(100);
  });

  it.each([
    [100, 0, 0, 0],
    [100, 200, 10, 10],
    [100, 20, 10, 10],
    [0, 20, 1, 1],
  ])('are a single one for %i samples in windows of %i', (samples, length, left, right) => {
    expect(windowsOf(samples, length, left, right)).toEqual([{ start: 0, end: samples, left: 0, right: 0 }]);
  });
});
