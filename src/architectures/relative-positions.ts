import { Unsupported } from './refusal.js';

/** How distances are put into buckets. */
export interface Buckets {
  readonly buckets: number;
  /** From which distance on all share a bucket. */
  readonly farthest: number;
  /** Whether tokens behind have buckets, too. */
  readonly both: boolean;
}

/** The bucket of each distance from `1 - positions` to `positions - 1`. Throws `Unsupported` for buckets that cannot be shared out. */
export function bucketTable(positions: number, options: Buckets): readonly number[] {
  const { buckets, farthest, both } = options;
  const exact = buckets / (both ? 4 : 2);
  if (!Number.isInteger(exact) || farthest <= exact) {
    throw new Unsupported(`it has ${buckets} buckets for relative positions up to ${farthest}`);
  }
  return Array.from({ length: 2 * positions - 1 }, (_, index) => bucketOf(index - (positions - 1), options));
}

/**
 * The bucket of a distance, from a token to one that it sees (`T5Attention._relative_position_bucket`, which MPNet has too), in the
 * arithmetic of float32 that PyTorch uses.
 */
function bucketOf(distance: number, { buckets, farthest, both }: Buckets): number {
  const { fround, log } = Math;
  const count = both ? buckets / 2 : buckets;
  const exact = count / 2;
  const start = both && distance > 0 ? count : 0;
  const away = both ? Math.abs(distance) : Math.max(-distance, 0);
  if (away < exact) return start + away;
  const share = fround(fround(log(fround(away / exact))) / fround(log(farthest / exact)));
  return start + Math.min(exact + Math.trunc(fround(share * (count - exact))), count - 1);
}
