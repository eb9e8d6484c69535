import type { DataType, GraphWriter } from '../onnx/graph-writer.js';
import type { StoredTensor } from '../safetensors/header.js';
import type { Adapter } from './adapter.js';
import { Contradiction, missingTensor, type TensorFault, Unsupported } from './refusal.js';

/** A tensor with the file that it lies in, named relative to the folder the session is told. */
export interface LocatedTensor extends StoredTensor {
  readonly location: string;
}

/** The tensors of a model by name. Where `faults` is there, what does not fit is noted in it, and the graph goes on with what would. */
export type ModelTensors = ReadonlyMap<string, LocatedTensor> & {
  readonly faults?: TensorFault[];
  /** How those of its tensors that are an adapter’s change the others. */
  readonly adapter?: Adapter;
};

/** Most faults that are noted: a config.json may tell of any number of layers. */
const MOST_FAULTS = 1000;
/** The largest size of a tensor that is imagined: what an architecture computes of it takes memory. */
const LARGEST_IMAGINED = 2 ** 18;

/** Types of weights that are computed with; half precision is widened to float32 first. */
const TYPES: Readonly<Record<string, DataType>> = { F32: 'float32', F16: 'float16', BF16: 'bfloat16' };

/** The weights of a model, put into a graph one by one: which were used shows what the graph leaves out. */
export interface Weights {
  /** How layers are changed that have tensors of an adapter beside them; null where none is. */
  readonly adapter: Adapter | null;
  /** Whether there is a tensor of this name. */
  has(name: string): boolean;
  /** Its shape; null when there is none of this name. */
  shapeOf(name: string): readonly number[] | null;
  /**
   * The value of a tensor in the graph, as float32. Throws `Contradiction` when there is none of this name and shape, `Unsupported` when its
   * type is not computed with.
   */
  take(name: string, shape: readonly number[]): string;
  /** Like `take`, but in the type it is stored in: to gather rows of, and widen only those. */
  takeStored(name: string, shape: readonly number[]): { readonly value: string; readonly widen: boolean };
  /** Declares tensors that the architecture may well have and the answer does not need. */
  leaveOut(pattern: RegExp): void;
  /** Throws `Contradiction` when there are tensors that were neither used nor left out. */
  expectAllUsed(): void;
}

/** A tensor as it goes into a graph, under the name that it really has. */
interface Found {
  readonly name: string;
  readonly tensor: LocatedTensor;
  readonly type: DataType;
}

/**
 * What the names of a model’s tensors begin with where `names` are those of tensors that every such model stores of its own: `prefix`, or nothing where they
 * are only there without. transformers adds the prefix of the model below a head when it loads.
 */
export function baseOf(weights: Weights, prefix: string, names: readonly string[]): string {
  const bare = names.some((name) => weights.has(name));
  return bare && !names.some((name) => weights.has(prefix + name)) ? '' : prefix;
}

/**
 * The name that a table with several is stored under; the first one when it is missing. Which of the names of shared bytes is kept, a file writer may choose.
 */
export function storedName(weights: Weights, names: readonly [string, ...string[]]): string {
  return names.find((name) => weights.has(name)) ?? names[0];
}

/** Weights for a graph; `used` is shared by the graphs of one model. */
export function weightsFor(
  graph: GraphWriter,
  tensors: ModelTensors,
  used: Set<string> = new Set(),
): Weights {
  const stored = new Map<string, string>();
  const widened = new Map<string, string>();

  /** The name that a tensor really has: PyTorch called the weights of a layer normalization gamma and beta once. */
  function nameOf(name: string): string {
    if (tensors.has(name)) return name;
    const old = name
      .replace(/(layer_?norm)\.weight$/i, '$1.gamma')
      .replace(/(layer_?norm)\.bias$/i, '$1.beta');
    return tensors.has(old) ? old : name;
  }

  /** Throws what is wrong with a tensor, unless faults are gathered: then goes on with one that would do. */
  function imagine(name: string, shape: readonly number[], wrong: Contradiction): Found {
    const { faults } = tensors;
    const { fault } = wrong;
    const limit = faults === undefined || faults.length >= MOST_FAULTS;
    if (limit || fault === undefined || shape.some((size) => size > LARGEST_IMAGINED)) throw wrong;
    faults.push(fault);
    return { name, tensor: { dtype: 'F32', shape, offset: 0, length: 0, location: '' }, type: 'float32' };
  }

  function find(name: string, wanted: readonly number[]): Found {
    const real = nameOf(name);
    const tensor = tensors.get(real);
    if (tensor === undefined) return imagine(name, wanted, missingTensor(name));
    const { shape } = tensor;
    if (String(shape) !== String(wanted)) {
      used.add(real);
      const words = `the tensor ${real} has the shape [${shape.join(', ')}], and config.json tells [${wanted.join(', ')}]`;
      return imagine(real, wanted, new Contradiction(words, { kind: 'shape', tensor: real, shape, wanted }));
    }
    const type = Object.hasOwn(TYPES, tensor.dtype) ? TYPES[tensor.dtype] : undefined;
    if (type === undefined) throw new Unsupported(`the tensor ${real} is stored as ${tensor.dtype}`);
    if (tensor.axes === null) throw new Unsupported(`the tensor ${real} does not lie in one piece`);
    used.add(real);
    return { name: real, tensor, type };
  }

  function place(name: string, tensor: LocatedTensor, type: DataType): string {
    const known = stored.get(name);
    if (known !== undefined) return known;
    const { shape, location, offset, length, axes } = tensor;
    const lies = axes?.map((axis) => shape[axis] ?? 1) ?? shape;
    const weight = graph.weight(name, type, lies, { location, offset, length });
    const value =
      axes === undefined || axes === null
        ? weight
        : graph.node('Transpose', [weight], { perm: axes.map((_, axis) => axes.indexOf(axis)) });
    stored.set(name, value);
    return value;
  }

  return {
    adapter: tensors.adapter ?? null,
    has: (name) => tensors.has(nameOf(name)),
    shapeOf: (name) => tensors.get(nameOf(name))?.shape ?? null,
    take(wanted, shape) {
      const { name, tensor, type } = find(wanted, shape);
      const value = place(name, tensor, type);
      if (type === 'float32') return value;
      const known = widened.get(name);
      if (known !== undefined) return known;
      const wide = graph.cast(value, 'float32');
      widened.set(name, wide);
      return wide;
    },
    takeStored(wanted, shape) {
      const { name, tensor, type } = find(wanted, shape);
      return { value: place(name, tensor, type), widen: type !== 'float32' };
    },
    leaveOut(pattern) {
      for (const name of tensors.keys()) if (pattern.test(name)) used.add(name);
    },
    expectAllUsed() {
      const left = [...tensors.keys()].filter((name) => !used.has(name));
      if (left.length === 0) return;
      const changed = left.find((name) => /\.lora_[AB]\.weight$/.test(name));
      if (changed !== undefined && tensors.adapter !== undefined) {
        throw new Unsupported(`an adapter of ${changed.replace(/\.lora_[AB]\.weight$/, '')} is not built`);
      }
      const some = `${left.slice(0, 3).join(', ')}${left.length > 3 ? ', …' : ''}`;
      throw new Contradiction(
        `${left.length} ${left.length === 1 ? 'tensor belongs' : 'tensors belong'} to no part of the model that config.json describes (${some})`,
        { kind: 'unused', tensors: left },
      );
    },
  };
}
