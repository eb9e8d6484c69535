import type { Bytes } from './bytes.js';
import { afterId3 } from './id3.js';
import { damaged, type Medium } from './medium.js';

const FORMAT = 'MP3';

/** kbit/s by index, of MPEG-1 and of MPEG-2 and 2.5; layers I, II, III. */
const RATES = {
  1: [
    [0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
    [0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
    [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  ],
  2: [
    [0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
    [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
    [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
  ],
} as const;

/** Samples a second of MPEG-1; half of it in MPEG-2, a quarter in 2.5. */
const HERTZ = [44_100, 48_000, 32_000];

/** How many frames in a row show that this is no accident. */
const ENOUGH = 3;

/** How far behind the tags the first frame is looked for; encoders pad with zeros. */
const REACH = 64 * 1024;

/** Reads an MP3 recording: the first frames, one behind the other. */
export function probeMp3(bytes: Bytes): Medium | null {
  const begin = afterId3(bytes);
  const tagged = begin > 0;
  if (!tagged && frameLength(bytes, 0) === undefined) return null;
  if (begin > bytes.length) return damaged(FORMAT, 'the file ends inside its tags');
  const until = Math.min(bytes.length, begin + (tagged ? REACH : 1));
  for (let start = begin; start < until; start++) {
    if (bytes.u8(start) !== 0xff) continue;
    let at = start;
    let frames = 0;
    for (; frames < ENOUGH && at < bytes.length; frames++) {
      const length = frameLength(bytes, at);
      if (length === undefined) break;
      at += length;
    }
    // A short file may end with its only frame, and a tag may stand behind the last one.
    const ended = frames > 0 && (at >= bytes.length || bytes.has('TAG', at) || bytes.has('APETAGEX', at));
    if (frames === ENOUGH || ended) return { kind: 'audio', format: FORMAT };
  }
  return tagged ? damaged(FORMAT, 'there are no samples behind its tags') : null;
}

/** Bytes of the frame that begins here; undefined when none does. */
function frameLength(bytes: Bytes, at: number): number | undefined {
  if (bytes.u8(at) !== 0xff || (bytes.u8(at + 1) & 0xe0) !== 0xe0) return undefined;
  const version = (bytes.u8(at + 1) >> 3) & 3;
  const layer = 4 - ((bytes.u8(at + 1) >> 1) & 3);
  const hertz = HERTZ[(bytes.u8(at + 2) >> 2) & 3];
  if (version === 1 || layer === 4 || hertz === undefined) return undefined;
  const kilobits = RATES[version === 3 ? 1 : 2][layer - 1]?.[bytes.u8(at + 2) >> 4];
  if (kilobits === undefined || kilobits === 0) return undefined;
  const rate = version === 3 ? hertz : version === 2 ? hertz / 2 : hertz / 4;
  const padding = (bytes.u8(at + 2) >> 1) & 1;
  if (layer === 1) return (Math.floor((12_000 * kilobits) / rate) + padding) * 4;
  const samples = layer === 3 && version !== 3 ? 72_000 : 144_000;
  return Math.floor((samples * kilobits) / rate) + padding;
}
