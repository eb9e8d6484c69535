import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { decodeAudio, type Sound } from '../../../src/smoke/media/audio.js';
import { encodeWav } from '../../../src/smoke/media/encode-wav.js';
import { bytes, u16le, u32be, u32le } from '../../media/files.js';
import { computing, file, level } from './file.js';

/** Largest distance of a recording from a tone of 500 Hz at half of full scale. */
function fromTone({ samples, sampleRate }: Sound, amplitude = 0.5): number {
  return samples.reduce(
    (most, sample, index) =>
      Math.max(most, Math.abs(sample - amplitude * Math.sin((2 * Math.PI * 500 * index) / sampleRate))),
    0,
  );
}

/** A WAV file of a format, with the bytes of its samples. */
function wav(
  format: { tag: number; channels: number; rate: number; frame: number; bits: number },
  body: Uint8Array | readonly number[],
  claimed = body.length,
): Uint8Array {
  const { tag, channels, rate, frame, bits } = format;
  return bytes(
    'RIFF',
    u32le(36 + body.length),
    'WAVEfmt ',
    u32le(16),
    u16le(tag),
    u16le(channels),
    u32le(rate),
    u32le(rate * frame),
    u16le(frame),
    u16le(bits),
    'data',
    u32le(claimed),
    body,
  );
}

const PCM = { tag: 1, channels: 1, rate: 8000, frame: 2, bits: 16 };
const FLOAT = { tag: 3, channels: 1, rate: 8000, frame: 4, bits: 32 };

describe('decodeAudio of WAV', () => {
  it.each([
    ['mono-u8.wav', 1 / 128],
    ['mono-s16le.wav', 1 / 2 ** 15],
    ['mono-s24le.wav', 1 / 2 ** 23],
    ['mono-s32le.wav', 3e-8],
    ['mono-f32le.wav', 3e-8],
    ['mono-f64le.wav', 3e-8],
  ])('reads %s to its last bit', async (name, precision) => {
    const sound = await decodeAudio(file(name));
    expect(sound.sampleRate).toBe(8000);
    expect(sound.samples).toHaveLength(1600);
    expect(fromTone(sound)).toBeLessThan(precision);
  });

  it('mixes channels down to their average', async () => {
    const stereo = await decodeAudio(file('stereo-s16.wav'));
    expect([stereo.sampleRate, stereo.samples.length]).toEqual([16_000, 3200]);
    expect(level(stereo.samples, 500, 16_000)).toBeCloseTo(0.25, 4);
    expect(level(stereo.samples, 1000, 16_000)).toBeCloseTo(0.125, 4);
    const surround = await decodeAudio(file('surround.wav'));
    expect(fromTone(surround, 0.9 / 6)).toBeLessThan(2 / 2 ** 23);
  });

  it('reads to the end when the length is not known', async () => {
    const sound = await decodeAudio(file('unknown-length.wav'));
    expect(sound.samples).toHaveLength(800);
    expect(fromTone(sound)).toBeLessThan(1 / 2 ** 15);
  });

  it('reads the extremes of integers', async () => {
    const of = async (frame: number, body: number[]) => [
      ...(await decodeAudio(wav({ ...PCM, frame, bits: frame * 8 }, body))).samples,
    ];
    expect(await of(1, [0, 128, 255])).toEqual([-1, 0, 127 / 128]);
    expect(await of(2, [0, 0x80, 0, 0, 0xff, 0x7f])).toEqual([-1, 0, 32767 / 32768]);
    expect(await of(3, [0, 0, 0x80, 1, 0, 0, 0xff, 0xff, 0xff])).toEqual([-1, 2 ** -23, -(2 ** -23)]);
    expect(await of(4, [0, 0, 0, 0x80, 0, 0, 0, 0x40])).toEqual([-1, 0.5]);
  });

  it.each<[string, Uint8Array, string, string]>([
    ['A-law', file('a-law.wav'), 'unsupported', 'coded as A-law, which is not decoded here'],
    [
      '64-bit integers',
      wav({ ...PCM, frame: 8, bits: 64 }, new Uint8Array(16)),
      'unsupported',
      'no known form',
    ],
    ['bits that do not fit', wav({ ...PCM, bits: 24 }, [0, 0]), 'damaged', 'says 24 bits in the 2 bytes'],
    ['a frame of no bytes', wav({ ...PCM, frame: 0 }, [0, 0]), 'unsupported', 'samples of 0 bytes'],
    ['no channels', wav({ ...PCM, channels: 0 }, [0, 0]), 'damaged', 'no channels'],
    [
      'many channels',
      wav({ ...PCM, channels: 400, frame: 800 }, new Uint8Array(1600)),
      'unsupported',
      '400 channels; 1 to 8',
    ],
    ['a rate of 0', wav({ ...PCM, rate: 0 }, [0, 0]), 'damaged', 'sampling rate of 0 Hz'],
    [
      'a rate of 4 GHz',
      wav({ ...PCM, rate: 0xffffffff }, [0, 0]),
      'unsupported',
      '4294967295 samples a second',
    ],
    ['less than it says', wav(PCM, [0, 0], 4000), 'damaged', '2 bytes of 4000 are there'],
    ['no samples', wav(PCM, []), 'damaged', 'it has no samples'],
    ['half a sample', wav(PCM, [1]), 'damaged', 'has no samples'],
    ['NaN', wav(FLOAT, [0, 0, 0xc0, 0x7f]), 'damaged', 'no numbers (NaN or infinite)'],
    ['infinity', wav(FLOAT, [0, 0, 0x80, 0x7f]), 'damaged', 'no numbers (NaN or infinite)'],
    [
      'unscaled floats',
      wav(FLOAT, [0, 0, 0, 0x47]),
      'damaged',
      'samples such as 32768, where full scale is 1',
    ],
    [
      'eleven minutes',
      wav({ ...PCM, rate: 1000 }, new Uint8Array(2 * 660_000)),
      'too-large',
      'longer than 600 seconds at 1000 Hz',
    ],
  ])('refuses %s', async (_, data, code, message) => {
    await expect(decodeAudio(data)).rejects.toMatchObject({
      name: 'MediaError',
      code,
      message: expect.stringContaining(message),
    });
  });
});

