import { probeAac } from './aac.js';
import { probeBmp } from './bmp.js';
import { bytesOf } from './bytes.js';
import { probeFlac } from './flac.js';
import { probeGif } from './gif.js';
import { probeIsoMedia } from './iso-media.js';
import { probeJpeg } from './jpeg.js';
import { probeMatroska } from './matroska.js';
import type { Medium } from './medium.js';
import { probeMp3 } from './mp3.js';
import { probeOgg } from './ogg.js';
import { probePng } from './png.js';
import { probeOther } from './text.js';
import { probeTiff } from './tiff.js';
import { probeWav } from './wav.js';
import { probeWebp } from './webp.js';

/** Each looks at the first bytes, and returns null for another format. FLAC and AAC may begin with the tags of MP3. */
const FORMATS = [
  probePng,
  probeJpeg,
  probeGif,
  probeWebp,
  probeBmp,
  probeTiff,
  probeIsoMedia,
  probeWav,
  probeFlac,
  probeOgg,
  probeMatroska,
  probeAac,
  probeMp3,
] as const;

/** Most bytes that an image is unpacked to, where the caller sets no other limit. */
export const MAX_UNPACKED = 64 * 1024 * 1024;

/**
 * Tells what a file is by its bytes, whatever its name: pure, total, and linear in its length and `mostUnpacked`, the bytes
 * an image may take when it is unpacked. Of larger images the pixels are not looked at.
 */
export function probe(data: Uint8Array, mostUnpacked = MAX_UNPACKED): Medium {
  const bytes = bytesOf(data);
  for (const format of FORMATS) {
    const medium = format(bytes, mostUnpacked);
    if (medium !== null) return medium;
  }
  return probeOther(bytes);
}
