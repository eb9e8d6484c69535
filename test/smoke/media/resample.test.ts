import { describe, expect, it } from 'vitest';
import { resample } from '../../../src/smoke/media/resample.js';
import { level, power } from './file.js';

const tone = (hertz: number, sampleRate: number, seconds = 0.5) => ({
  samples: Float32Array.from({ length: seconds * sampleRate }, (_, index) =>
    Math.sin((2 * Math.PI * hertz * index) / sampleRate),
  ),
  sampleRate,
});
const decibels = (ratio: number) => 20 * Math.log10(ratio);

describe('resample', () => {
  it.each([
    [44_100, 16_000],
    [48_000, 16_000],
    [22_050, 16_000],
    [8_000, 16_000],
    [16_000, 44_100],
    [44_101, 16_000],
  ])('keeps the frequency, level and phase of a tone from %i to %i Hz', (from, to) => {
    const { samples, sampleRate } = resample(tone(1000, from), to);
    expect(sampleRate).toBe(to);
    expect(Math.abs(decibels(level(samples, 1000, to)))).toBeLessThan(0.001);
    const middle = { start: Math.floor(samples.length * 0.2), end: Math.floor(samples.length * 0.8) };
    let worst = 0;
    for (let index = middle.start; index < middle.end; index++) {
      const wanted = Math.sin((2 * Math.PI * 1000 * index) / to);
      worst = Math.max(worst, Math.abs((samples[index] ?? 0) - wanted));
    }
    expect(worst).toBeLessThan(1e-6);
  });

  it('keeps what lies below 0.9 of half the lower rate, within 0.1 dB', () => {
    for (const hertz of [60, 3000, 6000, 7200]) {
      expect(
        Math.abs(decibels(level(resample(tone(hertz, 44_100), 16_000).samples, hertz, 16_000))),
      ).toBeLessThan(0.1);
    }
  });

  it('takes away what the lower rate cannot carry, by more than 100 dB', () => {
    for (const hertz of [8000, 8200, 12_000, 20_000]) {
      const left = power(resample(tone(hertz, 44_100), 16_000).samples) * Math.SQRT2;
      expect(decibels(left)).toBeLessThan(-100);
    }
  });

  it('makes no images of a tone when the rate rises', () => {
    expect(level(resample(tone(1000, 8000), 16_000).samples, 7000, 16_000)).toBeLessThan(1e-5);
  });

  it('keeps the length in time, and constants at their level', () => {
    const length = (count: number, from: number, to: number) =>
      resample({ samples: new Float32Array(count), sampleRate: from }, to).samples.length;
    expect(length(44_100, 44_100, 16_000)).toBe(16_000);
    expect(length(1, 44_100, 16_000)).toBe(1);
    expect(length(100, 44_100, 16_000)).toBe(37);
    expect(length(0, 44_100, 16_000)).toBe(0);
    const constant = resample(
      { samples: new Float32Array(4000).fill(0.5), sampleRate: 44_100 },
      16_000,
    ).samples;
    expect(constant[700]).toBeCloseTo(0.5, 6);
  });

  it('is the same recording when the rate is the same', () => {
    const sound = tone(440, 16_000);
    expect(resample(sound, 16_000).samples).toBe(sound.samples);
  });

  it('refuses rates and lengths of no recording', () => {
    for (const [from, to] of [
      [16_000, 0],
      [16_000, -1],
      [16_000, Number.NaN],
      [16_000, Number.POSITIVE_INFINITY],
      [16_000, 44_100.5],
      [16_000, 4e9],
      [1, 16_000],
      [2 ** 31, 16_000],
    ] as const) {
      expect(() => resample({ samples: new Float32Array(10), sampleRate: from }, to)).toThrow(
        'rates are whole numbers from 1000 to 384000',
      );
    }
    const long = { samples: new Float32Array(600_000), sampleRate: 1000 };
    expect(() => resample(long, 384_000)).toThrow('at most 28800000 are made');
  });
});
