import { describe, expect, it } from 'vitest';
import { siblingTask } from '../../src/serve/sibling-task.js';

const COMPARED = { source_sentence: 'a', sentences: ['b'] };

describe('the task of a request', () => {
  it.each([
    ['feature-extraction', { inputs: 'a' }, 'feature-extraction'],
    ['feature-extraction', { inputs: COMPARED }, 'sentence-similarity'],
    ['feature-extraction', COMPARED, 'sentence-similarity'],
    ['sentence-similarity', { inputs: COMPARED }, 'sentence-similarity'],
    ['sentence-similarity', COMPARED, 'sentence-similarity'],
    ['sentence-similarity', { inputs: ['a'] }, 'feature-extraction'],
    ['sentence-similarity', { inputs: 'a' }, 'feature-extraction'],
    ['sentence-similarity', { inputs: 5 }, 'sentence-similarity'],
    ['text-generation', { inputs: { text: 'Hello', past_user_inputs: [] } }, 'conversational'],
    ['text-generation', { inputs: 'Hello' }, 'text-generation'],
    ['text-generation', { text: 'Hello' }, 'text-generation'],
    ['text-classification', { inputs: COMPARED }, 'text-classification'],
  ])('to a model for %s with %j is %s', (task, request, expected) =>
    expect(siblingTask(task, request)).toBe(expected),
  );
});
