import type { Position } from './position.js';

/**
 * Makes a function from an offset to its line and column. A line ends at LF, CRLF or a lone CR, as in YAML and in
 * editors. The text is looked through once, and only as far as the offsets asked for; after that a look-up is a
 * binary search. Offsets outside the text are moved to its nearest end.
 */
export function lineTable(text: string): (offset: number) => Position {
  const starts = [0];
  const breaks = /\r\n?|\n/g;
  let known = 0;
  return (offset) => {
    const at = Math.min(Math.max(offset, 0), text.length);
    while (known <= at) {
      if (breaks.test(text)) starts.push(breaks.lastIndex);
      known = breaks.lastIndex === 0 ? Number.POSITIVE_INFINITY : breaks.lastIndex;
    }
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= at) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: at - (starts[low] ?? 0) + 1, offset: at };
  };
}
