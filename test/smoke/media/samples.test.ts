import { describe, expect, it } from 'vitest';
import { colourRange, meanColour, thumbnail } from '../../../src/smoke/media/picture.js';
import {
  SAMPLE_PICTURES,
  SAMPLE_SOUNDS,
  SAMPLE_VIDEOS,
  samplePicture,
  sampleSound,
  sampleVideo,
} from '../../../src/smoke/media/samples.js';
import { level, power } from './file.js';

describe('samplePicture', () => {
  it.each(SAMPLE_PICTURES)('%s is a picture in colour of a usual size, the same every time', (name) => {
    const picture = samplePicture(name);
    expect(picture.channels).toBe(3);
    expect(picture.data).toHaveLength(picture.width * picture.height * 3);
    for (const side of [picture.width, picture.height]) {
      expect(side).toBeGreaterThanOrEqual(224);
      expect(side).toBeLessThanOrEqual(320);
    }
    expect(Buffer.from(samplePicture(name).data).equals(picture.data)).toBe(true);
  });

  it('gives pictures that differ from each other', () => {
    const small = SAMPLE_PICTURES.map((name) => thumbnail(samplePicture(name), 16));
    for (const [index, one] of small.entries()) {
      for (const other of small.slice(index + 1)) {
        const apart =
          one.reduce((sum, value, at) => sum + Math.abs(value - (other[at] ?? 0)), 0) / one.length;
        expect(apart).toBeGreaterThan(20);
      }
    }
  });

  it('draws what the names say', () => {
    const shapes = samplePicture('shapes');
    const at = (x: number, y: number) => [...shapes.data.subarray((y * 320 + x) * 3, (y * 320 + x) * 3 + 3)];
    expect(at(90, 120)).toEqual([214, 40, 40]);
    expect(at(230, 120)).toEqual([38, 84, 200]);
    expect(at(5, 5)).toEqual([255, 255, 255]);
    expect(colourRange(samplePicture('black'))).toEqual({ min: 0, max: 0 });
    expect(colourRange(samplePicture('gradient'))).toEqual({ min: 0, max: 255 });
    for (const mean of meanColour(samplePicture('noise'))) expect(mean).toBeCloseTo(127.5, -1);
    const page = meanColour(samplePicture('text'));
    expect(page[0]).toBeGreaterThan(190);
    expect(page[0]).toBeLessThan(245);
  });
});

describe('sampleSound', () => {
  it.each(SAMPLE_SOUNDS)(
    '%s lasts 1 to 2 seconds at 16 kHz, below full scale, the same every time',
    (name) => {
      const sound = sampleSound(name);
      expect(sound.sampleRate).toBe(16_000);
      expect(sound.samples.length).toBeGreaterThanOrEqual(16_000);
      expect(sound.samples.length).toBeLessThanOrEqual(32_000);
      expect(sound.samples.every((sample) => Math.abs(sample) <= 0.75)).toBe(true);
      expect(
        Buffer.compare(Buffer.from(sampleSound(name).samples.buffer), Buffer.from(sound.samples.buffer)),
      ).toBe(0);
    },
  );

  it('makes what the names say', () => {
    expect(level(sampleSound('tone').samples, 440, 16_000)).toBeCloseTo(0.5, 5);
    expect(power(sampleSound('silence').samples)).toBe(0);
    expect(power(sampleSound('noise').samples)).toBeCloseTo(1 / Math.sqrt(12), 2);
    const { samples } = sampleSound('chirp');
    const crossings = (from: number, to: number) =>
      samples
        .subarray(from, to)
        .filter((sample, index) => sample < 0 !== (samples[from + index + 1] ?? 0) < 0).length;
    expect(crossings(22_000, 24_000)).toBeGreaterThan(15 * crossings(0, 2000));
  });

  it('makes a voice whose formants move from one vowel to the next', () => {
    const { samples } = sampleSound('speech-like');
    const strongest = (seconds: number, low: number, high: number) => {
      const part = samples.subarray(seconds * 16_000 - 1600, seconds * 16_000 + 1600);
      const hertz = Array.from({ length: (high - low) / 10 }, (_, index) => low + index * 10);
      return hertz.reduce(
        (best, one) => (level(part, one, 16_000) > level(part, best, 16_000) ? one : best),
        low,
      );
    };
    // The first formant of the vowels of “father” (730 Hz) and “heed” (270 Hz).
    expect(strongest(0.13, 400, 900)).toBeGreaterThan(550);
    expect(strongest(0.65, 150, 900)).toBeLessThan(400);
  });
});

describe('sampleVideo', () => {
  it('shows a square that crosses the picture', () => {
    const centre = (name: string) =>
      sampleVideo(name).map(({ data, width }) => {
        let [sum, count] = [0, 0];
        for (let at = 0; at < data.length; at += 3) {
          if ((data[at + 1] ?? 0) > 100) continue;
          sum += (at / 3) % width;
          count++;
        }
        return sum / count;
      });
    const right = centre('moves-right');
    expect(right).toHaveLength(16);
    for (const [index, x] of right.entries()) if (index > 0) expect(x - (right[index - 1] ?? 0)).toBe(10);
    expect(centre('moves-left')).toEqual([...right].reverse());
  });

  it('shows a field that gets brighter or darker', () => {
    const light = (name: string) => sampleVideo(name).map((frame) => meanColour(frame)[0] ?? 0);
    const brighter = light('brightens');
    expect(brighter).toHaveLength(16);
    for (const [index, value] of brighter.entries()) {
      if (index > 0) expect(value - (brighter[index - 1] ?? 0)).toBeCloseTo(15, 5);
    }
    expect(light('darkens')).toEqual([...brighter].reverse());
  });

  it('has a size that models take, and the same pictures every time', () => {
    for (const name of SAMPLE_VIDEOS) {
      const [first] = sampleVideo(name);
      expect(first).toMatchObject({ width: 224, height: 224, channels: 3 });
      const [frames, again] = [sampleVideo(name), sampleVideo(name)].map((video) =>
        Buffer.concat(video.map(({ data }) => data)),
      );
      expect(frames?.equals(again ?? Buffer.alloc(0))).toBe(true);
    }
  });
});

it('names what there is when a name is unknown', () => {
  expect(() => samplePicture('cat')).toThrow('There is no sample picture "cat"; there are shapes, gradient,');
  expect(() => sampleSound('__proto__')).toThrow('there are tone, chirp,');
  expect(() => sampleVideo('tone')).toThrow('there are moves-right, moves-left,');
});
