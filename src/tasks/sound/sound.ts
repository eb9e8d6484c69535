import type { SmokeCheck } from '../../smoke/report.js';
import type { Media } from '../../smoke/session.js';
import { percent, short } from '../checks/wording.js';
import { cosine } from '../numbers/numbers.js';
import { shownFile } from '../reading/example.js';
import type { Comparison } from '../task.js';

/** What is known of a sound that a model made, without its samples. */
export interface SoundFacts {
  readonly samples: number;
  /** Hz. */
  readonly sampleRate: number;
  /** Root mean square; 1 is full scale. NaN when a sample is. */
  readonly rms: number;
  /** Largest and smallest sample. */
  readonly high: number;
  readonly low: number;
  /** Share of samples at or beyond full scale. */
  readonly clipped: number;
  /** Root mean square of each of 24 parts of equal length. */
  readonly envelope: readonly number[];
  /** How fast it swings: root mean square of the difference of neighbours, of second neighbours, and so on in octaves. */
  readonly swings: readonly number[];
}

const PARTS = 24;
const OCTAVES = 8;
/** Below this a person hears nothing: 80 dB under full scale. */
export const SILENCE = 1e-4;
/** Share of samples at full scale that a listener hears as noise. */
const CLIPPING = 0.02;
/** Beyond this, values are on another scale than −1 to 1. */
const OVERSHOOT = 4;

/** Measures a sound. */
export function measureSound(samples: Float32Array, sampleRate: number): SoundFacts {
  let high = Number.NEGATIVE_INFINITY;
  let low = Number.POSITIVE_INFINITY;
  let clipped = 0;
  for (const sample of samples) {
    if (sample > high) high = sample;
    if (sample < low) low = sample;
    if (sample >= 1 || sample <= -1) clipped++;
  }
  return {
    samples: samples.length,
    sampleRate,
    rms: rootMeanSquare(samples, 0, samples.length),
    high: samples.length === 0 ? 0 : high,
    low: samples.length === 0 ? 0 : low,
    clipped: samples.length === 0 ? 0 : clipped / samples.length,
    envelope: Array.from({ length: PARTS }, (_, part) =>
      rootMeanSquare(
        samples,
        Math.floor((part * samples.length) / PARTS),
        Math.floor(((part + 1) * samples.length) / PARTS),
      ),
    ),
    swings: Array.from({ length: OCTAVES }, (_, octave) => swing(samples, 2 ** octave)),
  };
}

function rootMeanSquare(samples: Float32Array, start: number, end: number): number {
  let sum = 0;
  for (let index = start; index < end; index++) sum += (samples[index] ?? 0) ** 2;
  return end > start ? Math.sqrt(sum / (end - start)) : 0;
}

function swing(samples: Float32Array, lag: number): number {
  let sum = 0;
  for (let index = lag; index < samples.length; index++) {
    sum += ((samples[index] ?? 0) - (samples[index - lag] ?? 0)) ** 2;
  }
  return samples.length > lag ? Math.sqrt(sum / (samples.length - lag)) : 0;
}

/** How long a sound lasts, in seconds. */
export function secondsOf({ samples, sampleRate }: SoundFacts): number {
  return samples / sampleRate;
}

/** Whether a sound that a model made is one: not empty, silent, constant, clipped or on another scale. `what` begins the sentence. */
export function checkSound(sound: SoundFacts, what: string): SmokeCheck {
  const id = 'sound';
  const failed = (message: string): SmokeCheck => ({ id, status: 'failed', message });
  if (sound.samples === 0)
    return failed(`${what} is empty: it has no samples. Look at the output of the graph.`);
  if (!Number.isFinite(sound.rms)) {
    return failed(
      `${what} has samples that are no finite numbers. Export the model again, in full precision.`,
    );
  }
  if (sound.high - sound.low < SILENCE && Math.abs(sound.high) >= SILENCE) {
    return failed(
      `${what} is the constant ${short(sound.high)} from beginning to end, which nobody hears. Look for a last layer without weights.`,
    );
  }
  if (sound.rms < SILENCE) {
    return failed(
      `${what} is silent: it lasts ${short(secondsOf(sound))} s and is nowhere louder than ${short(Math.max(Math.abs(sound.high), Math.abs(sound.low)))}. Look for weights that are missing in the export, or a volume of zero.`,
    );
  }
  const peak = Math.max(Math.abs(sound.high), Math.abs(sound.low));
  if (peak > OVERSHOOT) {
    return failed(
      `${what} has samples of up to ${short(peak)}, but full scale is 1: players clip it to noise. Divide by the scale of the training data (32768 for 16 bits) in the graph.`,
    );
  }
  if (sound.clipped > CLIPPING) {
    return failed(
      `${what} is clipped: ${percent(sound.clipped)} of the samples are at full scale or beyond, which is heard as distortion. Scale the output of the model down.`,
    );
  }
  return {
    id,
    status: 'passed',
    message: `${what} lasts ${short(secondsOf(sound))} s at ${sound.sampleRate} Hz, loudness ${short(sound.rms)} (1 is full scale).`,
  };
}

