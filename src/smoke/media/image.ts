import { createRequire } from 'node:module';
import { errorCode } from '../../error-code.js';
import { probe } from '../../media/probe.js';
import { RuntimeMissingError } from '../runners/runtime.js';
import { runtimeRequire } from '../runtime-place.js';
import { MediaError, reasonOf } from './media-error.js';
import { mediumFault } from './medium-fault.js';
import type { Picture } from './picture.js';

/** Most pixels of a picture, or of all frames of an animation together. */
export const MAX_PIXELS = 64_000_000;

/** Most frames of an animation. */
const MAX_FRAMES = 1000;

/** What is handed to sharp. SVG is not among them: it may name other files and addresses. */
const FORMATS: readonly string[] = ['PNG', 'JPEG', 'WebP', 'GIF', 'AVIF', 'TIFF'];

/** Those that may have several frames. */
const ANIMATED: readonly string[] = ['GIF', 'WebP'];

type Sharp = typeof import('sharp').default;

/** sharp, or the one that transformers.js brings along. Throws `RuntimeMissingError`. */
function loadSharp(): Sharp {
  const require = runtimeRequire();
  try {
    return require(resolveSharp(require)) as Sharp;
  } catch (error) {
    const missing =
      error instanceof Error && errorCode(error) === 'MODULE_NOT_FOUND'
        ? error.message.startsWith("Cannot find module 'sharp'")
        : false;
    throw missing
      ? new RuntimeMissingError('not-installed', 'sharp', error)
      : new RuntimeMissingError('not-loadable', `sharp does not load: ${reasonOf(error)}`, error);
  }
}

function resolveSharp(require: NodeJS.Require): string {
  try {
    return require.resolve('sharp');
  } catch (error) {
    let neighbour: string;
    try {
      neighbour = require.resolve('@huggingface/transformers');
    } catch {
      throw error;
    }
    return createRequire(neighbour).resolve('sharp');
  }
}

/**
 * Decodes a PNG, JPEG, WebP, GIF, AVIF or TIFF file: its first frame, turned as its EXIF data says, 8 bits a value in sRGB.
 * Throws `MediaError` for what is no picture, is damaged, or has more than `MAX_PIXELS`; `RuntimeMissingError`.
 */
export async function decodeImage(bytes: Uint8Array): Promise<Picture> {
  const format = formatOf(bytes);
  const sharp = loadSharp();
  await checkSize(sharp, bytes, format, 1);
  try {
    const { data, info } = await sharp(bytes, { limitInputPixels: MAX_PIXELS })
      .autoOrient()
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    return pictureOf(data, info.width, info.height, info.channels);
  } catch (error) {
    throw damagedImage(format, error);
  }
}

/**
 * Decodes all frames of an animated GIF or WebP file, each as large as the canvas; a still picture has one. How long a frame
 * is shown is left out. Throws as `decodeImage` does; the limit is that of all frames together.
 */
export async function decodeFrames(bytes: Uint8Array): Promise<readonly Picture[]> {
  const format = formatOf(bytes);
  if (!ANIMATED.includes(format)) return [await decodeImage(bytes)];
  const sharp = loadSharp();
  await checkSize(sharp, bytes, format, MAX_FRAMES);
  try {
    const { data, info } = await sharp(bytes, { pages: -1, limitInputPixels: MAX_PIXELS })
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    const { width, channels } = info;
    const height = info.pageHeight ?? info.height;
    const length = width * height * channels;
    return Array.from({ length: Math.floor(data.length / length) }, (_, frame) =>
      pictureOf(data.subarray(frame * length, (frame + 1) * length), width, height, channels),
    );
  } catch (error) {
    throw damagedImage(format, error);
  }
}

/** A picture as a PNG file. Throws `RuntimeMissingError`, and `RangeError` for a picture whose data does not fit its size. */
export async function encodePng(picture: Picture): Promise<Uint8Array> {
  return raw(picture).png().toBuffer();
}

/** A picture as a JPEG file, on white where it is transparent. Throws as `encodePng` does. */
export async function encodeJpeg(picture: Picture): Promise<Uint8Array> {
  return raw(picture).flatten({ background: '#fff' }).jpeg({ quality: 95 }).toBuffer();
}

/** A picture as a WebP file. Throws as `encodePng` does. */
export async function encodeWebp(picture: Picture): Promise<Uint8Array> {
  return raw(picture).webp({ quality: 95 }).toBuffer();
}

function raw({ width, height, channels, data }: Picture): ReturnType<Sharp> {
  if (data.length !== width * height * channels || data.length === 0) {
    throw new RangeError(
      `A picture of ${width} × ${height} × ${channels} cannot have ${data.length} values.`,
    );
  }
  const sharp = loadSharp();
  return sharp(data, { raw: { width, height, channels }, limitInputPixels: false }).toColourspace(
    channels === 1 ? 'b-w' : 'srgb',
  );
}

/** The format by the first bytes, never by what sharp would try: it knows many more. */
function formatOf(bytes: Uint8Array): string {
  const medium = probe(bytes, 0);
  if (medium.kind !== 'image' || !FORMATS.includes(medium.format)) throw mediumFault(medium, 'image');
  return medium.format;
}

/** Reads the header alone, before any pixel is. */
async function checkSize(sharp: Sharp, bytes: Uint8Array, format: string, most: number): Promise<void> {
  let header: Awaited<ReturnType<ReturnType<Sharp>['metadata']>>;
  try {
    header = await sharp(bytes, { limitInputPixels: false }).metadata();
  } catch (error) {
    throw damagedImage(format, error);
  }
  const { width, height, pages = 1 } = header;
  const frames = most === 1 ? 1 : pages;
  if (width * height * frames > MAX_PIXELS) {
    throw new MediaError(
      'too-large',
      `The ${format} picture has ${width} × ${height} pixels${frames > 1 ? ` in ${frames} frames` : ''}; at most ${MAX_PIXELS / 1e6} million are decoded.`,
    );
  }
  if (frames > most) {
    throw new MediaError(
      'too-large',
      `The ${format} file has ${frames} frames; at most ${most} are decoded.`,
    );
  }
}

function damagedImage(format: string, error: unknown): MediaError {
  return new MediaError('damaged', `The ${format} picture cannot be decoded: ${reasonOf(error)}.`, error);
}

/** Pixels as sharp hands them over; grey with opacity becomes colour with opacity. */
function pictureOf(data: Uint8Array, width: number, height: number, channels: number): Picture {
  if (channels === 1 || channels === 3 || channels === 4) return { width, height, channels, data };
  if (channels !== 2) throw new Error(`it has ${channels} values a pixel`);
  const wide = new Uint8Array(width * height * 4);
  for (let pixel = 0; pixel < width * height; pixel++) {
    wide.fill(data[pixel * 2] ?? 0, pixel * 4, pixel * 4 + 3);
    wide[pixel * 4 + 3] = data[pixel * 2 + 1] ?? 0;
  }
  return { width, height, channels: 4, data: wide };
}
