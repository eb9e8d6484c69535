import { readFileSync } from 'node:fs';
import { cpuTime } from '../../cpu-time.js';

/** The bytes of a file made by files/make.sh. */
export function file(name: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(`./files/${name}`, import.meta.url)));
}

/** Numbers from 0 to 1, the same on every run. */
export function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1103515245) + 12345) | 0;
    return (state >>> 8) / 2 ** 24;
  };
}

/** The level of a tone of `hertz` in a stretch of samples: 1 for a sine from −1 to 1. */
export function level(samples: Float32Array, hertz: number, rate: number): number {
  const start = Math.floor(samples.length * 0.2);
  const end = Math.floor(samples.length * 0.8);
  let [cosine, sine, total] = [0, 0, 0];
  for (let index = start; index < end; index++) {
    const window = 0.5 - 0.5 * Math.cos((2 * Math.PI * (index - start)) / (end - start));
    const turn = (2 * Math.PI * hertz * index) / rate;
    cosine += window * (samples[index] ?? 0) * Math.cos(turn);
    sine += window * (samples[index] ?? 0) * Math.sin(turn);
    total += window;
  }
  return (2 * Math.hypot(cosine, sine)) / total;
}

/** The root mean square of a stretch of samples. */
export function power(samples: Float32Array): number {
  const middle = samples.subarray(Math.floor(samples.length * 0.2), Math.floor(samples.length * 0.8));
  return Math.sqrt(middle.reduce((sum, sample) => sum + sample * sample, 0) / middle.length);
}

/** How long this process computes, in milliseconds; what other processes do meanwhile does not count. */
export async function computing(work: () => Promise<unknown>): Promise<number> {
  const computed = cpuTime();
  await work();
  return computed();
}
