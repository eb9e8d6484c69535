import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { planGeneration, plansOfTexts } from '../../../src/tasks/generation/generation-plan.js';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** The time of each text, in milliseconds, where each takes so long. */
function times(parameters: { readonly max_time?: number }, took: readonly number[]): readonly unknown[] {
  const asked = { ...parameters, max_new_tokens: 9, num_return_sequences: took.length, seed: 5 };
  const model = { config: {}, generationConfig: {}, answers: false, startTokens: 1, positions: null };
  const found: unknown[] = [];
  for (const { maxMs, seed } of plansOfTexts(planGeneration(asked, model), asked)) {
    vi.advanceTimersByTime(took[found.length] ?? 0);
    found.push([maxMs, seed]);
  }
  return found;
}

describe('the texts of one inference', () => {
  it('share its time by what is left', () => {
    expect(times({ max_time: 9 }, [1000, 2000, 1])).toEqual([
      [3000, 5],
      [4000, 6],
      [6000, 7],
    ]);
  });

  it('have none left where it is used up', () => {
    expect(times({ max_time: 2 }, [5000, 1])).toEqual([
      [1000, 5],
      [0, 6],
    ]);
  });

  it('have as long as they need where nobody says', () => {
    expect(times({}, [1, 1])).toEqual([
      [null, 5],
      [null, 6],
    ]);
  });
});
