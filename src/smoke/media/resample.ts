import type { Sound } from './audio.js';
import { MediaError } from './media-error.js';
import { MAX_RATE, MAX_SAMPLES, MIN_RATE } from './mono-mix.js';

/**
 * The filter: a sinc of 64 zero crossings a side under a Kaiser window. These are the numbers of `kaiser_best` in resampy, which
 * librosa took as its default for years, and of `sinc_interp_kaiser` in torchaudio’s documentation: what a model was trained
 * on was often resampled so.
 */
const ZERO_CROSSINGS = 64;
const BETA = 14.769656459379492;
/** Where the filter falls off, as a part of half the lower of both rates. */
const ROLLOFF = 0.9475937167399596;

/** Most weights that are kept, 32 MB; with rates that have little in common they are made anew for each sample. */
const MAX_KEPT = 4_000_000;

/**
 * The recording at another rate, in Hz: `⌈length × toRate ÷ sampleRate⌉` samples, aligned with the first, silence assumed around
 * it. Tones below 0.9 times half the lower rate keep their level; what the new rate cannot carry is gone (by more than 100 dB
 * from half the lower rate on). Throws `MediaError` for rates outside `MIN_RATE` to `MAX_RATE`, or when the result is too long.
 */
export function resample({ samples, sampleRate }: Sound, toRate: number): Sound {
  for (const rate of [sampleRate, toRate]) {
    if (!(Number.isInteger(rate) && rate >= MIN_RATE && rate <= MAX_RATE)) {
      throw new MediaError(
        'unsupported',
        `A recording cannot be resampled from ${sampleRate} to ${toRate} Hz: rates are whole numbers from ${MIN_RATE} to ${MAX_RATE}.`,
      );
    }
  }
  if (sampleRate === toRate) return { samples, sampleRate };
  const length = Math.ceil((samples.length * toRate) / sampleRate);
  if (length > MAX_SAMPLES) {
    throw new MediaError(
      'too-large',
      `The recording would have ${length} samples at ${toRate} Hz; at most ${MAX_SAMPLES} are made.`,
    );
  }

  const common = greatestCommonDivisor(sampleRate, toRate);
  const from = sampleRate / common;
  const to = toRate / common;
  /** Zero crossings a sample of the input. */
  const cutoff = ROLLOFF * Math.min(1, toRate / sampleRate);
  const reach = ZERO_CROSSINGS / cutoff;
  const taps = 2 * Math.ceil(reach) + 1;
  const kept = to * taps <= MAX_KEPT ? new Array<Float32Array | undefined>(to) : undefined;
  const scratch = new Float32Array(taps);
  const result = new Float32Array(length);
  // The place of a result in the input is `whole + phase / to`.
  let whole = 0;
  let phase = 0;
  for (let index = 0; index < length; index++) {
    let weights = kept?.[phase];
    if (weights === undefined) {
      weights = kept === undefined ? scratch : new Float32Array(taps);
      fillWeights(weights, phase / to, cutoff);
      if (kept !== undefined) kept[phase] = weights;
    }
    const start = whole - (taps - 1) / 2;
    const first = Math.max(0, -start);
    const end = Math.min(taps, samples.length - start);
    // Two sums, because an addition waits for the one before it.
    let even = 0;
    let odd = 0;
    let tap = first;
    for (; tap + 1 < end; tap += 2) {
      even += (weights[tap] ?? 0) * (samples[start + tap] ?? 0);
      odd += (weights[tap + 1] ?? 0) * (samples[start + tap + 1] ?? 0);
    }
    if (tap < end) even += (weights[tap] ?? 0) * (samples[start + tap] ?? 0);
    result[index] = even + odd;
    phase += from;
    whole += Math.floor(phase / to);
    phase %= to;
  }
  return { samples: result, sampleRate: toRate };
}

/** Weights of the input samples around a place that lies `fraction` behind the middle one. They sum to 1. */
function fillWeights(weights: Float32Array, fraction: number, cutoff: number): void {
  const middle = (weights.length - 1) / 2;
  let sum = 0;
  for (let tap = 0; tap < weights.length; tap++) {
    const weight = filterAt((tap - middle - fraction) * cutoff);
    weights[tap] = weight;
    sum += weight;
  }
  for (let tap = 0; tap < weights.length; tap++) weights[tap] = (weights[tap] ?? 0) / sum;
}

/** Points of the table below for each zero crossing; a straight line between them is off by less than 2e-7. */
const PRECISION = 2048;

let table: Float64Array | undefined;

/** The filter at a distance in zero crossings. */
function filterAt(distance: number): number {
  table ??= Float64Array.from({ length: ZERO_CROSSINGS * PRECISION + 2 }, (_, index) => {
    const x = index / PRECISION;
    const inside = 1 - (x / ZERO_CROSSINGS) ** 2;
    const window = inside <= 0 ? 0 : bessel(BETA * Math.sqrt(inside)) / bessel(BETA);
    return window * (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));
  });
  const place = Math.abs(distance) * PRECISION;
  const index = Math.floor(place);
  const low = table[index] ?? 0;
  return low + ((table[index + 1] ?? 0) - low) * (place - index);
}

/** The modified Bessel function of the first kind and order zero, by its series. */
function bessel(x: number): number {
  let term = 1;
  let sum = 1;
  for (let k = 1; term > sum * 1e-17; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
