import type { Bytes } from './bytes.js';
import { damaged, type Medium } from './medium.js';

const FORMAT = 'TIFF';

/** Bytes of a value, by field type. */
const SIZES = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8];

const WIDTH = 256;
const HEIGHT = 257;
/** Offsets and lengths of the pixels, in strips or in tiles. */
const PLACES = [
  [273, 279],
  [324, 325],
] as const;
const WANTED: ReadonlySet<number> = new Set([WIDTH, HEIGHT, ...PLACES.flat()]);

/** Most fields and strips that are looked at. */
const MOST = 100_000;

/** Reads the first image of a TIFF file: its fields, and whether the strips or tiles lie inside the file (TIFF 6.0). */
export function probeTiff(bytes: Bytes): Medium | null {
  const little = bytes.has('II\x2a\0', 0);
  // BigTIFF is known by its number alone.
  if (bytes.has('II\x2b\0', 0) || bytes.has('MM\0\x2b', 0)) return { kind: 'image', format: FORMAT };
  if (!little && !bytes.has('MM\0\x2a', 0)) return null;
  const u16 = little ? bytes.u16le : bytes.u16be;
  const u32 = little ? bytes.u32le : bytes.u32be;

  const directory = u32(4);
  const count = u16(directory);
  if (directory < 8 || directory + 2 + 12 * count > bytes.length || count === 0) {
    return damaged(FORMAT, 'the file ends before its list of fields');
  }
  const fields = new Map<number, readonly number[]>();
  for (let index = 0; index < count; index++) {
    const at = directory + 2 + 12 * index;
    const size = SIZES[u16(at + 2)] ?? 0;
    const values = u32(at + 4);
    const start = size * values <= 4 ? at + 8 : u32(at + 8);
    if (start + size * values > bytes.length) return damaged(FORMAT, 'the file ends inside a field');
    const tag = u16(at);
    // The first counts, as for every reader; a file may repeat a field as often as it likes.
    if (!WANTED.has(tag) || fields.has(tag) || (size !== 2 && size !== 4)) continue;
    const read = size === 2 ? u16 : u32;
    fields.set(
      tag,
      Array.from({ length: Math.min(values, MOST) }, (_, value) => read(start + size * value)),
    );
  }
  if (fields.get(WIDTH)?.[0] === undefined || fields.get(HEIGHT)?.[0] === undefined) {
    return damaged(FORMAT, 'it names no width and height');
  }
  for (const [offsets, lengths] of PLACES) {
    const ends = fields.get(lengths);
    if (fields.get(offsets)?.some((start, index) => start + (ends?.[index] ?? 0) > bytes.length)) {
      return damaged(FORMAT, 'the file ends inside the pixels');
    }
  }
  return { kind: 'image', format: FORMAT };
}
