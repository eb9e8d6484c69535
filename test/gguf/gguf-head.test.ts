import { describe, expect, it } from 'vitest';
import { type GgufHead, readGgufHead } from '../../src/gguf/gguf-head.js';
import { cpuTime } from '../cpu-time.js';
import { ggufBytes, text, texts, u32, u64Bytes } from './gguf-file.js';

/** A file in memory that counts what is read of it, in bytes. */
function source(bytes: Uint8Array) {
  const counter = { read: 0 };
  return {
    counter,
    size: bytes.length,
    async read(start: number, length: number) {
      counter.read += length;
      return bytes.slice(start, start + length);
    },
  };
}

async function headOf(bytes: Uint8Array): Promise<GgufHead> {
  const read = await readGgufHead(source(bytes));
  if (read.kind !== 'head') throw new Error(JSON.stringify(read));
  return read.head;
}

const LLAMA = {
  'general.architecture': text('llama'),
  'general.file_type': u32(7),
  'llama.context_length': u32(2048),
  'tokenizer.chat_template': text('{{ messages }}'),
};
/** 64 blocks of Q8_0: 2,048 weights in 2,176 bytes. */
const TENSOR = { name: 'output.weight', shape: [64, 32], type: 8, offset: 0 };

describe('readGgufHead', () => {
  it('tells architecture, context, chat template and quantization', async () => {
    const head = await headOf(ggufBytes(LLAMA, [TENSOR], { weights: 2176 }));
    expect(head).toMatchObject({
      version: 3,
      architecture: 'llama',
      contextLength: 2048,
      chatTemplate: '{{ messages }}',
      tensors: 1,
      mainType: 'Q8_0',
      fileType: 'Q8_0',
      split: null,
    });
    expect(head.bitsPerWeight).toBeCloseTo(8.5, 6);
  });

  it('keeps short lists, and of long ones how many items they have', async () => {
    const words = Array.from({ length: 100_000 }, (_, index) => `word${index}`);
    const file = source(
      ggufBytes({ ...LLAMA, short: texts(['a', 'b']), 'tokenizer.ggml.tokens': texts(words), last: u32(5) }),
    );
    const read = await readGgufHead(file);
    expect(read).toMatchObject({
      kind: 'head',
      head: { metadata: { short: ['a', 'b'], 'tokenizer.ggml.tokens': { length: 100_000 }, last: 5 } },
    });
  });

  it('reads none of the weights', async () => {
    const file = source(
      ggufBytes(LLAMA, [{ ...TENSOR, shape: [1_000_000, 8], type: 0 }], { weights: 32_000_000 }),
    );
    expect((await readGgufHead(file)).kind).toBe('head');
    expect(file.counter.read).toBeLessThan(3_000_000);
  });

  it('tells a file of several parts', async () => {
    expect((await headOf(ggufBytes({ ...LLAMA, 'split.count': u32(3) }))).split).toEqual({ parts: 3 });
  });

  it('finds weights that end after the file does', async () => {
    const bytes = ggufBytes(LLAMA, [TENSOR], { weights: 2176 });
    expect(await readGgufHead(source(bytes.slice(0, -1)))).toEqual({
      kind: 'truncated',
      bytes: bytes.length,
    });
  });

  it('finds a head that ends after the file does, wherever it is cut', async () => {
    const bytes = ggufBytes({ ...LLAMA, tokens: texts(Array.from({ length: 90 }, () => 'token')) }, [TENSOR]);
    for (let length = 200; length < bytes.length; length += 7) {
      expect((await readGgufHead(source(bytes.slice(0, length)))).kind).toBe('truncated');
    }
  });

  it.each([
    ['another magic', ggufBytes(LLAMA, [], { magic: 'GGML' }), 'it does not begin with GGUF'],
    ['version 1', ggufBytes(LLAMA, [], { version: 1 }), 'it has version 1'],
    ['version 4', ggufBytes(LLAMA, [], { version: 4 }), 'it has version 4'],
    ['big-endian', ggufBytes(LLAMA, [], { version: 0x03000000 }), 'big-endian'],
  ])('refuses %s', async (_, bytes, detail) => {
    expect(await readGgufHead(source(bytes))).toEqual({
      kind: 'not-gguf',
      detail: expect.stringContaining(detail),
    });
  });

  it.each([8, 16])('is not kept busy by a claim of 2^60 (at byte %i)', async (at) => {
    const bytes = ggufBytes(LLAMA, [TENSOR]);
    bytes.set(u64Bytes(2n ** 60n), at);
    const computed = cpuTime();
    expect(await readGgufHead(source(bytes))).toMatchObject({
      kind: 'not-gguf',
      detail: expect.stringContaining('1152921504606846976'),
    });
    expect(computed()).toBeLessThan(500);
  });

  it('is not kept busy by a list of 2^60 texts', async () => {
    const bytes = ggufBytes({ list: texts([]) });
    bytes.set(u64Bytes(2n ** 60n), bytes.length - 8);
    expect((await readGgufHead(source(bytes))).kind).toBe('truncated');
  });

  it('reads a vocabulary of 256,000 tokens in a moment', async () => {
    const words = Array.from({ length: 256_000 }, (_, index) => `word${index}`);
    const bytes = ggufBytes({
      ...LLAMA,
      'tokenizer.ggml.tokens': texts(words),
      'tokenizer.ggml.merges': texts(words),
    });
    await headOf(ggufBytes(LLAMA));
    const computed = cpuTime();
    await headOf(bytes);
    expect(computed()).toBeLessThan(1000);
  });

  it('survives any damage', async () => {
    const good = ggufBytes({ ...LLAMA, tokens: texts(['a', 'b', 'c']) }, [TENSOR], { weights: 2176 });
    let seed = 7;
    const random = (below: number) => {
      seed = (seed * 1_103_515_245 + 12_345) & 0x7fffffff;
      return seed % below;
    };
    for (let round = 0; round < 400; round++) {
      const bytes = good.slice();
      for (let change = 0; change < 3; change++) bytes[random(300)] = random(256);
      expect(['head', 'truncated', 'not-gguf']).toContain((await readGgufHead(source(bytes))).kind);
    }
  });

  it('does not let a file write into prototypes', async () => {
    const head = await headOf(
      ggufBytes({ ...LLAMA, __proto__x: text('x'), ['__proto__']: text('polluted') }),
    );
    expect(head.architecture).toBe('llama');
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});
