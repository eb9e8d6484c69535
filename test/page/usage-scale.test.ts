import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chartsOf } from '../../src/page/usage/charts.js';
import { linePath, marks } from '../../src/page/usage/scale.js';
import { msInWords, shareInWords, shortNumber } from '../../src/page/usage/wording.js';
import type { SpanReport, Summary } from '../../src/serve/usage/report.js';

describe('the marks of an axis', () => {
  it.each([
    [0, false, 1],
    [1, true, 1],
    [3, true, 3],
    [17, true, 20],
    [400, false, 400],
    [401, false, 600],
    [0.03, false, 0.03],
  ])('for %d (whole numbers: %s) end at %d', (highest, whole, last) => {
    const found = marks(highest, 4, whole);
    expect(found.at(-1)).toBe(last);
    expect(found[0]).toBe(0);
  });

  it('are few, at equal distances, and reach the highest value', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-3, max: 1e12, noNaN: true }), fc.boolean(), (highest, whole) => {
        const found = marks(highest, 4, whole);
        expect(found.length).toBeGreaterThanOrEqual(2);
        expect(found.length).toBeLessThanOrEqual(5);
        expect(found.at(-1)).toBeGreaterThanOrEqual(highest * (1 - 1e-9));
        if (whole) expect(found.every(Number.isInteger)).toBe(true);
      }),
    );
  });
});

describe('a line', () => {
  it('is broken where there is no value, and a point alone is a dot', () => {
    expect(linePath([[0, 1], [1, 2], null, [3, 4], null, [5, 6], [6.04, 7]])).toBe('M0 1L1 2M3 4h0M5 6L6 7');
    expect(linePath([null, null])).toBe('');
  });
});

describe('numbers', () => {
  it.each([
    [0, '0'],
    [0.04, '0.04 ms'],
    [0.25, '0.3 ms'],
    [9.46, '9.5 ms'],
    [12.4, '12 ms'],
    [999, '999 ms'],
    [1250, '1.3 s'],
    [61_000, '61 s'],
    [null, '–'],
  ])('of milliseconds: %s is %s', (ms, words) => {
    expect(msInWords(ms)).toBe(words);
  });

  it('are short on tiles', () => {
    expect([0, 999, 9999, 12_345, 1_234_567].map(shortNumber)).toEqual([
      '0',
      '999',
      '9,999',
      '12.3K',
      '1.2M',
    ]);
    expect([shareInWords(1, 4), shareInWords(0, 0)]).toEqual(['25 %', '–']);
  });
});

describe('memory', () => {
  const chart = (...bytes: readonly number[]) => {
    const steps = bytes.map((memoryBytes) => ({ memoryBytes }) as Summary);
    const found = chartsOf({ steps, stepMs: 60_000, from: 0, models: [] } as unknown as SpanReport).find(
      ({ title }) => title.startsWith('Memory'),
    );
    if (found === undefined) throw new Error('no chart of memory');
    return found;
  };

  it.each([
    ['MB', [0, 500 * 1024 ** 2], [0, 500], '500 MB'],
    ['GB', [512 * 1024 ** 2, 12.5 * 1024 ** 3], [0.5, 12.5], '12.5 GB'],
  ])('is drawn in %s where its numbers are short so', (_, bytes, values, words) => {
    const { series, inWords } = chart(...bytes);
    expect(series[0]?.values).toEqual(values);
    expect(inWords(values[1] ?? 0)).toBe(words);
  });
});
