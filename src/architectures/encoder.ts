import type { Building } from './layers.js';

/** A batch of texts or pictures, as rows of tokens one behind the other. */
export interface Batch {
  /** How many there are, and tokens in each, as lists of one number. */
  readonly batch: string;
  readonly length: string;
  /** Added to the scores of attention; null where every token sees every other. */
  readonly bias: string | null;
}

/** Rows of tokens × width that a token asks with, is found by, and hands over. */
export interface Projected {
  readonly query: string;
  readonly key: string;
  readonly value: string;
}

/** Attention of every token at every other of its batch item; rows of tokens × width in and out. */
export function attendAll(
  { graph }: Building,
  { batch, length, bias }: Batch,
  { query, key, value }: Projected,
  { width, heads }: { readonly width: number; readonly heads: number },
): string {
  const each = width / heads;
  const split = graph.node('Concat', [batch, length, graph.integers([heads, each])], { axis: 0 });
  const byHead = (rows: string, perm: readonly number[]) =>
    graph.node('Transpose', [graph.node('Reshape', [rows, split])], { perm });
  const product = graph.node('MatMul', [byHead(query, [0, 2, 1, 3]), byHead(key, [0, 2, 3, 1])]);
  const scores = graph.node('Mul', [product, graph.float(1 / Math.sqrt(each))]);
  const biased = bias === null ? scores : graph.node('Add', [scores, bias]);
  const shares = graph.node('Softmax', [biased], { axis: -1 });
  const seen = graph.node('MatMul', [shares, byHead(value, [0, 2, 1, 3])]);
  const byToken = graph.node('Transpose', [seen], { perm: [0, 2, 1, 3] });
  return graph.node('Reshape', [byToken, graph.integers([-1, width])]);
}
