import { randomNumbers } from '../../random.js';
import type { Sound } from './audio.js';
import { MediaError } from './media-error.js';
import type { Picture } from './picture.js';

/**
 * Inputs for models whose card gives none, and contrasting ones that show whether a model answers the same to everything. All
 * are made by formulas, the same on every run.
 */

/** Names of the sample pictures, of 224 to 320 pixels a side, in colour. */
export const SAMPLE_PICTURES = ['shapes', 'gradient', 'noise', 'black', 'text', 'photo-like'] as const;
/** Names of the sample sounds, of 1 to 2 seconds at 16 kHz. */
export const SAMPLE_SOUNDS = ['tone', 'chirp', 'speech-like', 'noise', 'silence'] as const;
/** Names of the sample videos, of 16 frames of 224 × 224 pixels. */
export const SAMPLE_VIDEOS = ['moves-right', 'moves-left', 'brightens', 'darkens'] as const;

type Colour = readonly [red: number, green: number, blue: number];

const WHITE: Colour = [255, 255, 255];
const RED: Colour = [214, 40, 40];
const BLUE: Colour = [38, 84, 200];

/** Draws a sample picture. Throws `MediaError` for an unknown name. */
export function samplePicture(name: string): Picture {
  switch (name) {
    case 'shapes':
      return shapes();
    case 'gradient':
      return draw(256, 256, (x, y) => [x, y, 255 - (x + y) / 2]);
    case 'noise': {
      const random = randomNumbers(1);
      return draw(224, 224, () => [255 * random(), 255 * random(), 255 * random()]);
    }
    case 'black':
      return draw(224, 224, () => [0, 0, 0]);
    case 'text':
      return page();
    case 'photo-like':
      return landscape();
    default:
      throw unknown('picture', name, SAMPLE_PICTURES);
  }
}

/** Makes a sample sound. Throws `MediaError` for an unknown name. */
export function sampleSound(name: string): Sound {
  const sampleRate = 16_000;
  const sound = (seconds: number, value: (time: number) => number): Sound => ({
    samples: Float32Array.from({ length: seconds * sampleRate }, (_, index) => value(index / sampleRate)),
    sampleRate,
  });
  switch (name) {
    case 'tone':
      return sound(1, (time) => 0.5 * Math.sin(2 * Math.PI * 440 * time));
    case 'chirp':
      // From 200 Hz to 6 kHz, evenly in octaves.
      return sound(1.5, (time) => {
        const rise = Math.log(6000 / 200) / 1.5;
        return 0.5 * Math.sin((2 * Math.PI * 200 * (Math.exp(rise * time) - 1)) / rise);
      });
    case 'speech-like':
      return { samples: voice(sampleRate), sampleRate };
    case 'noise': {
      const random = randomNumbers(2);
      return sound(1, () => random() - 0.5);
    }
    case 'silence':
      return sound(1, () => 0);
    default:
      throw unknown('sound', name, SAMPLE_SOUNDS);
  }
}

/**
 * Draws a sample video: a red square that crosses a white field, or a field that gets brighter or darker. Throws `MediaError` for
 * an unknown name.
 */
export function sampleVideo(name: string): readonly Picture[] {
  switch (name) {
    case 'moves-right':
      return crossing();
    case 'moves-left':
      return crossing().reverse();
    case 'brightens':
      return fading();
    case 'darkens':
      return fading().reverse();
    default:
      throw unknown('video', name, SAMPLE_VIDEOS);
  }
}

function crossing(): Picture[] {
  return Array.from({ length: 16 }, (_, frame) => {
    const left = 8 + frame * 10;
    return draw(224, 224, (x, y) => (x >= left && x < left + 56 && y >= 84 && y < 140 ? RED : WHITE));
  });
}

function fading(): Picture[] {
  return Array.from({ length: 16 }, (_, frame) => {
    const light = 15 + frame * 15;
    return draw(224, 224, (x, y) => [light, light - (x % 8), light - (y % 8)]);
  });
}

function unknown(what: string, name: string, known: readonly string[]): MediaError {
  return new MediaError(
    'missing',
    `There is no sample ${what} ${JSON.stringify(name.slice(0, 40))}; there are ${known.join(', ')}.`,
  );
}

function draw(width: number, height: number, colour: (x: number, y: number) => Colour): Picture {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at += 3) {
      data.set(colour(x, y).map(Math.round), at);
    }
  }
  return { width, height, channels: 3, data };
}

/** A red square beside a blue circle on white. */
function shapes(): Picture {
  return draw(320, 240, (x, y) => {
    if (x >= 40 && x < 140 && y >= 70 && y < 170) return RED;
    return (x - 230) ** 2 + (y - 120) ** 2 < 50 ** 2 ? BLUE : WHITE;
  });
}

