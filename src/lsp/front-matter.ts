import type { Span } from '../card/position.js';

/** Front matter that may still be in the making: it need not be closed, and need not parse. */
export interface DraftFrontMatter {
  /** The opening fence `---`. */
  readonly open: Span;
  /** What lies between the fences, without the line breaks that belong to them; ends before it starts when there is no line. */
  readonly yaml: Span;
  /** The closing fence; undefined while there is none. */
  readonly close: Span | undefined;
}

const FENCE = '---';

/** A line that no YAML mapping has at its left edge, so that unclosed front matter ends before it: prose. */
const PROSE = /^[^\s#\-"'[\]{}:]+[ \t]+[^:\r\n]*$/;

/** A Markdown heading; behind an empty line it is one rather than a comment of YAML. */
const HEADING = /^#{1,6} \S/;

/**
 * Finds the front matter that an author sees, also where the Hub sees none yet. Undefined when the text does not begin with
 * a fence. Linear in the length of the text.
 */
export function draftFrontMatter(text: string): DraftFrontMatter | undefined {
  const start = text.search(/\S/);
  if (start === -1 || !text.startsWith(FENCE, start)) return undefined;
  const open = { start, end: start + FENCE.length };
  const firstEnd = lineEnd(text, open.end);
  if (text.slice(open.end, firstEnd).trim() !== '') return undefined;
  const first = lineAfter(text, firstEnd);
  if (first === undefined) return undefined;
  let emptyBefore = false;
  let stop: number | undefined;
  for (let at: number | undefined = first; at !== undefined; ) {
    const end = lineEnd(text, at);
    if (text.startsWith(FENCE, at) && text.slice(at + FENCE.length, end).trim() === '') {
      return { open, yaml: { start: first, end: breakBefore(text, at) }, close: { start: at, end: at + 3 } };
    }
    if (stop === undefined) {
      const line = text.slice(at, Math.min(end, at + 200));
      if (PROSE.test(line) || (emptyBefore && HEADING.test(line))) stop = at;
      emptyBefore = line.trim() === '';
    }
    at = lineAfter(text, end);
  }
  const end = stop === undefined ? text.length : breakBefore(text, stop);
  return { open, yaml: { start: first, end }, close: undefined };
}

/** Whether something could be typed into the front matter at an offset. */
export function isInside({ yaml }: DraftFrontMatter, offset: number): boolean {
  return yaml.start <= offset && offset <= yaml.end;
}

/** Offset of the line break that ends a line, or of the end of the text. */
export function lineEnd(text: string, from: number): number {
  let at = from;
  while (at < text.length && text[at] !== '\n' && text[at] !== '\r') at++;
  return at;
}

/** Offset of the next line, given that of a line break; undefined at the end of the text. */
export function lineAfter(text: string, end: number): number | undefined {
  if (end >= text.length) return undefined;
  return end + (text.startsWith('\r\n', end) ? 2 : 1);
}

/** Offset of the line break before the start of a line. */
function breakBefore(text: string, start: number): number {
  return start - (text.startsWith('\r\n', start - 2) ? 2 : 1);
}
