import type { Range } from '../../card/position.js';

/** A line of an excerpt, cut where the finding begins and ends. */
export interface ExcerptLine {
  readonly number: number;
  readonly before: string;
  /** What the finding is about; empty on lines around it. */
  readonly marked: string;
  readonly behind: string;
}

/** Lines around a finding, most lines of one, and longest line in characters. */
const AROUND = 1;
const MOST_LINES = 8;
const LONGEST = 300;

/** The lines of a source, counted as findings count them. */
export function linesOf(source: string): readonly string[] {
  return source.split(/\r\n|\r|\n/);
}

/** The lines of a source that a finding is about, with one before and behind. */
export function excerpt(lines: readonly string[], { start, end }: Range): readonly ExcerptLine[] {
  const from = Math.max(1, start.line - AROUND);
  const to = Math.min(lines.length, end.line + AROUND, from + MOST_LINES - 1);
  const shown: ExcerptLine[] = [];
  for (let number = from; number <= to; number++) {
    const text = lines[number - 1] ?? '';
    const inside = number >= start.line && number <= end.line;
    const first = inside ? (number === start.line ? start.column - 1 : 0) : text.length;
    const last = inside ? (number === end.line ? end.column - 1 : text.length) : text.length;
    shown.push({
      number,
      before: cut(text.slice(0, first)),
      marked: cut(text.slice(first, last)),
      behind: cut(text.slice(last)),
    });
  }
  return shown;
}

function cut(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
