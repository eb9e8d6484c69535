import type { Bytes } from './bytes.js';
import { damaged, type Medium } from './medium.js';

const FORMAT = 'JPEG';
const SOI = 0xd8;
const EOI = 0xd9;
const SOS = 0xda;

/** Reads a JPEG image marker by marker, through the scans to the end marker (ITU-T T.81). What follows is ignored. */
export function probeJpeg(bytes: Bytes): Medium | null {
  if (bytes.u8(0) !== 0xff || bytes.u8(1) !== SOI || bytes.u8(2) !== 0xff) return null;
  let frame = false;
  let scanned = false;
  let at = 2;
  while (at < bytes.length) {
    if (bytes.u8(at) !== 0xff) return damaged(FORMAT, `there is no marker at byte ${at}`);
    const marker = bytes.u8(at + 1);
    // Fill bytes before a marker.
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    // Markers without a segment: TEM, and restarts outside of a scan.
    if (marker === 1 || isRestart(marker)) {
      at += 2;
      continue;
    }
    if (marker === EOI) {
      if (!frame) return damaged(FORMAT, 'it has no frame header');
      return scanned ? { kind: 'image', format: FORMAT } : damaged(FORMAT, 'it has no scan');
    }
    const length = bytes.u16be(at + 2);
    const end = at + 2 + length;
    if (length < 2 && at + 4 <= bytes.length) {
      return damaged(FORMAT, `the segment at byte ${at} has no length`);
    }
    if (end > bytes.length) break;
    if (isFrame(marker)) {
      if (bytes.u16be(at + 7) === 0) return damaged(FORMAT, 'the frame header says a width of 0');
      frame = true;
    }
    at = end;
    if (marker === SOS) {
      if (!frame) return damaged(FORMAT, 'a scan comes before the frame header');
      scanned = true;
      at = endOfScan(bytes, at);
    }
  }
  return damaged(FORMAT, 'the file ends before the end marker (EOI)');
}

/** SOF0 to SOF15 without the tables that share their numbers (DHT, JPG, DAC). */
function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}

function isRestart(marker: number): boolean {
  return marker >= 0xd0 && marker <= 0xd7;
}

/** Coded data goes on to the next marker that is neither an escaped FF nor a restart. */
function endOfScan({ data }: Bytes, from: number): number {
  let at = from;
  for (;;) {
    at = data.indexOf(0xff, at);
    if (at === -1) return data.length;
    const next = data[at + 1];
    if (next === undefined) return data.length;
    if (next !== 0 && !isRestart(next)) return at;
    at += 2;
  }
}
