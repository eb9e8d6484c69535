import { bytesOf } from '../../media/bytes.js';
import { afterId3 } from '../../media/id3.js';
import type { Sound } from './audio.js';
import { type BitReader, bitReader } from './bit-reader.js';
import { crc8, crc16 } from './flac-checksums.js';
import { MediaError } from './media-error.js';
import { type MonoMix, startMix } from './mono-mix.js';

/** What the first header of a stream says. */
interface Stream {
  readonly sampleRate: number;
  readonly channels: number;
  readonly bits: number;
  /** Samples of one channel; 0 when unknown. */
  readonly total: number;
}

/** Bits of a sample by their code in a frame; 0 is “as the stream says”. */
const BITS: readonly (number | undefined)[] = [0, 8, 12, undefined, 16, 20, 24, 32];

/** How two channels may be coded, by their code in a frame; below are the numbers of independent channels. */
const LEFT_SIDE = 8;
const SIDE_RIGHT = 9;
const MID_SIDE = 10;

/** Coefficients of the fixed predictors, nearest sample first (RFC 9639, section 9.2.5). */
const FIXED: readonly (readonly number[])[] = [[], [1], [2, -1], [3, -3, 1], [4, -6, 4, -1]];

/** What may follow the last frame. */
const TRAILERS = ['TAG', 'APETAGEX', '\0\0\0\0'];

/**
 * Decodes a FLAC file (RFC 9639) of 4 to 32 bits, exactly; every frame with its checksums. The bytes must have passed `probe`.
 * Throws `MediaError`.
 *
 * Frame by frame and written here, because the length of what one frame unpacks to has to be known before it is unpacked: a
 * frame of 14 bytes may hold 65,535 samples of silence.
 */
export function decodeFlac(data: Uint8Array): Sound {
  const bytes = bytesOf(data);
  let at = afterId3(bytes) + 4;
  const stream = readStream(bitReader(spared(data.subarray(at + 4, at + 38)), 0, 34));
  for (let last = false; !last; ) {
    last = (bytes.u8(at) & 0x80) !== 0;
    at += 4 + (bytes.u32be(at) % 0x1000000);
  }
  const mix = startMix('FLAC', stream.channels, stream.sampleRate, stream.total);
  const padded = spared(data);
  while (at < data.length && (stream.total === 0 || mix.length() < stream.total)) {
    if (stream.total === 0 && TRAILERS.some((name) => bytes.has(name, at))) break;
    at = decodeFrame(padded, at, data.length, stream, mix);
  }
  if (mix.length() < stream.total) {
    throw fault(`it ends after ${mix.length()} of ${stream.total} samples`);
  }
  return mix.sound(stream.total === 0 ? undefined : stream.total);
}

/** A copy with the spare bytes that a bit reader needs. */
function spared(data: Uint8Array): Uint8Array {
  const copy = new Uint8Array(data.length + 8);
  copy.set(data);
  return copy;
}

function fault(what: string): MediaError {
  return new MediaError('damaged', `The FLAC file is damaged: ${what}.`);
}

function readStream(header: BitReader): Stream {
  // Smallest and largest block and frame, which frames tell themselves.
  for (const bits of [16, 16, 24, 24]) header.read(bits);
  const sampleRate = header.read(20);
  const channels = header.read(3) + 1;
  const bits = header.read(5) + 1;
  const total = header.read(4) * 2 ** 32 + header.read(32);
  return { sampleRate, channels, bits, total };
}

/** Decodes the frame that begins at a byte and returns the byte behind it. */
function decodeFrame(data: Uint8Array, start: number, end: number, stream: Stream, mix: MonoMix): number {
  const at = `the frame at byte ${start}`;
  const bits = bitReader(data, start, end);
  // 14 bits that no coded number begins with, one that is always 0, one that tells how frames are numbered.
  if (bits.read(15) !== 0x7ffc) throw fault(`there is no frame at byte ${start}`);
  bits.read(1);
  const sizeCode = bits.read(4);
  const rateCode = bits.read(4);
  const assignment = bits.read(4);
  const bitsCode = BITS[bits.read(3)];
  const reserved = bits.read(1);
  skipNumber(bits);
  const size = blockSize(sizeCode, bits);
  bits.read([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 8, 16, 16, 0][rateCode] ?? 0);
  const head = bits.byte();
  if (bits.read(8) !== crc8(data, start, head)) throw fault(`the checksum of the header of ${at} is wrong`);
  if (size === undefined || bitsCode === undefined || reserved !== 0 || rateCode === 15 || assignment > 10) {
    throw fault(`the header of ${at} has a value that does not exist`);
  }
  const channels = assignment < LEFT_SIDE ? assignment + 1 : 2;
  if (channels !== stream.channels || (bitsCode !== 0 && bitsCode !== stream.bits)) {
    throw fault(`${at} has other channels or bits than the file says`);
  }

  const decoded: Float64Array[] = [];
  for (let channel = 0; channel < channels; channel++) {
    const side = assignment === SIDE_RIGHT ? channel === 0 : assignment >= LEFT_SIDE ? channel === 1 : false;
    decoded.push(subframe(bits, size, stream.bits + (side ? 1 : 0), at));
    if (bits.ended()) throw fault(`the file ends inside ${at}`);
  }
  bits.align();
  const tail = bits.byte();
  if (bits.read(16) !== crc16(data, start, tail) || bits.ended()) {
    throw fault(`the checksum of ${at} is wrong`);
  }
  unmix(assignment, decoded);
  const full = 2 ** (stream.bits - 1);
  mix.add(
    decoded.map((channel) => {
      const samples = new Float32Array(size);
      for (let index = 0; index < size; index++) {
        const sample = channel[index] ?? 0;
        if (!(sample >= -full && sample < full))
          throw fault(`${at} has samples of more than ${stream.bits} bits`);
        samples[index] = sample / full;
      }
      return samples;
    }),
  );
  return tail + 2;
}

