import { describe, expect, it } from 'vitest';
import { MAX_CONFIG_BYTES, MAX_JSON_DEPTH, nestsTooDeep, readJsonFile } from '../../src/repo/json-file.js';
import { memoryRepo } from '../../src/repo/memory.js';

describe('nestsTooDeep', () => {
  it.each([
    ['{"a": [1, {"b": []}]}', false],
    [`${'['.repeat(MAX_JSON_DEPTH)}${']'.repeat(MAX_JSON_DEPTH)}`, false],
    [`${'['.repeat(MAX_JSON_DEPTH + 1)}${']'.repeat(MAX_JSON_DEPTH + 1)}`, true],
    [`"${'['.repeat(1000)}"`, false],
    [`"\\"${'{'.repeat(1000)}\\\\"`, false],
    [`"\\\\",${'{'.repeat(1000)}`, true],
    ['[],'.repeat(10_000), false],
    ['', false],
  ])('%.30s… is %s', (json, expected) => {
    expect(nestsTooDeep(json)).toBe(expected);
  });
});

describe('readJsonFile', () => {
  it.each<[string, string | Uint8Array, unknown]>([
    ['a value', '[1]', { kind: 'value', value: [1] }],
    ['a byte-order mark', '\uFEFF{"a": 1}', { kind: 'value', value: { a: 1 } }],
    [
      'no JSON',
      '{',
      { kind: 'syntax', text: '{', fault: { reason: 'it ends too soon', span: { start: 1, end: 1 } } },
    ],
    [
      'a pointer',
      'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n',
      { kind: 'lfs-pointer' },
    ],
    ['no text', new Uint8Array([0x7b, 0xff, 0x7d]), { kind: 'not-text' }],
    ['too deep', '['.repeat(1e6) + ']'.repeat(1e6), { kind: 'too-deep' }],
    ['too large', `"${'a'.repeat(MAX_CONFIG_BYTES)}"`, { kind: 'too-large' }],
  ])('%s', async (_, content, expected) => {
    expect(await readJsonFile(memoryRepo({ 'config.json': content }), 'config.json')).toEqual(expected);
  });

  it('is null without a file', async () => {
    expect(await readJsonFile(memoryRepo({}), 'config.json')).toBeNull();
  });
});
