import type { Sound } from './audio.js';
import { MediaError } from './media-error.js';

/** Longest recording that is decoded, in seconds, and most samples: ten minutes at 48 kHz, 115 MB. */
export const MAX_SECONDS = 600;
export const MAX_SAMPLES = MAX_SECONDS * 48_000;

/** Sampling rates that recordings have, in Hz. */
export const MIN_RATE = 1_000;
export const MAX_RATE = 384_000;

/** Most channels that are mixed down. */
export const MAX_CHANNELS = 8;

/** Largest sample: what lies beyond is not scaled to −1…1. */
const LOUDEST = 8;

/** Collects the samples of a recording while it is decoded. */
export interface MonoMix {
  /**
   * Adds the next samples, one array for each channel; their average is kept. Throws `MediaError` when the recording is too
   * long, or a sample is no number.
   */
  add(channels: readonly Float32Array[]): void;
  /** Samples so far. */
  length(): number;
  /** The recording; of more than `most` samples the rest is left out. Throws `MediaError` when there is none. */
  sound(most?: number): Sound;
}

/**
 * Starts a recording. Throws `MediaError` for a sampling rate, a number of channels or a length (`samples` of one channel, as
 * the header says, where it does) that is not decoded.
 */
export function startMix(format: string, channels: number, sampleRate: number, samples = 0): MonoMix {
  if (!(sampleRate >= MIN_RATE && sampleRate <= MAX_RATE)) {
    throw new MediaError(
      'unsupported',
      `The ${format} file says ${sampleRate} samples a second; ${MIN_RATE} to ${MAX_RATE} are decoded.`,
    );
  }
  if (!(channels >= 1 && channels <= MAX_CHANNELS)) {
    throw new MediaError(
      'unsupported',
      `The ${format} file says ${channels} channels; 1 to ${MAX_CHANNELS} are decoded.`,
    );
  }
  const most = Math.min(MAX_SAMPLES, MAX_SECONDS * sampleRate);
  const tooLong = () =>
    new MediaError(
      'too-large',
      `The ${format} recording is longer than ${Math.round(most / sampleRate)} seconds at ${sampleRate} Hz; no more is decoded.`,
    );
  if (samples > most) throw tooLong();

  let kept = new Float32Array(Math.min(Math.max(samples, 16_384), most));
  let length = 0;
  return {
    add(parts) {
      const [first] = parts;
      if (first === undefined) return;
      const end = length + first.length;
      if (end > most) throw tooLong();
      if (end > kept.length) {
        const larger = new Float32Array(Math.min(Math.max(end, kept.length * 2), most));
        larger.set(kept.subarray(0, length));
        kept = larger;
      }
      const share = 1 / parts.length;
      for (let index = 0; index < first.length; index++) {
        let sum = 0;
        for (const part of parts) sum += part[index] ?? 0;
        const sample = sum * share;
        if (!(sample >= -LOUDEST && sample <= LOUDEST)) throw tooLoud(format, sample);
        kept[length + index] = sample;
      }
      length = end;
    },
    length: () => length,
    sound(cut = length) {
      const end = Math.min(length, cut);
      if (end <= 0) throw new MediaError('damaged', `The ${format} file has no samples.`);
      return { samples: kept.subarray(0, end), sampleRate };
    },
  };
}

function tooLoud(format: string, sample: number): MediaError {
  return new MediaError(
    'damaged',
    Number.isFinite(sample)
      ? `The ${format} file has samples such as ${Math.round(sample)}, where full scale is 1.`
      : `The ${format} file has samples that are no numbers (NaN or infinite).`,
  );
}
