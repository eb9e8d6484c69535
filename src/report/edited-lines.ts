import { applyEdits } from '../apply-edits.js';
import type { Fix } from '../diagnostic.js';
import { type DiffLine, diffLines } from './diff.js';

/** Longest line of a diff, in characters, and most lines of one. */
const LONGEST_LINE = 400;
const MOST_LINES = 60;

/** The lines that edits change, with one before and behind, without their breaks; `left` are not among them. */
export function editedLines(
  source: string,
  edits: Fix['edits'],
): { readonly lines: readonly DiffLine[]; readonly left: number } {
  const part = partAround(source, edits);
  const all = diffLines(part.text, applyEdits(part.text, part.edits), 1).flatMap(({ lines }) => lines);
  const lines = all.slice(0, MOST_LINES).map((line) => {
    const bare = line.text.replace(/[\r\n]+$/, '').replaceAll('\t', '  ');
    return { ...line, text: bare.length > LONGEST_LINE ? `${bare.slice(0, LONGEST_LINE)}…` : bare };
  });
  return { lines, left: Math.max(0, all.length - lines.length) };
}

/** The lines that edits touch, with the line before and behind: a diff of the whole card for each finding would take long. */
function partAround(
  source: string,
  edits: Fix['edits'],
): { readonly text: string; readonly edits: Fix['edits'] } {
  const first = Math.min(source.length, ...edits.map(({ start }) => start));
  const last = Math.max(0, ...edits.map(({ end }) => end));
  const before = source.lastIndexOf('\n', first - 1);
  const from = before <= 0 ? 0 : source.lastIndexOf('\n', before - 1) + 1;
  const behind = source.indexOf('\n', last);
  const next = behind === -1 ? -1 : source.indexOf('\n', behind + 1);
  return {
    text: source.slice(from, next === -1 ? source.length : next + 1),
    edits: edits.map(({ start, end, text }) => ({ start: start - from, end: end - from, text })),
  };
}
