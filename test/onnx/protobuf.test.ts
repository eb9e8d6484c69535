import { PbfWriter } from 'pbf';
import { describe, expect, it } from 'vitest';
import {
  type ByteSource,
  type MessageType,
  NotProtobufError,
  part,
  readMessage,
  TooComplexError,
  TruncatedError,
} from '../../src/onnx/protobuf.js';

interface Tree {
  readonly numbers: number[];
  readonly texts: string[];
  readonly children: Tree[];
  ended: number;
}

const tree = (): Tree => ({ numbers: [], texts: [], children: [], ended: 0 });

const TREE: MessageType<Tree> = {
  fields: { 1: 'number', 2: 'text', 3: 'message' },
  number: (target, _, value) => void target.numbers.push(value),
  text: (target, _, value) => void target.texts.push(value),
  message(target) {
    const child = tree();
    target.children.push(child);
    return part(TREE, child);
  },
  end(target) {
    target.ended++;
  },
};

const source = (bytes: Uint8Array): ByteSource => ({
  size: bytes.length,
  read: async (start, length) => bytes.subarray(start, start + length),
});

async function read(write: (writer: PbfWriter) => void): Promise<Tree> {
  const writer = new PbfWriter();
  write(writer);
  const target = tree();
  await readMessage(source(writer.finish().slice()), TREE, target);
  return target;
}

describe('reading protobuf messages', () => {
  it('takes numbers, packed ones, texts and messages, each message’s end once, and skips the rest', async () => {
    const found = await read((writer) => {
      writer.writeVarintField(1, -1);
      writer.writePackedVarint(1, [1, 300, -2, 2 ** 40]);
      writer.writeStringField(2, 'naïve 😀 text');
      writer.writeDoubleField(4, 1.5);
      writer.writeFloatField(5, 1.5);
      writer.writeStringField(6, 'not wanted');
      writer.writeMessage(3, (_, child) => child.writeStringField(2, 'inner'), null);
      writer.writeMessage(3, () => {}, null);
    });
    expect(found).toEqual({
      numbers: [-1, 1, 300, -2, 2 ** 40],
      texts: ['naïve 😀 text'],
      children: [
        { numbers: [], texts: ['inner'], children: [], ended: 1 },
        { numbers: [], texts: [], children: [], ended: 1 },
      ],
      ended: 1,
    });
  });

  it('reads what spans windows, and cuts texts that are long', async () => {
    const found = await read((writer) => {
      for (let index = 0; index < 40; index++) {
        writer.writeStringField(2, `${index} ${'x'.repeat(index * 500)}`);
      }
    });
    expect(found.texts.map((text) => Number.parseInt(text, 10))).toEqual([...Array(40).keys()]);
    expect(Math.max(...found.texts.map(({ length }) => length))).toBe(4096);
  });

  it('gives the bytes of small messages', async () => {
    const seen: (number | null)[] = [];
    const type: MessageType<null> = {
      fields: { 1: 'message-and-bytes' },
      message(_, __, bytes) {
        seen.push(bytes?.length ?? null);
        return null;
      },
    };
    const writer = new PbfWriter();
    for (const length of [3, 60_000, 70_000, 5]) writer.writeBytesField(1, new Uint8Array(length));
    await readMessage(source(writer.finish().slice()), type, null);
    expect(seen).toEqual([3, 60_000, null, 5]);
  });

  it('tells what is no message, what is cut off, and what is too complex', async () => {
    const fails = (...bytes: number[]) => readMessage(source(Uint8Array.from(bytes)), TREE, tree());
    // Field number 0, a group, a number without an end, a part that is longer than the whole.
    await expect(fails(0)).rejects.toBeInstanceOf(NotProtobufError);
    await expect(fails(0x0b)).rejects.toBeInstanceOf(NotProtobufError);
    await expect(fails(0x08, ...Array<number>(20).fill(0x80))).rejects.toBeInstanceOf(NotProtobufError);
    await expect(fails(0x1a, 2, 0x12, 5, 0, 0, 0, 0, 0)).rejects.toBeInstanceOf(NotProtobufError);
    await expect(fails(0x12, 5, 0)).rejects.toMatchObject({ bytes: 7 });
    await expect(fails(0x08, 0x80)).rejects.toBeInstanceOf(TruncatedError);
    await expect(fails(0x08)).rejects.toBeInstanceOf(TruncatedError);

    let nested = new Uint8Array(0);
    for (let depth = 0; depth < 150; depth++) {
      const writer = new PbfWriter();
      writer.writeBytesField(3, nested);
      nested = writer.finish().slice();
    }
    await expect(readMessage(source(nested), TREE, tree())).rejects.toBeInstanceOf(TooComplexError);
    const many = new Uint8Array(6_000_002).fill(0x08);
    await expect(readMessage(source(many), { fields: {} }, null)).rejects.toBeInstanceOf(TooComplexError);
  });

  it('lets errors of the source and of the types pass', async () => {
    const broken: ByteSource = {
      size: 10,
      read: async () => {
        throw new RangeError('no such file');
      },
    };
    await expect(readMessage(broken, TREE, tree())).rejects.toThrow('no such file');
    const faulty: MessageType<null> = {
      fields: { 1: 'number' },
      number() {
        throw new TypeError('a mistake');
      },
    };
    await expect(readMessage(source(Uint8Array.from([8, 1])), faulty, null)).rejects.toThrow('a mistake');
  });
});
