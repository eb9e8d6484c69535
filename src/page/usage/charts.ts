import type { SpanReport, Summary } from '../../serve/usage/report.js';
import { msInWords, numberInWords } from './wording.js';

/** Values over time that are drawn as one. */
export interface Series {
  readonly name: string;
  /** Which of the colours it has: a class of usage.css. */
  readonly look: string;
  /** One for each step; null where there is none. */
  readonly values: readonly (number | null)[];
}

/** A chart, and the table behind it. */
export interface ChartData {
  readonly title: string;
  /** What a value is counted per, or what it is. */
  readonly unit: string;
  /** Bars of the series stand on each other; lines stand for themselves. */
  readonly kind: 'bars' | 'lines';
  /** Whether values are whole numbers. */
  readonly whole: boolean;
  readonly series: readonly Series[];
  readonly inWords: (value: number) => string;
}

/** As memory is counted. */
const UNITS = [
  { unit: 'MB', bytes: 1024 ** 2, whole: true },
  { unit: 'GB', bytes: 1024 ** 3, whole: false },
] as const;

/** The memory of each step, in the unit in which its numbers are short. */
function memoryChart(bytes: readonly (number | null)[], per: string): ChartData {
  const most = Math.max(...bytes.map((one) => one ?? 0));
  const { unit, bytes: size, whole } = UNITS[most < 1000 * UNITS[0].bytes ? 0 : 1];
  return {
    title: 'Memory of loaded models',
    unit: per,
    kind: 'bars',
    whole,
    inWords: (value) => `${Number(value.toFixed(whole ? 0 : 1))} ${unit}`,
    series: [{ name: 'Memory', look: 'c4', values: bytes.map((one) => (one === null ? null : one / size)) }],
  };
}

/** The charts of a span. */
export function chartsOf({ steps, stepMs }: SpanReport): readonly ChartData[] {
  const per = stepMs === 60_000 ? 'per minute' : `per ${stepMs / 60_000} minutes`;
  const values = (of: (step: Summary) => number | null) => steps.map(of);
  const counts = { kind: 'bars', whole: true, unit: per, inWords: numberInWords } as const;
  return [
    {
      ...counts,
      title: 'Requests',
      series: [
        { name: 'Answered', look: 'c0', values: values(({ requests, errors }) => requests - errors) },
        { name: 'Failed', look: 'bad', values: values(({ errors }) => errors) },
      ],
    },
    {
      title: 'Latency',
      unit: 'of answers, from head to end',
      kind: 'lines',
      whole: false,
      inWords: msInWords,
      series: [
        { name: 'p50', look: 'c0', values: values(({ p50 }) => p50) },
        { name: 'p90', look: 'c2 dashed', values: values(({ p90 }) => p90) },
        { name: 'p99', look: 'c1 dotted', values: values(({ p99 }) => p99) },
      ],
    },
    {
      ...counts,
      title: 'Answers that were not computed anew',
      series: [
        { name: 'From the cache', look: 'c2', values: values(({ cacheHits }) => cacheHits) },
        { name: 'Shared with an equal request', look: 'c3', values: values(({ sharedRuns }) => sharedRuns) },
      ],
    },
    {
      ...counts,
      title: 'Tokens written',
      series: [{ name: 'Tokens', look: 'c5', values: values(({ tokens }) => tokens) }],
    },
    memoryChart(
      values(({ memoryBytes }) => memoryBytes),
      `most in each ${stepMs === 60_000 ? 'minute' : 'step'}`,
    ),
    {
      ...counts,
      title: 'Loads of models',
      series: [{ name: 'Loads', look: 'c3', values: values(({ loads }) => loads) }],
    },
  ];
}
