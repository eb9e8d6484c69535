import type { ByteSource } from '../onnx/protobuf.js';
import { preview } from '../preview.js';

/** Where the bytes of an entry lie in the file. */
export interface StoredEntry {
  readonly offset: number;
  /** In bytes. */
  readonly length: number;
  /** Whether they are compressed. */
  readonly packed: boolean;
}

/** What a file turned out to be. */
export type StoredZip =
  | { readonly kind: 'entries'; readonly entries: ReadonlyMap<string, StoredEntry> }
  /** Nothing at its end says where its entries are. */
  | { readonly kind: 'no-zip' }
  /** It may be sound, but is larger than is read; `detail` is the rest of a sentence. */
  | { readonly kind: 'unsupported'; readonly detail: string }
  /** `detail` is the rest of a sentence. */
  | { readonly kind: 'broken'; readonly detail: string };

/** Most entries that are read: a model has one for each tensor. */
const MAX_ENTRIES = 50_000;
/** The longest directory that is read, in bytes: an entry takes about 80. */
const MAX_DIRECTORY_BYTES = 16_000_000;

const END_BYTES = 22;
const LOCATOR_BYTES = 20;
const END64_BYTES = 56;
const HEADER_BYTES = 46;
const LOCAL_BYTES = 30;
const END = 0x06054b50;
const LOCATOR = 0x07064b50;
const END64 = 0x06064b50;
const HEADER = 0x02014b50;
const LOCAL = 0x04034b50;
const ENCRYPTED = 1;
/** Heads of entries that lie closer together are read at once: a small tensor is hardly longer than its head. */
const WINDOW_BYTES = 32_768;
/** Most reads under way at a time. */
const PARALLEL = 8;

/** What the directory says of an entry. */
interface Listed {
  readonly name: string;
  /** Where its own head begins. */
  readonly at: number;
  readonly length: number;
  /** How it is compressed; 0 is not at all. */
  readonly method: number;
}

/** Ends the reading; the message is the rest of a sentence. */
class Broken extends Error {
  override readonly name = 'Broken';
}

/** Ends the reading of what is too large; the message is the rest of a sentence. */
class Large extends Error {
  override readonly name = 'Large';
}

/**
 * Finds the entries of a zip archive, and reads none of them. Strict where readers
 * differ: nothing may follow the archive, names occur once and are the same in both of their places, entries lie behind one another. Throws what
 * `source` throws. Source: APPNOTE.TXT 6.3.10 of PKWARE, miniz.
 */
export async function readStoredZip(source: ByteSource): Promise<StoredZip> {
  try {
    const directory = await findDirectory(source);
    if (directory === null) return { kind: 'no-zip' };
    const listed = readDirectory(await bytesAt(source, directory.at, directory.length), directory.count);
    return { kind: 'entries', entries: await locate(source, listed, directory.at) };
  } catch (error) {
    if (error instanceof Large) return { kind: 'unsupported', detail: error.message };
    if (error instanceof Broken) return { kind: 'broken', detail: error.message };
    throw error;
  }
}

async function findDirectory(
  source: ByteSource,
): Promise<{ at: number; length: number; count: number } | null> {
  const { size } = source;
  if (size < END_BYTES) return null;
  const before = Math.min(size, END_BYTES + LOCATOR_BYTES);
  const tail = viewOf(await bytesAt(source, size - before, before));
  const end = before - END_BYTES;
  if (tail.getUint32(end, true) !== END) return null;
  let count: number = tail.getUint16(end + 10, true);
  let length: number = tail.getUint32(end + 12, true);
  let at: number = tail.getUint32(end + 16, true);
  let limit = size - END_BYTES;
  if (end === LOCATOR_BYTES && tail.getUint32(0, true) === LOCATOR) {
    limit = wholeNumber(tail, 8);
    if (limit !== size - before - END64_BYTES) throw new Broken('its end records are not where they say');
    const long = viewOf(await bytesAt(source, limit, END64_BYTES));
    if (long.getUint32(0, true) !== END64) throw new Broken('its end records are not where they say');
    const longCount = wholeNumber(long, 32);
    const longLength = wholeNumber(long, 40);
    const longAt = wholeNumber(long, 48);
    const same = (short: number, full: number, most: number) => short === full || short === most;
    if (
      !same(count, longCount, 0xffff) ||
      !same(length, longLength, 0xffffffff) ||
      !same(at, longAt, 0xffffffff)
    ) {
      throw new Broken('its two end records contradict one another');
    }
    count = longCount;
    length = longLength;
    at = longAt;
  }
  if (at + length !== limit) throw new Broken('its directory does not end where the archive does');
  if (count > MAX_ENTRIES) {
    throw new Large(`it has ${count} entries, more than the ${MAX_ENTRIES} that are read`);
  }
  if (length > MAX_DIRECTORY_BYTES) {
    throw new Large(`its directory has ${length} bytes, more than the ${MAX_DIRECTORY_BYTES} that are read`);
  }
  return { at, length, count };
}

