import { attendByHead, byHead } from './heads.js';
import { type Building, LOWEST, sizeOfAxis } from './layers.js';

/** A batch of texts or pictures, as rows of tokens one behind the other. */
export interface Batch {
  /** How many there are, and tokens in each, as lists of one number. */
  readonly batch: string;
  readonly length: string;
  /** Added to the scores of attention; null where every token sees every other. */
  readonly bias: string | null;
}

/** What an encoder of texts is given: ids and mask, batch × tokens, and how many there are. */
export interface TextInputs extends Pick<Batch, 'batch' | 'length'> {
  readonly ids: string;
  readonly mask: string;
}

/** Declares the inputs of an encoder of texts, as transformers.js feeds them; `axis` is the name of their length. */
export function textInputs(building: Building, axis = 'sequence_length'): TextInputs {
  const { graph } = building;
  const ids = graph.input('input_ids', 'int64', ['batch_size', axis]);
  const mask = graph.input('attention_mask', 'int64', ['batch_size', axis]);
  return { ids, mask, batch: sizeOfAxis(building, ids, 0), length: sizeOfAxis(building, ids, 1) };
}

/** Nothing for tokens, the lowest number for padding; batch × 1 × 1 × tokens. */
export function paddingBias({ graph }: Building, mask: string): string {
  const hidden = graph.node('Sub', [graph.float(1), graph.cast(mask, 'float32')]);
  return graph.node('Unsqueeze', [graph.node('Mul', [hidden, graph.float(LOWEST)]), graph.integers([1, 2])]);
}

/** Rows of tokens × `width` as batch × tokens × `width`. */
export function byText(
  { graph }: Building,
  { batch, length }: Pick<Batch, 'batch' | 'length'>,
  rows: string,
  width: number,
): string {
  const shape = graph.node('Concat', [batch, length, graph.integers([width])], { axis: 0 });
  return graph.node('Reshape', [rows, shape]);
}

/** Rows of tokens × width that a token asks with, is found by, and hands over. */
export interface Projected {
  readonly query: string;
  readonly key: string;
  readonly value: string;
}

/** Attention of every token at every other of its batch item; rows of tokens × width in and out. */
export function attendAll(
  building: Building,
  all: Batch,
  { query, key, value }: Projected,
  { width, heads }: { readonly width: number; readonly heads: number },
): string {
  const each = width / heads;
  const split = (rows: string) => byHead(building, all, rows, heads, each);
  const projected = { query: split(query), key: split(key), value: split(value) };
  return attendByHead(building, projected, all.bias, { heads, each, scale: each ** -0.5 });
}
