import { randomNumbers } from '../../random.js';
import { indexOfLargest } from '../numbers/numbers.js';

/** A token that a model could go on with. */
export interface Candidate {
  readonly id: number;
  /** Natural logarithm of its probability. */
  readonly logProbability: number;
}

/** How the next token is drawn; a temperature of 0 takes the most probable one. */
export interface Sampling {
  readonly temperature: number;
  /** Draws from this many tokens; null: from all. */
  readonly topK: number | null;
  /** Draws from the most probable tokens that together have this probability. */
  readonly topP: number | null;
  readonly seed: number;
}

/** As many are kept in order while scores are read; more are sorted afterwards. */
const FEW = 64;

/** The most probable tokens, the first one first; tokens that are ruled out (−∞) are left out. */
export function candidates(scores: ArrayLike<number>, count: number): readonly Candidate[] {
  if (count === 0) return [];
  const best = highest(scores, count);
  const total = logTotal(scores, scores[best[0] ?? 0] ?? 0);
  return best.flatMap((id) => {
    const logProbability = (scores[id] ?? Number.NEGATIVE_INFINITY) - total;
    return Number.isFinite(logProbability) ? [{ id, logProbability }] : [];
  });
}

/** Natural logarithm of the probability of a token, by the scores of all; null for one that is ruled out. */
export function logProbabilityOf(scores: ArrayLike<number>, id: number): number | null {
  const most = scores[highest(scores, 1)[0] ?? 0] ?? 0;
  const logProbability = (scores[id] ?? Number.NEGATIVE_INFINITY) - logTotal(scores, most);
  return Number.isFinite(logProbability) ? logProbability : null;
}

/** What logarithms of probabilities lie below scores; `most` is the highest score. */
function logTotal(scores: ArrayLike<number>, most: number): number {
  let sum = 0;
  for (let index = 0; index < scores.length; index++) {
    const power = Math.exp((scores[index] ?? Number.NEGATIVE_INFINITY) - most);
    if (!Number.isNaN(power)) sum += power;
  }
  return most + Math.log(sum);
}

/** The indices of the highest scores, at most `count`, falling; what is ruled out (−∞, NaN) is left out. */
export function highest(scores: ArrayLike<number>, count: number): readonly number[] {
  const at = (index: number) => scores[index] ?? Number.NEGATIVE_INFINITY;
  const best: number[] = [];
  if (count > FEW) {
    for (let index = 0; index < scores.length; index++)
      if (at(index) > Number.NEGATIVE_INFINITY) best.push(index);
    return best.sort((a, b) => at(b) - at(a) || a - b).slice(0, count);
  }
  // A vocabulary has up to 256,000 tokens: most are passed by with one comparison.
  let least = Number.NEGATIVE_INFINITY;
  for (let index = 0; index < scores.length; index++) {
    const score = at(index);
    if (!(score > least)) continue;
    let place = best.length;
    while (place > 0 && at(best[place - 1] ?? 0) < score) place--;
    best.splice(place, 0, index);
    if (best.length > count) best.pop();
    if (best.length === count) least = at(best.at(-1) ?? 0);
  }
  return best;
}

/** A function that draws a token each time it is given scores; the same seed draws the same tokens from the same scores. */
export function sampler({ temperature, topK, topP, seed }: Sampling): (scores: ArrayLike<number>) => number {
  if (temperature === 0) return indexOfLargest;
  const random = randomNumbers(seed);
  return (scores) => {
    const order = highest(scores, topK ?? scores.length);
    const most = scores[order[0] ?? 0] ?? 0;
    const powers = order.map((id) =>
      Math.exp(((scores[id] ?? Number.NEGATIVE_INFINITY) - most) / temperature),
    );
    const all = powers.reduce((sum, power) => sum + power, 0);
    let kept = 0;
    let count = 0;
    // The token that crosses the line is the last one that stays.
    for (const power of powers) {
      kept += power;
      count++;
      if (topP !== null && kept >= topP * all) break;
    }
    let left = random() * kept;
    for (const [index, id] of order.slice(0, count).entries()) {
      left -= powers[index] ?? 0;
      if (left <= 0) return id;
    }
    return order[Math.max(0, count - 1)] ?? 0;
  };
}

/**
 * Lowers the scores of tokens that were generated already, as OpenAI does it: by `frequency` for each time, and by `presence` once.
 * https://platform.openai.com/docs/api-reference/completions/create
 */
export function discourage(
  scores: Float32Array,
  generated: readonly number[],
  frequency: number,
  presence: number,
): void {
  if (frequency === 0 && presence === 0) return;
  for (const id of generated) if (id < scores.length) scores[id] = (scores[id] ?? 0) - frequency;
  for (const id of new Set(generated)) if (id < scores.length) scores[id] = (scores[id] ?? 0) - presence;
}

/** Rules out tokens with which the last ones would be a row of `size` that came already, as transformers does it; 0 rules out none. */
export function forbidRepeats(scores: Float32Array, ids: readonly number[], size: number): void {
  if (size === 0) return;
  const last = ids.slice(ids.length - size + 1);
  for (let start = 0; start + size <= ids.length; start++) {
    const next = ids[start + size - 1] ?? -1;
    if (next < scores.length && last.every((id, place) => id === ids[start + place])) {
      scores[next] = Number.NEGATIVE_INFINITY;
    }
  }
}

/** Lowers the scores of tokens that came already, as CTRL does it (https://arxiv.org/abs/1909.05858, section 4.1). */
export function penalize(scores: Float32Array, ids: readonly number[], penalty: number): void {
  if (penalty === 1) return;
  for (const id of new Set(ids)) {
    const score = scores[id];
    if (score !== undefined) scores[id] = score < 0 ? score * penalty : score / penalty;
  }
}
