import { describe, expect, it } from 'vitest';
import { probe } from '../../../src/media/probe.js';
import {
  decodeFrames,
  decodeImage,
  encodeJpeg,
  encodePng,
  encodeWebp,
} from '../../../src/smoke/media/image.js';
import type { Picture } from '../../../src/smoke/media/picture.js';
import { gif, jpeg, png } from '../../media/files.js';
import { computing, file } from './file.js';

/** What files/pictures.py draws: the colour in the middle of each quarter. */
const COLOURS = [
  [255, 0, 0],
  [0, 255, 0],
  [0, 0, 255],
  [255, 255, 255],
];
const GREYS = [0, 85, 170, 255];

function quarters({ width, height, channels, data }: Picture): number[][] {
  return [1, 3].flatMap((y) =>
    [1, 3].map((x) => {
      const at = (Math.floor((y * height) / 4) * width + Math.floor((x * width) / 4)) * channels;
      return [...data.subarray(at, at + channels)];
    }),
  );
}

/** Largest difference of two lists of colours. */
function distance(colours: readonly number[][], wanted: readonly number[][]): number {
  return Math.max(
    ...wanted.flatMap((colour, index) =>
      colour.map((value, channel) => Math.abs(value - (colours[index]?.[channel] ?? -999))),
    ),
  );
}

describe('decodeImage', () => {
  it.each([
    ['rgb.png', 0],
    ['palette.png', 0],
    ['rgb.tiff', 0],
    ['still.gif', 0],
    ['animated.gif', 0],
    ['lossless.webp', 0],
    ['lossy.webp', 12],
    ['baseline.jpg', 6],
    ['progressive.jpg', 6],
    ['turned.jpg', 6],
    ['picture.avif', 40],
  ])('reads %s, every colour at its place', async (name, tolerance) => {
    const picture = await decodeImage(file(name));
    expect([picture.width, picture.height, picture.channels]).toEqual([24, 16, 3]);
    expect(picture.data).toHaveLength(24 * 16 * 3);
    expect(distance(quarters(picture), COLOURS)).toBeLessThanOrEqual(tolerance);
  });

  it('reads the first frame of an animated WebP file, which always has opacity', async () => {
    const picture = await decodeImage(file('animated.webp'));
    expect([picture.width, picture.height]).toEqual([24, 16]);
    expect(quarters(picture)).toEqual(COLOURS.map((colour) => [...colour, 255]));
  });

  it('reads CMYK as red, green and blue', async () => {
    const picture = await decodeImage(file('cmyk.jpg'));
    expect(picture.channels).toBe(3);
    expect(distance(quarters(picture), COLOURS)).toBeLessThanOrEqual(160);
    const [red, green, blue] = quarters(picture);
    expect(Math.max(...(red ?? []))).toBe(red?.[0]);
    expect(Math.max(...(green ?? []))).toBe(green?.[1]);
    expect(Math.max(...(blue ?? []))).toBe(blue?.[2]);
  });

  it('keeps opacity', async () => {
    expect(quarters(await decodeImage(file('opacity.png')))).toEqual([
      [255, 0, 0, 255],
      [0, 255, 0, 255],
      [0, 0, 255, 255],
      [255, 255, 255, 128],
    ]);
  });

  it.each(['grey.png', 'grey-16.png'])('reads %s in 8 bits', async (name) => {
    const picture = await decodeImage(file(name));
    expect(quarters(picture).map(([value]) => value)).toEqual(GREYS);
    expect(quarters(picture).every((pixel) => pixel.slice(0, 3).every((value) => value === pixel[0]))).toBe(
      true,
    );
  });

  it('reads grey with opacity', async () => {
    const picture = await decodeImage(file('grey-opacity.png'));
    expect(quarters(picture)).toEqual(
      GREYS.map((grey, index) => [grey, grey, grey, index === 3 ? 128 : 255]),
    );
  });

  it('decodes what this module encodes, exactly', async () => {
    for (const channels of [1, 3, 4] as const) {
      const data = Uint8Array.from({ length: 7 * 5 * channels }, (_, index) => (index * 37) % 256);
      const again = await decodeImage(await encodePng({ width: 7, height: 5, channels, data }));
      const first =
        channels === 1 ? again.data.filter((_, index) => index % again.channels === 0) : again.data;
      expect([...first]).toEqual([...data]);
    }
  });

  it.each([
    ['svg', '<svg xmlns="http://www.w3.org/2000/svg"><image href="/etc/passwd"/></svg>', 'it is SVG'],
    ['html', '<!doctype html><title>404</title>', 'it is HTML'],
    ['lfs', 'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n', 'Git LFS pointer'],
    ['nothing', '', 'an empty file'],
    ['random', '\x01\x02\x03', 'of no known format'],
  ])('refuses %s', async (_, text, message) => {
    await expect(decodeImage(Buffer.from(text, 'latin1'))).rejects.toThrow(message);
  });

  it.each([
    ['rgb.bmp', 'BMP pictures are not decoded here. Give a PNG'],
    ['video.mp4', 'The file is no picture but a video (MP4).'],
    ['stereo.mp3', 'The file is no picture but a recording (MP3).'],
  ])('refuses %s', async (name, message) => {
    await expect(decodeImage(file(name))).rejects.toMatchObject({
      name: 'MediaError',
      code: 'unsupported',
      message: expect.stringContaining(message),
    });
  });

  it('refuses what says by its header that it is huge, before any pixel is unpacked', async () => {
    for (const bomb of [
      png(8001, 8000, { pixels: 0 }),
      png(0x7fffffff, 0x7fffffff, { pixels: 0 }),
      largeGif(0xffff, 0xffff),
      largeJpeg(),
    ]) {
      const took = await computing(() =>
        expect(decodeImage(bomb)).rejects.toMatchObject({ name: 'MediaError' }),
      );
      expect(took).toBeLessThan(1000);
    }
    await expect(decodeImage(png(8001, 8000, { pixels: 0 }))).rejects.toMatchObject({
      code: 'too-large',
      message: 'The PNG picture has 8001 × 8000 pixels; at most 64 million are decoded.',
    });
    await expect(decodeImage(largeGif(0xffff, 0xffff))).rejects.toMatchObject({ code: 'too-large' });
  });

  it('says what is wrong with the pixels', async () => {
    await expect(decodeImage(jpeg())).rejects.toMatchObject({
      code: 'damaged',
      message: expect.stringMatching(/^The JPEG picture cannot be decoded: .+\.$/),
    });
    await expect(decodeImage(png(3, 2, { pixels: 4 }))).rejects.toMatchObject({ code: 'damaged' });
  });
});

