import { type Bytes, bytesOf } from './bytes.js';

/** Width and height of a picture in pixels. */
export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/** The size that the header of a PNG, JPEG, GIF, WebP or BMP file gives; null for another format, or where it is cut off. */
export function pictureSize(data: Uint8Array): PictureSize | null {
  const size = sizeOf(bytesOf(data));
  return size === null || size.width <= 0 || size.height <= 0 ? null : size;
}

function sizeOf(bytes: Bytes): PictureSize | null {
  if (bytes.has('\x89PNG\r\n\x1a\n', 0)) return { width: bytes.u32be(16), height: bytes.u32be(20) };
  if (bytes.has('GIF8', 0)) return { width: bytes.u16le(6), height: bytes.u16le(8) };
  if (bytes.has('BM', 0)) return { width: bytes.u32le(18), height: Math.abs(bytes.u32le(22) | 0) };
  if (bytes.has('RIFF', 0) && bytes.has('WEBP', 8)) return webpSize(bytes);
  return bytes.has('\xff\xd8', 0) ? jpegSize(bytes) : null;
}

function webpSize(bytes: Bytes): PictureSize | null {
  if (bytes.has('VP8 ', 12)) return { width: bytes.u16le(26) & 0x3fff, height: bytes.u16le(28) & 0x3fff };
  if (bytes.has('VP8L', 12)) {
    const packed = bytes.u32le(21);
    return { width: 1 + (packed & 0x3fff), height: 1 + ((packed >>> 14) & 0x3fff) };
  }
  if (!bytes.has('VP8X', 12)) return null;
  const u24 = (at: number) => bytes.u16le(at) + bytes.u8(at + 2) * 65536;
  return { width: 1 + u24(24), height: 1 + u24(27) };
}

/** From the first frame header (SOF0 to SOF15, but for the markers of tables among them). */
function jpegSize(bytes: Bytes): PictureSize | null {
  let at = 2;
  while (at + 9 <= bytes.length) {
    if (bytes.u8(at) !== 0xff) return null;
    const marker = bytes.u8(at + 1);
    if (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc) {
      return { width: bytes.u16be(at + 7), height: bytes.u16be(at + 5) };
    }
    at += 2 + bytes.u16be(at + 2);
  }
  return null;
}
