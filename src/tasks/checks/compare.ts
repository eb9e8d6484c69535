import { preview } from '../../preview.js';
import { cosine, indexOfLargest, rangeOf } from '../numbers/numbers.js';
import type { Comparison } from '../task.js';
import { percent, short } from './wording.js';

/** Scores that lie closer together than this may change places between variants, absolute. */
const TIE = 0.02;
/** How far a score may drift, absolute: int8 weights move softmax scores by a few hundredths. */
const SCORE_DRIFT = 0.15;
/** The least cosine of two embeddings of the same input. */
const LEAST_COSINE = 0.95;
/** How far values may drift, as a share of their range. */
const VALUE_DRIFT = 0.1;

type Rows = readonly (readonly (number | string)[])[];

/**
 * Compares scores of classes, a row for each input: the top class must be the same, unless it was a tie. `labels` are the names of
 * the classes, for the message.
 */
export function compareScores(full: Rows, other: Rows, labels: readonly (string | null)[] = []): Comparison {
  const shape = shapeFault(full, other);
  if (shape !== null) return shape;
  let drift = 0;
  let swapped: string | null = null;
  for (const [row, scores] of full.entries()) {
    const others = other[row] ?? [];
    drift = Math.max(drift, largestGap(scores, others));
    const top = indexOfLargest(scores.map(Number));
    const otherTop = indexOfLargest(others.map(Number));
    if (top !== otherTop && Number(scores[top]) - Number(scores[otherTop]) > TIE) {
      swapped ??= `${named(otherTop, labels)} comes first instead of ${named(top, labels)}`;
    }
  }
  if (swapped !== null)
    return { agrees: false, drift, seen: `${swapped}, and scores differ by up to ${short(drift)}` };
  return {
    agrees: drift <= SCORE_DRIFT,
    drift,
    seen: `the top class is the same, and scores differ by at most ${short(drift)}`,
  };
}

/** Compares embeddings, a row for each input, by the angle between them; `drift` is one minus the least cosine. */
export function compareEmbeddings(full: Rows, other: Rows): Comparison {
  const shape = shapeFault(full, other);
  if (shape !== null) return shape;
  const cosines = full.map((row, index) => cosine(row.map(Number), (other[index] ?? []).map(Number)));
  const least = Math.min(...cosines);
  return {
    agrees: least >= LEAST_COSINE,
    drift: 1 - least,
    seen: `the cosine of the embeddings is ${short(least)}${cosines.length > 1 ? ' at least' : ''}`,
  };
}

/** Compares numbers by how far they lie apart, as a share of the range of the exact ones (`range` when given). */
export function compareValues(full: Rows, other: Rows, range?: number): Comparison {
  const shape = shapeFault(full, other);
  if (shape !== null) return shape;
  const numbers = full.flat().map(Number);
  const { min, max } = rangeOf(numbers);
  const scale = range ?? Math.max(max - min, Math.abs(max), Math.abs(min), 1e-9);
  const gap = full.reduce((most, row, index) => Math.max(most, largestGap(row, other[index] ?? [])), 0);
  const drift = gap / scale;
  return {
    agrees: drift <= VALUE_DRIFT,
    drift,
    seen: `values differ by at most ${short(gap)}, which is ${percent(drift)} of their range`,
  };
}

/** Compares texts, or classes without scores. Other words do not make a variant wrong (`free`), no words do. */
export function compareTexts(full: readonly string[], other: readonly string[], free = false): Comparison {
  const empty = other.findIndex((text, index) => text.trim() === '' && (full[index] ?? '').trim() !== '');
  if (empty !== -1 || full.length !== other.length) {
    return { agrees: false, drift: null, seen: 'there is no text where there was one' };
  }
  const apart = full.filter((text, index) => text !== other[index]).length;
  if (apart === 0)
    return {
      agrees: true,
      drift: 0,
      seen: full.length === 1 ? 'the text is the same' : 'the texts are the same',
    };
  const [first = '', twin = ''] = [0, 1].map((side) => {
    const index = full.findIndex((text, at) => text !== other[at]);
    return side === 0 ? full[index] : other[index];
  });
  return { agrees: free, drift: null, seen: `${preview(twin)} instead of ${preview(first)}` };
}

function named(index: number, labels: readonly (string | null)[]): string {
  const label = labels[index];
  return label === undefined || label === null ? `class ${index}` : preview(label);
}

function shapeFault(full: Rows, other: Rows): Comparison | null {
  if (full.length === other.length && full.every((row, index) => row.length === other[index]?.length))
    return null;
  return { agrees: false, drift: null, seen: 'the answer has another shape' };
}

function largestGap(a: readonly (number | string)[], b: readonly (number | string)[]): number {
  return a.reduce((most: number, value, index) => {
    const twin = b[index];
    if (typeof value === 'number' && typeof twin === 'number') return Math.max(most, Math.abs(value - twin));
    return value === twin ? most : Number.POSITIVE_INFINITY;
  }, 0);
}
