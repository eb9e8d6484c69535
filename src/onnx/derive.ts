import type { GraphValue } from '../smoke/session.js';
import type { Gathered, GraphNode, TensorHead } from './onnx-messages.js';

/** The table that `input_ids` is looked up in. */
export interface Embedding {
  readonly rows: number;
  /** Null when the table is packed so that its shape does not tell. */
  readonly width: number | null;
}

/** How a decoder keeps what it has read: its inputs `past_key_values.*` and outputs `present.*`. */
export interface KvCache {
  /** Layers that have a key among the inputs; the highest number plus one. */
  readonly layers: number;
  /** Inputs that hold keys and values of the decoder itself, and of the encoder it attends to. */
  readonly inputs: readonly string[];
  /** Heads and size of a head of the decoder's keys, `[batch, heads, sequence, size]`; null when free or when they differ. */
  readonly heads: number | null;
  readonly headSize: number | null;
  /** Inputs of the decoder's own cache without an output of the same number. */
  readonly unpaired: readonly string[];
  /** Whether the input `use_cache_branch` chooses between a run with and one without a cache. */
  readonly useCacheBranch: boolean;
}

/** Steps back from an output; a last layer is a handful away. */
const MAX_STEPS = 64;
const MAX_OUTPUTS = 1000;
/** An If of a merged decoder gives the logits and the cache of each layer. */
const MAX_BRANCH_OUTPUTS = 1000;
/** Operators whose output has the last axis of their first input. */
const SAME_AS_FIRST = new Set(
  `Cast CastLike Identity Dropout Clip Relu LeakyRelu Sigmoid Tanh Gelu FastGelu Erf Elu Selu HardSigmoid HardSwish Softplus
  Softmax LogSoftmax DequantizeLinear QuantizeLinear Neg Sqrt Exp Log Abs BatchNormalization`.split(/\s+/),
);
/** Operators of two operands that broadcast. */
const BROADCAST = new Set(['Add', 'Mul', 'Sub', 'Div']);
/** Operators by which input holds the weights whose last axis is the output's. */
const WEIGHT_INPUT: ReadonlyMap<string, number> = new Map([
  ['MatMul', 1],
  ['MatMulInteger', 1],
  ['FusedMatMul', 1],
  ['DynamicQuantizeMatMul', 1],
  ['MatMulIntegerToFloat', 1],
  ['QLinearMatMul', 3],
  ['Gemm', 1],
  ['FusedGemm', 1],
  ['QGemm', 3],
  ['LayerNormalization', 1],
  ['SimplifiedLayerNormalization', 1],
  ['RMSNormalization', 1],
  ['SkipLayerNormalization', 2],
  ['SkipSimplifiedLayerNormalization', 2],
]);
/** Operators between a weight and its use that keep its shape. */
const SAME_SHAPE = new Set(['Identity', 'Cast', 'DequantizeLinear']);
/** Operators between `input_ids` and the table. */
const SAME_IDS = new Set(['Identity', 'Cast', 'Reshape', 'Unsqueeze', 'Squeeze', 'Flatten', 'Clip']);

/** Finds the table that `input_ids` is looked up in; null when none is found. */
export function findEmbedding(model: Gathered): Embedding | null {
  for (const node of model.lookups) {
    const first = node.operator === 'EmbedLayerNormalization';
    const table = shapeOf(model, node.inputs[first ? 2 : 0]);
    const ids = node.inputs[first ? 0 : 1];
    const [rows, width] = table?.dims ?? [];
    if (rows === undefined || rows < 0 || !readsIds(model, ids)) continue;
    // Two or more numbers of four bits lie in one byte, and then the shape tells no width.
    const packed = node.operator === 'GatherBlockQuantized' && !/int[24]$/.test(table?.type ?? '');
    return { rows, width: packed || width === undefined || table?.dims.length !== 2 ? null : width };
  }
  return null;
}

function readsIds(model: Gathered, name: string | undefined): boolean {
  let current = name;
  for (let step = 0; step < 8 && current !== undefined; step++) {
    if (current === 'input_ids') return true;
    const node = model.producers.get(current);
    if (node === undefined || !SAME_IDS.has(node.operator)) return false;
    current = node.inputs[0];
  }
  return false;
}