describe('decodeFrames', () => {
  it.each(['animated.gif', 'animated.webp'])('reads all frames of %s', async (name) => {
    const frames = await decodeFrames(file(name));
    expect(frames.map(({ width, height }) => [width, height])).toEqual([
      [24, 16],
      [24, 16],
      [24, 16],
    ]);
    expect(frames.map((frame) => quarters(frame).map((pixel) => pixel.slice(0, 3)))).toEqual([
      COLOURS,
      Array(4).fill([255, 0, 0]),
      Array(4).fill([0, 0, 255]),
    ]);
  });

  it('takes a still picture for one frame', async () => {
    expect(await decodeFrames(file('rgb.png'))).toHaveLength(1);
    expect(await decodeFrames(file('still.gif'))).toHaveLength(1);
  });

  it('counts the pixels of all frames', async () => {
    await expect(decodeFrames(manyFrames(6000, 4000, 3))).rejects.toMatchObject({
      code: 'too-large',
      message: 'The GIF picture has 6000 × 4000 pixels in 3 frames; at most 64 million are decoded.',
    });
    await expect(decodeFrames(manyFrames(1, 1, 1001))).rejects.toMatchObject({ code: 'too-large' });
  });
});

describe('encodeJpeg and encodeWebp', () => {
  it.each([
    ['JPEG', encodeJpeg],
    ['WebP', encodeWebp],
  ] as const)('write a %s that looks the same', async (format, encode) => {
    const data = new Uint8Array(16 * 16 * 3).map((_, at) => [200, 40, 90][at % 3] ?? 0);
    const file = await encode({ width: 16, height: 16, channels: 3, data });
    expect(probe(file)).toEqual({ kind: 'image', format });
    const again = await decodeImage(file);
    expect([again.width, again.height, again.channels]).toEqual([16, 16, 3]);
    for (const [at, value] of again.data.entries()) expect(Math.abs(value - (data[at] ?? 0))).toBeLessThan(8);
  });

  it('lay what is transparent on white in a JPEG', async () => {
    const file = await encodeJpeg({ width: 8, height: 8, channels: 4, data: new Uint8Array(256) });
    expect([...(await decodeImage(file)).data.subarray(0, 3)]).toEqual([255, 255, 255]);
  });

  it('take one channel', async () => {
    const file = await encodeJpeg({ width: 8, height: 8, channels: 1, data: new Uint8Array(64).fill(128) });
    expect([...(await decodeImage(file)).data.subarray(0, 1)]).toEqual([128]);
  });
});

describe('encodePng', () => {
  it('refuses data that does not fit', async () => {
    await expect(encodePng({ width: 2, height: 2, channels: 3, data: new Uint8Array(11) })).rejects.toThrow(
      RangeError,
    );
    await expect(encodePng({ width: 0, height: 2, channels: 3, data: new Uint8Array(0) })).rejects.toThrow(
      RangeError,
    );
  });
});

/** A GIF image whose canvas and frame say another size than there are pixels. */
function largeGif(width: number, height: number): Uint8Array {
  const bytes = new Uint8Array(gif());
  for (const at of [6, 32]) bytes.set([width & 255, width >> 8, height & 255, height >> 8], at);
  return bytes;
}

function manyFrames(width: number, height: number, count: number): Uint8Array {
  const bytes = largeGif(width, height);
  // Behind the header and its palette of two colours, up to the end mark: an extension and an image.
  const head = bytes.subarray(0, 19);
  const frame = bytes.subarray(19, -1);
  return Buffer.concat([head, ...Array<Uint8Array>(count).fill(frame), Uint8Array.of(0x3b)]);
}

/** A JPEG image that says 65,500 pixels a side. */
function largeJpeg(): Uint8Array {
  const bytes = file('baseline.jpg');
  for (let at = 2; at < bytes.length; ) {
    if (bytes[at + 1] === 0xc0) {
      bytes.set([0xff, 0xdc, 0xff, 0xdc], at + 5);
      return bytes;
    }
    at += 2 + (bytes[at + 2] ?? 0) * 256 + (bytes[at + 3] ?? 0);
  }
  throw new Error('The file has no frame header.');
}
