/** The few facts of a GGUF file's header that say something about the model as a whole. */
export interface GgufHead {
  /** Texts, numbers and booleans by their keys, such as `general.name`; of arrays only those of texts. */
  readonly values: ReadonlyMap<string, string | number | boolean | readonly string[]>;
  /** False when the bytes ended before the last key. */
  readonly complete: boolean;
}

/** Keys that are kept, beside those of `general.`. */
const KEPT =
  /\.(?:pooling_type|attention\.causal|context_length)$|^tokenizer\.(?:ggml\.model|chat_template)$/;

/** Longest text and longest list of texts that are kept; a chat template is longer, and only asked for. */
const MAX_TEXT = 2000;
const MAX_ITEMS = 200;

const MAGIC = 0x46554747;

/** Bytes of each value type; 8 is a text, 9 an array (ggml docs/gguf.md). */
const SIZES: Readonly<Record<number, number>> = {
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
const BOOLEAN = 7;
const TEXT = 8;
const ARRAY = 9;

/** The bytes ended, or hold what no GGUF file holds. */
class End extends Error {}

/**
 * Reads the key-value part of a GGUF file (versions 2 and 3, little endian) from its first bytes; null when they are no such
 * file. Whatever counts and lengths the bytes claim, time is linear in their number.
 */
export function readGgufHead(bytes: Uint8Array): GgufHead | null {
  if (bytes.byteLength < 24) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const version = view.getUint32(4, true);
  if (view.getUint32(0, true) !== MAGIC || (version !== 2 && version !== 3)) return null;

  const values = new Map<string, string | number | boolean | readonly string[]>();
  const decoder = new TextDecoder();
  let at = 16;

  function skip(length: number): number {
    const start = at;
    if (!(length <= view.byteLength - at)) throw new End();
    at += length;
    return start;
  }
  const uint32 = () => view.getUint32(skip(4), true);
  // Lengths beyond 2^53 are inexact, and beyond the end of the bytes all the same.
  const uint64 = () => Number(view.getBigUint64(skip(8), true));
  function text(longest: number): string {
    const length = uint64();
    const start = skip(length);
    return decoder.decode(bytes.subarray(start, start + Math.min(length, longest)));
  }
  function scalar(type: number): number | boolean {
    const size = SIZES[type];
    if (size === undefined) throw new End();
    const start = skip(size);
    if (type === BOOLEAN) return view.getUint8(start) !== 0;
    if (type === 6) return view.getFloat32(start, true);
    if (type === 12) return view.getFloat64(start, true);
    if (size === 8) return Number(view.getBigUint64(start, true));
    return size === 1
      ? view.getUint8(start)
      : size === 2
        ? view.getUint16(start, true)
        : view.getUint32(start, true);
  }
  function array(): readonly string[] {
    const type = uint32();
    const count = uint64();
    const items: string[] = [];
    if (type === TEXT) {
      for (let index = 0; index < count; index++) {
        if (index < MAX_ITEMS) items.push(text(MAX_TEXT));
        else skip(uint64());
      }
    } else skip(count * (SIZES[type] ?? Number.POSITIVE_INFINITY));
    return items;
  }

  try {
    for (let left = Number(view.getBigUint64(skip(8), true)); left > 0; left--) {
      const key = text(200);
      const type = uint32();
      const value = type === TEXT ? text(MAX_TEXT) : type === ARRAY ? array() : scalar(type);
      if (key.startsWith('general.') || KEPT.test(key)) values.set(key, value);
    }
    return { values, complete: true };
  } catch (error) {
    if (error instanceof End) return { values, complete: false };
    throw error;
  }
}
