import type { Bytes } from './bytes.js';
import { damaged, type Medium } from './medium.js';

const FORMAT = 'GIF';

/** Reads a GIF image block by block (GIF89a specification). A missing trailer is common and harms nobody. */
export function probeGif(bytes: Bytes): Medium | null {
  if (!bytes.has('GIF87a', 0) && !bytes.has('GIF89a', 0)) return null;
  let at = 13 + paletteLength(bytes.u8(10));
  let images = 0;
  while (at < bytes.length) {
    const introducer = bytes.u8(at);
    if (introducer === 0x3b) break;
    if (introducer === 0x21) at += 2;
    else if (introducer === 0x2c) {
      at += 11 + paletteLength(bytes.u8(at + 9));
      images++;
    } else if (images > 0) {
      // Readers stop here and show what they have.
      break;
    } else return damaged(FORMAT, `there is no block at byte ${at}`);
    const end = endOfBlocks(bytes, at);
    if (end === undefined) return damaged(FORMAT, 'the file ends inside an image or an extension');
    at = end;
  }
  return images > 0 ? { kind: 'image', format: FORMAT } : damaged(FORMAT, 'it has no image');
}

function paletteLength(flags: number): number {
  return flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0;
}

function endOfBlocks(bytes: Bytes, from: number): number | undefined {
  let at = from;
  while (at < bytes.length) {
    const length = bytes.u8(at);
    at += 1 + length;
    if (length === 0) return at;
  }
  return undefined;
}