/** Samples of which those that are no finite numbers are silent, so that what is wrong can still be listened to. */
export function playable(samples: Float32Array): Float32Array {
  return samples.map((sample) => (Number.isFinite(sample) ? sample : 0));
}

/** What of a sound shows whether two are the same. */
export function soundVector(sound: SoundFacts): readonly number[] {
  return [sound.samples, ...sound.envelope, ...sound.swings];
}

/** Least cosine of the courses of loudness, and of the swings, of two versions of a sound. */
const LEAST_COSINE = 0.8;
/** How much longer or louder one version of a sound may be, as a factor. */
const MOST_RATIO = 1.5;

/** Compares two versions of a sound as a listener would: length, loudness, and how both go. */
export function compareSounds(full: readonly SoundFacts[], other: readonly SoundFacts[]): Comparison {
  if (full.length !== other.length) {
    return { agrees: false, drift: null, seen: `there are ${other.length} sounds instead of ${full.length}` };
  }
  let drift = 0;
  for (const [index, sound] of full.entries()) {
    const twin = other[index];
    if (twin === undefined) break;
    if (ratio(sound.samples, twin.samples) > MOST_RATIO) {
      return {
        agrees: false,
        drift: null,
        seen: `the sound lasts ${short(secondsOf(twin))} s instead of ${short(secondsOf(sound))} s`,
      };
    }
    if (ratio(sound.rms, twin.rms) > MOST_RATIO) {
      return {
        agrees: false,
        drift: null,
        seen: `the loudness is ${short(twin.rms)} instead of ${short(sound.rms)}`,
      };
    }
    drift = Math.max(drift, 1 - cosine(sound.envelope, twin.envelope), 1 - cosine(sound.swings, twin.swings));
  }
  return {
    agrees: drift <= 1 - LEAST_COSINE,
    drift,
    seen: `length and loudness are alike, and their course differs by ${short(drift)} (one minus the cosine)`,
  };
}

/** Measures the recording in the repository that a widget example shows; null when there is none that can be read. */
export async function measureShown(
  media: Media,
  expected: unknown,
  sampleRate: number,
): Promise<SoundFacts | null> {
  const source = shownFile(expected);
  if (source === null) return null;
  try {
    return measureSound((await media.sound(source, sampleRate)).samples, sampleRate);
  } catch {
    // That it cannot be read is a finding of the card, not of the model.
    return null;
  }
}

/**
 * Compares with the recording that the card shows; null stands for one that is not here. It is only a hint: a voice is drawn
 * at random, and recordings are edited.
 */
export function checkShownSound(sound: SoundFacts, shown: SoundFacts | null): SmokeCheck {
  const id = 'expected-output';
  if (shown === null) {
    return {
      id,
      status: 'skipped',
      message:
        'The recording that the card shows is not in the repository, or cannot be decoded; it is not compared.',
    };
  }
  const { agrees, seen } = compareSounds([shown], [sound]);
  return agrees
    ? { id, status: 'passed', message: `The sound is like the recording in the card: ${seen}.` }
    : {
        id,
        status: 'warning',
        message: `The sound is unlike the recording in the card: ${seen}. Listen to both, and replace the recording if the model has changed.`,
      };
}

function ratio(a: number, b: number): number {
  if (a === b) return 1;
  return Math.min(a, b) <= 0 ? Number.POSITIVE_INFINITY : Math.max(a, b) / Math.min(a, b);
}
