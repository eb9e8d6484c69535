import type { Sound } from './audio.js';

/** A recording as a WAV file: 16 bits, one channel; what lies beyond −1…1 is clipped, and NaN becomes silence. Works in browsers, too. */
export function encodeWav({ samples, sampleRate }: Sound): Uint8Array<ArrayBuffer> {
  const rate = Math.max(1, Math.min(Math.round(sampleRate) || 1, 2 ** 31 - 1));
  const bytes = new Uint8Array(44 + samples.length * 2);
  const file = new DataView(bytes.buffer);
  const name = (at: number, text: string) => {
    for (let index = 0; index < text.length; index++) bytes[at + index] = text.charCodeAt(index);
  };
  name(0, 'RIFF');
  file.setUint32(4, 36 + samples.length * 2, true);
  name(8, 'WAVEfmt ');
  file.setUint32(16, 16, true);
  file.setUint16(20, 1, true);
  file.setUint16(22, 1, true);
  file.setUint32(24, rate, true);
  file.setUint32(28, rate * 2, true);
  file.setUint16(32, 2, true);
  file.setUint16(34, 16, true);
  name(36, 'data');
  file.setUint32(40, samples.length * 2, true);
  for (let index = 0; index < samples.length; index++) {
    file.setInt16(44 + index * 2, sixteenBits(samples[index] ?? 0), true);
  }
  return bytes;
}

/** A sample as a whole number of 16 bits: what lies beyond −1…1 is clipped, and NaN becomes silence. */
export function sixteenBits(sample: number): number {
  return Math.max(-0x8000, Math.min(0x7fff, Math.round((sample || 0) * 0x8000)));
}
