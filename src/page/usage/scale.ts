/** Marks of an axis that begins at 0: round steps of 1, 2 or 5, at most `most` of them above 0, the last at or above the highest value. */
export function marks(highest: number, most = 4, whole = false): readonly number[] {
  const top = highest > 0 ? highest : 1;
  const least = (whole ? Math.max(top, 1) : top) / most;
  const power = 10 ** Math.floor(Math.log10(least));
  const step =
    [1, 2, 5, 10].map((times) => times * power).find((size) => size >= least * (1 - 1e-9)) ?? least;
  const size = whole ? Math.max(1, Math.ceil(step)) : step;
  const count = Math.max(1, Math.ceil(top / size - 1e-9));
  return Array.from({ length: count + 1 }, (_, index) => Number((index * size).toPrecision(12)));
}

/** An SVG path through points; it is broken where there is no value. */
export function linePath(points: readonly (readonly [number, number] | null)[]): string {
  let path = '';
  let pen = 'M';
  for (const [index, point] of points.entries()) {
    if (point === null) {
      pen = 'M';
      continue;
    }
    path += `${pen}${rounded(point[0])} ${rounded(point[1])}`;
    // A point alone is a dot: a line of no length with round ends.
    if (pen === 'M' && (points[index + 1] ?? null) === null) path += 'h0';
    pen = 'L';
  }
  return path;
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}
