/** How distances are put into buckets. */
export interface Buckets {
  readonly buckets: number;
  /** From which distance on all share a bucket. */
  readonly farthest: number;
  /** Whether tokens behind have buckets, too. */
  readonly both: boolean;
}

/**
 * The bucket of a distance, from a token to one that it sees (`T5Attention._relative_position_bucket`, which MPNet has too), in the
 * arithmetic of float32 that PyTorch uses.
 */
export function positionBucket(distance: number, { buckets, farthest, both }: Buckets): number {
  const { fround, log } = Math;
  const count = both ? buckets / 2 : buckets;
  const exact = count / 2;
  const start = both && distance > 0 ? count : 0;
  const away = both ? Math.abs(distance) : Math.max(-distance, 0);
  if (away < exact) return start + away;
  const share = fround(fround(log(fround(away / exact))) / fround(log(farthest / exact)));
  return start + Math.min(exact + Math.trunc(fround(share * (count - exact))), count - 1);
}
