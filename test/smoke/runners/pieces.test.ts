import { describe, expect, it } from 'vitest';
import { findPieces } from '../../../src/smoke/runners/pieces.js';
import type { Tokenizer } from '../../../src/smoke/session.js';
import { cpuTime } from '../../cpu-time.js';
import { addedToken, makeTokenizer, wordPiece } from '../../tasks/tokenizer.js';

function unigram(scores: readonly (readonly [string, number])[], normalizer: object | null) {
  const vocab = [['<unk>', 0], ...scores] as const;
  const json = {
    added_tokens: [addedToken(0, '<unk>')],
    normalizer,
    pre_tokenizer: { type: 'Metaspace', replacement: '▁', add_prefix_space: true, prepend_scheme: 'always' },
    post_processor: null,
    decoder: { type: 'Metaspace', replacement: '▁', add_prefix_space: true },
    model: { type: 'Unigram', unk_id: 0, vocab },
  };
  return makeTokenizer(json, { unk_token: '<unk>' });
}

function byteLevel(words: readonly string[], merges: readonly string[]) {
  const json = {
    added_tokens: [addedToken(0, '<mask>')],
    normalizer: null,
    pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true },
    post_processor: null,
    decoder: { type: 'ByteLevel' },
    model: {
      type: 'BPE',
      vocab: Object.fromEntries(['<mask>', ...words].map((token, id) => [token, id])),
      merges,
    },
  };
  return makeTokenizer(json, {});
}

/** Each token with the part of the text it comes from. */
function cut(tokenizer: Tokenizer, text: string) {
  return tokenizer.pieces(text).map(({ token, start, end }) => [token, text.slice(start, end)]);
}

describe('the pieces of a text', () => {
  it('keep the casing and the accents of the text, and know their words (WordPiece)', () => {
    const tokenizer = wordPiece(['jose', 'live', '##s', 'in', 'munchen', '.']);
    const text = '  José  lives in MÜNCHEN.';
    expect(cut(tokenizer, text)).toEqual([
      ['jose', 'José'],
      ['live', 'live'],
      ['##s', 's'],
      ['in', 'in'],
      ['munchen', 'MÜNCHEN'],
      ['.', '.'],
    ]);
    const pieces = tokenizer.pieces(text);
    expect(pieces.map(({ startsWord }) => startsWord)).toEqual([true, true, false, true, true, true]);
    expect(pieces.map(({ id }) => id)).toEqual([5, 6, 7, 8, 9, 10]);
  });

  it('take letters with their combining marks, Chinese characters, and characters outside the first plane', () => {
    const tokenizer = wordPiece(['e', 'a', '中', '文', '😀']);
    expect(cut(tokenizer, 'É\u0300a 中文😀')).toEqual([
      ['[UNK]', 'É\u0300a'],
      ['中', '中'],
      ['文', '文'],
      ['😀', '😀'],
    ]);
  });

  it('give an unknown word as a whole, and masks as they stand', () => {
    const tokenizer = wordPiece(['the', 'is', '.']);
    expect(cut(tokenizer, 'The Zyzzyva is [MASK].')).toEqual([
      ['the', 'The'],
      ['[UNK]', 'Zyzzyva'],
      ['is', 'is'],
      ['[MASK]', '[MASK]'],
      ['.', '.'],
    ]);
  });

  it('leave the spaces out of tokens that hold them (SentencePiece)', () => {
    const tokenizer = unigram(
      [
        ['▁', -5],
        ['▁Anna', -1],
        ['▁lives', -1],
        ['▁in', -1],
        ['▁Ber', -1],
        ['lin', -1],
        ['.', -1],
      ],
      null,
    );
    const text = 'Anna  lives in Berlin.';
    expect(cut(tokenizer, text)).toEqual([
      ['▁Anna', 'Anna'],
      ['▁', ''],
      ['▁lives', 'lives'],
      ['▁in', 'in'],
      ['▁Ber', 'Ber'],
      ['lin', 'lin'],
      ['.', '.'],
    ]);
    expect(tokenizer.pieces(text).map(({ startsWord }) => startsWord)).toEqual([
      true,
      true,
      true,
      true,
      true,
      false,
      false,
    ]);
  });

  it('find what a normalizer changed (NFKC, lower case)', () => {
    const tokenizer = unigram(
      [
        ['▁5', -1],
        ['km', -1],
        ['▁fi', -1],
        ['x', -1],
      ],
      { type: 'Sequence', normalizers: [{ type: 'NFKC' }, { type: 'Lowercase' }] },
    );
    expect(cut(tokenizer, '５㎞ ﬁX')).toEqual([
      ['▁5', '５'],
      ['km', '㎞'],
      ['▁fi', 'ﬁ'],
      ['x', 'X'],
    ]);
  });

  it('share a character whose bytes are cut apart (byte-level BPE)', () => {
    const tokenizer = byteLevel(
      ['Ġ', 'H', 'i', 'Hi', 'ð', 'Ł', 'ĺ', 'Ģ', 'ðŁ', 'ðŁĺ', 'Ã', '¼', 'Ġb'],
      ['H i', 'ð Ł', 'ðŁ ĺ'],
    );
    expect(cut(tokenizer, 'Hi 😀ü')).toEqual([
      ['Hi', 'Hi'],
      ['Ġ', ''],
      ['ðŁĺ', '😀'],
      ['Ģ', '😀'],
      ['Ã', 'ü'],
      ['¼', 'ü'],
    ]);
  });

  it('survive a tokenizer that says nothing of itself, or something else', () => {
    const parts = { json: undefined, config: null, normalize: null, preTokenize: null };
    expect(findPieces('a b', { ...parts, tokens: ['a', 'b'], ids: [1, 2] })).toMatchObject([
      { start: 0, end: 1 },
      { start: 2, end: 3 },
    ]);
    // What is not in the text reaches to the next token that is.
    expect(findPieces("''ab c", { ...parts, tokens: ['"', 'ab', 'c'], ids: [] })).toMatchObject([
      { start: 0, end: 2, id: 0 },
      { start: 2, end: 4 },
      { start: 5, end: 6 },
    ]);
    expect(findPieces('', { ...parts, tokens: ['x', '<0xE2>'], ids: [] })).toMatchObject([
      { start: 0, end: 0 },
      { start: 0, end: 0 },
    ]);
    const broken = () => {
      throw new Error('no');
    };
    expect(
      findPieces('Ab', {
        tokens: ['Ab'],
        ids: [1],
        json: { added_tokens: [null, { content: '' }] },
        config: {},
        normalize: broken,
        preTokenize: broken,
      }),
    ).toMatchObject([{ start: 0, end: 2 }]);
  });

  it('take the bytes of a character that the vocabulary lacks (byte fallback)', () => {
    const parts = { json: {}, config: {}, normalize: null, preTokenize: null };
    const tokens = ['▁a', '▁', '<0xE2>', '<0x82>', '<0xAC>', 'b'];
    expect(findPieces('a €b', { ...parts, tokens, ids: [] }).map(({ start, end }) => [start, end])).toEqual([
      [0, 1],
      [2, 2],
      [2, 3],
      [2, 3],
      [2, 3],
      [3, 4],
    ]);
  });

  it('are found in a long text in no time', () => {
    const tokenizer = wordPiece(['word']);
    const computed = cpuTime();
    const pieces = tokenizer.pieces('Word zzz '.repeat(20_000));
    expect(pieces).toHaveLength(40_000);
    expect(pieces.at(-1)).toMatchObject({ token: '[UNK]', end: 179_999 });
    expect(computed()).toBeLessThan(5_000);
  });
});
