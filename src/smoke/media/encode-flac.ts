import { createHash } from 'node:crypto';
import type { Sound } from './audio.js';
import { type BitWriter, bitWriter } from './bit-writer.js';
import { sixteenBits } from './encode-wav.js';
import { crc8, crc16 } from './flac-checksums.js';

const BITS = 16;
/** Samples of a frame, and the code of this number. */
const BLOCK = 4096;
const BLOCK_CODE = 12;
/** The code of a number of samples that stands in 16 bits behind the header. */
const OTHER_BLOCK_CODE = 7;
/** The highest rate that a header holds, in Hz. */
const MAX_RATE = 655_350;
/** The code of 16 bits a sample. */
const BITS_CODE = 4;
/** The highest order of the fixed predictors. */
const ORDERS = 4;
/** A block of residuals is cut into at most 2 to this power of partitions. */
const MOST_CUTS = 4;
/** The largest parameter of a Rice code; 15 would mean that there is none. */
const MAX_PARAMETER = 14;
const VERBATIM = 1;
const FIXED = 8;

/**
 * A recording as a FLAC file (RFC 9639) of 16 bits and one channel, which holds the same samples as `encodeWav` does: each block of samples is
 * told by the polynomial that predicts it best, and what that misses in Rice codes.
 *
 * Written here, because the encoders that there are come as WebAssembly of several hundred kilobytes, and nobody needs more of the format.
 */
export function encodeFlac({ samples, sampleRate }: Sound): Uint8Array {
  const rate = Math.max(1, Math.min(Math.round(sampleRate) || 1, MAX_RATE));
  const numbers = Int16Array.from(samples, sixteenBits);
  const parts = [head(numbers, rate)];
  for (let frame = 0; frame * BLOCK < numbers.length; frame++) {
    parts.push(frameOf(numbers.subarray(frame * BLOCK, (frame + 1) * BLOCK), frame));
  }
  return Buffer.concat(parts);
}

/** The mark of the format, and the one block of metadata that there must be. */
function head(numbers: Int16Array, rate: number): Uint8Array {
  const bits = bitWriter(42);
  for (const letter of 'fLaC') bits.write(letter.charCodeAt(0), 8);
  // The last block of metadata, of type 0 and 34 bytes.
  bits.write(0x80, 8);
  bits.write(34, 24);
  bits.write(BLOCK, 16);
  bits.write(BLOCK, 16);
  // The smallest and the largest frame are not told.
  bits.write(0, 24);
  bits.write(0, 24);
  bits.write(rate, 20);
  // One channel.
  bits.write(0, 3);
  bits.write(BITS - 1, 5);
  bits.write(Math.floor(numbers.length / 2 ** 32), 4);
  bits.write(numbers.length >>> 0, 32);
  for (const byte of createHash('md5').update(littleEndian(numbers)).digest()) bits.write(byte, 8);
  return bits.bytes();
}

function littleEndian(numbers: Int16Array): Uint8Array {
  const bytes = Buffer.alloc(numbers.length * 2);
  for (const [index, number] of numbers.entries()) bytes.writeInt16LE(number, index * 2);
  return bytes;
}

function frameOf(block: Int16Array, number: number): Uint8Array {
  const bits = bitWriter(block.length * 2 + 32);
  const whole = block.length === BLOCK;
  // Frames of one size, which are numbered.
  bits.write(0xfff8, 16);
  bits.write(whole ? BLOCK_CODE : OTHER_BLOCK_CODE, 4);
  // The rate is that of the file; one channel.
  bits.write(0, 4);
  bits.write(0, 4);
  bits.write(BITS_CODE, 3);
  bits.write(0, 1);
  writeNumber(bits, number);
  if (!whole) bits.write(block.length - 1, 16);
  const header = bits.bytes();
  bits.write(crc8(header, 0, header.length), 8);
  writeSamples(bits, block);
  bits.align();
  const frame = bits.bytes();
  bits.write(crc16(frame, 0, frame.length), 16);
  return bits.bytes();
}

