import { describe, expect, it } from 'vitest';
import type { Diagnostic } from '../../src/diagnostic.js';
import {
  baselineText,
  compareWithBaseline,
  parseBaseline,
  updatedBaseline,
} from '../../src/silence/baseline.js';

function finding(path: string, message = 'Wrong.', file = 'README.md'): Diagnostic {
  return { rule: 'some-rule', severity: 'warning', hub: null, message, file, path, help: '' };
}

describe('a baseline', () => {
  it('knows what it was written from, wherever it stands in a list', () => {
    const baseline = updatedBaseline([], [finding('/tags/0'), finding('/tags/7/x/2')], '.');
    expect(baseline.map(({ path }) => path)).toEqual(['/tags/*', '/tags/*/x/*']);
    const moved = [finding('/tags/3'), finding('/tags/0/x/0')];
    expect(compareWithBaseline(moved, baseline, '.')).toMatchObject({ diagnostics: [], gone: [] });
  });

  it('counts: one more of the same kind is new', () => {
    const baseline = updatedBaseline([], [finding('/a/0'), finding('/a/1')], '.');
    const now = [finding('/a/0'), finding('/a/1'), finding('/a/2')];
    const { diagnostics, silenced } = compareWithBaseline(now, baseline, '.');
    expect(diagnostics).toEqual([finding('/a/2')]);
    expect(silenced.map(({ silencedBy }) => silencedBy)).toEqual(['baseline', 'baseline']);
  });

  it('says what is gone, and how often', () => {
    const baseline = updatedBaseline([], [finding('/a/0'), finding('/a/1'), finding('', 'Other.')], '.');
    const { gone } = compareWithBaseline([finding('/a/0')], baseline, '.');
    expect(gone.map(({ message, count }) => [message, count])).toEqual([
      ['Other.', 1],
      ['Wrong.', 1],
    ]);
  });

  it('holds several repositories, each for itself', () => {
    const one = updatedBaseline([], [finding('/a')], 'models/one');
    const both = updatedBaseline(one, [finding('/b')], 'models/two');
    expect(compareWithBaseline([finding('/a')], both, 'models/two').diagnostics).toHaveLength(1);
    expect(compareWithBaseline([finding('/a')], both, 'models/one')).toMatchObject({
      diagnostics: [],
      gone: [],
    });
    expect(updatedBaseline(both, [], 'models/one').map(({ repository }) => repository)).toEqual([
      'models/two',
    ]);
  });

  it('reads what it writes, in an order that does not depend on the findings’', () => {
    const found = [finding('/b'), finding('/a', 'Other.'), finding('/a')];
    const text = baselineText(updatedBaseline([], found, '.'));
    expect(text).toBe(baselineText(updatedBaseline([], [...found].reverse(), '.')));
    expect(baselineText(parseBaseline(text, 'known.json'))).toBe(text);
  });

  it.each([
    ['{', 'known.json is not JSON.'],
    ['[]', 'known.json is no baseline.'],
    ['{"version": 2, "findings": []}', 'known.json is a baseline of version 2, not 1.'],
    ['{"version": 1, "findings": [{"__proto__": null}]}', 'known.json: finding 1 lacks'],
    [
      '{"version": 1, "findings": [{"repository":".","rule":"a","file":"b","path":"","message":"m","count":0}]}',
      'known.json: finding 1 lacks',
    ],
  ])('refuses %s', (text, message) => {
    expect(() => parseBaseline(text, 'known.json')).toThrow(message);
  });
});
