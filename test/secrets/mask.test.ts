import { describe, expect, it } from 'vitest';
import { findSecrets } from '../../src/secrets/find.js';
import { maskDeep, masker, withoutSecrets } from '../../src/secrets/mask.js';
import { HF_TOKEN, PRIVATE_KEY } from './credentials.js';

describe('withoutSecrets', () => {
  it('keeps length, lines and everything else', () => {
    const text = `a ${HF_TOKEN}\r\n${PRIVATE_KEY}\nb`;
    const masked = withoutSecrets(text);
    expect(masked).toHaveLength(text.length);
    expect(masked.startsWith(`a hf_${'*'.repeat(34)}\r\n-----BEGIN`)).toBe(true);
    expect(masked.split('\n')).toHaveLength(text.split('\n').length);
    expect(masked.endsWith('-----\nb')).toBe(true);
    expect(findSecrets(masked)).toEqual([]);
  });

  it('gives back a text without any', () => {
    expect(withoutSecrets('nothing here')).toBe('nothing here');
  });
});

describe('masker', () => {
  const mask = masker(findSecrets(`${HF_TOKEN}\n${PRIVATE_KEY}`));

  it('hides a secret that is quoted whole, cut, twice, or line by line', () => {
    expect(mask(`"${HF_TOKEN}"`)).toBe(`"hf_${'*'.repeat(34)}"`);
    expect(mask(`"${HF_TOKEN.slice(0, 20)}…" and ${HF_TOKEN}`)).toBe(
      `"hf_${'*'.repeat(17)}…" and hf_${'*'.repeat(34)}`,
    );
    const [, first = '', second = ''] = PRIVATE_KEY.split('\n');
    expect(mask(`"${first}\\n${second.slice(0, 9)}…"`)).toBe(
      `"${'*'.repeat(first.length)}\\n${'*'.repeat(9)}…"`,
    );
  });

  it('leaves other text as it is', () => {
    expect(mask('hf_ is how they begin, hf_kV is too short')).toBe(
      'hf_ is how they begin, hf_kV is too short',
    );
  });
});

describe('maskDeep', () => {
  const mask = (text: string) => text.replaceAll('s3cret', '******');

  it('masks strings and keys at any depth and keeps all other values', () => {
    const bytes = new Uint8Array([1]);
    const date = new Date(0);
    const value = { a: ['s3cret', 1, null, true, { s3cret: 'x s3cret' }], bytes, date };
    expect(maskDeep<unknown>(value, mask)).toEqual({
      a: ['******', 1, null, true, { '******': 'x ******' }],
      bytes,
      date,
    });
  });

  it('copies what holds itself, and a key named __proto__ as a key', () => {
    const loop: unknown[] = ['s3cret'];
    loop.push(loop);
    const copy = maskDeep(loop, mask);
    expect(copy[0]).toBe('******');
    expect(copy[1]).toBe(copy);
    const own = maskDeep<unknown>(JSON.parse('{"__proto__": {"x": "s3cret"}}'), mask);
    expect(JSON.stringify(own)).toBe('{"__proto__":{"x":"******"}}');
  });
});
