import { attendByHead, byHead } from './heads.js';
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
