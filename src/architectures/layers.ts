import type { GraphWriter } from '../onnx/graph-writer.js';
import { preview } from '../preview.js';
import { Unsupported } from './refusal.js';
import type { Weights } from './weights.js';

/** The most negative float32, which attention adds where it must not look (`torch.finfo(torch.float32).min`). */
export const LOWEST = -3.4028234663852886e38;

/** A graph and the weights that go into it. */
export interface Building {
  readonly graph: GraphWriter;
  readonly weights: Weights;
}

/** The size of an axis, as a list of one number. */
export function sizeOfAxis({ graph }: Building, value: string, axis: number): string {
  return graph.node('Gather', [graph.node('Shape', [value]), graph.integers([axis])], { axis: 0 });
}

/** `torch.nn.Linear`: `x` is rows × `from`, the result rows × `to`. */
export function linear(
  { graph, weights }: Building,
  x: string,
  name: string,
  to: number,
  from: number,
  biased = true,
): string {
  const weight = weights.take(`${name}.weight`, [to, from]);
  const bias = biased ? [weights.take(`${name}.bias`, [to])] : [];
  return adapted(
    { graph, weights },
    graph.node('Gemm', [x, weight, ...bias], { transB: 1 }),
    x,
    name,
    to,
    from,
  );
}

/** What a layer gives for `x`, with what an adapter adds to it. */
export function adapted(
  { graph, weights }: Building,
  given: string,
  x: string,
  name: string,
  to: number,
  from: number,
): string {
  const { adapter } = weights;
  const [first, second] = [`${name}.lora_A.weight`, `${name}.lora_B.weight`];
  if (adapter === null || (!weights.has(first) && !weights.has(second))) return given;
  const down = weights.take(first, [adapter.rank, from]);
  const up = weights.take(second, [to, adapter.rank]);
  const low = graph.node('Gemm', [x, down], { transB: 1 });
  return graph.node('Add', [
    given,
    graph.node('Gemm', [low, up], { transB: 1, alpha: { float: adapter.scale } }),
  ]);
}

/** `torch.nn.LayerNorm` over the last axis. */
export function layerNorm(
  { graph, weights }: Building,
  x: string,
  name: string,
  width: number,
  epsilon: number,
): string {
  const scale = weights.take(`${name}.weight`, [width]);
  const bias = weights.take(`${name}.bias`, [width]);
  return graph.node('LayerNormalization', [x, scale, bias], { axis: -1, epsilon: { float: epsilon } });
}

/** Root mean square normalization, an operator of onnxruntime of its own; `offset` is added to its weights. */
export function rmsNorm(
  { graph, weights }: Building,
  x: string,
  name: string,
  width: number,
  epsilon: number,
  offset = 0,
): string {
  const weight = weights.take(`${name}.weight`, [width]);
  const scale = offset === 0 ? weight : graph.node('Add', [weight, graph.float(offset)]);
  return graph.node('SimplifiedLayerNormalization', [x, scale], {
    axis: -1,
    epsilon: { float: epsilon },
    stash_type: 1,
  });
}

/** Rows of an embedding, as float32. */
export function embed(
  { graph, weights }: Building,
  name: string,
  shape: readonly [number, number],
  indices: string,
): string {
  const { value, widen } = weights.takeStored(name, shape);
  const rows = graph.node('Gather', [value, indices], { axis: 0 });
  return widen ? graph.cast(rows, 'float32') : rows;
}

/** An activation by its name in `ACT2FN` of transformers. Throws `Unsupported` for others. */
export function activate({ graph }: Building, x: string, name: string): string {
  switch (name) {
    case 'gelu':
      return graph.node('Gelu', [x], { approximate: 'none' });
    case 'gelu_new':
    case 'gelu_pytorch_tanh':
    case 'gelu_fast':
      return graph.node('Gelu', [x], { approximate: 'tanh' });
    case 'relu':
      return graph.node('Relu', [x]);
    case 'silu':
    case 'swish':
      return graph.node('Mul', [x, graph.node('Sigmoid', [x])]);
    case 'tanh':
      return graph.node('Tanh', [x]);
    default:
      throw new Unsupported(`its activation is ${preview(name)}`);
  }
}
