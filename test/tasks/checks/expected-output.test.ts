import { describe, expect, it } from 'vitest';
import {
  agreesWithCard,
  contradictionSeen,
  otherAnswer,
  sameAnswer,
  statedAnswer,
} from '../../../src/tasks/checks/expected-output.js';

describe('contradictionSeen', () => {
  it('is what was seen, without what to do', () => {
    const check = otherAnswer('v1.0 of a', 'b', 'look again');
    expect(check.message).toBe(
      'The card’s example says "v1.0 of a", the model says "b". Correct the `output` in the card, or look again.',
    );
    expect(contradictionSeen(check)).toBe('The card’s example says "v1.0 of a", the model says "b".');
  });

  it('is nothing for other checks', () => {
    expect(contradictionSeen(agreesWithCard('The same.'))).toBeNull();
    expect(
      contradictionSeen({ id: 'boxes', status: 'failed', message: 'No boxes. Export again.' }),
    ).toBeNull();
  });
});

it('reads the first answer that a card shows', () => {
  const first = { answer: 'a', score: 0.5, start: 3 };
  expect(statedAnswer([first, { answer: 'b' }])).toEqual(first);
  expect(statedAnswer({ answer: 'a' })).toEqual({ answer: 'a', score: null, start: null });
  expect(statedAnswer([])).toBeNull();
  expect(statedAnswer({ answer: 1 })).toBeNull();
});

it('takes answers for the same whatever their case and spaces', () => {
  expect(sameAnswer('New  York', 'new york')).toBe(true);
  expect(sameAnswer('New York', 'New Yorks')).toBe(false);
});
