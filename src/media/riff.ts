import type { Bytes } from './bytes.js';

/** One chunk of a RIFF file. `end` may lie past the end of the file. */
export interface RiffChunk {
  readonly id: string;
  readonly start: number;
  readonly end: number;
  readonly length: number;
}

/** Most chunks that are looked at; a long animation has a few thousand. */
const MOST = 100_000;

/** The chunks behind the 12 bytes of a RIFF header; each begins on an even byte. The last is null when there are too many. */
export function* riffChunks(bytes: Bytes): Generator<RiffChunk | null> {
  let at = 12;
  for (let chunks = 0; at + 8 <= bytes.length; chunks++) {
    if (chunks === MOST) {
      yield null;
      return;
    }
    const length = bytes.u32le(at + 4);
    const start = at + 8;
    yield { id: bytes.name(at, 4), start, end: start + length, length };
    at = start + length + (length % 2);
  }
}
