import { describe, expect, it } from 'vitest';
import type { GraphValue, TensorView } from '../../../src/smoke/session.js';
import { feedGraph, fromHalf, numbersOf, numberTensor, toHalf } from '../../../src/tasks/numbers/tensors.js';

const floats = (...data: number[]): TensorView => ({
  type: 'float32',
  dims: [data.length],
  data: Float32Array.from(data),
});
const input = (name: string, type: GraphValue['type'] = 'float32'): GraphValue => ({
  name,
  type,
  shape: null,
});

describe('tensors for a graph', () => {
  it('are those it names', () => {
    const [a, b] = [floats(1), floats(2)];
    expect(feedGraph({ inputs: [input('a'), input('c')] }, { a, b })).toEqual({ a });
  });

  it('go to a single input whatever its name', () => {
    const a = floats(1);
    expect(feedGraph({ inputs: [input('x')] }, { a })).toEqual({ x: a });
    expect(feedGraph({ inputs: [] }, { a })).toEqual({});
  });
});

describe('numbers as a tensor', () => {
  it.each([
    ['float32', Float32Array, [1.5, -2]],
    ['float64', Float64Array, [1.5, -2]],
    ['int32', Int32Array, [1, -2]],
    ['uint8', Uint8Array, [1, 254]],
    ['bool', Uint8Array, [1, 1]],
  ] as const)('%s', (type, kind, expected) => {
    const tensor = numberTensor({ name: 'x', type }, [1.5, -2], [2]);
    expect(tensor.type).toBe(type);
    expect(tensor.data).toBeInstanceOf(kind);
    expect(Array.from(tensor.data, Number)).toEqual(expected);
  });

  it('int64, without what is no number', () => {
    const { data } = numberTensor({ name: 'x', type: 'int64' }, [3.9, -1, Number.NaN], [3]);
    expect(data).toEqual(BigInt64Array.from([3n, -1n, 0n]));
  });

  it.each([['string'], [null]] as const)('is refused as %s', (type) => {
    expect(() => numberTensor({ name: 'x', type }, [1], [1])).toThrow('takes no numbers');
  });
});

describe('halves', () => {
  // IEEE 754 binary16; the numbers of Wikipedia’s table of half precision.
  it.each([
    [0, 0],
    [1, 0x3c00],
    [-2, 0xc000],
    [65504, 0x7bff],
    [65520, 0x7c00],
    [2 ** -14, 0x0400],
    [2 ** -24, 0x0001],
    [2 ** -26, 0],
    [1 / 3, 0x3555],
    [Number.POSITIVE_INFINITY, 0x7c00],
    [Number.NEGATIVE_INFINITY, 0xfc00],
    [1 + 2 ** -11, 0x3c00],
    [1 + 3 * 2 ** -11, 0x3c02],
  ])('%d has the bits %d', (number, bits) => {
    expect(toHalf(number)).toBe(bits);
  });

  it('come back from their bits, every one of them', () => {
    for (let bits = 0; bits < 0x10000; bits++) {
      const number = fromHalf(bits);
      if (Number.isNaN(number)) expect(Number.isNaN(fromHalf(toHalf(number)))).toBe(true);
      else if (toHalf(number) !== bits) throw new Error(`${bits} becomes ${toHalf(number)}`);
    }
  });

  it('are widened where a tensor has them', () => {
    const tensor = numberTensor({ name: 'x', type: 'float16' }, [0.5, -4], [2]);
    expect(tensor.data).toEqual(Uint16Array.from([0x3800, 0xc400]));
    expect(numbersOf(tensor)).toEqual(Float32Array.from([0.5, -4]));
    expect(numbersOf({ type: 'int64', dims: [1], data: BigInt64Array.from([7n]) })).toEqual(
      Float32Array.from([7]),
    );
  });
});
