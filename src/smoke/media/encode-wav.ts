import type { Sound } from './audio.js';

/** A recording as a WAV file: 16 bits, one channel; what lies beyond −1…1 is clipped, and NaN becomes silence. */
export function encodeWav({ samples, sampleRate }: Sound): Uint8Array {
  const rate = Math.max(1, Math.min(Math.round(sampleRate) || 1, 2 ** 31 - 1));
  const file = Buffer.alloc(44 + samples.length * 2);
  file.write('RIFF', 0, 'latin1');
  file.writeUInt32LE(36 + samples.length * 2, 4);
  file.write('WAVEfmt ', 8, 'latin1');
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(rate, 24);
  file.writeUInt32LE(rate * 2, 28);
  file.writeUInt16LE(2, 32);
  file.writeUInt16LE(16, 34);
  file.write('data', 36, 'latin1');
  file.writeUInt32LE(samples.length * 2, 40);
  for (let index = 0; index < samples.length; index++) {
    file.writeInt16LE(sixteenBits(samples[index] ?? 0), 44 + index * 2);
  }
  return file;
}

/** A sample as a whole number of 16 bits: what lies beyond −1…1 is clipped, and NaN becomes silence. */
export function sixteenBits(sample: number): number {
  return Math.max(-0x8000, Math.min(0x7fff, Math.round((sample || 0) * 0x8000)));
}
