/**
 * Latencies, counted in buckets whose bounds grow by a constant factor, as DDSketch does: two of them are merged by adding their counts, and every
 * percentile is right within `RELATIVE_ERROR`.
 */
export type Latencies = Map<number, number>;

/** How far a percentile may be from the true one. */
export const RELATIVE_ERROR = 0.05;

const GROWTH = (1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR);
/** Upper bound of the first bucket, in milliseconds. */
const FIRST_MS = 0.1;
/** The last bucket holds an hour, and whatever is longer. */
export const LAST_BUCKET = Math.ceil(Math.log(3_600_000 / FIRST_MS) / Math.log(GROWTH));

/** Counts a latency. */
export function count(latencies: Latencies, ms: number): void {
  const bucket = Math.ceil(Math.log(Math.max(ms, FIRST_MS) / FIRST_MS) / Math.log(GROWTH));
  const within = Math.min(Math.max(bucket, 0), LAST_BUCKET);
  latencies.set(within, (latencies.get(within) ?? 0) + 1);
}

/** Adds the counts of `more`. */
export function addLatencies(to: Latencies, more: Latencies): void {
  for (const [bucket, times] of more) to.set(bucket, (to.get(bucket) ?? 0) + times);
}

/** The latency that a share of all, such as 0.99, is not above, in milliseconds; null where nothing was counted. */
export function percentile(latencies: Latencies, share: number): number | null {
  const total = [...latencies.values()].reduce((sum, times) => sum + times, 0);
  if (total === 0) return null;
  const rank = Math.max(1, Math.ceil(share * total));
  let seen = 0;
  for (const [bucket, times] of [...latencies].sort(([a], [b]) => a - b)) {
    seen += times;
    // The value whose distance to both bounds is the same, relative to them.
    if (seen >= rank) return (FIRST_MS * 2 * GROWTH ** bucket) / (GROWTH + 1);
  }
  return null;
}
