import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findJsonFault } from '../../src/repo/json-fault.js';

describe('findJsonFault', () => {
  it.each<[string, string, string]>([
    ['{"a": 1,}', ',', 'a comma with nothing behind it'],
    ['[1, 2, ]', ',', 'a comma with nothing behind it'],
    ['{"a": NaN}', 'NaN', 'JSON has no NaN'],
    ['[0.0, -Infinity]', '-Infinity', 'JSON has no -Infinity'],
    ['{"a": True}', 'True', 'JSON writes true, not True'],
    ["{'a': 1}", "'", 'double quotes'],
    ['{a: 1}', 'a', 'a name in double quotes is missing before a'],
    ['{"a" 1}', '1', 'a colon is missing before 1'],
    ['{"a": 1 "b": 2}', '"', 'a comma or closing bracket is missing before "'],
    ['{"a": 1]', ']', 'a comma or closing bracket is missing before ]'],
    ['{"a": }', '}', 'a value cannot begin with }'],
    ['[,]', ',', 'a value cannot begin with ,'],
    ['{,}', ',', 'a name in double quotes is missing before ,'],
    ['{"a": 01}', '0', 'a value cannot begin with 0'],
    ['{"a": 1} // done', '//', 'no comments'],
    ['{"a": 1} x', 'x', 'something follows the end'],
    ['<<<<<<< HEAD\n{}', '<<<<<<<', 'merge conflict'],
    ['{"a": "b', '"b', 'no closing quote'],
    ['{"a": "b\n"}', '"b', 'no closing quote'],
    ['{"a": "\t"}', '\t', 'control character'],
    ['{"a": "C:\\data"}', '\\d', 'backslash'],
    ['{"a": "\\u12"}', '\\u', 'backslash'],
    ['{"a": 1', '', 'ends too soon'],
    ['{', '', 'ends too soon'],
    ['', '', 'is empty'],
    [' \n', '', 'is empty'],
    ['{"a": 🙂}', '🙂', 'an odd character'],
  ])('%j: %s', (text, marked, reason) => {
    const fault = findJsonFault(text);
    expect(fault?.reason).toContain(reason);
    expect(text.slice(fault?.span.start, fault?.span.end)).toBe(marked);
  });

  it('agrees with JSON.parse on whether there is a fault, and points inside the text', () => {
    const pieces = fc.constantFrom(
      ...[
        '{',
        '}',
        '[',
        ']',
        ',',
        ':',
        '"a"',
        '"\\n"',
        '"',
        '\\',
        '1',
        '-0.5e+3',
        '01',
        'true',
        'NaN',
        ' ',
        '\n',
        "'",
      ],
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(pieces).map((all) => all.join('')),
          fc.json(),
        ),
        (text) => {
          const fault = findJsonFault(text);
          let parses = true;
          try {
            JSON.parse(text);
          } catch {
            parses = false;
          }
          expect(fault === undefined).toBe(parses);
          if (fault === undefined) return;
          expect(fault.span.start).toBeGreaterThanOrEqual(0);
          expect(fault.span.end).toBeGreaterThanOrEqual(fault.span.start);
          expect(fault.span.end).toBeLessThanOrEqual(text.length);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('takes linear time', () => {
    const text = `{"a": [${'"x", '.repeat(200_000)}]}`;
    const before = performance.now();
    expect(findJsonFault(text)?.surplus).toBeDefined();
    expect(performance.now() - before).toBeLessThan(10_000);
  });
});
