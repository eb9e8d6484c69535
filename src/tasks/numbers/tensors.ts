import type { Graph, GraphValue, Tensors, TensorType, TensorView } from '../../smoke/session.js';

/** Some tensors as the inputs of a graph; a graph with a single input takes the first tensor, whatever its name. */
export function feedGraph({ inputs }: Pick<Graph, 'inputs'>, tensors: Tensors): Tensors {
  const [only] = inputs;
  const [first] = Object.values(tensors);
  if (inputs.length === 1 && only !== undefined && first !== undefined && tensors[only.name] === undefined) {
    return { [only.name]: first };
  }
  return Object.fromEntries(
    inputs.flatMap(({ name }) => {
      const tensor = tensors[name];
      return tensor === undefined ? [] : [[name, tensor] as const];
    }),
  );
}

/** A tensor of numbers, of the type that an input takes. Throws when it takes none. */
export function numberTensor(
  { name, type }: Pick<GraphValue, 'name' | 'type'>,
  numbers: ArrayLike<number>,
  dims: readonly number[],
): TensorView {
  const data = encode(type, numbers);
  if (type === null || data === null) {
    throw new Error(`The graph’s input ${name} has the type ${type ?? 'of a list'}, which takes no numbers.`);
  }
  return { type, dims, data };
}

/** Whole numbers as a tensor of 64 bits each, as graphs take ids and masks. */
export function int64Tensor(numbers: readonly number[], dims: readonly number[]): TensorView {
  return { type: 'int64', dims, data: BigInt64Array.from(numbers, BigInt) };
}

function encode(type: TensorType | null, numbers: ArrayLike<number>): TensorView['data'] | null {
  switch (type) {
    case 'float32':
      return Float32Array.from(numbers);
    case 'float64':
      return Float64Array.from(numbers);
    case 'float16':
      return Uint16Array.from(numbers, toHalf);
    case 'int8':
      return Int8Array.from(numbers);
    case 'uint8':
      return Uint8Array.from(numbers);
    case 'bool':
      return Uint8Array.from(numbers, (number) => (number === 0 ? 0 : 1));
    case 'int16':
      return Int16Array.from(numbers);
    case 'int32':
      return Int32Array.from(numbers);
    case 'int64':
      return BigInt64Array.from(Array.from(numbers, wholeOf));
    case 'uint64':
      return BigUint64Array.from(Array.from(numbers, wholeOf));
    default:
      return null;
  }
}

function wholeOf(number: number): bigint {
  return BigInt(Math.trunc(Number.isFinite(number) ? number : 0));
}

/** The numbers of a tensor; halves are widened. */
export function numbersOf({ type, data }: TensorView): Float32Array {
  if (data instanceof Float32Array) return data;
  if (type === 'float16' && data instanceof Uint16Array) return Float32Array.from(data, fromHalf);
  return Float32Array.from(data as ArrayLike<unknown>, Number);
}

/** Numbers of a tensor as rows of `width` each. */
export function rowsOf(numbers: ArrayLike<number>, width: number): readonly (readonly number[])[] {
  const all = Array.from(numbers);
  return Array.from({ length: width > 0 ? Math.ceil(all.length / width) : 0 }, (_, row) =>
    all.slice(row * width, (row + 1) * width),
  );
}

const FLOAT = new Float32Array(1);
const BITS = new Uint32Array(FLOAT.buffer);

/** The bits of the half (IEEE 754 binary16) nearest to a number, ties to even. */
export function toHalf(number: number): number {
  FLOAT[0] = number;
  const bits = BITS[0] ?? 0;
  const sign = (bits >>> 16) & 0x8000;
  const exponent = (bits >>> 23) & 0xff;
  const fraction = bits & 0x7fffff;
  if (exponent === 0xff) return sign | 0x7c00 | (fraction === 0 ? 0 : 0x200);
  const half = exponent - 112;
  if (half >= 31) return sign | 0x7c00;
  if (half <= 0) {
    if (half < -10) return sign;
    return sign | roundOff(fraction | 0x800000, 14 - half);
  }
  // A carry out of the fraction goes into the exponent, as it should.
  return sign | ((half << 10) + roundOff(fraction, 13));
}

function roundOff(value: number, bits: number): number {
  const kept = value >>> bits;
  const rest = value & ((1 << bits) - 1);
  const middle = 1 << (bits - 1);
  return rest > middle || (rest === middle && (kept & 1) === 1) ? kept + 1 : kept;
}

/** The number that the bits of a half mean. */
export function fromHalf(bits: number): number {
  const sign = (bits & 0x8000) === 0 ? 1 : -1;
  const exponent = (bits >>> 10) & 31;
  const fraction = bits & 0x3ff;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
