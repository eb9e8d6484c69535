/**
 * Latencies, counted in buckets whose bounds grow by a constant factor, as DDSketch does: two of them are merged by adding their counts, and every
 * percentile is right within `RELATIVE_ERROR`. Null where nothing was counted.
 */
export type Latencies = Uint32Array | null;

/** How far a percentile may be from the true one. */
export const RELATIVE_ERROR = 0.05;

const GROWTH = (1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR);
/** Upper bound of the first bucket, in milliseconds. */
const FIRST_MS = 0.1;
/** The last bucket holds an hour, and whatever is longer. */
export const LAST_BUCKET = Math.ceil(Math.log(3_600_000 / FIRST_MS) / Math.log(GROWTH));

/** Empty buckets. */
export function noLatencies(): Uint32Array {
  return new Uint32Array(LAST_BUCKET + 1);
}

/** The bucket of a latency. */
export function bucketOf(ms: number): number {
  const bucket = Math.ceil(Math.log(Math.max(ms, FIRST_MS) / FIRST_MS) / Math.log(GROWTH));
  return Math.min(Math.max(bucket, 0), LAST_BUCKET);
}

/** Adds the counts of `more` to those of `to`, which it may change; returns both together. */
export function addLatencies(to: Latencies, more: Latencies): Latencies {
  if (more === null) return to;
  if (to === null) return more.slice();
  for (let bucket = 0; bucket <= LAST_BUCKET; bucket++) {
    to[bucket] = (to[bucket] ?? 0) + (more[bucket] ?? 0);
  }
  return to;
}

/** The latency that a share of all, such as 0.99, is not above, in milliseconds; null where nothing was counted. */
export function percentile(latencies: Latencies, share: number): number | null {
  const total = latencies?.reduce((sum, times) => sum + times, 0) ?? 0;
  if (latencies === null || total === 0) return null;
  const rank = Math.max(1, Math.ceil(share * total));
  let seen = 0;
  const bucket = latencies.findIndex((times) => {
    seen += times;
    return seen >= rank;
  });
  // The value whose distance to both bounds is the same, relative to them.
  return (FIRST_MS * 2 * GROWTH ** bucket) / (GROWTH + 1);
}
