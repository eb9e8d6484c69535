import type { Tensors, TensorView } from '../session.js';

/** The inputs of a text that may be filled up: the mask says what counts. */
const TEXT_INPUTS: ReadonlySet<string> = new Set(['input_ids', 'attention_mask', 'token_type_ids']);

/** What inputs of one item each may be joined with. */
export interface Joinable {
  /** Names and types of the inputs; items that are joined have the same. */
  readonly kind: string;
  /** Their dimensions; items that are joined have the same, but for the length of a text. */
  readonly dims: string;
  /** Tokens of a text; null for what is none. */
  readonly length: number | null;
  /** Tokens of a text, numbers of anything else: what the size of the outputs goes with. */
  readonly units: number;
}

/** How the inputs of a run can be joined with others; null when they cannot: they hold several items already, or texts. */
export function joinable(feeds: Tensors): Joinable | null {
  const entries = Object.entries(feeds);
  if (entries.length === 0 || !entries.every(([, { dims, data }]) => dims[0] === 1 && isTyped(data)))
    return null;
  const kind = entries.map(([name, { type }]) => `${name} ${type}`).join();
  const length = feeds.attention_mask === undefined ? undefined : feeds.input_ids?.dims[1];
  const text =
    length !== undefined &&
    entries.every(
      ([name, { dims, type }]) =>
        TEXT_INPUTS.has(name) && dims.length === 2 && dims[1] === length && type === 'int64',
    );
  if (text) return { kind, dims: '', length, units: length };
  const units = entries.reduce((sum, [, { data }]) => sum + data.length, 0);
  return { kind, dims: entries.map(([, { dims }]) => dims.join('×')).join(), length: null, units };
}

/** Joins inputs of one item each to those of all, row by row; texts are filled up behind with `padId` to `length` tokens, which the mask hides. */
export function joined(items: readonly Tensors[], length: number | null, padId: number): Tensors {
  const [first = {}] = items;
  return Object.fromEntries(
    Object.entries(first).map(([name, { type, dims }]) => {
      const inner = length === null ? dims.slice(1) : [length];
      const size = inner.reduce((product, dim) => product * dim, 1);
      const views = items.map((item) => typed(item[name]?.data));
      const data = like(views[0], size * items.length);
      if (name === 'input_ids' && length !== null && data instanceof BigInt64Array) data.fill(BigInt(padId));
      for (const [index, view] of views.entries()) data.set(view as never, index * size);
      return [name, { type, dims: [items.length, ...inner], data }];
    }),
  );
}

/**
 * One item out of the outputs of several. Where the second dimension of an output is one of `sequences`, it is cut to the item’s own `length`.
 * Null for an output that has no row for each item.
 */
export function itemOf(
  outputs: Tensors,
  index: number,
  count: number,
  length: number | null,
  sequences: ReadonlySet<string>,
): Tensors | null {
  const item: Record<string, TensorView> = {};
  for (const [name, { type, dims, data }] of Object.entries(outputs)) {
    if (dims[0] !== count || !isTyped(data)) return null;
    const size = data.length / count;
    const [, second = 1, ...inner] = dims;
    const cut = length !== null && sequences.has(name);
    const rows = cut ? length : second;
    item[name] = {
      type,
      dims: dims.length === 1 ? [1] : [1, rows, ...inner],
      data: data.subarray(index * size, index * size + (dims.length === 1 ? 1 : (size / second) * rows)),
    };
  }
  return item;
}

/** How far numbers of one item may lie from those of a single run, as a share of the largest of them. */
export const JOINED_TOLERANCE = 1e-4;

/** Whether outputs are those of a single run, within `JOINED_TOLERANCE`; what is no float must be equal. */
export function sameOutputs(single: Tensors, other: Tensors): boolean {
  const names = Object.keys(single);
  return names.length === Object.keys(other).length && names.every((name) => same(single[name], other[name]));
}

function same(a: TensorView | undefined, b: TensorView | undefined): boolean {
  if (a === undefined || b === undefined || a.type !== b.type) return false;
  if (a.dims.length !== b.dims.length || !a.dims.every((dim, axis) => dim === b.dims[axis])) return false;
  const floats = a.type === 'float32' || a.type === 'float64';
  let largest = 0;
  if (floats)
    for (let index = 0; index < a.data.length; index++) largest = Math.max(largest, size(a.data[index]));
  const most = floats ? largest * JOINED_TOLERANCE : 0;
  for (let index = 0; index < a.data.length; index++) {
    const left = a.data[index];
    const right = b.data[index];
    if (Object.is(left, right)) continue;
    if (!(floats && Math.abs(Number(left) - Number(right)) <= most)) return false;
  }
  return true;
}

function size(value: unknown): number {
  const number = Math.abs(Number(value));
  return Number.isFinite(number) ? number : 0;
}

/** Bytes of all outputs. */
export function bytesOf(outputs: Tensors): number {
  return Object.values(outputs).reduce(
    (sum, { data }) => sum + (isTyped(data) ? data.byteLength : data.length * 8),
    0,
  );
}

type TypedArray =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;

function isTyped(data: unknown): data is TypedArray {
  return ArrayBuffer.isView(data) && !(data instanceof DataView);
}

function typed(data: unknown): TypedArray {
  if (!isTyped(data)) throw new TypeError('These inputs cannot be joined.');
  return data;
}

/** An empty array of the same type. */
function like(data: TypedArray | undefined, length: number): TypedArray {
  const Type = (data ?? new Float32Array(0)).constructor as new (length: number) => TypedArray;
  return new Type(length);
}
