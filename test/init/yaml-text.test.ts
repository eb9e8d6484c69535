import fc from 'fast-check';
import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { yamlLines, yamlText } from '../../src/init/yaml-text.js';

describe('a text as YAML', () => {
  it.each([
    ['apache-2.0', 'apache-2.0'],
    ['samples/red.png', 'samples/red.png'],
    ['no', '"no"'],
    ['1.0', '"1.0"'],
    ['', '""'],
    ['a: b', '"a: b"'],
    ['a #b', '"a #b"'],
    ['\u2028', '"\\u2028"'],
  ])('%j is written %s', (text, written) => {
    expect(yamlText(text)).toBe(written);
  });

  it('reads as what it was, on one line', () => {
    const texts = fc.oneof(
      fc.string(),
      fc.string({ unit: 'binary' }),
      fc.constantFrom('NO', 'off', '~', '2024-01-01', '- a', '<<'),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const written = yamlText(text);
        expect(written).not.toMatch(/[\r\n\u0085\u2028\u2029]/);
        expect(load(written)).toBe(text);
      }),
      { numRuns: 500 },
    );
  });

  it('writes lists and examples as blocks, tables as lists in a line', () => {
    const lines = yamlLines('widget', [
      { text: 'No: 1', example_title: 'Yes' },
      { structured_data: { 'a b': [1, 1e21, true, 'x'], __proto: ['-'] } },
    ]);
    expect(lines).toEqual([
      'widget:',
      '- text: "No: 1"',
      '  example_title: "Yes"',
      '- structured_data:',
      '    a b: [1, 1.0e+21, true, x]',
      '    "__proto": ["-"]',
    ]);
    expect(yamlLines('language', ['en', 'no'])).toEqual(['language:', '- en', '- "no"']);
  });
});
