import type { ByteSource } from '../onnx/protobuf.js';

/** The head of a GGUF file without its long lists (tokens, scores, merges), which are most of it. */
export interface GgufDigest {
  readonly kind: 'digest';
  /** A head of its own, in which long lists are empty. */
  readonly bytes: Uint8Array;
  /** Where the head of the file itself ends, in bytes: the weights begin at the next multiple of its alignment. */
  readonly end: number;
  /** How many items the lists had that are empty now, by key. */
  readonly lengths: ReadonlyMap<string, number>;
}

/** Why a file has no head that can be read. */
export type GgufFault =
  /** The file ends inside of it; `bytes` is how long it would have to be at least, null when unknown. */
  | { readonly kind: 'truncated'; readonly bytes: number | null }
  | { readonly kind: 'not-gguf'; readonly detail: string };

const MAGIC = 'GGUF';
/** How much is read at once, and the most that a head may have; those of models with 256,000 tokens have 15 MB. */
const WINDOW_BYTES = 2 * 1024 * 1024;
const MOST_HEAD_BYTES = 64 * 1024 * 1024;
/** The most that is left of a head; long are chat templates, and lists of the tensors of a mixture of experts. */
const MOST_DIGEST_BYTES = 8 * 1024 * 1024;
const MOST_NAME_BYTES = 64 * 1024;
/** Lists of more items than this are left out. */
const LONG_LIST = 64;
/** Bytes that a tensor and a key take at least: lengths, types, one character. */
const LEAST_TENSOR_BYTES = 24;
const LEAST_KEY_BYTES = 13;

/** Bytes of a value, by the number of its type; the others are texts (8) and lists (9). */
const VALUE_BYTES: Readonly<Record<number, number>> = {
  0: 1,
  1: 1,
  2: 2,
  3: 2,
  4: 4,
  5: 4,
  6: 4,
  7: 1,
  10: 8,
  11: 8,
  12: 8,
};
const TEXT = 8;
const LIST = 9;

class FaultError extends Error {
  readonly fault: GgufFault;

  constructor(fault: GgufFault) {
    super(fault.kind);
    this.fault = fault;
  }
}

/**
 * Reads the head of a GGUF file (https://github.com/ggml-org/ggml/blob/master/docs/gguf.md) and leaves out its long lists,
 * item by item without looking into them: a reader that decodes 256,000 tokens to learn the name of an architecture takes
 * seconds, and a claim of 2^60 tensors would keep it busy for ever. Throws what `source` throws.
 */
export async function digestGguf(source: ByteSource): Promise<GgufDigest | GgufFault> {
  try {
    return await digest(source);
  } catch (error) {
    if (error instanceof FaultError) return error.fault;
    throw error;
  }
}

async function digest(source: ByteSource): Promise<GgufDigest> {
  const cursor = openCursor(source);
  await cursor.need(24);
  const { tensors, keys } = readOpening(cursor.view(24), source.size);
  cursor.keep(24);
  const lengths = new Map<string, number>();
  for (let index = 0; index < keys; index++) {
    const key = new TextDecoder().decode(await keepText(cursor, MOST_NAME_BYTES));
    await cursor.need(4);
    const type = cursor.view(4).getUint32(0, true);
    cursor.keep(4);
    if (type === LIST) await digestList(cursor, key, lengths);
    else if (type === TEXT) await keepText(cursor, MOST_DIGEST_BYTES);
    else await keepBytes(cursor, bytesOf(type));
  }
  for (let index = 0; index < tensors; index++) {
    await keepText(cursor, MOST_NAME_BYTES);
    await cursor.need(4);
    const dimensions = cursor.view(4).getUint32(0, true);
    if (dimensions > 8) throw wrong(`a tensor claims ${dimensions} dimensions`);
    await keepBytes(cursor, 4 + 8 * dimensions + 4 + 8);
  }
  return { kind: 'digest', bytes: cursor.kept(), end: cursor.at(), lengths };
}

function readOpening(view: DataView, size: number): { readonly tensors: number; readonly keys: number } {
  const magic = String.fromCharCode(...[0, 1, 2, 3].map((at) => view.getUint8(at)));
  if (magic !== MAGIC) throw wrong(`it does not begin with ${MAGIC}`);
  const version = view.getUint32(4, true);
  if ((version & 0xffff) === 0) throw wrong('it was written for big-endian machines; convert it again');
  if (version !== 2 && version !== 3) {
    throw wrong(`it has version ${version}, and llama.cpp reads versions 2 and 3; convert it again`);
  }
  const tensors = view.getBigUint64(8, true);
  const keys = view.getBigUint64(16, true);
  const most = (least: number) => BigInt(Math.floor(size / least));
  if (tensors > most(LEAST_TENSOR_BYTES) || keys > most(LEAST_KEY_BYTES)) {
    throw wrong(`it claims ${tensors} tensors and ${keys} keys, more than ${size} bytes can hold`);
  }
  return { tensors: Number(tensors), keys: Number(keys) };
}

