import type { Position } from './position.js';

/**
 * Makes a function from an offset to its line and column. A line ends at LF, CRLF or a lone CR, as in YAML and in
 * editors. The text is looked through once, and only as far as the offsets asked for; after that a look-up is a
 * binary search. Offsets outside the text are moved to its nearest end.
 */
export function lineTable(text: string): (offset: number) => Position {
  const starts = [0];
  // The next of each behind the last line start; far faster than one search for both.
  let feed = next(text, '\n', 0);
  let carriage = next(text, '\r', 0);
  return (offset) => {
    const at = Math.min(Math.max(offset, 0), text.length);
    for (let end = Math.min(feed, carriage); end < at; end = Math.min(feed, carriage)) {
      const start = feed === end + 1 ? end + 2 : end + 1;
      starts.push(start);
      if (feed < start) feed = next(text, '\n', start);
      if (carriage < start) carriage = next(text, '\r', start);
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

function next(text: string, character: string, from: number): number {
  const at = text.indexOf(character, from);
  return at === -1 ? Number.POSITIVE_INFINITY : at;
}
