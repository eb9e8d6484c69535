import { describe, expect, it } from 'vitest';
import { parseHubId, parseHubTarget } from '../../src/repo/hub-target.js';

describe('parseHubId', () => {
  it.each([
    ['org/name', { id: 'org/name', revision: 'main' }],
    ['org/name@refs/pr/1', { id: 'org/name', revision: 'refs/pr/1' }],
    ['name', null],
    ['/etc/passwd', null],
    ['./a', null],
    ['a/b/c', null],
    ['org/na me', null],
    ['-x/name', null],
    ['org/name@a..b', null],
  ])('%j', (text, expected) => {
    expect(parseHubId(text)).toEqual(expected);
  });
});

describe('parseHubTarget', () => {
  it.each([
    ['https://huggingface.co/org/name', 'org/name', 'main'],
    ['https://huggingface.co/org/name/', 'org/name', 'main'],
    ['http://www.huggingface.co/org/name?library=x#usage', 'org/name', 'main'],
    ['hf.co/org/name', 'org/name', 'main'],
    ['huggingface.co/org/name/tree/v1.0', 'org/name', 'v1.0'],
    ['https://huggingface.co/org/name/blob/main/README.md', 'org/name', 'main'],
    ['https://huggingface.co/org/name/tree/refs%2Fpr%2F12', 'org/name', 'refs/pr/12'],
    ['https://huggingface.co/org/name/tree/refs/pr/12/onnx', 'org/name', 'refs/pr/12'],
    ['https://hub.example/org/name/tree/v2/onnx', 'org/name', 'v2'],
    ['org/name@v1', 'org/name', 'v1'],
  ])('%s is a model', (target, id, revision) => {
    expect(parseHubTarget(target, 'https://hub.example')).toEqual({ id, revision });
  });

  it.each([
    ['datasets/org/data', /is a dataset, not a model/],
    ['spaces/org/app', /is a Space, not a model/],
    ['https://huggingface.co/datasets/org/data/tree/main', /is a dataset/],
    ['https://hf.co/spaces/org/app', /is a Space/],
    ['buckets/org/files', /is a bucket/],
    ['https://huggingface.co/org', /that of no model/],
    ['https://huggingface.co/org/name/discussions/3', /that of no model/],
    ['https://huggingface.co/org/../etc', /that of no model/],
    ['https://huggingface.co/org/name/tree/%00', /that of no model/],
    ['https://example.com/org/name', /none of the Hub/],
    ['git+ssh://example.com/org/name', /none of the Hub/],
  ])('%s is refused', (target, words) => {
    expect(() => parseHubTarget(target)).toThrow(words);
  });

  it.each(['name', 'a/b/c', 'models/a b', 'C:/models/x'])('%s is no target there', (target) => {
    expect(parseHubTarget(target)).toBeNull();
  });
});
