import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { PbfWriter } from 'pbf';
import { describe, expect, it } from 'vitest';
import { normalizerOf } from '../../src/tokenizers/charsmap.js';
import { BrokenTokenizerError } from '../../src/tokenizers/index.js';
import { readSentencePiece } from '../../src/tokenizers/sentence-piece-model.js';
import { cpuTime } from '../cpu-time.js';
import { build, plainIdsOf, tokenizerOf } from './built.js';

const [first = ''] = readFileSync(join(import.meta.dirname, 'references', 'pieces.jsonl'), 'utf8').split(
  '\n',
);
const real = new Uint8Array(Buffer.from(String(Object.values(JSON.parse(first).files)[0]), 'base64'));

/** Runs something that may be refused in a way that is expected; how long it computed, in milliseconds. */
function timeOf(run: () => void): number {
  const computed = cpuTime();
  try {
    run();
  } catch (error) {
    if (
      !(error instanceof BrokenTokenizerError) &&
      !/^(?:unsupported|nothing)/.test(String((error as Error).message))
    ) {
      throw error;
    }
  }
  return computed();
}

/** A SentencePiece model of pieces with types, and a trainer_spec. */
function modelOf(
  pieces: readonly (readonly [string, number?, number?])[],
  trainer: Readonly<Record<number, number>> = {},
): Uint8Array {
  const writer = new PbfWriter();
  for (const [text, score = 0, type = 1] of pieces) {
    writer.writeMessage(
      1,
      (_, inner) => {
        inner.writeStringField(1, text);
        inner.writeFloatField(2, score);
        inner.writeVarintField(3, type);
      },
      null,
    );
  }
  writer.writeMessage(
    2,
    (_, inner) => {
      for (const [field, value] of Object.entries(trainer)) inner.writeVarintField(Number(field), value);
    },
    null,
  );
  return writer.finish();
}
const UNKNOWN = ['<unk>', 0, 2] as const;
const asLlama = (model: Uint8Array) =>
  build({
    'tokenizer.model': model,
    'tokenizer_config.json': '{"tokenizer_class":"LlamaTokenizer","bos_token":null}',
  });

describe('a SentencePiece model', () => {
  it('is read, or refused, wherever it is cut off and whatever is changed in it', () => {
    fc.assert(
      fc.property(
        fc.nat(real.length),
        fc.array(fc.tuple(fc.nat(real.length - 1), fc.nat(255)), { maxLength: 5 }),
        (length, changes) => {
          const bytes = real.slice(0, length);
          for (const [at, value] of changes) bytes[at] = value;
          const files = {
            'spiece.model': bytes,
            'tokenizer_config.json': '{"tokenizer_class":"T5Tokenizer"}',
          };
          expect(
            timeOf(() => plainIdsOf(tokenizerOf(build(files)), 'The \ud800 cafe\u0301 1,2')),
          ).toBeLessThan(1000);
        },
      ),
      { numRuns: 400 },
    );
  });

  it.each([
    ['no file', new Uint8Array(0), 'spiece.model is no SentencePiece model: the file is cut off or damaged.'],
    ['a cut file', real.subarray(0, real.length - 40), 'spiece.model is no SentencePiece model'],
    [
      'a Git LFS pointer',
      new TextEncoder().encode('version https://git-lfs.github.com/spec/v1\n'),
      'is no SentencePiece model',
    ],
    ['a piece twice', modelOf([UNKNOWN, ['a'], ['a']]), 'has the piece "a" twice'],
    ['an empty piece', modelOf([UNKNOWN, ['']]), 'has a piece "" with the score 0, which is none'],
    ['a score that is no number', modelOf([UNKNOWN, ['a', Number.NaN]]), 'with the score NaN'],
    ['a piece like a book', modelOf([UNKNOWN, ['x'.repeat(2000)]]), 'has a piece "xxx'],
    ['no unknown piece', modelOf([['a']]), 'says that piece 0 stands for what is unknown, and it does not'],
    ['an unknown piece beyond the end', modelOf([UNKNOWN], { 40: 2 ** 31 }), 'stands for what is unknown'],
  ] as const)('that is %s is refused', (_, bytes, message) => {
    expect(() => readSentencePiece('spiece.model', bytes)).toThrow(message);
  });

  it.each([
    [{ 3: 3 }, 1, 'unsupported: it is a SentencePiece model of type 3, neither unigram nor BPE'],
    [{ 35: 1 }, 1, 'unsupported: it is a unigram model that falls back to bytes'],
    [{ 24: 1 }, 1, 'unsupported: its pieces end with spaces'],
    [{}, 5, 'unsupported: it has pieces that are switched off'],
  ] as const)('with %o is refused by name', (trainer, type, message) => {
    expect(() => asLlama(modelOf([UNKNOWN, ['a', -1, type]], trainer))).toThrow(message);
  });

  it('with many long pieces takes little time', () => {
    const pieces = Array.from(
      { length: 4000 },
      (_, index) => [`${'a'.repeat(1000)}${index}`, -index] as const,
    );
    const model = modelOf([UNKNOWN, ...pieces], { 3: 2 });
    expect(timeOf(() => asLlama(model))).toBeLessThan(5000);
  });

  it('with the numbers of fairseq begins as those do', () => {
    const files = {
      'sentencepiece.bpe.model': modelOf([UNKNOWN, ['a'], ['b']]),
      'tokenizer_config.json': '{"tokenizer_class":"XLMRobertaTokenizer"}',
    };
    expect(() => build(files)).toThrow('unsupported: its pieces do not begin with <unk>, <s> and </s>');
  });
});

