import { describe, expect, it } from 'vitest';
import {
  columnValues,
  compareKeys,
  sortKeys,
  type TableValue,
  valuesIn,
} from '../../../src/tasks/table/table-values.js';
import { cpuTime } from '../../cpu-time.js';

const number = (value: number): TableValue => ({ kind: 'number', parts: [value] });
const date = (...parts: [number | null, number | null, number | null]): TableValue => ({
  kind: 'date',
  parts,
});

describe('the values of a text', () => {
  it.each([
    ['', []],
    ['no value', []],
    ['36542', [number(36542)]],
    ['36,542.5 stars', [number(36542.5)]],
    ['from -3 to .5', [number(-3), number(0.5)]],
    ['a-3', [number(3)]],
    ['three or the Third', [number(3), number(3)]],
    ['the 21st', [number(21)]],
    ['Boeing 747-400', [number(747), number(400)]],
    ['May', [date(null, 5, null)]],
    ['1997', [number(1997), date(1997, null, null)]],
    ['in the 1960s', [date(1960, null, null)]],
    ['5000', [number(5000)]],
    ['July 4', [date(null, 7, 4)]],
    ['4 July', [date(null, 7, 4)]],
    ['July 2007', [date(2007, 7, null)]],
    ['7 February 1967', [date(1967, 2, 7)]],
    ['Sept 3, 2001', [date(2001, 9, 3)]],
    ['February 30, 2001', [date(null, 2, null), number(30), number(2001), date(2001, null, null)]],
    ['2001-02-03 and 03.02.2001', [date(2001, 2, 3), date(2001, 2, 3)]],
    ['02-13-2001', [date(2001, 2, 13)]],
    ['Tuesday, May 3', [date(null, 5, 3)]],
  ])('%j', (text, values) => {
    expect(valuesIn(text)).toEqual(values);
  });

  it('do not take long', () => {
    const computed = cpuTime();
    valuesIn('1 '.repeat(100_000));
    valuesIn('may '.repeat(100_000));
    valuesIn('1,000'.repeat(100_000));
    expect(computed()).toBeLessThan(2_000);
  });
});

describe('the values of a column', () => {
  it('are of one kind, and of most rows', () => {
    expect(columnValues(['1', '2', 'x'])).toEqual([null, null, null]);
    expect(columnValues(['1', '2', '3', 'x'])).toEqual([number(1), number(2), number(3), null]);
    expect(columnValues(['1990', '2001', '1750'])).toEqual([
      date(1990, null, null),
      date(2001, null, null),
      date(1750, null, null),
    ]);
    expect(columnValues(['1990', '2001', '90'])).toEqual([number(1990), number(2001), number(90)]);
    expect(columnValues([])).toEqual([]);
  });

  it('have an order', () => {
    expect(sortKeys([number(3), number(-1)])).toEqual([[3], [-1]]);
    expect(sortKeys([date(2001, 2, 3), date(2000, 5, null)])).toEqual([
      [2001, 2],
      [2000, 5],
    ]);
    expect(sortKeys([date(2001, null, null), date(null, 5, null)])).toBeNull();
    expect(sortKeys([number(1), date(2001, null, null)])).toBeNull();
    expect(sortKeys([])).toBeNull();
    expect(compareKeys([2001, 2], [2001, 3])).toBeLessThan(0);
    expect(compareKeys([2001, 2], [2001, 2])).toBe(0);
  });
});
