import { describe, expect, it } from 'vitest';
import { isMapping, own } from '../src/mapping.js';

const OTHERS = [null, undefined, [], ['a'], 'a', 1, new Date(0), new Uint8Array(1)];

describe('isMapping', () => {
  it('takes what a parser builds for a mapping, and nothing else', () => {
    expect([{}, { a: 1 }, Object.create(null)].every(isMapping)).toBe(true);
    expect(OTHERS.some(isMapping)).toBe(false);
  });
});

describe('own', () => {
  it('reads an own property of a mapping', () => {
    expect(own({ a: 1 }, 'a')).toBe(1);
    expect(own({ a: 1 }, 'b')).toBeUndefined();
    expect(own(JSON.parse('{"__proto__": 1}'), '__proto__')).toBe(1);
  });

  it('reads nothing from a prototype, and nothing of what is no mapping', () => {
    for (const name of ['constructor', 'toString', '__proto__']) expect(own({}, name)).toBeUndefined();
    for (const value of OTHERS) expect(own(value, 'length')).toBeUndefined();
  });
});