/** The number of a frame in the manner of UTF-8, up to 36 bits. */
function writeNumber(bits: BitWriter, number: number): void {
  if (number < 0x80) {
    bits.write(number, 8);
    return;
  }
  let more = 1;
  while (number >= 2 ** (more * 5 + 6) && more < 6) more++;
  bits.write(((0xff00 >> (more + 1)) & 0xff) | Math.floor(number / 2 ** (6 * more)), 8);
  for (let left = more - 1; left >= 0; left--)
    bits.write(0x80 | (Math.floor(number / 2 ** (6 * left)) % 64), 8);
}

/** The samples of a block, in the way that takes the fewest bits. */
function writeSamples(bits: BitWriter, block: Int16Array): void {
  const { order, residuals } = bestPrediction(block);
  const partitions = partitionsOf(residuals, order);
  const coded = partitions.reduce((sum, partition) => sum + 4 + sizeOf(partition), 0);
  const verbatim = coded + order * BITS >= block.length * BITS;
  // A bit that is always 0, and none for bits that all samples have in common.
  bits.write(0, 1);
  bits.write(verbatim ? VERBATIM : FIXED + order, 6);
  bits.write(0, 1);
  for (const sample of verbatim ? block : block.subarray(0, order)) bits.write(sample, BITS);
  if (verbatim) return;
  // Parameters of four bits.
  bits.write(0, 2);
  bits.write(Math.log2(partitions.length), 4);
  for (const { parameter, folded } of partitions) {
    bits.write(parameter, 4);
    for (const value of folded) {
      bits.zeros(value >>> parameter);
      bits.write(value, parameter);
    }
  }
}

/** The order of the polynomial that leaves the smallest residuals, and these; the first ones, as many as the order, mean nothing. */
function bestPrediction(block: Int16Array): { readonly order: number; readonly residuals: Int32Array } {
  let residuals = Int32Array.from(block);
  let best = { order: 0, residuals };
  let least = magnitude(residuals);
  for (let order = 1; order <= ORDERS && order < block.length; order++) {
    // Each order predicts the change of what the one before it missed.
    residuals = residuals.map((value, index) => value - (index === 0 ? 0 : (residuals[index - 1] ?? 0)));
    const sum = magnitude(residuals.subarray(order));
    if (sum >= least) continue;
    least = sum;
    best = { order, residuals };
  }
  return best;
}

function magnitude(values: Int32Array): number {
  let sum = 0;
  for (const value of values) sum += Math.abs(value);
  return sum;
}

/** Residuals that share a parameter: signs folded into the lowest bit. */
interface Partition {
  readonly parameter: number;
  readonly folded: Uint32Array;
}

function partitionsOf(residuals: Int32Array, order: number): readonly Partition[] {
  let cuts = 0;
  // Equal parts, of which the first one is longer than the predictor.
  while (
    cuts < MOST_CUTS &&
    residuals.length % 2 ** (cuts + 1) === 0 &&
    residuals.length >> (cuts + 1) > order
  )
    cuts++;
  const length = residuals.length >> cuts;
  return Array.from({ length: 2 ** cuts }, (_, index) => {
    const from = index === 0 ? order : index * length;
    const folded = Uint32Array.from(residuals.subarray(from, (index + 1) * length), (value) =>
      value < 0 ? -2 * value - 1 : 2 * value,
    );
    return { folded, parameter: parameterOf(folded) };
  });
}

/** The parameter for which the code is shortest, about: as many bits as the mean has. */
function parameterOf(folded: Uint32Array): number {
  let sum = 0;
  for (const value of folded) sum += value;
  const mean = sum / Math.max(1, folded.length);
  return Math.max(0, Math.min(MAX_PARAMETER, Math.floor(Math.log2(mean + 1))));
}

/** In bits. */
function sizeOf({ parameter, folded }: Partition): number {
  let bits = 0;
  for (const value of folded) bits += (value >>> parameter) + 1 + parameter;
  return bits;
}
