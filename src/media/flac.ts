import type { Bytes } from './bytes.js';
import { afterId3 } from './id3.js';
import { damaged, type Medium } from './medium.js';

const FORMAT = 'FLAC';

/** Reads the headers of a FLAC recording up to its first frame (RFC 9639). */
export function probeFlac(bytes: Bytes): Medium | null {
  const begin = afterId3(bytes);
  if (!bytes.has('fLaC', begin)) return null;
  let at = begin + 4;
  for (let index = 0; ; index++) {
    const head = bytes.u8(at);
    const length = bytes.u32be(at) % 0x1000000;
    if (at + 4 + length > bytes.length) return damaged(FORMAT, 'the file ends inside its headers');
    if (index === 0 && ((head & 0x7f) !== 0 || length !== 34 || bytes.u32be(at + 14) >>> 12 === 0)) {
      return damaged(FORMAT, 'the first header does not describe the stream');
    }
    at += 4 + length;
    if (head & 0x80) break;
  }
  return bytes.u8(at) === 0xff && (bytes.u8(at + 1) & 0xfc) === 0xf8
    ? { kind: 'audio', format: FORMAT }
    : damaged(FORMAT, 'there are no samples behind its headers');
}
