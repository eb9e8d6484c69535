import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readGgufHead } from '../../src/init/gguf.js';
import { ggufOf } from './repository.js';

const VALUES = {
  'general.architecture': 'llama',
  'general.name': 'Tiny Llama',
  'general.file_type': 7,
  'general.languages': ['en', 'de'],
  'llama.attention.causal': false,
  'llama.vocab_size': 32_000,
  'tokenizer.ggml.model': 'gpt2',
  'tokenizer.ggml.tokens': Array.from({ length: 1000 }, (_, index) => `token ${index}`),
  'tokenizer.chat_template': '{{ messages }}',
} as const;

describe('the head of a GGUF file', () => {
  it('gives what says something about the model, and passes over the vocabulary', () => {
    const head = readGgufHead(ggufOf(VALUES));
    expect(head?.complete).toBe(true);
    expect([...(head?.values ?? [])]).toEqual([
      ['general.architecture', 'llama'],
      ['general.name', 'Tiny Llama'],
      ['general.file_type', 7],
      ['general.languages', ['en', 'de']],
      ['llama.attention.causal', false],
      ['tokenizer.ggml.model', 'gpt2'],
      ['tokenizer.chat_template', '{{ messages }}'],
    ]);
  });

  it('says so where it is cut off, and keeps what came before', () => {
    const bytes = ggufOf(VALUES);
    for (let length = 24; length < bytes.length; length += 97) {
      const head = readGgufHead(bytes.subarray(0, length));
      expect(head?.complete).toBe(false);
    }
    expect(readGgufHead(bytes.subarray(0, 200))?.values.get('general.name')).toBe('Tiny Llama');
  });

  it('is none in other files', () => {
    expect(readGgufHead(new TextEncoder().encode('version https://git-lfs.github.com/spec/v1\n'))).toBeNull();
    expect(readGgufHead(new Uint8Array(3))).toBeNull();
    const first = ggufOf({});
    first[4] = 1;
    expect(readGgufHead(first)).toBeNull();
  });

  it('believes no count and no length', () => {
    for (const at of [16, 24]) {
      const bytes = ggufOf({ 'general.name': 'a' });
      bytes.fill(0xff, at, at + 8);
      expect(readGgufHead(bytes)?.complete).toBe(false);
    }
    const list = ggufOf({ 'general.tags': ['a'] });
    const count = list.length - 8 - 1 - 8;
    list.fill(0xff, count, count + 8);
    expect(readGgufHead(list)?.complete).toBe(false);
  });

  it('takes any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (tail) => {
        const bytes = new Uint8Array(24 + tail.length);
        bytes.set(ggufOf({}));
        bytes[16] = 5;
        bytes.set(tail, 24);
        expect(() => readGgufHead(bytes)).not.toThrow();
      }),
    );
  });
});
