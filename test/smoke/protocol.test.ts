import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decode, encode, isMessage } from '../../src/smoke/protocol.js';

describe('messages between the processes', () => {
  it('keeps the numbers that JSON lacks', () => {
    const value = [Number.NaN, Number.POSITIVE_INFINITY, { a: Number.NEGATIVE_INFINITY, b: 1.5, c: null }];
    expect(decode(encode(value))).toEqual(value);
    expect(decode(encode([12n, 2n ** 60n]))).toEqual([12, '1152921504606846976']);
    expect(decode('{"$number":"constructor"}')).toEqual({ $number: 'constructor' });
  });

  it('keeps any JSON value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(decode(encode(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('takes nothing for a message that is none', () => {
    expect(isMessage({ type: 'loaded', loadMs: 5 })).toBe(true);
    expect(isMessage({ type: 'placement', nodes: null })).toBe(true);
    const check = { id: 'a', status: 'failed', message: 'b' };
    expect(isMessage({ type: 'check', check })).toBe(true);
    expect(isMessage({ type: 'check', check: { ...check, status: 'good' } })).toBe(false);
    expect(isMessage({ type: 'no-answer', role: 'case', index: 0, error: { name: 'a', message: 'b' } })).toBe(
      true,
    );
    for (const value of [
      null,
      1,
      'done',
      {},
      { type: 'loaded' },
      { type: 'loaded', loadMs: '5' },
      { type: 'answer', role: 'case', index: 0, latencyMs: 1, facts: null, tensors: [] },
      { type: 'answer', role: 'other', index: 0, latencyMs: 1, facts: {}, tensors: [] },
      { type: 'failed', stage: 'load', error: 'text' },
      { type: 'toString' },
    ]) {
      expect(isMessage(value)).toBe(false);
    }
  });
});
