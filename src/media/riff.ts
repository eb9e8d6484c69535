import type { Bytes } from './bytes.js';

/** One chunk of a RIFF file. `end` may lie past the end of the file. */
export interface RiffChunk {
  readonly id: string;
  readonly start: number;
  readonly end: number;
  readonly length: number;
}

/** The chunks behind the 12 bytes of a RIFF header; each begins on an even byte. */
export function* riffChunks(bytes: Bytes): Generator<RiffChunk> {
  let at = 12;
  while (at + 8 <= bytes.length) {
    const length = bytes.u32le(at + 4);
    const start = at + 8;
    yield { id: bytes.name(at, 4), start, end: start + length, length };
    at = start + length + (length % 2);
  }
}
