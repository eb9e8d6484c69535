import type { Bytes } from './bytes.js';
import { damaged, type Medium } from './medium.js';

/** Brands of still images, as the first four letters of the file type box say. */
const IMAGES: Readonly<Record<string, string>> = {
  avif: 'AVIF',
  avis: 'AVIF',
  heic: 'HEIC',
  heix: 'HEIC',
  heim: 'HEIC',
  hevc: 'HEIC',
  mif1: 'HEIF',
};

/** The box a file begins with. */
const FIRST: ReadonlySet<string> = new Set(['ftyp', 'moov', 'mdat', 'wide']);

/** Boxes that hold the way to the kind of a track. */
const HOLDERS: ReadonlySet<string> = new Set(['moov', 'trak', 'mdia']);

/** Most boxes that are looked at. */
const MOST = 10_000;

/** Reads the boxes of MP4, M4A, QuickTime, AVIF and HEIC (ISO/IEC 14496-12). */
export function probeIsoMedia(bytes: Bytes): Medium | null {
  const first = bytes.name(4, 4);
  if (!FIRST.has(first)) return null;
  // Before there were file type boxes, there was QuickTime.
  const brand = first === 'ftyp' ? bytes.name(8, 4) : 'qt  ';
  const image = IMAGES[brand];
  const format = image ?? (brand.startsWith('M4A') ? 'M4A' : brand === 'qt  ' ? 'QuickTime' : 'MP4');

  const seen = new Set<string>();
  const tracks = new Set<string>();
  let boxes = 0;
  // Boxes inside boxes, without recursion: each entry is a stretch of the file that is still to be read.
  const stretches: [number, number][] = [[0, bytes.length]];
  for (let stretch = stretches.pop(); stretch !== undefined; stretch = stretches.pop()) {
    let [at] = stretch;
    const [, limit] = stretch;
    while (at + 8 <= limit && boxes < MOST) {
      boxes++;
      const short = bytes.u32be(at);
      const type = bytes.name(at + 4, 4);
      const head = short === 1 ? 16 : 8;
      const length = short === 0 ? limit - at : short === 1 ? bytes.u64be(at + 8) : short;
      if (length < head) return damaged(format, `the box at byte ${at} has no length`);
      if (at + length > limit) return damaged(format, `the file ends inside the box ${printable(type)}`);
      seen.add(type);
      if (HOLDERS.has(type)) stretches.push([at + head, at + length]);
      if (type === 'hdlr') tracks.add(bytes.name(at + head + 8, 4));
      at += length;
    }
  }
  if (boxes >= MOST) return { kind: 'unread' };
  if (image !== undefined) {
    return seen.has('meta') || seen.has('moov')
      ? { kind: 'image', format }
      : damaged(format, 'it does not describe its image (no box meta)');
  }
  if (!seen.has('moov')) {
    return damaged(format, 'it does not describe its tracks (no box moov): the recording was not finished');
  }
  return { kind: tracks.has('soun') && !tracks.has('vide') ? 'audio' : 'video', format };
}

function printable(type: string): string {
  return /^[ -~]{4}$/.test(type) ? type.trim() : 'of an unknown name';
}
