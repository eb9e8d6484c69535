import { describe, expect, it } from 'vitest';
import { label, preview } from '../../src/rules/preview.js';

describe('preview', () => {
  it('quotes, cuts and escapes strings', () => {
    expect(preview('MIT')).toBe('"MIT"');
    expect(preview('a\nb\tc\u001b[0m\u202e')).toBe('"a\\nb\\tc\\u001b[0m\\u202e"');
    expect(preview('x'.repeat(61))).toBe(`"${'x'.repeat(60)}…"`);
    expect(preview(`${'x'.repeat(59)}😀`)).toBe(`"${'x'.repeat(59)}…"`);
    expect(preview('日本語')).toBe('"日本語"');
  });

  it('names other values', () => {
    expect([null, 1, false, [], [1], {}, new Date('2024-01-31'), new Uint8Array(2)].map(preview)).toEqual([
      'null',
      '1',
      'false',
      'an empty list',
      'a list',
      'a mapping',
      'the date 2024-01-31',
      'binary data',
    ]);
  });
});

describe('label', () => {
  it('writes paths as the Hub does', () => {
    expect(label(['model-index', 0, 'results', 1, 'task'])).toBe('model-index[0].results[1].task');
    expect(label([])).toBe('value');
  });
});
