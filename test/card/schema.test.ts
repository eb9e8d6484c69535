import fc from 'fast-check';
import { load } from 'js-yaml';
import { expect, test } from 'vitest';
import { SCHEMA } from '../../src/card/schema.js';

const read = (yaml: string, options: Parameters<typeof load>[1]) => {
  try {
    return load(yaml, options);
  } catch (error) {
    return (error as Error).message;
  }
};

test('reads every plain scalar as js-yaml’s default schema does', () => {
  const parts = fc.constantFrom(
    ...[
      '0',
      '1',
      '12',
      '2024',
      '-',
      '+',
      '.',
      'e',
      'E',
      'x',
      'o',
      'b',
      ':',
      'T',
      't',
      'Z',
      ' ',
      '_',
      'F',
      '١',
      'é',
    ],
    ...[
      '.inf',
      '.NaN',
      '2024-01-02',
      '03:04:05',
      'true',
      'null',
      '~',
      '<<',
      '!!float ',
      '!!timestamp ',
      '!!int ',
    ],
  );
  const scalars = fc.array(parts, { maxLength: 7 }).map((list) => list.join(''));
  fc.assert(
    fc.property(scalars, (scalar) => {
      for (const yaml of [scalar, `- ${scalar}`, `[${scalar}]`, `${scalar}: 1`]) {
        expect(read(yaml, { schema: SCHEMA })).toEqual(read(yaml, {}));
      }
    }),
    { numRuns: 2500 },
  );
});
