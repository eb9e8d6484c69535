import type { TensorType } from '../smoke/session.js';

/** Element types of ONNX tensors: those that a runtime takes and gives, and others that weights may have. */
export type ElementType =
  | TensorType
  | 'complex64'
  | 'complex128'
  | 'bfloat16'
  | 'float8e4m3fn'
  | 'float8e4m3fnuz'
  | 'float8e5m2'
  | 'float8e5m2fnuz'
  | 'float8e8m0'
  | 'float4e2m1'
  | 'uint2'
  | 'int2';

interface Element {
  readonly type: ElementType;
  /** Bits of one element; 0 when they vary. */
  readonly bits: number;
  /** The type, when a runtime takes and gives tensors of it. */
  readonly tensor: TensorType | null;
}

/** By number of TensorProto.DataType (onnx.proto3, IR version 13). */
const ELEMENTS: readonly (Element | null)[] = [
  null,
  tensor('float32', 32),
  tensor('uint8', 8),
  tensor('int8', 8),
  tensor('uint16', 16),
  tensor('int16', 16),
  tensor('int32', 32),
  tensor('int64', 64),
  tensor('string', 0),
  tensor('bool', 8),
  tensor('float16', 16),
  tensor('float64', 64),
  tensor('uint32', 32),
  tensor('uint64', 64),
  weight('complex64', 64),
  weight('complex128', 128),
  weight('bfloat16', 16),
  weight('float8e4m3fn', 8),
  weight('float8e4m3fnuz', 8),
  weight('float8e5m2', 8),
  weight('float8e5m2fnuz', 8),
  tensor('uint4', 4),
  tensor('int4', 4),
  weight('float4e2m1', 4),
  weight('float8e8m0', 8),
  weight('uint2', 2),
  weight('int2', 2),
];

function tensor(type: TensorType, bits: number): Element {
  return { type, bits, tensor: type };
}

function weight(type: ElementType, bits: number): Element {
  return { type, bits, tensor: null };
}

/** The element type of a number in a graph; null when there is none. */
export function elementOf(dataType: number): Element | null {
  return ELEMENTS[dataType] ?? null;
}

/** Bytes that a tensor's elements take when packed; 0 when that is unknown or no size at all. */
export function tensorBytes(dims: readonly number[], bits: number): number {
  let count = 1;
  for (const size of dims) count *= size;
  const bytes = Math.ceil((count * bits) / 8);
  return Number.isSafeInteger(bytes) && bytes > 0 ? bytes : 0;
}
