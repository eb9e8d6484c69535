import { CORE_SCHEMA, load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { isReadOtherwise, readAsPython } from '../../src/card/python-yaml.js';
import { cpuTime } from '../cpu-time.js';

/** What PyYAML 6.0.3 answered (`yaml.safe_load`), in words. */
const SEEN: Readonly<Record<string, string>> = {
  string:
    'y Y n N yEs nO oN oFF tRue none None nULL _1 08 09 019 0o17 -0o17 0o8 0O17 0B1 0b 0b2 0x 0xg 0X1f 1:60 01:30 0:30 00:30 1:100 ' +
    '1e3 1E3 1e+3 1e-05 1.5e3 1.e5 .5e3 2e10 5e-5 1.0E4 -1e3 +1e3 12e03 0e0 5e-400 1e400 +.5 -.5 -.5e+3 ._5 _.5 . .. .e3 1.5.2 1e ' +
    '.iNF .Nan +.nan inf nan Infinity 2024-1-1 2024-1-32 24-01-01 2024-01 2024/01/01 2024-01-01T10:00 =x < 1,000 0.5% 3B 7b v1.0',
  true: 'yes Yes YES on On ON true True TRUE',
  false: 'no No NO off Off OFF false False FALSE',
  null: '~ null Null NULL',
  date:
    '2024-01-01 2024-02-29 2024-01-01T10:00:00 2024-01-01T10:00:00Z 2024-1-1T1:00:00 2024-01-01T10:00:00.123456789 ' +
    '2024-01-01T10:00:00+02:00 2024-01-01T10:00:00-5:30',
  error:
    '2024-13-45 2024-02-30 2023-02-29 0000-01-01 2024-00-10 2024-01-32 2024-04-31 2024-01-01T25:00:00Z 2024-01-01T10:60:00Z ' +
    '2024-01-01T10:00:60Z 2024-01-01T10:00:00+25:00 << = 0b_ 0x_',
};

const NUMBERS: Readonly<Record<string, number>> = {
  '1_000': 1000,
  '1__0': 10,
  '1_': 1,
  '+1_0': 10,
  '0_': 0,
  '0_7': 7,
  '00': 0,
  '007': 7,
  '017': 15,
  '-017': -15,
  '0b1': 1,
  '-0b1': -1,
  '0b10_1': 5,
  '0x1F': 31,
  '0xF_F': 255,
  '-0xff': -255,
  '12:30': 750,
  '12:30:45': 45_045,
  '1:5': 65,
  '-12:30': -750,
  '+1:30': 90,
  '1:2:3:4': 223_384,
  '190:20:30': 685_230,
  '1_0:30': 630,
  '16:9': 969,
  '12:30:45.5': 45_045.5,
  '12:30.5': 750.5,
  '1.5e+3': 1500,
  '1.e+5': 100_000,
  '1.0E-4': 0.0001,
  '.5e-3': 0.0005,
  '1.': 1,
  '1_0.5': 10.5,
  '1.5_0': 1.5,
  '01.5': 1.5,
  '1.0e+400': Number.POSITIVE_INFINITY,
  '.inf': Number.POSITIVE_INFINITY,
  '-.INF': Number.NEGATIVE_INFINITY,
  '.nan': Number.NaN,
};

describe('readAsPython', () => {
  it.each(
    Object.entries(SEEN).flatMap(([kind, words]) => words.split(' ').map((word) => [word, kind] as const)),
  )('%s is %s', (word, kind) => {
    const read = readAsPython(word);
    expect(read.kind === 'boolean' ? String(read.value) : read.kind).toBe(kind);
  });

  it.each(Object.entries(NUMBERS))('%s is %d', (word, value) => {
    expect(readAsPython(word)).toEqual({ kind: 'number', value });
  });

  it('reads numbers, dates and truth values that both know as js-yaml does', () => {
    const alike =
      '0 1 -1 12 0.5 1.5e+3 1.0e-5 0x1F 0b1 .inf true False 2024-02-29 2024-01-01T10:00:00Z'.split(' ');
    for (const word of alike) {
      const value = load(word);
      const kind = value instanceof Date ? 'date' : typeof value;
      const read = readAsPython(word);
      expect(read.kind).toBe(kind);
      if ('value' in read) expect(read.value).toBe(value);
    }
  });

  it('tells a scalar that js-yaml reads otherwise, and a key that is no text to PyYAML', () => {
    const otherwise = Object.values(SEEN)
      .flatMap((words) => words.split(' '))
      .filter((word) => isReadOtherwise(word, load(word, { schema: CORE_SCHEMA })));
    for (const word of 'yes no on off Yes NO null 1e3 0o17 2024-02-30 << ='.split(' ')) {
      expect(otherwise).toContain(word);
    }
    for (const word of 'true False ~ y none nULL 1e 7b v1.0 2024-1-32'.split(' ')) {
      expect(otherwise).not.toContain(word);
    }
  });

  it('takes linear time', () => {
    const computed = cpuTime();
    for (const long of [
      '1_'.repeat(500_000),
      '1:'.repeat(500_000),
      '1'.repeat(1_000_000),
      `${'0'.repeat(1_000_000)}x`,
    ]) {
      readAsPython(long);
    }
    expect(computed()).toBeLessThan(5000);
  });
});
