import type { GraphWriter } from '../onnx/graph-writer.js';
import { type Building, LOWEST, sizeOfAxis } from './layers.js';

/** The inputs of a model that writes, as transformers.js feeds them, and what follows from them. */
export interface DecoderInputs {
  readonly ids: string;
  readonly positions: string;
  readonly batch: string;
  /** New tokens, as a list of one number. */
  readonly length: string;
  /** Added to the scores of attention: batch × 1 × new tokens × all tokens. */
  readonly bias: string;
  /** How many of the last tokens logits are wanted for; 0 is all. */
  readonly wanted: string;
}

/** Keys and values of one layer: those of before, and where the new ones are added. */
export interface CacheShape {
  readonly heads: number;
  /** Width of each head. */
  readonly each: number;
}

/** Declares the inputs of a decoder with a cache, and works out who may look at whom: each token at those before it that are no padding. */
export function decoderInputs(building: Building): DecoderInputs {
  const { graph } = building;
  const ids = graph.input('input_ids', 'int64', ['batch_size', 'sequence_length']);
  const mask = graph.input('attention_mask', 'int64', ['batch_size', 'total_sequence_length']);
  const positions = graph.input('position_ids', 'int64', ['batch_size', 'sequence_length']);
  const wanted = graph.input('num_logits_to_keep', 'int64', []);
  const batch = sizeOfAxis(building, ids, 0);
  const length = sizeOfAxis(building, ids, 1);
  const total = graph.node('Squeeze', [sizeOfAxis(building, mask, 1)]);
  const before = graph.node('Sub', [total, graph.node('Squeeze', [length])]);
  const one = graph.integers(1);
  const keys = graph.node('Unsqueeze', [
    graph.node('Range', [graph.integers(0), total, one]),
    graph.integers([0]),
  ]);
  const queries = graph.node('Unsqueeze', [graph.node('Range', [before, total, one]), graph.integers([1])]);
  const earlier = graph.node('GreaterOrEqual', [queries, keys]);
  const present = graph.cast(graph.node('Unsqueeze', [mask, graph.integers([1, 2])]), 'bool');
  const seen = graph.node('And', [earlier, present]);
  return {
    ids,
    positions,
    batch,
    length,
    wanted,
    bias: graph.node('Where', [seen, graph.float(0), graph.float(LOWEST)]),
  };
}

/** Puts new keys or values (batch × heads × new tokens × each) behind those of before, and declares both. */
export function remember(
  { graph }: Building,
  layer: number,
  kind: 'key' | 'value',
  fresh: string,
  { heads, each }: CacheShape,
): string {
  const past = graph.input(`past_key_values.${layer}.${kind}`, 'float32', [
    'batch_size',
    heads,
    'past_sequence_length',
    each,
  ]);
  const all = graph.node('Concat', [past, fresh], { axis: 2 });
  graph.output(
    `present.${layer}.${kind}`,
    'float32',
    ['batch_size', heads, 'total_sequence_length', each],
    all,
  );
  return all;
}

/** Heads of an attention. */
interface AttendedShape {
  readonly heads: number;
  /** Heads of keys and values. */
  readonly shared: number;
  readonly each: number;
  /** What scores are multiplied with; follows from the width of a head unless told. */
  readonly scale?: number;
  /** Where scores end softly. */
  readonly cap?: number | null;
}

/**
 * Attention of `heads` queries that share `shared` keys and values; result as rows of tokens × (heads · each). All in batch × heads × tokens × each.
 */
export function attend(
  { graph }: Building,
  { batch, length, bias }: DecoderInputs,
  query: string,
  keys: string,
  values: string,
  { heads, shared, each, scale = each ** -0.5, cap = null }: AttendedShape,
): string {
  // Queries that share a key lie on an axis of their own, along which keys and values are repeated without a copy.
  const group = graph.node(
    'Concat',
    [batch, graph.integers([shared, heads / shared]), length, graph.integers([each])],
    {
      axis: 0,
    },
  );
  const grouped = graph.node('Reshape', [query, group]);
  const two = graph.integers([2]);
  const turned = graph.node('Unsqueeze', [graph.node('Transpose', [keys], { perm: [0, 1, 3, 2] }), two]);
  const product = graph.node('Mul', [graph.node('MatMul', [grouped, turned]), graph.float(scale)]);
  const scores = cap === null ? product : softCap(graph, product, cap);
  const biased = graph.node('Add', [scores, graph.node('Unsqueeze', [bias, two])]);
  const shares = graph.node('Softmax', [biased], { axis: -1 });
  const seen = graph.node('MatMul', [shares, graph.node('Unsqueeze', [values, two])]);
  const whole = graph.node('Concat', [batch, graph.integers([heads]), length, graph.integers([each])], {
    axis: 0,
  });
  const byToken = graph.node('Transpose', [graph.node('Reshape', [seen, whole])], { perm: [0, 2, 1, 3] });
  return graph.node('Reshape', [byToken, graph.integers([-1, heads * each])]);
}

/** Numbers that come to `cap` at most, more slowly the larger they are. */
function softCap(graph: GraphWriter, x: string, cap: number): string {
  return graph.node('Mul', [
    graph.node('Tanh', [graph.node('Div', [x, graph.float(cap)])]),
    graph.float(cap),
  ]);
}

/** Declares the logits of the last tokens: rows of tokens × width times the table of the vocabulary; they end softly at `cap`. */
export function logits(
  { graph }: Building,
  { batch, length, wanted }: DecoderInputs,
  rows: string,
  table: string,
  {
    width,
    vocabulary,
    cap = null,
  }: { readonly width: number; readonly vocabulary: number; readonly cap?: number | null },
): void {
  const shape = graph.node('Concat', [batch, length, graph.integers([width])], { axis: 0 });
  const start = graph.node('Unsqueeze', [graph.node('Neg', [wanted]), graph.integers([0])]);
  const end = graph.integers([Number.MAX_SAFE_INTEGER]);
  const last = graph.node('Slice', [graph.node('Reshape', [rows, shape]), start, end, graph.integers([1])]);
  const flat = graph.node('Reshape', [last, graph.integers([-1, width])]);
  const product = graph.node('Gemm', [flat, table], { transB: 1 });
  const scores = cap === null ? product : softCap(graph, product, cap);
  const kept = graph.node('Concat', [batch, graph.integers([-1, vocabulary])], { axis: 0 });
  graph.output(
    'logits',
    'float32',
    ['batch_size', 'num_logits', vocabulary],
    graph.node('Reshape', [scores, kept]),
  );
}
