import { deflateSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ServedModels } from '../../src/serve/server-options.js';
import { bytes as joined, png, pngChunk, u16le, u32le } from '../media/files.js';
import { bytes, post, serve } from './served.js';
import { workers } from './workers.js';

const IMAGE = 'image-classification';
const AUDIO = 'audio-classification';
const TEXT = 'text-classification';
const MB = 1024 ** 2;

let server: ServedModels;
let processes: readonly number[];
beforeAll(async () => {
  server = await serve([IMAGE, AUDIO, TEXT], { pin: [IMAGE, AUDIO, TEXT] });
  processes = workers();
});
afterAll(() => server.close());

const ask = (id: string, body: unknown) => post(`${server.url}/models/${id}`, body);

/** A GIF of so many pixels, with frames that hold next to nothing. */
function gif(width: number, height: number): Uint8Array {
  const size = [...u16le(width), ...u16le(height)];
  return joined(
    'GIF89a',
    size,
    [0x80, 0, 0],
    [0, 0, 0, 255, 255, 255],
    [0x2c, 0, 0, 0, 0],
    size,
    [0, 2, 2, 0x4c, 1, 0, 0x3b],
  );
}

/** A WebP file of the largest size there is: the head of a lossless picture, and nothing behind it. */
function webp(): Uint8Array {
  const data = joined([0x2f], u32le((16_382 | (16_382 << 14)) >>> 0), new Uint8Array(100));
  return joined('RIFF', u32le(12 + data.length + 1), 'WEBPVP8L', u32le(data.length), data, [0]);
}

/** A baseline JPEG of 65,500 pixels a side. */
function jpeg(): Uint8Array {
  const side = [65_500 >> 8, 65_500 & 255];
  return joined(
    [0xff, 0xd8, 0xff, 0xc0, 0, 11, 8],
    side,
    side,
    [1, 1, 0x11, 0],
    [0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0, 1, 2, 3, 0xff, 0xd9],
  );
}

/** A WAV file of 8,000 samples a second, which says that it has `length` bytes of them. */
function wav(length: number, samples: Uint8Array): Uint8Array {
  const head = [...u16le(1), ...u16le(1), ...u32le(8000), ...u32le(16_000), ...u16le(2), ...u16le(16)];
  return joined('RIFF', u32le(36 + length), 'WAVEfmt ', u32le(16), head, 'data', u32le(length), samples);
}

/** Silence in MP3: frames of 72 bytes at 8 kbit/s, an hour in four megabytes. */
function mp3(): Uint8Array {
  const frame = new Uint8Array(72);
  frame.set([0xff, 0xe3, 0x18, 0xc4]);
  return joined(...Array<Uint8Array>(60_000).fill(frame));
}

describe('a picture that would be huge', () => {
  it.each([
    ['PNG', png(60_000, 60_000, { pixels: 0 }), '60000 × 60000'],
    ['PNG, with rows that unpack to gigabytes', packed(), '60000 × 60000'],
    ['GIF', gif(65_535, 65_535), '65535 × 65535'],
    ['WebP', webp(), '16383 × 16383'],
    ['JPEG', jpeg(), '65500 × 65500'],
  ])('is refused by its header: %s', async (_, picture, size) => {
    for (const body of [picture, { inputs: Buffer.from(picture).toString('base64') }]) {
      const { status, json } = await ask(IMAGE, body);
      expect([status, json]).toEqual([
        400,
        { error: expect.stringContaining(`${size} pixels; at most 64 million are decoded`) },
      ]);
    }
  });

  it('that names other files is none', async () => {
    const svg = '<svg xmlns="http://www.w3.org/2000/svg"><image href="/etc/passwd"/></svg>';
    const { status, json } = await ask(IMAGE, svg);
    expect([status, json]).toEqual([400, { error: expect.stringContaining('it is SVG') }]);
  });
});

describe('a recording that would be long', () => {
  it.each([
    ['WAV', wav(8000 * 700 * 2, new Uint8Array(8000 * 700 * 2))],
    ['MP3', mp3()],
  ])('is refused: %s', async (_, sound) => {
    const { status, json } = await ask(AUDIO, sound);
    expect([status, json]).toEqual([400, { error: expect.stringContaining('longer than 600 seconds') }]);
  });

  it('that only says so is as long as it is', async () => {
    const { status, headers } = await ask(AUDIO, wav(0xfffffff0, new Uint8Array(8000)));
    expect([status, headers.get('x-compute-audio-length')]).toEqual([200, '0.500']);
  });
});

describe('a text', () => {
  it.each([
    ['of a half of a character', { inputs: '\ud83d lone' }],
    ['of control signs', { inputs: '\u0000\u001b[2J\u202e' }],
    ['that is an address', { inputs: 'http://127.0.0.1:1/secret' }],
    ['that is a path', '/etc/passwd'],
    ['that is data', { inputs: 'data:text/plain;base64,AAAA' }],
    ['of one long word', { inputs: 'a'.repeat(200_000) }],
    ['of many words', { inputs: 'the movie was great '.repeat(10_000) }],
  ])('%s is a text', async (_, body) => {
    const { status, json } = await ask(TEXT, body);
    expect([status, json]).toEqual([200, [expect.arrayContaining([expect.anything()])]]);
    expect(JSON.stringify(json)).not.toContain('root:');
  });
});

describe('after all that', () => {
  it('the processes are those of the start, and answer', async () => {
    const red = await bytes('image-classification/samples/red.png');
    expect((await ask(IMAGE, red)).status).toBe(200);
    expect((await ask(AUDIO, await bytes('audio-classification/samples/low.wav'))).status).toBe(200);
    expect(workers()).toEqual(processes);
  });
});

/** A picture of 3.6 gigapixels with the first 50 MB of its rows, in 50 kB. */
function packed(): Uint8Array {
  const whole = png(60_000, 60_000, { pixels: 0 });
  const at = Buffer.from(whole).indexOf('IDAT') - 4;
  return joined(
    whole.subarray(0, at),
    pngChunk('IDAT', deflateSync(new Uint8Array(50 * MB))),
    whole.subarray(-12),
  );
}
