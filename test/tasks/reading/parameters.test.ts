import { describe, expect, it } from 'vitest';
import {
  numberFrom,
  oneOf,
  readNamed,
  TEMPLATE,
  TEXT,
  TRUE_OR_FALSE,
  wholeNumber,
} from '../../../src/tasks/reading/parameters.js';

const FORMS = {
  top_k: wholeNumber(1),
  seed: wholeNumber(0, 9),
  threshold: numberFrom(0, 1),
  raw_scores: TRUE_OR_FALSE,
  name: TEXT,
  subtask: oneOf(['semantic', 'panoptic']),
  hypothesis_template: TEMPLATE,
};

describe('readNamed', () => {
  it('reads what is given, and leaves out null and what the task does not know', () => {
    const given = { top_k: 2, seed: null, threshold: 0.5, raw_scores: false, name: '', other: 1 };
    expect(readNamed(given, FORMS)).toEqual({
      ok: true,
      value: { top_k: 2, threshold: 0.5, raw_scores: false, name: '' },
    });
    expect(readNamed(undefined, FORMS)).toEqual({ ok: true, value: {} });
    expect(readNamed(null, FORMS)).toEqual({ ok: true, value: {} });
  });

  it('reads a parameter by another name, its own first', () => {
    const names = { top_k: 'top_n' };
    expect(readNamed({ top_n: 3 }, FORMS, names)).toEqual({ ok: true, value: { top_k: 3 } });
    expect(readNamed({ top_k: 2, top_n: 3 }, FORMS, names)).toEqual({ ok: true, value: { top_k: 2 } });
    expect(readNamed({ top_n: 'a' }, FORMS, names)).toMatchObject({ ok: false, fault: { path: ['top_n'] } });
  });

  it.each([
    ['top_k', 0, 'a whole number of at least 1'],
    ['top_k', 1.5, 'a whole number of at least 1'],
    ['seed', 10, 'a whole number from 0 to 9'],
    ['threshold', 1.1, 'a number from 0 to 1'],
    ['threshold', Number.NaN, 'a number from 0 to 1'],
    ['raw_scores', 'yes', 'true or false'],
    ['name', 1, 'a text'],
    ['subtask', 'toString', 'one of semantic, panoptic'],
    ['hypothesis_template', 'about', 'a text with {} where the label goes'],
  ])('says what %s must be, not %j', (name, value, must) => {
    expect(readNamed({ [name]: value }, FORMS)).toEqual({
      ok: false,
      fault: { path: [name], message: `${name} must be ${must}.` },
    });
  });

  it('says that parameters are a mapping', () => {
    expect(readNamed([1], FORMS)).toMatchObject({ ok: false, fault: { path: [] } });
  });
});
