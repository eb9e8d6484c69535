import { isMapping } from '../mapping.js';
import { preview } from '../preview.js';
import { type ModelConfig, sizeOf } from './config.js';
import type { Building } from './layers.js';
import { Contradiction, Unsupported } from './refusal.js';

/** Keys of `rope_scaling` by its type, beside the type itself. */
type ScalingKeys = Readonly<Record<string, readonly string[]>>;

const KEYS: ScalingKeys = {
  default: [],
  linear: ['factor'],
  // Up to the length that the model was trained with, it is the default.
  dynamic: ['factor', 'original_max_position_embeddings'],
  llama3: ['factor', 'low_freq_factor', 'high_freq_factor', 'original_max_position_embeddings'],
};

const LONG = ['short_factor', 'long_factor', 'original_max_position_embeddings', 'partial_rotary_factor'];
/** Those of Phi-3; `su` is the old name of `longrope`. */
const LONG_KEYS: ScalingKeys = { default: ['partial_rotary_factor'], longrope: LONG, su: LONG };

/** How positions are scaled. Throws `Unsupported` for a type or a key that is not in `known`. */
function scalingOf(config: ModelConfig, known: ScalingKeys) {
  const scaling = config.rope_parameters ?? config.rope_scaling ?? {};
  if (!isMapping(scaling)) throw new Contradiction(`rope_scaling is ${preview(scaling)}`);
  const type = scaling.rope_type ?? scaling.type ?? 'default';
  const keys = typeof type === 'string' && Object.hasOwn(known, type) ? known[type] : undefined;
  if (keys === undefined) throw new Unsupported(`its rotary positions are scaled by ${preview(type)}`);
  const unknown = Object.keys(scaling).find(
    (key) => !keys.includes(key) && !['rope_type', 'type', 'rope_theta'].includes(key),
  );
  if (unknown !== undefined)
    throw new Unsupported(`nothing is known of its key ${preview(unknown)} in rope_scaling`);
  const theta = positive(scaling.rope_theta ?? config.rope_theta ?? 10_000, 'rope_theta');
  return { type, scaling, theta };
}

function positive(value: unknown, key: string): number {
  if (typeof value === 'number' && Number.isFinite(value) && value > 0) return value;
  throw new Contradiction(`${key} of rope_scaling is ${preview(value)}`);
}

/** `factors` slow each pair down. */
function frequenciesOf(theta: number, turned: number, factors: readonly number[] = []): readonly number[] {
  const { fround } = Math;
  return Array.from({ length: turned / 2 }, (_, index) =>
    fround(1 / fround(fround(factors[index] ?? 1) * fround(theta ** fround((2 * index) / turned)))),
  );
}

/**
 * The frequencies of rotary position embeddings, one for each pair of `each` numbers, in the float32 arithmetic of transformers
 * (`modeling_rope_utils.py`). Throws `Unsupported` for ways of scaling that are not built.
 */
export function rotaryFrequencies(config: ModelConfig, each: number): readonly number[] {
  const { fround } = Math;
  const { type, scaling, theta } = scalingOf(config, KEYS);
  const plain = frequenciesOf(theta, each);
  if (type === 'linear') return plain.map((one) => fround(one / positive(scaling.factor, 'factor')));
  if (type !== 'llama3') return plain;
  const factor = positive(scaling.factor, 'factor');
  const low = positive(scaling.low_freq_factor, 'low_freq_factor');
  const high = positive(scaling.high_freq_factor, 'high_freq_factor');
  const trained = positive(scaling.original_max_position_embeddings, 'original_max_position_embeddings');
  return plain.map((one) => {
    const wavelength = fround(fround(2 * Math.PI) / one);
    if (wavelength > trained / low) return fround(one / factor);
    if (wavelength < trained / high) return one;
    const smooth = fround(fround(fround(trained / wavelength) - low) / (high - low));
    return fround(fround(fround(1 - smooth) * fround(one / factor)) + fround(smooth * one));
  });
}