/** A page: a heading and lines of words, each word a dark bar broken by letters. */
function page(): Picture {
  const random = randomNumbers(3);
  const { width, height, data } = draw(240, 320, () => WHITE);
  const ink = (left: number, top: number, right: number, bottom: number) => {
    for (let y = top; y < bottom; y++) data.fill(24, (y * width + left) * 3, (y * width + right) * 3);
  };
  const line = (top: number, size: number, until: number) => {
    for (let left = 24; left < until; left += size) {
      const letters = 2 + Math.floor(random() * 7);
      for (let letter = 0; letter < letters && left + size < until; letter++, left += size + 1) {
        // A stem and a bar or two, at random heights: no letters, but as dense as some.
        ink(left, top, left + Math.ceil(size / 4), top + size * 2);
        const bar = top + Math.floor(random() * size * 1.6);
        ink(left, bar, left + size - 1, bar + Math.ceil(size / 4));
        if (random() < 0.5) ink(left + size - 2, top + size, left + size - 1, top + size * 2);
      }
    }
  };
  line(24, 8, 190);
  for (let top = 60; top < 296; top += 14) line(top, 4, top % 70 === 60 ? 130 : 216);
  return { width, height, channels: 3, data };
}

/** Sky above grass under soft light, and an orange ball with its shadow. */
function landscape(): Picture {
  const random = randomNumbers(4);
  return draw(320, 240, (x, y) => {
    const horizon = 130 + 8 * Math.sin(x / 47) + 4 * Math.sin(x / 19 + 1);
    const grain = (random() - 0.5) * 10;
    const [dx, dy] = [(x - 190) / 44, (y - 150) / 44];
    const fromBall = dx * dx + dy * dy;
    if (fromBall < 1) {
      const light = Math.max(0, -0.5 * dx - 0.6 * dy + 0.62 * Math.sqrt(1 - fromBall));
      return byte([90 + 165 * light, 40 + 120 * light, 20 + 40 * light], grain / 2);
    }
    if (y < horizon) {
      const up = y / horizon;
      const cloud = 40 * Math.max(0, Math.sin(x / 31 + 2 * Math.sin(y / 17)) * Math.sin(y / 23));
      return byte([90 + 110 * up + cloud, 150 + 70 * up + cloud, 225 + 15 * up], grain / 3);
    }
    const near = (y - horizon) / (240 - horizon);
    const shadow = 1 - 0.5 * Math.exp(-(((x - 205) / 50) ** 2) - ((y - 196) / 9) ** 2);
    const blades = 14 * Math.sin(x * 0.9 + 3 * Math.sin(y * 0.5));
    return byte([(60 + 40 * near) * shadow, (120 + 30 * near + blades) * shadow, 50 * shadow], grain);
  });
}

function byte(colour: Colour, offset: number): Colour {
  const [red, green, blue] = colour.map((value) => Math.max(0, Math.min(255, value + offset)));
  return [red ?? 0, green ?? 0, blue ?? 0];
}

/** The three lowest formants of vowels in Hz, of a man’s voice (Peterson and Barney, 1952). */
const VOWELS = [
  [730, 1090, 2440],
  [270, 2290, 3010],
  [300, 870, 2240],
  [530, 1840, 2480],
] as const;

/** How wide each formant is, in Hz. */
const WIDTHS = [80, 100, 140] as const;

/** Two seconds of a voice: pulses of the glottis, falling in pitch, through formants that go from vowel to vowel. */
function voice(sampleRate: number): Float32Array {
  const length = 2 * sampleRate;
  const random = randomNumbers(5);
  const memory = WIDTHS.map(() => [0, 0] as [number, number]);
  const samples = new Float32Array(length);
  let pulse = 0;
  let glottis = 0;
  for (let index = 0; index < length; index++) {
    const time = index / sampleRate;
    pulse += (130 - 20 * time + 6 * Math.sin(2 * Math.PI * 3 * time)) / sampleRate;
    let source = 0.02 * (random() - 0.5);
    if (pulse >= 1) {
      pulse -= 1;
      source += 1;
    }
    // The glottis closes faster than it opens: 12 dB less for each octave, 6 of which the lips give back.
    glottis = source + 0.93 * glottis;
    let value = glottis - 0.4 * source;
    const place = (time / 2) * (VOWELS.length - 1);
    const vowel = Math.min(Math.floor(place), VOWELS.length - 2);
    // Most of the way from one vowel to the next is gone in the middle.
    const way = 1 / (1 + Math.exp(-12 * (place - vowel - 0.5)));
    for (const [formant, state] of memory.entries()) {
      const here = VOWELS[vowel]?.[formant] ?? 0;
      const next = VOWELS[vowel + 1]?.[formant] ?? 0;
      const radius = Math.exp((-Math.PI * (WIDTHS[formant] ?? 0)) / sampleRate);
      const turn = 2 * radius * Math.cos((2 * Math.PI * (here + (next - here) * way)) / sampleRate);
      value = (1 - turn + radius * radius) * value + turn * state[0] - radius * radius * state[1];
      state[1] = state[0];
      state[0] = value;
    }
    // Syllables: a breath between vowels.
    samples[index] = value * Math.abs(Math.sin(Math.PI * time * 2)) ** 0.4;
  }
  const loudest = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  return samples.map((sample) => (0.7 * sample) / loudest);
}
