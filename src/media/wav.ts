import type { Bytes } from './bytes.js';
import { damaged, type Medium } from './medium.js';
import { riffChunks } from './riff.js';

const FORMAT = 'WAV';

/** Lengths from here on, and zero, are written by programs that do not know the length beforehand. */
const UNKNOWN_LENGTH = 0x7ff00000;

/** Reads a WAV recording: its format, and whether the samples are all there. */
export function probeWav(bytes: Bytes): Medium | null {
  if ((!bytes.has('RIFF', 0) && !bytes.has('RF64', 0)) || !bytes.has('WAVE', 8)) return null;
  let format = false;
  for (const chunk of riffChunks(bytes)) {
    if (chunk === null) return { kind: 'unread' };
    const { id, start, end, length } = chunk;
    if (id === 'fmt ') {
      if (bytes.u16le(start + 2) === 0 || bytes.u32le(start + 4) === 0) {
        return damaged(FORMAT, 'the header says no channels or a sampling rate of 0 Hz');
      }
      format = true;
    } else if (id === 'data') {
      if (!format) return damaged(FORMAT, 'the samples come before their format (no chunk fmt)');
      if (end > bytes.length && length < UNKNOWN_LENGTH) {
        return damaged(
          FORMAT,
          `the file ends inside the samples: ${bytes.length - start} bytes of ${length} are there`,
        );
      }
      return bytes.length === start
        ? damaged(FORMAT, 'it has no samples')
        : { kind: 'audio', format: FORMAT };
    }
  }
  return damaged(FORMAT, 'it has no samples (no chunk data)');
}