function readDirectory(bytes: Uint8Array, count: number): readonly Listed[] {
  const view = viewOf(bytes);
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const listed: Listed[] = [];
  const names = new Set<string>();
  let at = 0;
  for (let index = 0; index < count; index++) {
    if (at + HEADER_BYTES > bytes.length || view.getUint32(at, true) !== HEADER) {
      throw new Broken('its directory is cut off');
    }
    const nameBytes = view.getUint16(at + 28, true);
    const extraBytes = view.getUint16(at + 30, true);
    const extraAt = at + HEADER_BYTES + nameBytes;
    const next = extraAt + extraBytes + view.getUint16(at + 32, true);
    if (next > bytes.length) throw new Broken('its directory is cut off');
    const name = nameOf(decoder, bytes.subarray(at + HEADER_BYTES, extraAt));
    if (names.has(name)) throw new Broken(`its entry ${preview(name)} is there twice`);
    names.add(name);
    if ((view.getUint16(at + 8, true) & ENCRYPTED) !== 0) {
      throw new Broken(`its entry ${preview(name)} is encrypted`);
    }
    const method = view.getUint16(at + 10, true);
    const sizes = readSizes(view, at, extraAt, extraAt + extraBytes);
    if (sizes === null) throw new Broken(`its entry ${preview(name)} has no size that can be read`);
    if (method === 0 && sizes.length !== sizes.original) {
      throw new Broken(`its entry ${preview(name)} has two lengths`);
    }
    listed.push({ name, method, at: sizes.at, length: sizes.length });
    at = next;
  }
  if (at !== bytes.length) throw new Broken('its directory has more bytes than entries');
  return listed;
}

/** Lengths and place of an entry, where they are too large for 32 bits from its extra field; null where that lacks them. */
function readSizes(
  view: DataView,
  at: number,
  extraAt: number,
  extraEnd: number,
): { at: number; length: number; original: number } | null {
  const short = [20, 24, 42].map((from) => view.getUint32(at + from, true));
  const long: number[] = [];
  for (let from = extraAt; from + 4 <= extraEnd; ) {
    const bytes = view.getUint16(from + 2, true);
    if (from + 4 + bytes > extraEnd) break;
    if (view.getUint16(from, true) === 1) {
      for (let number = 0; number + 8 <= bytes; number += 8) long.push(wholeNumber(view, from + 4 + number));
      break;
    }
    from += 4 + bytes;
  }
  // The field has only those that are too large, and in the order in which APPNOTE.TXT 4.5.3 lists them: the original length first.
  const take = (value: number | undefined) => (value === 0xffffffff ? long.shift() : value);
  const original = take(short[1]);
  const length = take(short[0]);
  const place = take(short[2]);
  if (original === undefined || length === undefined || place === undefined) return null;
  return { at: place, length, original };
}

/** Where the bytes of each entry begin, which only its own head tells. */
async function locate(
  source: ByteSource,
  listed: readonly Listed[],
  end: number,
): Promise<ReadonlyMap<string, StoredEntry>> {
  const inOrder = [...listed].sort((a, b) => a.at - b.at);
  const windows: Listed[][] = [];
  for (const entry of inOrder) {
    if (entry.at + LOCAL_BYTES > end) {
      throw new Broken(`its entry ${preview(entry.name)} begins behind the others`);
    }
    const window = windows.at(-1);
    const from = window?.[0]?.at ?? 0;
    if (window === undefined || entry.at - from > WINDOW_BYTES) windows.push([entry]);
    else window.push(entry);
  }
  const entries = new Map<string, StoredEntry>();
  for (let first = 0; first < windows.length; first += PARALLEL) {
    const read = windows.slice(first, first + PARALLEL).map(async (window) => {
      const from = window[0]?.at ?? 0;
      const last = window.at(-1) ?? { at: from, name: '' };
      const length = last.at - from + LOCAL_BYTES + 4 * last.name.length;
      const bytes = await bytesAt(source, from, Math.min(length, source.size - from));
      for (const entry of window) entries.set(entry.name, startOf(entry, bytes.subarray(entry.at - from)));
    });
    await Promise.all(read);
  }
  for (const [index, { name }] of inOrder.entries()) {
    const { offset, length } = entries.get(name) ?? { offset: 0, length: 0, packed: false };
    if (offset + length > (inOrder[index + 1]?.at ?? end)) {
      throw new Broken(`its entry ${preview(name)} runs into what follows`);
    }
  }
  return entries;
}

/** Where an entry begins behind its own head; `bytes` begin with the head. */
function startOf({ name, at, length, method }: Listed, bytes: Uint8Array): StoredEntry {
  const view = viewOf(bytes);
  if (view.getUint32(0, true) !== LOCAL) {
    throw new Broken(`its entry ${preview(name)} is not where the directory says`);
  }
  const nameBytes = view.getUint16(26, true);
  const own = new TextDecoder().decode(bytes.subarray(LOCAL_BYTES, LOCAL_BYTES + nameBytes));
  if (own !== name || view.getUint16(8, true) !== method || (view.getUint16(6, true) & ENCRYPTED) !== 0) {
    throw new Broken(`its entry ${preview(name)} is another one than the directory says`);
  }
  return { offset: at + LOCAL_BYTES + nameBytes + view.getUint16(28, true), length, packed: method !== 0 };
}

function nameOf(decoder: InstanceType<typeof TextDecoder>, bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw new Broken('one of its entries has a name that is no UTF-8');
  }
}

/** Exactly so many bytes. */
async function bytesAt(source: ByteSource, start: number, length: number): Promise<Uint8Array> {
  const bytes = await source.read(start, length);
  if (bytes.length < length) throw new Broken('it is shorter than its size says');
  return bytes;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** An unsigned number of 64 bits that is not beyond what a file can have. */
function wholeNumber(view: DataView, at: number): number {
  const value = Number(view.getBigUint64(at, true));
  if (!Number.isSafeInteger(value)) throw new Broken(`it names a size of ${value} bytes`);
  return value;
}