describe('decodeAudio of FLAC', () => {
  /** The checksum of the samples in the first header, and the same of what was decoded. */
  async function checksums(name: string, bits: number): Promise<[string, string]> {
    const data = file(name);
    const { samples } = await decodeAudio(data);
    const size = Math.ceil(bits / 8);
    const packed = Buffer.alloc(samples.length * size);
    for (const [index, sample] of samples.entries())
      packed.writeIntLE(sample * 2 ** (bits - 1), index * size, size);
    return [
      Buffer.from(data.subarray(26, 42)).toString('hex'),
      createHash('md5').update(packed).digest('hex'),
    ];
  }

  // 32 bits are more than a Float32Array holds; audio of that width is compared below.
  it.each([
    ['mono-8.flac', 8],
    ['noise.flac', 16],
    ['mono-24.flac', 24],
  ])('reads %s exactly', async (name, bits) => {
    const [wanted, got] = await checksums(name, bits);
    expect(got).toBe(wanted);
  });

  it('reads 32 bits as far as the answer can hold them', async () => {
    const sound = await decodeAudio(file('mono-32.flac'));
    expect(sound.samples).toHaveLength(1600);
    expect(fromTone(sound)).toBeLessThan(3e-8);
  });

  it.each(['stereo.flac', 'flac.oga'])('reads %s, its channels coded by their difference', async (name) => {
    expect(await decodeAudio(file(name))).toEqual(await decodeAudio(file('stereo-s16.wav')));
  });

  it.each<[string, (data: Uint8Array) => Uint8Array, string]>([
    ['a cut file', (data) => data.subarray(0, -100), 'the file ends inside the frame'],
    ['a file that ends before its frames', (data) => data.subarray(0, 60), 'ends inside its headers'],
    [
      'a flipped bit',
      (data) => data.map((value, at) => (at === data.length - 50 ? value ^ 4 : value)),
      'frame at byte',
    ],
    [
      'another frame header',
      (data) => data.map((value, at) => (at === 28 ? value ^ 1 : value)),
      'MediaError',
    ],
  ])('refuses %s', async (_, change, message) => {
    const outcome = await decodeAudio(change(file('mono-24.flac'))).catch((error: unknown) => error);
    if (message === 'MediaError') {
      // Only the checksum of all samples changed, which no frame depends on.
      expect(outcome).toMatchObject({ sampleRate: 8000 });
    } else {
      expect(outcome).toMatchObject({
        name: 'MediaError',
        code: 'damaged',
        message: expect.stringContaining(message),
      });
    }
  });

  it('stops at a file that is small and unpacks to hours of silence', async () => {
    const took = await computing(() =>
      expect(decodeAudio(silentFlac(4, 2000))).rejects.toMatchObject({
        code: 'too-large',
        message: 'The FLAC recording is longer than 600 seconds at 8000 Hz; no more is decoded.',
      }),
    );
    expect(took).toBeLessThan(1000);
  });
});

