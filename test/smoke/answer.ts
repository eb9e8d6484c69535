import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { extname, join } from 'node:path';
import type { Sharp, SharpOptions } from 'sharp';
import { expect } from 'vitest';
import { isMapping } from '../../src/mapping.js';
import type { SmokeFile } from '../../src/smoke/files.js';

/** An entry of `cases` in expected.json; fixtures/README.md says what its keys mean. */
export interface ExpectedCase {
  readonly body: Readonly<Record<string, unknown>>;
  readonly output?: unknown;
  readonly tolerance?: number;
  readonly facts?: Facts;
}

interface Facts {
  readonly count?: number;
  readonly dims?: readonly number[];
  readonly norms?: number;
  readonly nearestToFirst?: number;
  readonly best?: number;
  readonly minGap?: number;
  readonly fractions?: Readonly<Record<string, number>>;
  readonly image?: {
    readonly size: readonly [width: number, height: number];
    readonly meanRgb?: readonly number[];
    readonly brighterSide?: 'left' | 'right';
  };
  readonly audio?: {
    readonly samplingRate: number;
    readonly samples: number;
    readonly dominantHz?: number;
    readonly keptHz?: number;
    readonly roughnessBelow?: number;
  };
}

/** What a case gave: the output, and the pictures and sounds of it. */
export interface Given {
  readonly output: unknown;
  readonly files: readonly SmokeFile[];
}

const sharp = createRequire(import.meta.url)('sharp') as (bytes: Uint8Array, options?: SharpOptions) => Sharp;
const MEDIA: Readonly<Record<string, string>> = {
  '.png': 'image/png',
  '.gif': 'image/gif',
  '.wav': 'audio/wav',
};

/** The body with the content of each file that it names, in base64 or, as the `url` of a chat message, as a data URL. */
export function filled(value: unknown, folder: string, key = ''): unknown {
  if (Array.isArray(value)) return value.map((item) => filled(item, folder, key));
  if (isMapping(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([name, inner]) => [name, filled(inner, folder, name)]),
    );
  }
  const kind = typeof value === 'string' ? MEDIA[extname(value)] : undefined;
  if (typeof value !== 'string' || kind === undefined || !existsSync(join(folder, value))) return value;
  const base64 = readFileSync(join(folder, value)).toString('base64');
  return key === 'url' ? `data:${kind};base64,${base64}` : base64;
}

/** Asserts that the case gave what expected.json says. */
export async function expectAnswer(given: Given, expected: ExpectedCase): Promise<void> {
  const tolerance = expected.tolerance ?? 0;
  if (expected.output !== undefined) expectPart(given.output, expected.output, tolerance, 'output');
  const facts = expected.facts ?? {};
  if (facts.count !== undefined) expect(given.output).toHaveLength(facts.count);
  if (facts.dims !== undefined) expect(dimsOf(given.output)).toEqual(facts.dims);
  if (facts.norms !== undefined) {
    for (const vector of given.output as number[][])
      expect(Math.hypot(...vector)).toBeCloseTo(facts.norms, 3);
  }
  if (facts.nearestToFirst !== undefined) {
    const [first = [], ...others] = given.output as number[][];
    const cosines = others.map((other) =>
      other.reduce((sum, value, at) => sum + value * (first[at] ?? 0), 0),
    );
    expectBest(cosines, facts.nearestToFirst - 1, facts.minGap ?? 0);
  }
  if (facts.best !== undefined) expectBest(given.output as number[], facts.best, facts.minGap ?? 0);
  if (facts.fractions !== undefined)
    expectPart(await fractions(given), facts.fractions, tolerance, 'fractions');
  if (facts.image !== undefined) await expectPicture(given, facts.image, tolerance);
  if (facts.audio !== undefined) expectSound(given, facts.audio, tolerance);
}

/** Named keys, the first items of lists, numbers within the tolerance. */
function expectPart(given: unknown, part: unknown, tolerance: number, place: string): void {
  if (Array.isArray(part)) {
    expect(Array.isArray(given), `${place} is a list`).toBe(true);
    for (const [at, item] of part.entries()) {
      expectPart((given as unknown[])[at], item, tolerance, `${place}[${at}]`);
    }
  } else if (isMapping(part)) {
    expect(isMapping(given), `${place} is a mapping`).toBe(true);
    for (const [key, inner] of Object.entries(part)) {
      expectPart((given as Record<string, unknown>)[key], inner, tolerance, `${place}.${key}`);
    }
  } else if (typeof part === 'number') {
    expect(Math.abs((given as number) - part), `${place}: ${given} instead of ${part}`).toBeLessThanOrEqual(
      tolerance,
    );
  } else {
    expect(given, place).toBe(part);
  }
}

