import { describe, expect, it } from 'vitest';
import { MAX_CONFIG_BYTES } from '../../src/repo/json-file.js';
import { memoryRepo } from '../../src/repo/memory.js';
import { readModelConfig } from '../../src/repo/model-config.js';

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
