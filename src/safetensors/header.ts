import { isMapping } from '../mapping.js';
import type { ByteSource } from '../onnx/protobuf.js';
import { preview } from '../preview.js';

/** Bytes of one element, by the names that safetensors has for types (safetensors 0.7, `Dtype`); those below a byte are left out. */
const ELEMENT_BYTES: Readonly<Record<string, number>> = {
  BOOL: 1,
  U8: 1,
  I8: 1,
  F8_E5M2: 1,
  F8_E4M3: 1,
  F8_E8M0: 1,
  I16: 2,
  U16: 2,
  F16: 2,
  BF16: 2,
  I32: 4,
  U32: 4,
  F32: 4,
  C64: 8,
  F64: 8,
  I64: 8,
  U64: 8,
};

/** The longest header that is read, in bytes: a tensor takes about 120. */
const MAX_HEADER_BYTES = 25_000_000;
/** The longest that the reference reader takes (`MAX_HEADER_SIZE`). */
const LONGEST_HEADER_BYTES = 100_000_000;

/** A tensor as the head of a weight file describes it. */
export interface StoredTensor {
  /** Such as `F32` or `BF16`. */
  readonly dtype: string;
  readonly shape: readonly number[];
  /** Where its bytes begin in the file. */
  readonly offset: number;
  /** In bytes. */
  readonly length: number;
  /**
   * The axes in the order in which they lie in the file, the outermost first; absent where that is the order of `shape`, as in every safetensors file.
   * Null where the numbers do not lie in one piece.
   */
  readonly axes?: readonly number[] | null;
}

/** What the header of a safetensors file says. */
export interface SafetensorsHeader {
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  /** `__metadata__`, texts by key. */
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** What a file turned out to be. */
export type SafetensorsFile =
  | { readonly kind: 'header'; readonly header: SafetensorsHeader }
  /** It needs at least `bytes` bytes. */
  | { readonly kind: 'truncated'; readonly bytes: number }
  /** It may be sound, but is not read; `detail` is the rest of a sentence. */
  | { readonly kind: 'unsupported'; readonly detail: string }
  /** `detail` is the rest of a sentence. */
  | { readonly kind: 'not-safetensors'; readonly detail: string };

/**
 * Reads the header of a safetensors file, and no weights: eight bytes with its length, then JSON. Checks what the reference
 * reader checks: sizes that fit the shapes, and ranges that follow on one another without gaps up to the end of the file. Throws what `source`
 * throws. Source: https://github.com/huggingface/safetensors#format
 */
export async function readSafetensorsHeader(source: ByteSource): Promise<SafetensorsFile> {
  const { size } = source;
  if (size < 8) return { kind: 'truncated', bytes: 10 };
  const first = await source.read(0, 8);
  if (first.length < 8) return { kind: 'truncated', bytes: 10 };
  const declared = new DataView(first.buffer, first.byteOffset, 8).getBigUint64(0, true);
  if (declared > BigInt(LONGEST_HEADER_BYTES)) {
    return broken(
      `it would have a header of ${declared} bytes, more than the ${LONGEST_HEADER_BYTES} that a file may have`,
    );
  }
  const length = Number(declared);
  const start = 8 + length;
  if (start > size) return { kind: 'truncated', bytes: start };
  if (length > MAX_HEADER_BYTES) {
    const detail = `it has a header of ${length} bytes, more than the ${MAX_HEADER_BYTES} that are read`;
    return { kind: 'unsupported', detail };
  }
  const bytes = await source.read(8, length);
  if (bytes.length < length) return { kind: 'truncated', bytes: start };
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return broken('its header is no JSON');
  }
  if (!isMapping(json)) return broken('its header is no JSON object');
  return readEntries(json, start, size);
}

function readEntries(json: Readonly<Record<string, unknown>>, start: number, size: number): SafetensorsFile {
  const tensors = new Map<string, StoredTensor>();
  let metadata: Readonly<Record<string, unknown>> = {};
  for (const [name, entry] of Object.entries(json)) {
    if (name === '__metadata__') {
      if (isMapping(entry)) metadata = entry;
      continue;
    }
    const tensor = readEntry(entry, start);
    if (typeof tensor === 'string') return broken(`tensor ${preview(name)} ${tensor}`);
    tensors.set(name, tensor);
  }
  const inOrder = [...tensors].sort(([, a], [, b]) => a.offset - b.offset || a.length - b.length);
  let end = start;
  for (const [name, { offset, length }] of inOrder) {
    if (offset !== end) {
      return broken(`tensor ${preview(name)} begins at byte ${offset}, but the one before it ends at ${end}`);
    }
    end = offset + length;
  }
  if (end > size) return { kind: 'truncated', bytes: end };
  if (end < size) return broken(`its last tensor ends at byte ${end}, but the file has ${size}`);
  return { kind: 'header', header: { tensors, metadata } };
}

/** A tensor; the rest of a sentence when it is none. */
function readEntry(entry: unknown, start: number): StoredTensor | string {
  if (!isMapping(entry)) return 'has no description';
  const { dtype, shape, data_offsets: range } = entry;
  if (typeof dtype !== 'string') return 'has no dtype';
  if (!isShape(shape)) return 'has no shape';
  const [from, to]: readonly unknown[] = Array.isArray(range) && range.length === 2 ? range : [];
  if (!isCount(from) || !isCount(to)) return 'has no data_offsets';
  if (to < from) return 'ends before it begins';
  const element = Object.hasOwn(ELEMENT_BYTES, dtype) ? ELEMENT_BYTES[dtype] : undefined;
  const wanted = element === undefined ? null : shape.reduce((a, b) => a * b, element);
  if (wanted !== null && wanted !== to - from) {
    return `has ${to - from} bytes, but ${dtype} [${shape.join(', ')}] takes ${wanted}`;
  }
  return { dtype, shape, offset: start + from, length: to - from };
}

function isShape(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every(isCount);
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function broken(detail: string): SafetensorsFile {
  return { kind: 'not-safetensors', detail };
}
