import { expect, it } from 'vitest';
import { encodeWav } from '../../../src/page/widget/wav.js';

it('a recording is written as a WAV of 16 bits and one channel', () => {
  const bytes = Buffer.from(encodeWav(Float32Array.of(0, 1, -1, 2, 0.5)));
  expect(bytes.toString('latin1', 0, 4)).toBe('RIFF');
  expect(bytes.readUInt32LE(4)).toBe(bytes.length - 8);
  expect(bytes.toString('latin1', 8, 16)).toBe('WAVEfmt ');
  expect([
    bytes.readUInt16LE(20),
    bytes.readUInt16LE(22),
    bytes.readUInt32LE(24),
    bytes.readUInt16LE(34),
  ]).toEqual([1, 1, 16_000, 16]);
  expect(bytes.readUInt32LE(40)).toBe(10);
  expect([0, 1, 2, 3, 4].map((index) => bytes.readInt16LE(44 + 2 * index))).toEqual([
    0, 32767, -32767, 32767, 16384,
  ]);
});
