import type { Bytes } from './bytes.js';
import { afterId3 } from './id3.js';
import type { Medium } from './medium.js';

/** How many frames in a row show that this is no accident. */
const ENOUGH = 3;

/** Reads the first frames of an AAC recording without a container (ADTS). */
export function probeAac(bytes: Bytes): Medium | null {
  let at = afterId3(bytes);
  for (let frames = 0; frames < ENOUGH; frames++) {
    if (at === bytes.length && frames > 0) break;
    if (bytes.u8(at) !== 0xff || (bytes.u8(at + 1) & 0xf6) !== 0xf0) return null;
    const length = ((bytes.u8(at + 3) & 3) << 11) | (bytes.u8(at + 4) << 3) | (bytes.u8(at + 5) >> 5);
    if (length < 7) return null;
    at += length;
  }
  return { kind: 'audio', format: 'AAC' };
}
