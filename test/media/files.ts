import { deflateSync, crc32 as zlibCrc32 } from 'node:zlib';

/** Joins bytes, Latin-1 texts and lists of numbers. */
export function bytes(...parts: readonly (string | readonly number[] | Uint8Array)[]): Uint8Array {
  return Buffer.concat(
    parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from(part))),
  );
}

export const u32be = (value: number): number[] => [
  value >>> 24,
  (value >>> 16) & 255,
  (value >>> 8) & 255,
  value & 255,
];
export const u32le = (value: number): number[] => u32be(value).reverse();
export const u16le = (value: number): number[] => [value & 255, value >>> 8];

/** One chunk of a PNG file, with its checksum. */
export function pngChunk(type: string, body: Uint8Array | readonly number[] = []): Uint8Array {
  const checked = bytes(type, body);
  return bytes(u32be(body.length), checked, u32be(zlibCrc32(checked)));
}

/** A PNG image, 8 bits for each of red, green and blue. `pixels` are the unpacked rows, when they are not as they must be. */
export function png(
  width = 3,
  height = 2,
  { interlaced = 0, pixels }: { interlaced?: number; pixels?: number } = {},
): Uint8Array {
  const rows = pixels ?? height * (1 + 3 * width);
  return bytes(
    '\x89PNG\r\n\x1a\n',
    pngChunk('IHDR', [...u32be(width), ...u32be(height), 8, 2, 0, 0, interlaced]),
    pngChunk('IDAT', deflateSync(new Uint8Array(rows))),
    pngChunk('IEND'),
  );
}

/** A baseline JPEG image as far as markers go; the coded data is nonsense with an escaped FF and a restart in it. */
export function jpeg(): Uint8Array {
  return bytes(
    [0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2],
    [0xff, 0xff, 0xc0, 0, 11, 8, 0, 2, 0, 3, 1, 1, 0x11, 0],
    [0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0],
    [1, 2, 0xff, 0, 3, 0xff, 0xd0, 4],
    [0xff, 0xd9],
  );
}

export function gif(): Uint8Array {
  return bytes(
    'GIF89a',
    [1, 0, 1, 0, 0x80, 0, 0],
    [0, 0, 0, 255, 255, 255],
    [0x21, 0xf9, 4, 0, 0, 0, 0, 0],
    [0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x4c, 1, 0],
    [0x3b],
  );
}

/** A RIFF file of chunks. */
export function riff(
  form: string,
  ...chunks: readonly (readonly [id: string, body: Uint8Array | readonly number[]])[]
): Uint8Array {
  const body = bytes(
    form,
    ...chunks.map(([id, data]) => bytes(id, u32le(data.length), data, data.length % 2 ? [0] : [])),
  );
  return bytes('RIFF', u32le(body.length), body);
}

export function webp(): Uint8Array {
  return riff('WEBP', ['VP8L', [0x2f, 0, 0, 0, 0, 7, 7]]);
}

export function bmp(): Uint8Array {
  const header = [...u32le(40), ...u32le(2), ...u32le(2), 1, 0, 24, 0, ...new Array<number>(24).fill(0)];
  return bytes('BM', u32le(70), [0, 0, 0, 0], u32le(54), header, new Uint8Array(16));
}

/** A TIFF image of one strip, in either order of bytes. */
export function tiff(little = true): Uint8Array {
  const u16 = (value: number) => (little ? u16le(value) : u16le(value).reverse());
  const u32 = (value: number) => (little ? u32le(value) : u32be(value));
  const field = (tag: number, value: number) => [...u16(tag), ...u16(4), ...u32(1), ...u32(value)];
  const fields = [field(256, 2), field(257, 2), field(273, 62), field(279, 4)];
  return bytes(little ? 'II' : 'MM', u16(42), u32(8), u16(fields.length), ...fields, u32(0), [1, 2, 3, 4]);
}

/** A box of an ISO media file. */
export function box(
  type: string,
  ...parts: readonly (string | readonly number[] | Uint8Array)[]
): Uint8Array {
  const body = bytes(...parts);
  return bytes(u32be(body.length + 8), type, body);
}

