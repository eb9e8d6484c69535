import { ServeError } from '../serve-error.js';

/** The time of a request that is answered by several inferences, one after the other: together they have as long as a single one. */
export interface RequestTime {
  /** What the next inference may take at most, in milliseconds. Throws `ServeError` 504 where nothing is left. */
  leftMs(): number;
  /** What of some time for all of them the next one may take, in seconds: an equal part of what is left. It may be nothing. */
  share(seconds: number): number;
  /** Counts what an inference took; nothing for an answer that was known. */
  spend(computeMs: number): void;
}

/** The time of a request of `count` inferences, none of which has run. Waiting for the model is not counted. */
export function requestTime(count: number, inferenceMs: number): RequestTime {
  let spentMs = 0;
  let left = count;
  return {
    leftMs() {
      if (spentMs < inferenceMs) return inferenceMs - spentMs;
      throw new ServeError(
        504,
        `The inputs took longer together than the ${inferenceMs / 1000} s of a request. Send fewer at a time, or start the server with a longer --timeout.`,
      );
    },
    share: (seconds) => Math.max(0, seconds - spentMs / 1000) / Math.max(1, left),
    spend(computeMs) {
      spentMs += computeMs;
      left--;
    },
  };
}