/** The number of a frame or sample, in the manner of UTF-8 in up to seven bytes. */
function skipNumber(bits: BitReader): void {
  const ones = Math.clz32(~(bits.read(8) << 24));
  for (let byte = 1; byte < Math.min(ones, 7); byte++) bits.read(8);
}

function blockSize(code: number, bits: BitReader): number | undefined {
  if (code === 0) return undefined;
  if (code === 1) return 192;
  if (code <= 5) return 576 << (code - 2);
  if (code === 6) return bits.read(8) + 1;
  if (code === 7) return bits.read(16) + 1;
  return 256 << (code - 8);
}

/** The samples of one channel as they are coded. `width` is in bits. */
function subframe(bits: BitReader, size: number, width: number, at: string): Float64Array {
  const samples = new Float64Array(size);
  const type = bits.read(7);
  const wasted = bits.read(1) === 0 ? 0 : bits.zeros() + 1;
  const kept = width - wasted;
  if (kept < 1) throw fault(`${at} has samples of no bits`);
  if (type === 0) samples.fill(bits.signed(kept));
  else if (type === 1) for (let index = 0; index < size; index++) samples[index] = bits.signed(kept);
  else if (type >= 8 && type <= 12) {
    const order = type - 8;
    warmUp(bits, samples, order, kept, at);
    residual(bits, samples, order, at);
    predict(samples, FIXED[order] ?? [], 0);
  } else if (type >= 32 && type < 64) {
    const order = type - 31;
    warmUp(bits, samples, order, kept, at);
    const precision = bits.read(4) + 1;
    const shift = bits.signed(5);
    if (precision === 16 || shift < 0) throw fault(`${at} has a predictor that does not exist`);
    const coefficients = Array.from({ length: order }, () => bits.signed(precision));
    residual(bits, samples, order, at);
    predict(samples, coefficients, shift);
  } else throw fault(`${at} has a channel coded in a way that does not exist`);
  if (wasted > 0)
    for (let index = 0; index < size; index++) samples[index] = (samples[index] ?? 0) * 2 ** wasted;
  return samples;
}

/** The first samples stand as they are. */
function warmUp(bits: BitReader, samples: Float64Array, order: number, width: number, at: string): void {
  if (order > samples.length) throw fault(`${at} is shorter than its predictor`);
  for (let index = 0; index < order; index++) samples[index] = bits.signed(width);
}

/** What the predictor misses, in partitions of Rice codes (RFC 9639, section 9.2.7). */
function residual(bits: BitReader, samples: Float64Array, order: number, at: string): void {
  const method = bits.read(2);
  const partitions = 2 ** bits.read(4);
  const length = samples.length / partitions;
  if (method > 1 || !Number.isInteger(length) || length < order) {
    throw fault(`${at} has residuals in partitions that do not exist`);
  }
  const parameterBits = 4 + method;
  const unpredicted = 2 ** parameterBits - 1;
  for (let partition = 0; partition < partitions; partition++) {
    const parameter = bits.read(parameterBits);
    const end = (partition + 1) * length;
    let index = partition === 0 ? order : partition * length;
    if (parameter === unpredicted) {
      const width = bits.read(5);
      for (; index < end; index++) samples[index] = bits.signed(width);
    } else {
      const step = 2 ** parameter;
      for (; index < end; index++) {
        const coded = bits.zeros() * step + bits.read(parameter);
        samples[index] = coded & 1 ? -(coded + 1) / 2 : coded / 2;
      }
    }
    if (bits.ended()) throw fault(`the file ends inside ${at}`);
  }
}

/**
 * Adds to each residual what the samples before it predict. Numbers of floating point are exact here: 33 bits times 15, 32 of
 * them, stay below 2^53.
 */
function predict(samples: Float64Array, coefficients: readonly number[], shift: number): void {
  const order = coefficients.length;
  if (order === 0) return;
  const weights = Float64Array.from(coefficients).reverse();
  const scale = 2 ** -shift;
  for (let index = order; index < samples.length; index++) {
    let sum = 0;
    const first = index - order;
    for (let tap = 0; tap < order; tap++) sum += (weights[tap] ?? 0) * (samples[first + tap] ?? 0);
    samples[index] = (samples[index] ?? 0) + Math.floor(sum * scale);
  }
}

/** Two channels that were coded by their difference. */
function unmix(assignment: number, [first, second]: readonly Float64Array[]): void {
  if (assignment < LEFT_SIDE || first === undefined || second === undefined) return;
  for (let index = 0; index < first.length; index++) {
    const a = first[index] ?? 0;
    const b = second[index] ?? 0;
    if (assignment === LEFT_SIDE) second[index] = a - b;
    else if (assignment === SIDE_RIGHT) first[index] = a + b;
    else if (assignment === MID_SIDE) {
      // The half that the average lost is the lowest bit of the difference.
      const sum = a * 2 + (b & 1);
      first[index] = (sum + b) / 2;
      second[index] = (sum - b) / 2;
    }
  }
}
