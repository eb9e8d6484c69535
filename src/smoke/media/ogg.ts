import type { Bytes } from '../../media/bytes.js';
import { MediaError } from './media-error.js';

/** One page of an Ogg file (RFC 3533). */
export interface OggPage {
  /** The whole page. */
  readonly data: Uint8Array;
  /** Samples of one channel up to the end of the last packet that ends here; null when none does. */
  readonly granule: number | null;
  /** The stretches of its body, each part of a packet; `ends` says whether the packet ends with it. */
  readonly parts: readonly { readonly data: Uint8Array; readonly ends: boolean }[];
}

/** The granule position of a page on which no packet ends. */
const NO_GRANULE = 2 ** 64 - 2 ** 11;

/**
 * The pages of the first stream of an Ogg file, up to its end. The bytes must have passed `probe`, which checks the checksum
 * of every page.
 */
export function* oggPages(bytes: Bytes): Generator<OggPage> {
  const serial = bytes.u32le(14);
  for (let at = 0; bytes.has('OggS', at); ) {
    const count = bytes.u8(at + 26);
    const body = at + 27 + count;
    const parts: { data: Uint8Array; ends: boolean }[] = [];
    let end = body;
    let start = body;
    for (let index = 0; index < count; index++) {
      const lacing = bytes.u8(at + 27 + index);
      end += lacing;
      if (lacing < 255 || index === count - 1) {
        parts.push({ data: bytes.data.subarray(start, end), ends: lacing < 255 });
        start = end;
      }
    }
    if (end > bytes.length) return;
    if (bytes.u32le(at + 14) === serial) {
      const granule = bytes.u64le(at + 6);
      yield { data: bytes.data.subarray(at, end), granule: granule >= NO_GRANULE ? null : granule, parts };
      if (bytes.u8(at + 5) & 4) return;
    }
    at = end;
  }
}

/** The packets of the first stream of an Ogg file, and of the last page that says so the number of samples up to there. */
export interface OggStream {
  readonly packets: readonly Uint8Array[];
  readonly granule: number | null;
}

/** Largest packet, in bytes; headers with a cover picture are the largest. */
const MAX_PACKET = 16 * 1024 * 1024;

/** Puts packets together from the pages they are spread over. Throws `MediaError`. */
export function oggStream(bytes: Bytes): OggStream {
  const packets: Uint8Array[] = [];
  let open: Uint8Array[] = [];
  let length = 0;
  let last: number | null = null;
  for (const { granule, parts } of oggPages(bytes)) {
    last = granule ?? last;
    for (const { data, ends } of parts) {
      open.push(data);
      length += data.length;
      if (length > MAX_PACKET) {
        throw new MediaError('damaged', `The Ogg file has a packet of more than ${MAX_PACKET} bytes.`);
      }
      if (!ends) continue;
      packets.push(open.length === 1 ? data : Buffer.concat(open));
      open = [];
      length = 0;
    }
  }
  return { packets, granule: last };
}
