import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { probe } from '../../../src/media/probe.js';
import { randomNumbers } from '../../../src/random.js';
import { decodeAudio } from '../../../src/smoke/media/audio.js';
import { encodeFlac } from '../../../src/smoke/media/encode-flac.js';
import { encodeWav } from '../../../src/smoke/media/encode-wav.js';
import { sampleSound } from '../../../src/smoke/media/samples.js';

const random = randomNumbers(7);
const of = (length: number, sample: (index: number) => number, sampleRate = 22_050) => ({
  samples: Float32Array.from({ length }, (_, index) => sample(index)),
  sampleRate,
});

describe('encodeFlac', () => {
  it.each([
    ['a tone', sampleSound('tone')],
    ['silence', sampleSound('silence')],
    ['noise at full scale', of(9000, () => random() * 4 - 2)],
    ['what no predictor likes', of(5000, (index) => (index % 2 === 0 ? 1 : -1))],
    ['a slow rise over several frames', of(70_000, (index) => index / 70_000)],
    ['one sample', of(1, () => 0.3)],
    ['one sample more than a frame', of(4097, (index) => Math.sin(index / 10))],
    ['numbers that are none', of(100, (index) => (index === 50 ? Number.NaN : 0.1))],
    ['more frames than a number of one byte', of(140 * 4096, (index) => Math.sin(index / 50))],
    ['a high rate', of(300, (index) => Math.sin(index), 192_000)],
  ])('writes %s without a loss', async (_, sound) => {
    const flac = encodeFlac(sound);
    expect(probe(flac)).toEqual({ kind: 'audio', format: 'FLAC' });
    const [read, wav] = [await decodeAudio(flac), await decodeAudio(encodeWav(sound))];
    expect(read.sampleRate).toBe(sound.sampleRate);
    expect(Buffer.compare(Buffer.from(read.samples.buffer), Buffer.from(wav.samples.buffer))).toBe(0);
  });

  it('is smaller than WAV where there is something to predict', () => {
    const sound = of(48_000, (index) => 0.5 * Math.sin(index / 30));
    expect(encodeFlac(sound).length).toBeLessThan(encodeWav(sound).length * 0.5);
  });

  it('tells the checksum of the samples, by which other decoders check theirs', () => {
    const sound = sampleSound('tone');
    const samples = encodeWav(sound).subarray(44);
    const digest = createHash('md5').update(samples).digest('hex');
    expect(Buffer.from(encodeFlac(sound).subarray(26, 42)).toString('hex')).toBe(digest);
  });
});
