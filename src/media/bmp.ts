import type { Bytes } from './bytes.js';
import { damaged, type Medium } from './medium.js';

const FORMAT = 'BMP';

/** Lengths of the second header, by which its versions are told apart. */
const HEADERS: ReadonlySet<number> = new Set([12, 16, 40, 52, 56, 64, 108, 124]);

/** Reads the headers of a BMP image, and whether its pixels are all there. */
export function probeBmp(bytes: Bytes): Medium | null {
  const header = bytes.u32le(14);
  if (!bytes.has('BM', 0) || !HEADERS.has(header)) return null;
  const old = header === 12;
  const width = old ? bytes.u16le(18) : bytes.u32le(18) | 0;
  const height = old ? bytes.u16le(20) : Math.abs(bytes.u32le(22) | 0);
  const bits = bytes.u16le(old ? 24 : 28);
  const compression = old ? 0 : bytes.u32le(30);
  if (width <= 0 || height === 0 || ![1, 4, 8, 16, 24, 32].includes(bits)) {
    return damaged(FORMAT, `the header says ${width} × ${height} pixels of ${bits} bits`);
  }
  const plain = compression === 0 || compression === 3;
  const pixels = plain ? Math.ceil((width * bits) / 32) * 4 * height : 1;
  return bytes.u32le(10) + pixels > bytes.length
    ? damaged(FORMAT, 'the file ends inside the pixels')
    : { kind: 'image', format: FORMAT };
}