function dimsOf(value: unknown): readonly number[] {
  return Array.isArray(value) ? [value.length, ...dimsOf(value[0])] : [];
}

function expectBest(values: readonly number[], best: number, minGap: number): void {
  const others = values.filter((_, at) => at !== best);
  expect((values[best] ?? Number.NaN) - Math.max(...others)).toBeGreaterThanOrEqual(minGap);
}

interface Picture {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly data: Uint8Array;
}

async function picture(file: SmokeFile | undefined): Promise<Picture> {
  expect(file, 'a picture').toBeDefined();
  const { data, info } = await sharp(file?.bytes ?? new Uint8Array())
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, channels: info.channels, data };
}

/** The part of the picture that the mask of each label covers. */
async function fractions({ output, files }: Given): Promise<Readonly<Record<string, number>>> {
  const masks = output as { label: string; mask: string }[];
  const entries = masks.map(async ({ label, mask }) => {
    const { data, width, height, channels } = await picture(files.find(({ name }) => name === mask));
    let covered = 0;
    for (let at = 0; at < data.length; at += channels) covered += (data[at] ?? 0) > 127 ? 1 : 0;
    return [label, covered / (width * height)] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

async function expectPicture(
  { files }: Given,
  { size, meanRgb, brighterSide }: NonNullable<Facts['image']>,
  tolerance: number,
): Promise<void> {
  const { width, height, channels, data } = await picture(
    files.find(({ mediaType }) => mediaType === 'image/png'),
  );
  expect([width, height]).toEqual(size);
  const mean = (channel: number) => {
    let sum = 0;
    for (let at = channel; at < data.length; at += channels) sum += data[at] ?? 0;
    return sum / (width * height);
  };
  if (meanRgb !== undefined) expectPart([mean(0), mean(1), mean(2)], meanRgb, tolerance, 'meanRgb');
  if (brighterSide !== undefined) {
    const middle = Math.floor(height / 2) * width;
    const [left = 0, right = 0] = [middle + 2, middle + width - 3].map((at) => data[at * channels]);
    expect(brighterSide === 'right' ? right - left : left - right).toBeGreaterThan(50);
  }
}

function expectSound({ files }: Given, facts: NonNullable<Facts['audio']>, tolerance: number): void {
  const file = files.find(({ mediaType }) => mediaType === 'audio/wav');
  expect(file, 'a sound').toBeDefined();
  const { rate, samples } = readWav(Buffer.from(file?.bytes ?? []));
  expect(rate).toBe(facts.samplingRate);
  expect(samples).toHaveLength(facts.samples);
  if (facts.dominantHz !== undefined) {
    const rises = samples.filter((value, at) => at > 0 && value > 0 && (samples[at - 1] ?? 0) <= 0).length;
    expectPart((rises * rate) / samples.length, facts.dominantHz, tolerance, 'dominantHz');
  }
  if (facts.keptHz !== undefined) {
    const angle = (2 * Math.PI * facts.keptHz) / rate;
    const sine = samples.reduce((sum, value, at) => sum + value * Math.sin(angle * at), 0);
    const cosine = samples.reduce((sum, value, at) => sum + value * Math.cos(angle * at), 0);
    expect(Math.hypot(sine, cosine) / samples.length).toBeGreaterThan(0.15);
  }
  if (facts.roughnessBelow !== undefined) {
    const steps = samples.slice(1).reduce((sum, value, at) => sum + (value - (samples[at] ?? 0)) ** 2, 0);
    expect(steps / samples.length).toBeLessThan(facts.roughnessBelow);
  }
}

/** One channel of 16-bit samples, with the usual head of 44 bytes. */
function readWav(bytes: Buffer): { readonly rate: number; readonly samples: readonly number[] } {
  expect(bytes.toString('latin1', 36, 40)).toBe('data');
  expect([bytes.readUInt16LE(20), bytes.readUInt16LE(22), bytes.readUInt16LE(34)]).toEqual([1, 1, 16]);
  const samples = Array.from(
    { length: bytes.readUInt32LE(40) / 2 },
    (_, at) => bytes.readInt16LE(44 + 2 * at) / 32768,
  );
  return { rate: bytes.readUInt32LE(24), samples };
}
