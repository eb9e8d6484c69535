import { describe, expect, it } from 'vitest';
import { checkVocabularySize } from '../../../src/onnx/checks/vocabulary.js';

const status = (tokenRows: number | null, config: unknown) =>
  checkVocabularySize({ tokenRows }, 'm.onnx', config).map((check) => check.status);

describe('vocabulary', () => {
  it('compares vocab_size with the rows of the embedding', () => {
    expect(status(100, { vocab_size: 100 })).toEqual(['passed']);
    expect(status(128, { vocab_size: 100 })).toEqual(['passed']);
    expect(status(99, { vocab_size: 100 })).toEqual(['warning']);
    expect(status(99, { text_config: { vocab_size: 100 } })).toEqual(['warning']);
    expect(status(99, { decoder: { vocab_size: 99 } })).toEqual(['passed']);
  });

  it('says nothing where either is unknown', () => {
    expect(status(null, { vocab_size: 100 })).toEqual([]);
    for (const config of [null, {}, { vocab_size: '100' }, []]) expect(status(5, config)).toEqual([]);
  });
});
