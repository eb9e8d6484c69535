import type { Bytes } from './bytes.js';
import { damaged, type Medium } from './medium.js';
import { riffChunks } from './riff.js';

const FORMAT = 'WebP';

/** Reads a WebP image chunk by chunk (RFC 9649). */
export function probeWebp(bytes: Bytes): Medium | null {
  if (!bytes.has('RIFF', 0) || !bytes.has('WEBP', 8)) return null;
  let image = false;
  for (const chunk of riffChunks(bytes)) {
    if (chunk === null) return { kind: 'unread' };
    const { id, start, end } = chunk;
    if (end > bytes.length) return damaged(FORMAT, `the file ends inside the chunk ${printable(id)}`);
    if (id === 'VP8 ' && !bytes.has('\x9d\x01\x2a', start + 3)) {
      return damaged(FORMAT, 'the image does not begin with a key frame');
    }
    if (id === 'VP8L' && bytes.u8(start) !== 0x2f)
      return damaged(FORMAT, 'the lossless image has no signature');
    if (id === 'VP8 ' || id === 'VP8L' || id === 'ANMF') image = true;
  }
  if (8 + bytes.u32le(4) > bytes.length) return damaged(FORMAT, 'the file is shorter than its header says');
  return image ? { kind: 'image', format: FORMAT } : damaged(FORMAT, 'it has no image');
}

function printable(id: string): string {
  return /^[ -~]{4}$/.test(id) ? id.trim() : 'of an unknown name';
}
