import { addLatencies, bucketOf, type Latencies, noLatencies } from './latencies.js';

/** What is added up of a model over some time. */
export interface Counts {
  /** Inferences that were asked for. */
  readonly requests: number;
  /** Those that failed; not those that were told that the model loads, or whose client went away. */
  readonly errors: number;
  readonly cacheHits: number;
  /** Those that waited for the run of an equal one. */
  readonly sharedRuns: number;
  /** Tokens that were written. */
  readonly tokens: number;
  readonly loads: number;
}

/** The names of what is added up. */
export const COUNTS = [
  'requests',
  'errors',
  'cacheHits',
  'sharedRuns',
  'tokens',
  'loads',
] as const satisfies readonly (keyof Counts)[];

/** What is known of a model over some time. */
export type Figures = { -readonly [K in keyof Counts]: number } & {
  /** The most that its processes took. */
  memoryBytes: number;
  /** Of inferences that were answered well. */
  latencies: Latencies;
};

/** Nothing yet. */
export function noFigures(): Figures {
  return {
    requests: 0,
    errors: 0,
    cacheHits: 0,
    sharedRuns: 0,
    tokens: 0,
    loads: 0,
    memoryBytes: 0,
    latencies: null,
  };
}

/** Adds what is known of another time, or by another server: of memory the most of both. */
export function addFigures(to: Figures, more: Figures): void {
  for (const name of COUNTS) to[name] += more[name];
  to.memoryBytes = Math.max(to.memoryBytes, more.memoryBytes);
  to.latencies = addLatencies(to.latencies, more.latencies);
}

/** Counts the latency of an answer. */
export function countLatency(figures: Figures, ms: number): void {
  const latencies = figures.latencies ?? noLatencies();
  const bucket = bucketOf(ms);
  latencies[bucket] = (latencies[bucket] ?? 0) + 1;
  figures.latencies = latencies;
}