describe('a table of characters', () => {
  it('of any bytes is followed to an end, or refused', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 400 }),
        fc.nat(100),
        fc.string({ unit: 'binary' }),
        (table, units, text) => {
          const bytes = Uint8Array.from([4 * units, 0, 0, 0, ...table]);
          expect(timeOf(() => normalizerOf(bytes)(text))).toBeLessThan(200);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('that is cut off is refused', () => {
    expect(() => normalizerOf(Uint8Array.from([255, 255, 0, 0, 1]))).toThrow('is cut off');
  });
});

describe('a vocabulary', () => {
  const gpt = (vocabulary: unknown, merges = '#version: 0.2\n') => ({
    'vocab.json': JSON.stringify(vocabulary),
    'merges.txt': merges,
    'tokenizer_config.json': '{"tokenizer_class":"GPT2Tokenizer"}',
  });

  it.each([
    [gpt([]), 'vocab.json is no object of tokens and their numbers'],
    [gpt({}), 'vocab.json is empty'],
    [gpt({ a: 4e9 }), 'vocab.json has 4000000000 as the number of the token "a"'],
    [gpt({ a: -1 }), 'vocab.json has -1'],
    [gpt({ a: 'x' }), 'vocab.json has "x"'],
    [
      gpt({ a: 0, b: 1 }, 'a b\n'),
      'Line 1 of merges.txt joins "a" and "b", but the vocabulary does not have both and "ab"',
    ],
    [gpt({ a: 0, b: 1, ab: 2 }, 'a b c\n'), 'Line 1 of merges.txt is no pair: "a b c"'],
    [{ ...gpt({ a: 0 }), 'added_tokens.json': '{"b":1e99}' }, 'The added token "b" has the number 1e+99'],
    [
      { ...gpt({ a: 0 }), 'added_tokens.json': '{"a":7}' },
      'The added token "a" has the number 7, and the vocabulary has it as 0',
    ],
    [{ ...gpt({ a: 0 }), 'special_tokens_map.json': '{"eos_token":7}' }, 'eos_token is 7, which is no token'],
    [
      { 'vocab.txt': new Uint8Array([0xff]), 'tokenizer_config.json': '{"tokenizer_class":"BertTokenizer"}' },
      'vocab.txt is not UTF-8',
    ],
    [
      { 'vocab.txt': 'a\n', 'tokenizer_config.json': '{"tokenizer_class":"BertTokenizer"}' },
      'The vocabulary has no token [CLS]',
    ],
    [
      { 'vocab.txt': '\n'.repeat(4_200_000), 'tokenizer_config.json': '{"tokenizer_class":"BertTokenizer"}' },
      'it is not read beyond',
    ],
  ] as const)('that is none is refused: %#', (files, message) => {
    expect(() => build(files)).toThrow(message);
  });

  it('has tokens with the names of properties, and halves of characters', () => {
    const tokens = '{"__proto__":0,"constructor":1,"\\ud800":2,"<|endoftext|>":3}';
    const made = build({ ...gpt({}), 'vocab.json': tokens });
    expect(Object.entries(made.json.model.vocab as object)).toHaveLength(4);
    expect(Object.getPrototypeOf({})).not.toHaveProperty('constructor', 1);
    expect(tokenizerOf(made).decode([1])).toBeTypeOf('string');
  });

  it('of any settings is built or refused', () => {
    fc.assert(
      fc.property(
        fc.jsonValue(),
        fc.jsonValue(),
        fc.jsonValue(),
        fc.constantFrom(
          'eos_token',
          'added_tokens_decoder',
          'additional_special_tokens',
          'mask_token',
          'extra_ids',
        ),
        (map, added, value, key) => {
          const files = {
            ...gpt({ a: 0, '<|endoftext|>': 1 }),
            'special_tokens_map.json': JSON.stringify(map),
            'added_tokens.json': JSON.stringify(added),
            'tokenizer_config.json': JSON.stringify({ tokenizer_class: 'GPT2Tokenizer', [key]: value }),
          };
          expect(timeOf(() => plainIdsOf(tokenizerOf(build(files)), 'a'))).toBeLessThan(500);
        },
      ),
      { numRuns: 300 },
    );
  });
});
