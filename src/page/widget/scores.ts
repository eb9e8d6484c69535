/** A score: three digits behind the point; nothing where there is none. */
export function fixed(score: number | null): string {
  return score === null || !Number.isFinite(score) ? '' : score.toFixed(3);
}

/** A number for people: three digits behind the point, or three in all where it is large or small. */
export function scoreText(score: number | null): string {
  if (score === null) return '';
  return Math.abs(score) >= 1000 || (score !== 0 && Math.abs(score) < 0.001)
    ? score.toPrecision(3)
    : String(Number(score.toFixed(3)));
}
