import { closeSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';

/** The numbers of a tensor in a file of the repository. */
export interface NumbersAt {
  readonly name: string;
  /** Relative to the root of the repository. */
  readonly path: string;
  /** `F32`, `F16` or `BF16`. */
  readonly dtype: string;
  /** In the order in which the numbers lie. */
  readonly shape: readonly number[];
  /** In bytes. */
  readonly offset: number;
  readonly length: number;
}

/** What a look at the numbers of tensors showed. */
export interface FiniteReport {
  /** Bytes that were looked at, of how many. */
  readonly bytes: number;
  readonly of: number;
  /** The first number of each tensor that is none, or infinite, as far as they were looked at. */
  readonly found: readonly {
    readonly tensor: string;
    readonly index: readonly number[];
    readonly value: string;
  }[];
}

/** How a type marks what is no finite number: with all bits of its exponent. */
interface Kind {
  readonly bytes: 2 | 4;
  readonly exponent: number;
  readonly fraction: number;
}

const F32: Kind = { bytes: 4, exponent: 0x7f800000, fraction: 0x007fffff };
const KINDS: Readonly<Record<string, Kind>> = {
  F32,
  F16: { bytes: 2, exponent: 0x7c00, fraction: 0x03ff },
  BF16: { bytes: 2, exponent: 0x7f80, fraction: 0x007f },
};

/** Whether the numbers of a type are looked at. */
export function hasNumbers(dtype: string): boolean {
  return Object.hasOwn(KINDS, dtype);
}

/** What is looked at in one go, in bytes; a multiple of every size of a number. */
const BLOCK_BYTES = 1024 * 1024;
/** Most files that are open at the same time. */
const MOST_OPEN = 100;
/** Neighbouring blocks of a tensor lie as far apart as they can, whenever the time ends (the golden ratio). */
const STRIDE = 0.618034;

/**
 * Looks for numbers that are none (NaN) or infinite, in all tensors in turns, until it has seen everything or the time is up. Negative
 * infinity in a bias is left alone: it keeps a word from being written. Throws what the disk throws.
 */
export function lookForNonFinite(
  root: string,
  tensors: readonly NumbersAt[],
  budgetMs: number,
): FiniteReport {
  const deadline = performance.now() + budgetMs;
  const open = new Map<string, number>();
  const block = Buffer.alloc(BLOCK_BYTES);
  const words = new Uint32Array(block.buffer, block.byteOffset, BLOCK_BYTES / 4);
  const halves = new Uint16Array(block.buffer, block.byteOffset, BLOCK_BYTES / 2);
  const pending = tensors.filter(({ dtype, length }) => hasNumbers(dtype) && length > 0).map(inBlocks);
  const of = pending.reduce((sum, { tensor }) => sum + tensor.length, 0);
  const found: FiniteReport['found'][number][] = [];
  let bytes = 0;

  function descriptorOf(path: string): number {
    let descriptor = open.get(path);
    if (descriptor === undefined) {
      if (open.size >= MOST_OPEN) closeAll();
      descriptor = openSync(join(root, path), 'r');
      open.set(path, descriptor);
    }
    return descriptor;
  }

  function closeAll(): void {
    for (const descriptor of open.values()) closeSync(descriptor);
    open.clear();
  }

  try {
    for (let rest = pending, round = 0; rest.length > 0; round++) {
      rest = rest.filter(({ blocks }) => round < blocks);
      for (const one of rest) {
        if (performance.now() > deadline) return { bytes, of, found };
        if (one.done) continue;
        const { tensor, kind, blocks, step } = one;
        const start = ((round * step) % blocks) * BLOCK_BYTES;
        const wanted = Math.min(BLOCK_BYTES, tensor.length - start);
        const length = readSync(descriptorOf(tensor.path), block, 0, wanted, tensor.offset + start);
        bytes += length;
        const numbers = kind.bytes === 4 ? words : halves;
        const at = firstNonFinite(
          numbers,
          Math.floor(length / kind.bytes),
          kind,
          tensor.name.endsWith('bias'),
        );
        if (at < 0) continue;
        one.done = true;
        const flat = start / kind.bytes + at;
        found.push({
          tensor: tensor.name,
          index: indexOf(flat, tensor.shape),
          value: nameOf(numbers[at] ?? 0, kind),
        });
      }
    }
    return { bytes, of, found };
  } finally {
    closeAll();
  }
}

interface Blocks {
  readonly tensor: NumbersAt;
  readonly kind: Kind;
  readonly blocks: number;
  /** From one block to the next; it has no divisor in common with their number, so that each has its turn. */
  readonly step: number;
  /** Set once something was found in it. */
  done: boolean;
}

function inBlocks(tensor: NumbersAt): Blocks {
  const blocks = Math.ceil(tensor.length / BLOCK_BYTES);
  let step = Math.max(1, Math.round(blocks * STRIDE));
  while (greatestCommonDivisor(step, blocks) > 1) step++;
  return { tensor, kind: KINDS[tensor.dtype] ?? F32, blocks, step, done: false };
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

/** Where the first number is that is not finite; -1 when all are. */
function firstNonFinite(
  numbers: Uint32Array | Uint16Array,
  count: number,
  { exponent, fraction, bytes }: Kind,
  mayForbid: boolean,
): number {
  const sign = bytes === 4 ? 31 : 15;
  for (let index = 0; index < count; index++) {
    const number = numbers[index] ?? 0;
    if ((number & exponent) !== exponent) continue;
    if (mayForbid && number >>> sign === 1 && (number & fraction) === 0) continue;
    return index;
  }
  return -1;
}

function nameOf(number: number, { fraction, bytes }: Kind): string {
  if ((number & fraction) !== 0) return 'NaN';
  return number >>> (bytes === 4 ? 31 : 15) === 1 ? '-Infinity' : 'Infinity';
}

/** Where a number is in each axis. */
function indexOf(flat: number, shape: readonly number[]): readonly number[] {
  const index: number[] = [];
  let rest = flat;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const size = shape[axis] ?? 1;
    index.unshift(rest % size);
    rest = Math.floor(rest / size);
  }
  return index;
}
