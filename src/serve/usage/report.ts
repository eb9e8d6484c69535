import type { PooledModel } from '../model-pool.js';
import { type Book, cellAt, SPANS, type Span } from './book.js';
import { addFigures, type Counts, type Figures, noFigures } from './figures.js';
import { percentile, RELATIVE_ERROR } from './latencies.js';

/** What `GET /api/usage` answers. */
export interface UsageReport {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** How far percentiles may be from the true ones, as a share of them. */
  readonly relativeError: number;
  /** Whether the figures are kept when the server ends. */
  readonly kept: boolean;
  /** The model that the series are of; null for all together. */
  readonly model: string | null;
  readonly hour: SpanReport;
  readonly day: SpanReport;
  /** Models as they stand now. */
  readonly live: readonly PooledModel[];
}

/** The last hour or day. */
export interface SpanReport {
  readonly stepMs: number;
  /** When the first step begins, in milliseconds since 1970. The last step is not over yet. */
  readonly start: number;
  /** One for each step, the oldest first. */
  readonly steps: readonly Summary[];
  /** Every model that is served, over the whole span. */
  readonly models: readonly ModelReport[];
  /** Over the whole span: of `model`, or of all. */
  readonly total: Summary;
}

/** Figures of some time. Latencies are in milliseconds, of inferences that were answered well; null where there was none. */
export interface Summary extends Counts {
  readonly p50: number | null;
  readonly p90: number | null;
  readonly p99: number | null;
  /** The most that processes took; of several models the sum of that. */
  readonly memoryBytes: number;
}

/** Figures of a model. */
export interface ModelReport extends Summary {
  readonly id: string;
}

/**
 * What is known at `now` of the models of `names`, which gives by id the name that each is kept under; steps and totals are those of `model`,
 * or of all where that is null.
 */
export function usageReport(
  book: Book,
  names: ReadonlyMap<string, string>,
  model: string | null,
  { now, kept, live }: Pick<UsageReport, 'now' | 'kept' | 'live'>,
): UsageReport {
  const wanted = [...names].filter(([id]) => model === null || id === model).map(([, name]) => name);
  const of = (span: Span) => spanReport(book, span, names, wanted, now);
  return { now, relativeError: RELATIVE_ERROR, kept, model, hour: of('hour'), day: of('day'), live };
}

function spanReport(
  book: Book,
  span: Span,
  names: ReadonlyMap<string, string>,
  wanted: readonly string[],
  now: number,
): SpanReport {
  const { stepMs, cells } = SPANS[span];
  const start = cellAt(span, now) - (cells - 1) * stepMs;
  const sums = new Map([...names.values()].map((name) => [name, noFigures()]));
  const steps: Summary[] = [];
  for (let at = start; steps.length < cells; at += stepMs) {
    const models = book[span].get(at);
    for (const [name, figures] of models ?? []) {
      const sum = sums.get(name);
      if (sum !== undefined) addFigures(sum, figures);
    }
    steps.push(summary(wanted.flatMap((name) => models?.get(name) ?? [])));
  }
  const over = (name: string) => sums.get(name) ?? noFigures();
  return {
    stepMs,
    start,
    steps,
    models: [...names].map(([id, name]) => ({ id, ...summary([over(name)]) })),
    total: summary(wanted.map(over)),
  };
}

/** Figures of several models at one time, as one. */
function summary(several: readonly Figures[]): Summary {
  const sum = noFigures();
  for (const figures of several) addFigures(sum, figures);
  const { latencies, memoryBytes: _, ...counts } = sum;
  return {
    ...counts,
    p50: percentile(latencies, 0.5),
    p90: percentile(latencies, 0.9),
    p99: percentile(latencies, 0.99),
    memoryBytes: several.reduce((bytes, figures) => bytes + figures.memoryBytes, 0),
  };
}