/** A track whose handler is of a kind: `vide` or `soun`. */
function track(kind: string): Uint8Array {
  return box('trak', box('mdia', box('hdlr', [0, 0, 0, 0, 0, 0, 0, 0], kind, new Uint8Array(12))));
}

export function mp4(brand: string, ...kinds: readonly string[]): Uint8Array {
  return bytes(box('ftyp', brand, [0, 0, 2, 0]), box('moov', ...kinds.map(track)), box('mdat', [1, 2, 3, 4]));
}

export function avif(): Uint8Array {
  return bytes(box('ftyp', 'avif', [0, 0, 0, 0]), box('meta', [0, 0, 0, 0]), box('mdat', [1, 2, 3]));
}

const FMT = [1, 0, 1, 0, ...u32le(16_000), ...u32le(32_000), 2, 0, 16, 0];

export function wav(): Uint8Array {
  return riff('WAVE', ['fmt ', FMT], ['LIST', [1, 2, 3]], ['data', new Uint8Array(64)]);
}

export function flac(): Uint8Array {
  const stream = [
    0x10,
    0,
    0x10,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0x03,
    0xe8,
    0x00,
    0xf0,
    ...new Array<number>(20).fill(0),
  ];
  return bytes('fLaC', [0, 0, 0, 34], stream, [0x81, 0, 0, 2, 0, 0], [0xff, 0xf8, 1, 2, 3, 4]);
}

/** An ID3v2 tag of ten bytes of padding. */
export const id3 = bytes('ID3', [4, 0, 0, 0, 0, 0, 10], new Uint8Array(10));

/** Frames of MPEG-1 layer III, 128 kbit/s at 44.1 kHz: 417 bytes each. */
export function mp3(frames = 4): Uint8Array {
  const frame = bytes([0xff, 0xfb, 0x90, 0x00], new Uint8Array(413));
  return bytes(...Array.from({ length: frames }, () => frame));
}

/** Frames of AAC in ADTS, 16 bytes each. */
export function aac(): Uint8Array {
  const frame = bytes([0xff, 0xf1, 0x50, 0x80, 0x02, 0x1f, 0xfc], new Uint8Array(9));
  return bytes(frame, frame, frame);
}

/** Pages of an Ogg file, one packet each, with their checksums. */
export function ogg(...packets: readonly (Uint8Array | string)[]): Uint8Array {
  return bytes(
    ...packets.map((packet, index) => {
      const flags = index === 0 ? 2 : index === packets.length - 1 ? 4 : 0;
      const page = bytes(
        'OggS',
        [0, flags],
        new Uint8Array(8),
        u32le(1),
        u32le(index),
        [0, 0, 0, 0, 1, packet.length],
        packet,
      );
      page.set(u32le(oggChecksum(page)), 22);
      return page;
    }),
  );
}

function oggChecksum(page: Uint8Array): number {
  let crc = 0;
  for (const byte of page) {
    crc ^= byte << 24;
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x80000000 ? (crc << 1) ^ 0x04c11db7 : crc << 1;
  }
  return crc >>> 0;
}

/** An EBML element; its length is one byte, or unknown. */
export function element(
  id: readonly number[],
  body: Uint8Array | string | readonly number[],
  unknown = false,
): Uint8Array {
  return bytes(id, [unknown ? 0xff : 0x80 | body.length], body);
}

/** A WebM or Matroska file with tracks of types: 1 video, 2 audio. */
export function matroska(docType: string, types: readonly number[], unknown = false): Uint8Array {
  const tracks = bytes(...types.map((type) => element([0xae], element([0x83], [type]))));
  const segment = bytes(
    element([0x16, 0x54, 0xae, 0x6b], tracks),
    element([0x1f, 0x43, 0xb6, 0x75], [1, 2, 3], unknown),
  );
  return bytes(
    element([0x1a, 0x45, 0xdf, 0xa3], element([0x42, 0x82], docType)),
    element([0x18, 0x53, 0x80, 0x67], segment, unknown),
  );
}
