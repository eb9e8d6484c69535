import { bytesOf } from '../../media/bytes.js';
import { type RiffChunk, riffChunks } from '../../media/riff.js';
import type { Sound } from './audio.js';
import { MediaError } from './media-error.js';
import { startMix } from './mono-mix.js';

/** Format tags of the chunk `fmt ` (Microsoft, “Multiple channel audio data and WAVE files”). */
const PCM = 1;
const FLOAT = 3;
const EXTENSIBLE = 0xfffe;

/** Names of the others that are met. */
const OTHERS: Readonly<Record<number, string>> = {
  2: 'Microsoft ADPCM',
  6: 'A-law',
  7: 'µ-law',
  17: 'IMA ADPCM',
  49: 'GSM',
  80: 'MPEG',
  85: 'MP3',
};

/** Lengths from here on, and zero, are written by programs that do not know the length beforehand. */
const UNKNOWN_LENGTH = 0x7ff00000;

/** Samples of one channel that are read at a time. */
const BLOCK = 16_384;

type Read = (view: DataView, at: number) => number;

/** How a sample is read, by `format tag / bytes`. Integers of 8 bits have no sign; the others fill their bytes from the top. */
const READERS: Readonly<Record<string, Read>> = {
  '1/1': (view, at) => (view.getUint8(at) - 128) / 128,
  '1/2': (view, at) => view.getInt16(at, true) / 0x8000,
  '1/3': (view, at) => (view.getUint16(at, true) + view.getInt8(at + 2) * 0x10000) / 0x800000,
  '1/4': (view, at) => view.getInt32(at, true) / 0x80000000,
  '3/4': (view, at) => view.getFloat32(at, true),
  '3/8': (view, at) => view.getFloat64(at, true),
};

/**
 * Decodes a WAV file: integers of 8 to 32 bits, floating point of 32 and 64, also in the extensible form. The bytes must have
 * passed `probe`. Throws `MediaError`.
 */
export function decodeWav(data: Uint8Array): Sound {
  const bytes = bytesOf(data);
  let format: RiffChunk | undefined;
  let body: RiffChunk | undefined;
  for (const chunk of riffChunks(bytes)) {
    if (chunk?.id === 'fmt ') format ??= chunk;
    if (chunk?.id === 'data') body = chunk;
    if (chunk === null || body !== undefined) break;
  }
  if (format === undefined || body === undefined || format.length < 16) {
    throw new MediaError(
      'damaged',
      'The WAV file does not say what its samples are (no complete chunk fmt).',
    );
  }
  const tag = bytes.u16le(format.start);
  const kind = tag === EXTENSIBLE && format.length >= 40 ? bytes.u16le(format.start + 24) : tag;
  const channels = bytes.u16le(format.start + 2);
  const frame = bytes.u16le(format.start + 12);
  const size = frame / channels;
  const read = READERS[`${kind}/${size}`];
  if (read === undefined) {
    throw new MediaError(
      'unsupported',
      kind === PCM || kind === FLOAT
        ? `The WAV file has samples of ${frame} bytes in ${channels} channels, which is no known form.`
        : `The WAV file is coded as ${OTHERS[kind] ?? `format ${kind}`}, which is not decoded here. Save it as PCM.`,
    );
  }
  const bits = bytes.u16le(format.start + 14);
  if (bits > size * 8 || bits <= (size - 1) * 8) {
    throw new MediaError('damaged', `The WAV file says ${bits} bits in the ${size} bytes of a sample.`);
  }
  const known = body.length > 0 && body.length < UNKNOWN_LENGTH;
  const end = Math.min(known ? body.end : data.length, data.length);
  const count = Math.floor((end - body.start) / frame);
  const mix = startMix('WAV', channels, bytes.u32le(format.start + 4), count);
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  for (let first = 0; first < count; first += BLOCK) {
    const length = Math.min(BLOCK, count - first);
    mix.add(
      Array.from({ length: channels }, (_, channel) => {
        const samples = new Float32Array(length);
        let at = body.start + first * frame + channel * size;
        for (let index = 0; index < length; index++, at += frame) samples[index] = read(view, at);
        return samples;
      }),
    );
  }
  return mix.sound();
}
