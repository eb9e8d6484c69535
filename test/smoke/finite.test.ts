import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lookForNonFinite, type NumbersAt } from '../../src/smoke/finite.js';
import { finiteCheck } from '../../src/smoke/finite-check.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'validate-card-finite-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Bits of numbers by type: one, NaN, and both infinities. */
const BITS = {
  F32: [0x3f800000, 0x7fc00001, 0x7f800000, 0xff800000],
  F16: [0x3c00, 0x7e00, 0x7c00, 0xfc00],
  BF16: [0x3f80, 0x7fc0, 0x7f80, 0xff80],
} as const;

type Dtype = keyof typeof BITS;

/** Writes numbers of which all are one but those given, as bits by index. */
function write(path: string, dtype: Dtype, count: number, odd: Readonly<Record<number, number>> = {}): void {
  const numbers = dtype === 'F32' ? new Uint32Array(count) : new Uint16Array(count);
  numbers.fill(BITS[dtype][0]);
  for (const [index, bits] of Object.entries(odd)) numbers[Number(index)] = bits;
  writeFileSync(join(folder, path), new Uint8Array(numbers.buffer));
}

function at(name: string, dtype: Dtype, shape: readonly number[], offset = 0): NumbersAt {
  const length = shape.reduce((a, b) => a * b, dtype === 'F32' ? 4 : 2);
  return { name, path: 'weights', dtype, shape, offset, length };
}

const DTYPES = Object.keys(BITS) as readonly Dtype[];

describe('the numbers of weights', () => {
  it.each(DTYPES)('that are all finite, as %s', (dtype) => {
    write('weights', dtype, 1000);
    const bytes = dtype === 'F32' ? 4000 : 2000;
    expect(lookForNonFinite(folder, [at('a', dtype, [10, 100])], 10_000)).toEqual({
      bytes,
      of: bytes,
      found: [],
    });
  });

  it.each(DTYPES)('of which some are none, or infinite, as %s', (dtype) => {
    const [, nan, infinity, minus] = BITS[dtype];
    const size = dtype === 'F32' ? 4 : 2;
    write('weights', dtype, 30, { 13: nan, 14: infinity, 21: infinity, 29: minus });
    const tensors = [
      at('sound', dtype, [10]),
      at('a', dtype, [2, 5], 10 * size),
      at('b', dtype, [5], 20 * size),
      at('c', dtype, [5, 1, 1], 25 * size),
      at('c.bias', dtype, [5], 25 * size),
    ];
    expect(lookForNonFinite(folder, tensors, 10_000).found).toEqual([
      { tensor: 'a', index: [0, 3], value: 'NaN' },
      { tensor: 'b', index: [1], value: 'Infinity' },
      { tensor: 'c', index: [4, 0, 0], value: '-Infinity' },
    ]);
  });

  it('of large tensors, every one of them once, wherever it lies', () => {
    const count = 3 * 1024 * 1024 + 5;
    for (const index of [0, 262_143, 262_144, 1_500_000, count - 1]) {
      write('weights', 'F32', count, { [index]: BITS.F32[1] });
      const { bytes, of, found } = lookForNonFinite(folder, [at('a', 'F32', [count])], 60_000);
      expect(found).toEqual([{ tensor: 'a', index: [index], value: 'NaN' }]);
      expect(bytes).toBeLessThanOrEqual(of);
    }
    write('weights', 'F32', count);
    const whole = { bytes: 4 * count, of: 4 * count, found: [] };
    expect(lookForNonFinite(folder, [at('a', 'F32', [count])], 60_000)).toEqual(whole);
  });

  it('are looked at no longer than allowed, and what was seen is told', () => {
    write('weights', 'F16', 4096);
    const seen = lookForNonFinite(folder, [at('a', 'F16', [4096])], -1);
    expect(seen).toEqual({ bytes: 0, of: 8192, found: [] });
    expect(finiteCheck('All is well.', seen).message).toBe(
      'All is well. Of their 8.19 kB, 0 kB were looked at, spread over all tensors: all numbers there are finite.',
    );
  });

  it('of other types are left alone', () => {
    const of = { ...at('a', 'F32', [4]), dtype: 'I64' };
    expect(lookForNonFinite(folder, [of], 1000)).toEqual({ bytes: 0, of: 0, found: [] });
  });

  it('are told with names that play no tricks', () => {
    const found = ['\u001b[31m', 'b', 'c', 'd', 'e'].map((tensor) => ({
      tensor,
      index: [1, 2],
      value: 'NaN',
    }));
    const check = finiteCheck('', { bytes: 10, of: 10, found });
    expect(check).toMatchObject({ id: 'weights', status: 'failed' });
    expect(check.message).toContain(
      '\\u001b[31m[1, 2] is NaN, b[1, 2] is NaN, c[1, 2] is NaN, and 2 more tensors have such numbers.',
    );
  });
});
