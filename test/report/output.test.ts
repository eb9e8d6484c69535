import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { inputInWords, outputInWords } from '../../src/report/output.js';
import { bytes, decimal, milliseconds } from '../../src/report/quantities.js';

const PNG = readFileSync('fixtures/object-detection/samples/scene.png').toString('base64');

describe('inputInWords', () => {
  it.each([
    ['I like it', '"I like it"'],
    [{ inputs: 'I like it' }, '"I like it"'],
    [{ text: 'I like it', parameters: {} }, '"I like it"'],
    [{ src: 'cat.jpg' }, '"cat.jpg"'],
    [{ question: 'Where?', context: 'Here.' }, '"Where?"'],
    [{ structured_data: { a: [1, 2], b: [3, 4], c: [5, 6] } }, '2 rows × 3 columns'],
    [{ inputs: { data: { a: [1] } } }, '1 row × 1 column'],
    [{ messages: [{ role: 'user', content: 'Hi' }] }, '"Hi"'],
    [[{ a: 1 }, { a: 2 }], '2 rows'],
    [{ other: [1, 2] }, '{other: [1, 2]}'],
    [{ kind: 'file', path: 'cat.jpg' }, 'cat.jpg'],
    [{ kind: 'sample', name: 'noise' }, 'noise (made by formula)'],
    [{ image: { kind: 'data', base64: 'A'.repeat(4000) }, question: 'Who?' }, '3.0 kB of data, "Who?"'],
    [{ kind: 'data', base64: PNG }, 'PNG picture, 96 × 64, 187 B'],
    [{ image: { kind: 'data', base64: PNG }, question: 'Who?' }, 'PNG picture, 96 × 64, 187 B, "Who?"'],
    [
      [
        {
          role: 'user',
          content: [
            { type: 'image', image: { kind: 'file', path: 'a.png' } },
            { type: 'text', text: 'What?' },
          ],
        },
      ],
      'a.png, "What?"',
    ],
    [
      {
        messages: [{ role: 'user', content: [{ type: 'image' }, { type: 'text', text: 'What?' }] }],
        images: [{ kind: 'file', path: 'a.png' }],
      },
      'a.png, "What?"',
    ],
    [[{ a: 1 }], '1 row'],
    [null, 'null'],
  ])('says %j as %s', (input, words) => {
    expect(inputInWords(input)).toBe(words);
  });
});

describe('outputInWords', () => {
  const scores = (list: readonly (readonly [string, unknown])[]) =>
    list.map(([label, score]) => ({ label, score }));
  it.each<[unknown, string]>([
    [
      scores([
        ['A', 0.1],
        ['B', 0.9],
      ]),
      'B 0.900',
    ],
    [
      [
        scores([
          ['A', 0.1],
          ['B', 0.9],
        ]),
      ],
      'B 0.900',
    ],
    [
      scores([
        ['A', Number.NaN],
        ['B', Number.NaN],
      ]),
      'A NaN',
    ],
    [
      scores([
        ['A', 'NaN'],
        ['B', 0.5],
      ]),
      'A NaN',
    ],
    [{ answer: 'Paris', score: 0.5 }, 'Paris 0.500'],
    [{ sequence: 'a town', token_str: 'town', score: 1 }, 'town 1'],
    [[{ generated_text: 'Once' }], '"Once"'],
    [[{ summary_text: 'Short' }], '"Short"'],
    ['text', '"text"'],
    [['setosa', 'virginica'], '["setosa", "virginica"]'],
    [[0, 1, 0.12345], '[0, 1, 0.123]'],
    [
      [
        [0.1, 0.2, 0.3],
        [0.1, 0.2, 0.3],
      ],
      '2 × 3 numbers',
    ],
    [Math.PI, '3.142'],
    [new Uint8Array(12), '12 bytes'],
    [undefined, ''],
    [
      [
        { label: 'cat', mask: 'm.png' },
        { label: 'dog', mask: 'n.png' },
      ],
      'cat, dog',
    ],
    [{ audio: 'speech.wav', sampling_rate: 16000 }, 'speech.wav'],
    [{ depth: 'depth.png', predicted_depth: [[1]] }, 'depth.png'],
    [{}, '{}'],
  ])('says %j as %s', (output, words) => {
    expect(outputInWords(output)).toBe(words);
  });

  it('ends, however large, deep or circular the answer is', () => {
    const circular: unknown[] = [{ a: 1 }, 'x'];
    circular.push(circular);
    for (const answer of [
      circular,
      { deep: circular },
      Array.from({ length: 1e6 }, (_, index) => `w${index}`),
    ]) {
      expect(outputInWords(answer).length).toBeLessThan(2000);
    }
  });
});

describe('figures', () => {
  it('are short', () => {
    expect([0, 12, 0.99951, 1234.5678, 0.0000043, 2.5e12 + 0.5, -0.5].map(decimal)).toEqual([
      '0',
      '12',
      '1.000',
      '1235',
      '4.30e-6',
      '2.50e+12',
      '-0.500',
    ]);
    expect([0.42, 4.16, 9.99, 152.7, 999.4, 1234, 65_000].map(milliseconds)).toEqual([
      '0.4 ms',
      '4.2 ms',
      '10.0 ms',
      '153 ms',
      '999 ms',
      '1.2 s',
      '65.0 s',
    ]);
    expect([0, 999, 1000, 173_345, 182_000_000, 999_600_000, 2.5e12].map(bytes)).toEqual([
      '0 B',
      '999 B',
      '1.0 kB',
      '173 kB',
      '182 MB',
      '1.0 GB',
      '2.5 TB',
    ]);
  });
});
