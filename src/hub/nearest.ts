/** Longer words are nobody's typing error. */
const MAX_LENGTH = 60;

/**
 * The candidate that was probably meant (did-you-mean), or undefined. Case, and spaces or underscores instead of
 * hyphens, count as equal; beyond that one edit is allowed in words of up to five characters, two in longer ones
 * (insertion, deletion, replacement, or two neighbours swapped), and never more than `most`. Of two that are equally near
 * neither is chosen.
 */
export function nearest(word: string, candidates: Iterable<string>, most = 2): string | undefined {
  if (word.length > MAX_LENGTH) return undefined;
  const wanted = plain(word);
  if (wanted === '') return undefined;
  const limit = Math.min(most, wanted.length < 3 ? 0 : wanted.length <= 5 ? 1 : 2);
  let best: string | undefined;
  let bestDistance = limit + 1;
  let tie = false;
  for (const candidate of candidates) {
    const other = plain(candidate);
    const reach = Math.min(bestDistance, limit);
    if (Math.abs(other.length - wanted.length) > reach) continue;
    const distance = editDistance(wanted, other, reach);
    if (distance > reach) continue;
    tie = distance === bestDistance;
    best = candidate;
    bestDistance = distance;
    if (distance === 0) break;
  }
  return tie ? undefined : best;
}

/** `Did you mean X? `, for a sentence to follow; empty where nothing was meant. */
export function didYouMean(meant: string | undefined): string {
  return meant === undefined ? '' : `Did you mean ${meant}? `;
}

function plain(word: string): string {
  return word
    .trim()
    .toLowerCase()
    .replace(/[\s_]+/g, '-');
}

/** Optimal string alignment distance; gives up (returns limit + 1) once every path costs more than `limit`. */
function editDistance(a: string, b: string, limit: number): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    let smallest = i;
    for (let j = 1; j <= b.length; j++) {
      const equal = a.charCodeAt(i - 1) === b.charCodeAt(j - 1);
      let cost = Math.min(at(last, j) + 1, at(row, j - 1) + 1, at(last, j - 1) + (equal ? 0 : 1));
      const swapped =
        i > 1 &&
        j > 1 &&
        a.charCodeAt(i - 1) === b.charCodeAt(j - 2) &&
        a.charCodeAt(i - 2) === b.charCodeAt(j - 1);
      if (swapped) cost = Math.min(cost, at(beforeLast, j - 2) + 1);
      row.push(cost);
      if (cost < smallest) smallest = cost;
    }
    if (smallest > limit) return limit + 1;
    beforeLast = last;
    last = row;
  }
  return at(last, b.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY;
}