/** The shape of a weight, through operators that only unpack or turn it. */
function shapeOf(model: Gathered, name: string | undefined): Pick<TensorHead, 'type' | 'dims'> | null {
  let current = name;
  let turned = false;
  for (let step = 0; step < 8 && current !== undefined; step++) {
    const tensor = model.tensors.get(current);
    if (tensor !== undefined) return turned ? { type: tensor.type, dims: tensor.dims.toReversed() } : tensor;
    const node = model.producers.get(current);
    if (node === undefined) return null;
    // Without `perm` the axes are turned round; of more than two axes nothing is told.
    const first = node.operator === 'Transpose' ? (node.numbers.get('perm') ?? 1) : null;
    if (first === 1) turned = !turned;
    else if (first !== 0 && !SAME_SHAPE.has(node.operator)) return null;
    current = node.inputs[0];
  }
  return null;
}

/**
 * The size of the last axis of an output, such as how many classes the logits have: as its shape states it, else as the last
 * layer before it shows it; null when neither does.
 */
function lastAxis(model: Gathered, output: GraphValue): number | null {
  const stated = output.shape?.at(-1);
  return typeof stated === 'number' ? stated : lastAxisOf(model, output.name, { steps: 0 });
}

function lastAxisOf(model: Gathered, name: string | undefined, walk: { steps: number }): number | null {
  if (name === undefined || ++walk.steps > MAX_STEPS) return null;
  const tensor = model.tensors.get(name);
  if (tensor !== undefined) return knownSize(tensor.dims.length === 0 ? 1 : tensor.dims.at(-1));
  const node = model.producers.get(name);
  if (node === undefined) return null;
  const { operator, inputs } = node;
  if (SAME_AS_FIRST.has(operator)) return lastAxisOf(model, inputs[0], walk);
  if (BROADCAST.has(operator)) {
    const sizes = inputs.slice(0, 2).map((input) => lastAxisOf(model, input, walk));
    // One of size 1 takes the size of the other, which may be unknown.
    return (
      sizes.find((size) => size !== null && size > 1) ?? (sizes.includes(null) ? null : (sizes[0] ?? null))
    );
  }
  if (operator === 'MatMulNBits') return knownSize(node.numbers.get('N'));
  if (operator === 'If') return branchAxis(model, node, name, walk);
  const weight = WEIGHT_INPUT.get(operator);
  if (weight === undefined) return null;
  const dims = shapeOf(model, inputs[weight])?.dims ?? [];
  return knownSize(node.numbers.get('transB') === 1 ? dims.at(-2) : dims.at(-1));
}

/** What both branches of an If agree on, or the one that tells. */
function branchAxis(model: Gathered, node: GraphNode, name: string, walk: { steps: number }): number | null {
  if (node.outputs.length > MAX_BRANCH_OUTPUTS || node.branches.length > 2) return null;
  const index = node.outputs.indexOf(name);
  const found = new Set(
    node.branches.map((outputs) => lastAxisOf(model, outputs[index], walk)).filter((size) => size !== null),
  );
  const [only, ...others] = found;
  return only === undefined || others.length > 0 ? null : only;
}

function knownSize(size: number | undefined): number | null {
  return size !== undefined && size > 0 ? size : null;
}

const PAST = /^past_key_values\.(\d{1,4})\.(?:(decoder|encoder)\.)?(key|value|key_value)$/;

/** Finds the last axes of the outputs; of the first ones, when they are very many. */
export function lastAxes(model: Gathered): Readonly<Record<string, number | null>> {
  return Object.fromEntries(
    model.outputs.slice(0, MAX_OUTPUTS).map((output) => [output.name, lastAxis(model, output)]),
  );
}

/** Reads the cache off the names of inputs and outputs; null for a graph without one. */
export function findCache(inputs: readonly GraphValue[], outputs: readonly GraphValue[]): KvCache | null {
  const present = new Set(outputs.map(({ name }) => name));
  const names: string[] = [];
  const unpaired: string[] = [];
  const heads = new Set<unknown>();
  const sizes = new Set<unknown>();
  let layers = 0;
  for (const { name, shape } of inputs) {
    const match = PAST.exec(name);
    if (match === null) continue;
    const [, layer, side, kind] = match;
    names.push(name);
    layers = Math.max(layers, Number(layer) + 1);
    if (side === 'encoder') continue;
    if (!present.has(name.replace('past_key_values', 'present'))) unpaired.push(name);
    if (kind !== 'key' || shape?.length !== 4) continue;
    heads.add(shape[1]);
    sizes.add(shape[3]);
  }
  if (names.length === 0) return null;
  return {
    layers,
    inputs: names,
    heads: agreed(heads),
    headSize: agreed(sizes),
    unpaired,
    useCacheBranch: inputs.some(({ name }) => name === 'use_cache_branch'),
  };
}

function agreed(values: ReadonlySet<unknown>): number | null {
  const [only, ...others] = values;
  return others.length === 0 && typeof only === 'number' ? only : null;
}
