import type { TensorFault } from '../architectures/refusal.js';

/** What the heads of weight files show to be wrong, beside config.json; nothing is loaded for it. Paths are repository-relative. */
export type WeightFault =
  /** A Git LFS pointer lies in the place of the file; `size` in bytes is that of the file it stands for. `served`: the Hub serves it so. */
  | {
      readonly kind: 'pointer';
      readonly path: string;
      readonly size: number | null;
      readonly served: boolean;
    }
  /** The file cannot be read; `reason` is one sentence or two, with the remedy. */
  | { readonly kind: 'broken'; readonly path: string; readonly reason: string }
  /** An index names files that are not there. */
  | { readonly kind: 'shard-missing'; readonly path: string; readonly shards: readonly string[] }
  /** An index says of tensors that they are in other files than those that they are loaded from. */
  | { readonly kind: 'misplaced'; readonly path: string; readonly tensors: readonly Misplaced[] }
  | TensorsFault;

/** A tensor that is not where its index says. */
export interface Misplaced {
  readonly tensor: string;
  /** The file that the index names, and the one that it is loaded from. */
  readonly told: string;
  readonly held: string;
}

/** What does not fit between the tensors of the model and the class that config.json names. */
export type TensorsFault = {
  /** The file with the weights, or the index of its shards. */
  readonly path: string;
  readonly className: string;
} & (
  | Exclude<TensorFault, { kind: 'missing' | 'unused' }>
  | {
      readonly kind: 'missing';
      readonly tensors: readonly string[];
      /** False where others may be missing too. */
      readonly whole: boolean;
      readonly layers?: Layers;
      /** What the names of tensors in the file begin with, where they would be right without it. */
      readonly prefix?: string;
    }
  | { readonly kind: 'unused'; readonly tensors: readonly string[]; readonly layers?: Layers }
);

/** Layers that are missing, or too many: how many the files hold, and how many config.json tells of. */
export interface Layers {
  readonly held: number;
  readonly told: number;
}
