import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lineTable } from '../../src/card/lines.js';

/** As an editor counts: what stands before the offset, split at line breaks. */
function expected(text: string, offset: number): { line: number; column: number; offset: number } {
  const at = Math.min(Math.max(offset, 0), text.length);
  let start = 0;
  let line = 1;
  for (const { 0: mark, index } of text.matchAll(/\r\n?|\n/g)) {
    if (index + mark.length > at) break;
    start = index + mark.length;
    line++;
  }
  return { line, column: at - start + 1, offset: at };
}

test('finds lines and columns, whichever line breaks there are and in whatever order offsets are asked for', () => {
  const pieces = fc.array(fc.constantFrom('\n', '\r', '\r\n', 'a', 'bc', '😀'), { maxLength: 30 });
  fc.assert(
    fc.property(pieces, fc.array(fc.integer({ min: -2, max: 70 }), { maxLength: 12 }), (list, offsets) => {
      const text = list.join('');
      const positionAt = lineTable(text);
      for (const offset of offsets) expect(positionAt(offset)).toEqual(expected(text, offset));
    }),
    { numRuns: 2000 },
  );
});
