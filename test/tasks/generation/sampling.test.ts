import { describe, expect, it } from 'vitest';
import {
  candidates,
  discourage,
  forbidRepeats,
  highest,
  logProbabilityOf,
  penalize,
  sampler,
} from '../../../src/tasks/generation/sampling.js';

const SCORES = [1, 3, 2, Number.NEGATIVE_INFINITY, 0];

describe('candidates', () => {
  it('gives the best tokens with their log-probabilities', () => {
    const found = candidates(SCORES, 3);
    expect(found.map(({ id }) => id)).toEqual([1, 2, 0]);
    const sum = Math.log(Math.exp(1) + Math.exp(3) + Math.exp(2) + 1);
    expect(found[0]?.logProbability).toBeCloseTo(3 - sum, 6);
    expect(
      candidates(SCORES, 9).reduce((all, { logProbability }) => all + Math.exp(logProbability), 0),
    ).toBeCloseTo(1, 6);
  });

  it('leaves out what is ruled out or not a number', () => {
    expect(candidates(SCORES, 9).map(({ id }) => id)).toEqual([1, 2, 0, 4]);
    expect(candidates([Number.NaN, Number.NaN], 2)).toEqual([]);
    expect(candidates([], 2)).toEqual([]);
  });

  it('finds the same among many as among few', () => {
    const many = Array.from({ length: 5000 }, (_, index) => (Math.sin(index * 12.9898) * 43_758.5453) % 10);
    const best = candidates(many, 200).map(({ id }) => id);
    expect(candidates(many, 20).map(({ id }) => id)).toEqual(best.slice(0, 20));
  });
});

describe('sampler', () => {
  const draws = (options: Partial<Parameters<typeof sampler>[0]>, count = 200) => {
    const draw = sampler({ temperature: 1, topK: null, topP: null, seed: 0, ...options });
    return Array.from({ length: count }, () => draw(SCORES));
  };

  it('takes the best token at temperature 0', () => {
    expect(new Set(draws({ temperature: 0 }))).toEqual(new Set([1]));
  });

  it('draws the same for the same seed, and something else for another', () => {
    expect(draws({ seed: 4 })).toEqual(draws({ seed: 4 }));
    expect(draws({ seed: 4 })).not.toEqual(draws({ seed: 5 }));
  });

  it('never draws what is ruled out, and draws all else', () => {
    expect(new Set(draws({ temperature: 5 }, 500))).toEqual(new Set([0, 1, 2, 4]));
  });

  it('keeps to top_k and top_p', () => {
    expect(new Set(draws({ topK: 2, temperature: 5 }))).toEqual(new Set([1, 2]));
    expect(new Set(draws({ topP: 0.5 }))).toEqual(new Set([1]));
    expect(new Set(draws({ topP: 0.8 }))).toEqual(new Set([1, 2]));
  });

  it('draws about as often as the probabilities say', () => {
    const ones = draws({}, 4000).filter((id) => id === 1).length / 4000;
    expect(ones).toBeGreaterThan(0.6);
    expect(ones).toBeLessThan(0.69);
  });
});

describe('penalize', () => {
  it('lowers positive and negative scores of tokens that came, each once', () => {
    const scores = Float32Array.from([2, -2, 2]);
    penalize(scores, [0, 0, 1, 9], 2);
    expect([...scores]).toEqual([1, -4, 2]);
  });
});

describe('highest', () => {
  it('gives the places of the highest scores, whatever is ruled out among them', () => {
    expect(highest([1, 3, Number.NaN, 3, Number.NEGATIVE_INFINITY], 10)).toEqual([1, 3, 0]);
    expect(highest(SCORES, 2)).toEqual([1, 2]);
  });

  it('gives the same for few and for many', () => {
    const scores = Array.from({ length: 300 }, (_, index) => (index * 37) % 101);
    expect(highest(scores, 100).slice(0, 50)).toEqual(highest(scores, 50));
  });
});

describe('discourage', () => {
  it('lowers scores for each time that a token came, and once', () => {
    const scores = Float32Array.from([5, 5, 5, 5]);
    discourage(scores, [1, 1, 3], 0.5, 0.25);
    expect([...scores]).toEqual([5, 3.75, 5, 4.25]);
  });
});

describe('forbidRepeats', () => {
  const ruledOut = (ids: readonly number[], size: number) => {
    const scores = new Float32Array(6);
    forbidRepeats(scores, ids, size);
    return [...scores].flatMap((score, id) => (score === Number.NEGATIVE_INFINITY ? [id] : []));
  };

  it('rules out what would make a row of tokens come again', () => {
    expect(ruledOut([1, 2, 3, 1, 2, 4, 1, 2], 3)).toEqual([3, 4]);
    expect(ruledOut([1, 2, 3, 1, 2], 4)).toEqual([]);
    expect(ruledOut([1, 2], 1)).toEqual([1, 2]);
    expect(ruledOut([1, 1], 0)).toEqual([]);
    expect(ruledOut([1], 3)).toEqual([]);
  });
});

describe('logProbabilityOf', () => {
  it('is that of the token among all; null where it is ruled out', () => {
    expect(logProbabilityOf([0, Math.log(3)], 1)).toBeCloseTo(Math.log(3 / 4), 6);
    expect(logProbabilityOf([1000, 1000], 0)).toBeCloseTo(Math.log(1 / 2), 6);
    expect(logProbabilityOf([0, Number.NEGATIVE_INFINITY], 1)).toBeNull();
    expect(logProbabilityOf([0], 5)).toBeNull();
  });
});
