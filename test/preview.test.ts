import { describe, expect, it } from 'vitest';
import { lintCard } from '../src/lint.js';
import { label, preview } from '../src/preview.js';
import { HF_TOKEN } from './secrets/credentials.js';

describe('preview', () => {
  it('quotes, cuts and escapes strings', () => {
    expect(preview('MIT')).toBe('"MIT"');
    expect(preview('a\nb\tc\u001b[0m\u202e')).toBe('"a\\nb\\tc\\u001b[0m\\u202e"');
    expect(preview('x'.repeat(61))).toBe(`"${'x'.repeat(60)}…"`);
    expect(preview(`${'x'.repeat(59)}😀`)).toBe(`"${'x'.repeat(59)}…"`);
    expect(preview('日本語')).toBe('"日本語"');
  });

  it('shows no credential, as no file may hold it as it is read', () => {
    const stars = `hf_${'*'.repeat(34)}`;
    expect(preview(HF_TOKEN)).toBe(`"${stars}"`);
    expect(preview(`${'word '.repeat(9)}${HF_TOKEN}`)).toBe(`"${'word '.repeat(9)}hf_${'*'.repeat(12)}…"`);
    const found = lintCard(`---\nlicense: "hf\\x5f${HF_TOKEN.slice(3)}"\n---\n# A\nText.\n`);
    expect(found.map(({ rule }) => rule)).toContain('license-unknown');
    expect(JSON.stringify(found)).not.toContain(HF_TOKEN.slice(3, 12));
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