/** How positions turn the first numbers of each head. */
export interface Rotary {
  /** One for each pair of numbers; the numbers behind them are not turned. */
  readonly frequencies: readonly number[];
  /** What the turned numbers are multiplied with. */
  readonly scale: number;
}

/**
 * The positions of Phi-3, which turn a part of each head, and may be scaled for texts longer than those it was trained with (`longrope`). Up to
 * `longest` tokens the frequencies for short texts hold; those for longer ones are not built. Throws `Unsupported` and `Contradiction`.
 */
export function longRotary(config: ModelConfig, each: number): { rotary: Rotary; longest: number } {
  const { type, scaling, theta } = scalingOf(config, LONG_KEYS);
  const share = positive(
    scaling.partial_rotary_factor ?? config.partial_rotary_factor ?? 1,
    'partial_rotary_factor',
  );
  const turned = Math.trunc(each * share);
  if (share > 1 || turned < 2 || turned % 2 !== 0) {
    throw new Contradiction(`partial_rotary_factor is ${share}, and heads are ${each} wide`);
  }
  if (type === 'default') {
    const rotary = { frequencies: frequenciesOf(theta, turned), scale: 1 };
    return { rotary, longest: Number.POSITIVE_INFINITY };
  }
  const [factors] = ['short_factor', 'long_factor'].map((key) => {
    const list = scaling[key];
    if (Array.isArray(list) && list.length === turned / 2) return list.map((one) => positive(one, key));
    throw new Contradiction(`${key} of rope_scaling is no list of ${turned / 2} numbers`);
  });
  const all = sizeOf(config, 'max_position_embeddings', 4096);
  const told = scaling.original_max_position_embeddings;
  const trained = sizeOf(
    told === undefined ? config : { original_max_position_embeddings: told },
    'original_max_position_embeddings',
    4096,
  );
  const scale = all <= trained ? 1 : Math.sqrt(1 + Math.log(all / trained) / Math.log(trained));
  return { rotary: { frequencies: frequenciesOf(theta, turned, factors), scale }, longest: trained };
}

/** Cosines and sines for the positions of the tokens, batch × 1 × tokens × the numbers that are turned. */
export interface Rotation {
  readonly cos: string;
  readonly sin: string;
  /** How many numbers of a head are turned. */
  readonly turned: number;
}

/** Works out the rotation of each token. */
export function rotation({ graph }: Building, positions: string, { frequencies, scale }: Rotary): Rotation {
  const table = graph.floats(frequencies, [1, 1, frequencies.length]);
  const angles = graph.node('Mul', [
    graph.node('Unsqueeze', [graph.cast(positions, 'float32'), graph.integers([2])]),
    table,
  ]);
  const both = graph.node('Unsqueeze', [
    graph.node('Concat', [angles, angles], { axis: -1 }),
    graph.integers([1]),
  ]);
  const scaled = (value: string) => (scale === 1 ? value : graph.node('Mul', [value, graph.float(scale)]));
  const [cos, sin] = [graph.node('Cos', [both]), graph.node('Sin', [both])];
  return { cos: scaled(cos), sin: scaled(sin), turned: 2 * frequencies.length };
}

/** Rotates queries or keys, batch × heads × tokens × each: of the numbers that are turned the first half against the second. */
export function rotate(building: Building, x: string, rotation: Rotation, each: number): string {
  const { graph } = building;
  if (rotation.turned === each) return turn(building, x, rotation);
  const widths = graph.integers([rotation.turned, each - rotation.turned]);
  const [turned = '', rest = ''] = graph.nodes('Split', [x, widths], 2, { axis: -1 });
  return graph.node('Concat', [turn(building, turned, rotation), rest], { axis: -1 });
}

function turn({ graph }: Building, x: string, { cos, sin }: Rotation): string {
  const [first = '', second = ''] = graph.nodes('Split', [x], 2, { axis: -1, num_outputs: 2 });
  const turned = graph.node('Concat', [graph.node('Neg', [second]), first], { axis: -1 });
  return graph.node('Add', [graph.node('Mul', [x, cos]), graph.node('Mul', [turned, sin])]);
}
