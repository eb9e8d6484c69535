import type { Batch, Projected } from './encoder.js';
import type { Building } from './layers.js';

/** How attention is shared out. */
export interface Heads {
  readonly heads: number;
  /** Width of each head. */
  readonly each: number;
}

/** Rows of tokens × (heads · each) as batch × heads × tokens × each. */
export function byHead(
  { graph }: Building,
  { batch, length }: Pick<Batch, 'batch' | 'length'>,
  rows: string,
  heads: number,
  each: number,
): string {
  const shape = graph.node('Concat', [batch, length, graph.integers([heads, each])], { axis: 0 });
  // There may be no tokens: a zero is a size, not "as before".
  const split = graph.node('Reshape', [rows, shape], { allowzero: 1 });
  return graph.node('Transpose', [split], { perm: [0, 2, 1, 3] });
}

/** Attention in batch × heads × tokens × each, with `bias` added to its scores; rows of tokens × (heads · each) out. */
export function attendByHead(
  { graph }: Building,
  { query, key, value }: Projected,
  bias: string | null,
  { heads, each, scale }: Heads & { readonly scale: number },
): string {
  const turned = graph.node('Transpose', [key], { perm: [0, 1, 3, 2] });
  const product = graph.node('MatMul', [query, turned]);
  const scores = scale === 1 ? product : graph.node('Mul', [product, graph.float(scale)]);
  const biased = bias === null ? scores : graph.node('Add', [scores, bias]);
  const seen = graph.node('MatMul', [graph.node('Softmax', [biased], { axis: -1 }), value]);
  const byToken = graph.node('Transpose', [seen], { perm: [0, 2, 1, 3] });
  return graph.node('Reshape', [byToken, graph.integers([-1, heads * each])]);
}