describe('decodeAudio of MP3 and Ogg', () => {
  // The decoders write what is wrong to the console, too.
  beforeAll(() => void vi.spyOn(console, 'error').mockImplementation(() => undefined));
  afterAll(() => void vi.restoreAllMocks());

  it.each([
    // lame makes everything softer by a twentieth.
    ['stereo.mp3', 44_100, 22_050, 0.015],
    ['mono-vbr.mp3', 22_050, 11_025, 0.02],
    ['layer-2.mp2', 44_100, 23_040, 0.01],
    ['stereo.ogg', 44_100, 22_050, 0.02],
    ['mono.ogg', 8_000, 4_000, 0.02],
    ['stereo.opus', 48_000, 24_000, 0.01],
  ])('reads %s: its rate, its length, both its tones', async (name, rate, length, tolerance) => {
    const { samples, sampleRate } = await decodeAudio(file(name));
    expect(sampleRate).toBe(rate);
    expect(samples).toHaveLength(length);
    expect(Math.abs(level(samples, 500, rate) - 0.25)).toBeLessThan(tolerance);
    expect(Math.abs(level(samples, 1000, rate) - 0.125)).toBeLessThan(tolerance);
    expect(level(samples, 750, rate)).toBeLessThan(0.005);
  });

  it('reads six channels of Opus, of which one carries the lowest tones alone', async () => {
    const { samples } = await decodeAudio(file('surround.opus'));
    expect(samples).toHaveLength(9600);
    expect(Math.abs(level(samples, 500, 48_000) - 0.1)).toBeLessThan(0.01);
  });

  it('gives the same samples every time', async () => {
    for (const name of ['stereo.mp3', 'stereo.ogg', 'stereo.opus']) {
      expect(await decodeAudio(file(name))).toEqual(await decodeAudio(file(name)));
    }
  });

  it.each([
    ['speex.ogg', 'unsupported', 'neither Vorbis nor Opus nor FLAC'],
    [
      'video.mp4',
      'unsupported',
      'The file is no recording but a video (MP4). Give a WAV, FLAC, MP3 or Ogg file.',
    ],
    ['rgb.png', 'unsupported', 'The file is no recording but an image (PNG).'],
  ])('refuses %s', async (name, code, message) => {
    await expect(decodeAudio(file(name))).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message),
    });
  });

  it('refuses MP3 whose sampling rate changes, and one that goes on as something else', async () => {
    await expect(decodeAudio(bytes(file('stereo.mp3'), file('mono-vbr.mp3')))).rejects.toThrow(
      'its sampling rate changes from 44100 to 22050 Hz',
    );
    const zeros = bytes(file('stereo.mp3'), new Uint8Array(500_000));
    await expect(decodeAudio(zeros)).rejects.toThrow('there is no frame to go on with');
  });

  it('stops at MP3 that goes on for ever', async () => {
    // Frames of 72 bytes of silence at 8 kbit/s and 8 kHz: 4 MB are more than an hour.
    const frame = new Uint8Array(72);
    frame.set([0xff, 0xe3, 0x18, 0xc4]);
    const data = bytes(...Array<Uint8Array>(60_000).fill(frame));
    await expect(decodeAudio(data)).rejects.toMatchObject({ code: 'too-large' });
  });
});

describe('encodeWav', () => {
  it('writes a head that says one channel of 16 bits, and how long it is', () => {
    const file = Buffer.from(encodeWav({ samples: Float32Array.of(0, 1, -1), sampleRate: 16_000 }));
    expect(file.length).toBe(44 + 6);
    expect([
      file.toString('latin1', 0, 4),
      file.toString('latin1', 8, 16),
      file.toString('latin1', 36, 40),
    ]).toEqual(['RIFF', 'WAVEfmt ', 'data']);
    expect([4, 24, 28, 40].map((at) => file.readUInt32LE(at))).toEqual([42, 16_000, 32_000, 6]);
    expect([20, 22, 32, 34].map((at) => file.readUInt16LE(at))).toEqual([1, 1, 2, 16]);
  });

  it('writes 16 bits, clipped, that read back the same', async () => {
    const samples = Float32Array.of(0, 0.5, -0.5, 1, -1, 1.7, -40, Number.NaN);
    const again = await decodeAudio(encodeWav({ samples, sampleRate: 22_050 }));
    expect(again.sampleRate).toBe(22_050);
    const top = 32767 / 32768;
    expect([...again.samples]).toEqual([0, 0.5, -0.5, top, -1, top, -1, 0]);
  });
});

/** A FLAC file of `frames` frames of 65,535 samples of silence, in `channels` channels. */
function silentFlac(channels: number, frames: number): Uint8Array {
  const rate = 8000;
  const stream = [
    255,
    255,
    255,
    255,
    0,
    0,
    0,
    0,
    0,
    0,
    rate >> 12,
    (rate >> 4) & 255,
    ((rate & 15) << 4) | ((channels - 1) << 1),
    0xf0,
  ];
  const head = [0xff, 0xf8, 0x70, (channels - 1) << 4, 0, 0xff, 0xfe];
  const frame = [...head, crc(head, 8, 0x07), ...Array<number[]>(channels).fill([0, 0, 0]).flat()];
  const check = crc(frame, 16, 0x8005);
  const whole = Uint8Array.from([...frame, check >> 8, check & 255]);
  return bytes(
    'fLaC',
    u32be(0x80000022),
    stream,
    new Uint8Array(34 - stream.length),
    ...Array<Uint8Array>(frames).fill(whole),
  );
}

function crc(data: readonly number[], bits: number, polynomial: number): number {
  const top = 2 ** (bits - 1);
  let value = 0;
  for (const one of data) {
    value ^= one << (bits - 8);
    for (let bit = 0; bit < 8; bit++) value = ((value << 1) ^ (value & top ? polynomial : 0)) & (2 * top - 1);
  }
  return value;
}
