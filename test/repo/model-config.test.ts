import { describe, expect, it } from 'vitest';
import { memoryRepo } from '../../src/repo/memory.js';
import {
  MAX_CONFIG_BYTES,
  MAX_JSON_DEPTH,
  nestsTooDeep,
  readModelConfig,
} from '../../src/repo/model-config.js';

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

describe('readModelConfig', () => {
  it.each<[string, string | null, unknown]>([
    ['a mapping', '{"a": 1}', { a: 1 }],
    ['a missing file', null, undefined],
    ['no JSON', '{', undefined],
    ['too deep', '['.repeat(1e6) + ']'.repeat(1e6), undefined],
    ['too large', `"${'a'.repeat(MAX_CONFIG_BYTES)}"`, undefined],
  ])('%s', async (_, text, expected) => {
    const repo = memoryRepo(text === null ? {} : { 'config.json': text });
    expect(await readModelConfig(repo, 'config.json')).toEqual(expected);
  });
});
