import { inflateSync } from 'node:zlib';
import type { Bytes } from './bytes.js';
import { damaged, type Medium } from './medium.js';

const SIGNATURE = '\x89PNG\r\n\x1a\n';
const FORMAT = 'PNG';

/** Samples per pixel, by colour type. */
const SAMPLES: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

/** The passes of an interlaced image: first column and row, then the steps between them. */
const ADAM7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

/** Most chunks that are looked at; encoders write a few, each of many kilobytes. */
const MOST = 100_000;

interface Header {
  readonly width: number;
  readonly height: number;
  readonly bitsPerPixel: number;
  readonly interlaced: boolean;
}

/**
 * Reads a PNG image: every chunk with its checksum, the header, and the pixels unpacked (RFC 2083). Of images with more than
 * `mostUnpacked` bytes of pixels the checksums alone are checked.
 */
export function probePng(bytes: Bytes, mostUnpacked: number): Medium | null {
  if (!bytes.has(SIGNATURE, 0)) return null;
  let header: Header | undefined;
  const pixels: Uint8Array[] = [];
  let at = SIGNATURE.length;
  for (let chunks = 0; ; chunks++) {
    if (chunks > MOST) return { kind: 'unread' };
    if (at + 12 > bytes.length) return damaged(FORMAT, 'the file ends before the chunk IEND');
    const length = bytes.u32be(at);
    const type = bytes.name(at + 4, 4);
    if (!/^[A-Za-z]{4}$/.test(type)) return damaged(FORMAT, `there is no chunk at byte ${at}`);
    const body = at + 8;
    const end = body + length + 4;
    if (end > bytes.length) return damaged(FORMAT, `the file ends inside the chunk ${type}`);
    if (crc32(bytes.data, at + 4, body + length) !== bytes.u32be(body + length)) {
      return damaged(FORMAT, `the checksum of the chunk ${type} at byte ${at} is wrong`);
    }
    if (header === undefined) {
      const read = readHeader(bytes, type, body, length);
      if (typeof read === 'string') return damaged(FORMAT, read);
      header = read;
    } else if (type === 'IDAT') pixels.push(bytes.data.subarray(body, body + length));
    else if (type === 'IEND') break;
    at = end;
  }
  const fault = pixelFault(header, pixels, mostUnpacked);
  return fault === undefined ? { kind: 'image', format: FORMAT } : damaged(FORMAT, fault);
}

function readHeader(bytes: Bytes, type: string, at: number, length: number): Header | string {
  if (type !== 'IHDR' || length !== 13) return 'the first chunk is not the header IHDR';
  const width = bytes.u32be(at);
  const height = bytes.u32be(at + 4);
  const depth = bytes.u8(at + 8);
  const samples = SAMPLES[bytes.u8(at + 9)];
  if (width === 0 || height === 0) return `the header says ${width} × ${height} pixels`;
  if (samples === undefined || ![1, 2, 4, 8, 16].includes(depth)) {
    return 'the header names a colour type or bit depth that does not exist';
  }
  return { width, height, bitsPerPixel: depth * samples, interlaced: bytes.u8(at + 12) === 1 };
}

function pixelFault(header: Header, pixels: readonly Uint8Array[], mostUnpacked: number): string | undefined {
  if (pixels.length === 0) return 'it has no pixels (no chunk IDAT)';
  const wanted = unpackedLength(header);
  if (wanted > mostUnpacked) return undefined;
  let unpacked: Uint8Array;
  try {
    unpacked = inflateSync(Buffer.concat(pixels), { maxOutputLength: wanted });
  } catch (error) {
    // More than the header promises: readers ignore the rest.
    if (error instanceof RangeError) return undefined;
    return `the pixels cannot be unpacked (${error instanceof Error ? error.message : String(error)})`;
  }
  return unpacked.length < wanted
    ? `the pixels end early: ${unpacked.length} bytes unpacked, ${wanted} needed for ${header.width} × ${header.height}`
    : undefined;
}

/** Bytes of all rows, each with the byte that names its filter. */
function unpackedLength({ width, height, bitsPerPixel, interlaced }: Header): number {
  const rows = (columns: number, count: number) =>
    columns === 0 ? 0 : count * (1 + Math.ceil((columns * bitsPerPixel) / 8));
  if (!interlaced) return rows(width, height);
  let total = 0;
  for (const [x, y, dx, dy] of ADAM7) {
    total += rows(Math.max(0, Math.ceil((width - x) / dx)), Math.max(0, Math.ceil((height - y) / dy)));
  }
  return total;
}

let table: Uint32Array | undefined;

/** CRC-32 of PNG and zlib. Node has it itself since 20.15 only. */
function crc32(data: Uint8Array, start: number, end: number): number {
  table ??= Uint32Array.from({ length: 256 }, (_, byte) => {
    let value = byte;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
    return value >>> 0;
  });
  let crc = 0xffffffff;
  for (let at = start; at < end; at++) {
    crc = (table[(crc ^ (data[at] ?? 0)) & 0xff] ?? 0) ^ (crc >>> 8);
  }
  return ~crc >>> 0;
}
