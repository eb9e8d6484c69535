/** The index of the largest number, the first of several; 0 when there is none. NaN is never the largest. */
export function indexOfLargest(numbers: ArrayLike<number>): number {
  let best = 0;
  let most = Number.NEGATIVE_INFINITY;
  for (let index = 0; index < numbers.length; index++) {
    const number = numbers[index] ?? Number.NEGATIVE_INFINITY;
    if (number > most) {
      most = number;
      best = index;
    }
  }
  return best;
}

/** Smallest and largest of some numbers; NaN counts as neither. */
export function rangeOf(numbers: ArrayLike<number>): { readonly min: number; readonly max: number } {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (let at = 0; at < numbers.length; at++) {
    const value = numbers[at] ?? 0;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return { min, max };
}

/** How many numbers a tensor of these dimensions has; 1 when there are none. */
export function product(dims: readonly number[]): number {
  return dims.reduce((all, size) => all * size, 1);
}

/** Whether a value counts something that is there: a whole number above 0. */
export function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value > 0;
}

/** The cosine of the angle between two vectors; 1 when both are zero. */
export function cosine(a: readonly number[], b: readonly number[]): number {
  let dot = 0;
  let lengthA = 0;
  let lengthB = 0;
  for (const [index, value] of a.entries()) {
    const twin = b[index] ?? 0;
    dot += value * twin;
    lengthA += value * value;
    lengthB += twin * twin;
  }
  if (lengthA === 0 && lengthB === 0) return 1;
  return lengthA === 0 || lengthB === 0 ? 0 : dot / Math.sqrt(lengthA * lengthB);
}
