import type { Position } from './position.js';

/**
 * Makes a function from an offset to its line and column. A line ends at LF, CRLF or a lone CR, as in YAML and in
 * editors. The text is looked through once, here; a look-up is a binary search. Offsets outside the text are
 * moved to its nearest end.
 */
export function lineTable(text: string): (offset: number) => Position {
  const starts = text.includes('\r') ? startsOfMixedLines(text) : startsOfLines(text);
  return (offset) => {
    const at = Math.min(Math.max(offset, 0), text.length);
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

function startsOfLines(text: string): number[] {
  const starts = [0];
  for (let feed = text.indexOf('\n'); feed !== -1; feed = text.indexOf('\n', feed + 1)) starts.push(feed + 1);
  return starts;
}

function startsOfMixedLines(text: string): number[] {
  const starts = [0];
  const breaks = /\r\n?|\n/g;
  while (breaks.test(text)) starts.push(breaks.lastIndex);
  return starts;
}
