import type { Span } from './position.js';

/** A part of the Markdown: a heading, and what stands below it up to the next heading of any level. */
export interface Section {
  /** 1 for `#`, 6 for `######`. */
  readonly level: number;
  /** The line of the heading, without its line break. */
  readonly heading: Span;
  /** What stands below. */
  readonly content: Span;
}

const HASH = 0x23;
const GREATER = 0x3e;

/**
 * The sections of a Markdown text between two offsets, in its order. Only headings that begin with `#` count; what looks
 * like one inside a fenced block of code or a comment does not.
 */
export function sectionsOf(text: string, { start, end }: Span): readonly Section[] {
  const sections: Section[] = [];
  let content = { start, end };
  const skipped = codeAndComments(text, { start, end });
  let next = 0;
  for (let at = text.indexOf('#', start); at !== -1 && at < end; at = text.indexOf('#', at)) {
    while (next < skipped.length && (skipped[next]?.end ?? 0) <= at) next++;
    const around = skipped[next];
    if (around !== undefined && around.start <= at) {
      at = around.end;
      continue;
    }
    if (!isLineStart(text, at, start)) {
      at++;
      continue;
    }
    let level = 1;
    while (text.charCodeAt(at + level) === HASH) level++;
    const lineEnd = endOfLine(text, at + level, end);
    if (level <= 6 && (at + level === lineEnd || isBlank(text.charCodeAt(at + level)))) {
      content.end = at;
      content = { start: lineEnd, end };
      sections.push({ level, heading: { start: at, end: lineEnd }, content });
    }
    at = lineEnd;
  }
  return sections;
}

/** The text of a heading, without hashes and emphasis; cut when very long. */
export function titleOf(text: string, { heading, level }: Section): string {
  const title = text.slice(heading.start + level, Math.min(heading.end, heading.start + 200)).trim();
  if (!/[#*`_]/.test(title)) return title;
  return title
    .replace(/(?:^|[ \t])#{1,200}$/, '')
    .replaceAll(/[*`]{1,3}|(?<![\p{L}\p{N}])_{1,3}|_{1,3}(?![\p{L}\p{N}])/gu, '')
    .trim();
}

/** Fenced blocks of code and comments; without a close they reach to the end, as in Markdown and HTML. */
export function codeAndComments(text: string, { start, end }: Span): readonly Span[] {
  const found: Span[] = [];
  let ticks = fenceFrom(text, '```', start, end);
  let tildes = fenceFrom(text, '~~~', start, end);
  let comment = within(text.indexOf('<!--', start), end);
  for (let at = start; ; ) {
    if (ticks < at) ticks = fenceFrom(text, '```', at, end);
    if (tildes < at) tildes = fenceFrom(text, '~~~', at, end);
    if (comment < at) comment = within(text.indexOf('<!--', at), end);
    const first = Math.min(ticks, tildes, comment);
    if (first >= end) return found;
    if (first === comment) {
      at = Math.min(end, within(text.indexOf('-->', first + 4), end) + 3);
    } else {
      const close = fenceFrom(text, first === ticks ? '```' : '~~~', endOfLine(text, first, end), end);
      at = close >= end ? end : endOfLine(text, close, end);
    }
    found.push({ start: first, end: at });
  }
}

/** Offset of the next line that begins with the marks of a fence, perhaps in a list or a quotation; the end when there is none. */
function fenceFrom(text: string, marks: string, from: number, end: number): number {
  for (let at = text.indexOf(marks, from); at !== -1 && at < end; at = text.indexOf(marks, at + 3)) {
    let before = at - 1;
    while (isBlank(text.charCodeAt(before)) || text.charCodeAt(before) === GREATER) before--;
    if (before < 0 || isLineBreak(text.charCodeAt(before))) return at;
    // All marks of one row are one fence, or none.
    while (text.startsWith(marks, at + 3)) at += 3;
  }
  return end;
}

function within(at: number, end: number): number {
  return at === -1 || at > end ? end : at;
}

function isLineStart(text: string, at: number, start: number): boolean {
  return at === start || isLineBreak(text.charCodeAt(at - 1));
}

function isLineBreak(code: number): boolean {
  return code === 0x0a || code === 0x0d;
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

function endOfLine(text: string, from: number, end: number): number {
  const feed = text.indexOf('\n', from);
  const at = feed === -1 || feed > end ? end : feed;
  return text[at - 1] === '\r' && at > from ? at - 1 : at;
}
