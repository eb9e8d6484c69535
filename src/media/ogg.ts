import type { Bytes } from './bytes.js';
import { damaged, type Medium } from './medium.js';

const FORMAT = 'Ogg';

/** How the first packet of a stream names its codec. */
const VIDEO = ['\x80theora', 'BBCD\0', 'OVP80'];

/** Reads an Ogg file page by page with its checksums (RFC 3533): Vorbis, Opus, FLAC, Speex; Theora is video. */
export function probeOgg(bytes: Bytes): Medium | null {
  if (!bytes.has('OggS', 0)) return null;
  let at = 0;
  let pages = 0;
  let kind: 'audio' | 'video' = 'audio';
  let format = FORMAT;
  while (at < bytes.length) {
    if (!bytes.has('OggS', at)) {
      // Programs append their own things; a reader has all it needs by then.
      if (pages > 2) break;
      return damaged(format, `there is no page at byte ${at}`);
    }
    const segments = bytes.u8(at + 26);
    let length = 27 + segments;
    for (let index = 0; index < segments; index++) length += bytes.u8(at + 27 + index);
    if (at + length > bytes.length) return damaged(format, 'the file ends inside a page');
    if (pageChecksum(bytes.data, at, at + length) !== bytes.u32le(at + 22)) {
      return damaged(format, `the checksum of the page at byte ${at} is wrong`);
    }
    if (bytes.u8(at + 5) & 2) {
      const packet = at + 27 + segments;
      if (VIDEO.some((name) => bytes.has(name, packet))) kind = 'video';
      if (bytes.has('OpusHead', packet)) format = 'Opus';
    }
    at += length;
    pages++;
  }
  return pages > 1 ? { kind, format } : damaged(format, 'it ends behind its first header');
}

let table: Uint32Array | undefined;

/** CRC-32 with the polynomial 0x04c11db7, unreflected; the four bytes of the checksum itself count as zero. */
function pageChecksum(data: Uint8Array, start: number, end: number): number {
  table ??= Uint32Array.from({ length: 256 }, (_, byte) => {
    let value = byte << 24;
    for (let bit = 0; bit < 8; bit++) value = value & 0x80000000 ? (value << 1) ^ 0x04c11db7 : value << 1;
    return value >>> 0;
  });
  let crc = 0;
  for (let at = start; at < end; at++) {
    const byte = at >= start + 22 && at < start + 26 ? 0 : (data[at] ?? 0);
    crc = (crc << 8) ^ (table[((crc >>> 24) ^ byte) & 0xff] ?? 0);
  }
  return crc >>> 0;
}