/** A short list is kept as it is; of a long one the type, and no items. */
async function digestList(cursor: Cursor, key: string, lengths: Map<string, number>): Promise<void> {
  await cursor.need(12);
  const head = cursor.view(12);
  const type = head.getUint32(0, true);
  const count = lengthOf(head, 4);
  if (type === LIST)
    throw wrong(`${JSON.stringify(key.slice(0, 60))} is a list of lists, which llama.cpp does not read`);
  if (count <= LONG_LIST) {
    cursor.keep(12);
    for (let index = 0; index < count; index++) {
      if (type === TEXT) await keepText(cursor, MOST_DIGEST_BYTES);
      else await keepBytes(cursor, bytesOf(type));
    }
    return;
  }
  lengths.set(key, count);
  cursor.keep(4);
  cursor.write(new Uint8Array(8));
  cursor.skip(8);
  if (type !== TEXT) {
    cursor.skip(count * bytesOf(type));
    return;
  }
  for (let left = count; left > 0; ) {
    await cursor.need(8);
    left -= cursor.skipTexts(left);
  }
}

async function keepText(cursor: Cursor, most: number): Promise<Uint8Array> {
  await cursor.need(8);
  const length = lengthOf(cursor.view(8), 0);
  if (length > most) throw wrong(`it holds a text of ${length} bytes where a shorter one belongs`);
  cursor.keep(8);
  return keepBytes(cursor, length);
}

async function keepBytes(cursor: Cursor, count: number): Promise<Uint8Array> {
  await cursor.need(count);
  return cursor.keep(count);
}

function bytesOf(type: number): number {
  const bytes = VALUE_BYTES[type];
  if (bytes === undefined) throw wrong(`it holds a value of the unknown type ${type}`);
  return bytes;
}

/** A length of 64 bits; longer than any file when it cannot be told exactly. */
function lengthOf(view: DataView, at: number): number {
  return view.getUint32(at, true) + view.getUint32(at + 4, true) * 2 ** 32;
}

function wrong(detail: string): FaultError {
  return new FaultError({ kind: 'not-gguf', detail });
}

/** A place in a file, a window of bytes around it, and what was kept on the way. */
interface Cursor {
  at(): number;
  /** Reads until the next bytes are in the window. */
  need(count: number): Promise<void>;
  /** The next bytes, which must be in the window. */
  view(count: number): DataView;
  /** Goes on, and keeps what was passed. */
  keep(count: number): Uint8Array;
  skip(count: number): void;
  /** Skips texts whose lengths are in the window; how many. */
  skipTexts(most: number): number;
  /** Adds bytes to what was kept. */
  write(bytes: Uint8Array): void;
  kept(): Uint8Array;
}

function openCursor(source: ByteSource): Cursor {
  let window = new Uint8Array(0);
  let view = new DataView(window.buffer);
  let start = 0;
  let at = 0;
  const kept: Uint8Array[] = [];
  let keptBytes = 0;
  const write = (bytes: Uint8Array) => {
    keptBytes += bytes.byteLength;
    if (keptBytes > MOST_DIGEST_BYTES)
      throw wrong(`its head has more than ${MOST_DIGEST_BYTES / 2 ** 20} MiB beside its lists`);
    kept.push(bytes);
  };
  const has = (count: number) => at + count <= start + window.byteLength;
  const skip = (count: number) => {
    at += count;
    if (at > source.size) throw new FaultError({ kind: 'truncated', bytes: at });
    // The window lies behind: the next `need` reads anew.
    if (at > start + window.byteLength) {
      window = new Uint8Array(0);
      view = new DataView(window.buffer);
      start = at;
    }
  };
  return {
    at: () => at,
    async need(count) {
      if (has(count)) return;
      if (at + count > source.size) throw new FaultError({ kind: 'truncated', bytes: at + count });
      if (at + count > MOST_HEAD_BYTES)
        throw wrong(`its head is longer than ${MOST_HEAD_BYTES / 2 ** 20} MiB`);
      window = new Uint8Array(
        await source.read(at, Math.min(Math.max(count, WINDOW_BYTES), source.size - at)),
      );
      view = new DataView(window.buffer);
      start = at;
      if (!has(count)) throw new FaultError({ kind: 'truncated', bytes: at + count });
    },
    view: (count) => new DataView(window.buffer, at - start, count),
    keep(count) {
      const bytes = window.slice(at - start, at - start + count);
      at += count;
      write(bytes);
      return bytes;
    },
    skip,
    skipTexts(most) {
      let offset = at - start;
      let count = 0;
      while (count < most && offset + 8 <= window.byteLength) {
        offset += 8 + lengthOf(view, offset);
        count++;
      }
      skip(start + offset - at);
      return count;
    },
    write,
    kept: () => new Uint8Array(Buffer.concat(kept)),
  };
}
