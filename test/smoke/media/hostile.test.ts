import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { decodeAudio } from '../../../src/smoke/media/audio.js';
import { decodeFrames } from '../../../src/smoke/media/image.js';
import { MediaError } from '../../../src/smoke/media/media-error.js';
import { bytes } from '../../media/files.js';
import { computing, file, randomNumbers } from './file.js';

const names = readdirSync(new URL('./files/', import.meta.url)).filter(
  (name) => !/\.(?:sh|py|mp4)$/.test(name),
);
const isSound = (name: string) => /\.(?:wav|flac|mp.|og.|opus)$/.test(name);

/** Decodes to the end or to a `MediaError` within a second, and nothing else. */
async function survives(name: string, data: Uint8Array): Promise<void> {
  const took = await computing(async () => {
    try {
      await (isSound(name) ? decodeAudio(data) : decodeFrames(data));
    } catch (error) {
      if (!(error instanceof MediaError)) throw error;
      expect(error.message).toMatch(/^[A-Z].*\.$/);
    }
  });
  expect(took).toBeLessThan(1000);
}

describe.each(names)('%s', (name) => {
  // The decoders write what is wrong to the console, too.
  beforeAll(() => void vi.spyOn(console, 'error').mockImplementation(() => undefined));
  afterAll(() => void vi.restoreAllMocks());

  it('survives being cut anywhere', async () => {
    const whole = file(name);
    const step = Math.max(1, Math.floor(whole.length / 40));
    for (let length = 0; length < whole.length; length += length < 64 ? 4 : step) {
      await survives(name, whole.subarray(0, length));
    }
  });

  it('survives flipped bits and bytes', async () => {
    const random = randomNumbers(name.length);
    for (let run = 0; run < 40; run++) {
      const data = file(name);
      for (let count = 0; count < 3; count++) {
        // Headers are short; half of the damage is done there.
        const reach = random() < 0.5 ? Math.min(120, data.length) : data.length;
        const at = Math.floor(random() * reach);
        data[at] = random() < 0.5 ? (data[at] ?? 0) ^ (1 << (random() * 8)) : random() * 256;
      }
      await survives(name, data);
      if (/\.(?:og.|opus)$/.test(name)) await survives(name, withChecksums(data));
    }
  });
});

it('survives MP3 that is garbage behind its first frames', async () => {
  vi.spyOn(console, 'error').mockImplementation(() => undefined);
  const random = randomNumbers(9);
  const head = file('stereo.mp3').subarray(0, 4000);
  for (const next of [
    () => 0,
    () => 255,
    () => random() * 256,
    (index: number) => [0xff, 0xfb, 0x90, 0x64][index % 417] ?? random() * 256,
  ]) {
    await survives(
      'garbage.mp3',
      bytes(
        head,
        Uint8Array.from({ length: 300_000 }, (_, index) => next(index)),
      ),
    );
  }
  vi.restoreAllMocks();
});

/** An Ogg file whose damage no checksum gives away. */
function withChecksums(data: Uint8Array): Uint8Array {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  for (let at = 0; at + 27 <= data.length && view.getUint32(at) === 0x4f676753; ) {
    const count = data[at + 26] ?? 0;
    const end = data
      .subarray(at + 27, at + 27 + count)
      .reduce((sum, length) => sum + length, at + 27 + count);
    if (end > data.length) break;
    view.setUint32(at + 22, 0);
    let crc = 0;
    for (let index = at; index < end; index++) {
      crc ^= (data[index] ?? 0) << 24;
      for (let bit = 0; bit < 8; bit++) crc = crc & 0x80000000 ? (crc << 1) ^ 0x04c11db7 : crc << 1;
    }
    view.setUint32(at + 22, crc >>> 0, true);
    at = end;
  }
  return data;
}
