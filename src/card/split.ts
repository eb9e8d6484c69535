import type { AbsentReason, FrontMatterBlock } from './card.js';
import type { Span } from './position.js';

const FENCE = '---';
const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;

/**
 * Finds the front matter by the Hub's rule: a fence `---` with nothing but white space before it (a byte-order mark
 * is white space) and a line break at once behind it, closed by the first line that holds `---`, spaces and tabs
 * only. A lone CR may end the opening line but not the closing one. Null when the Hub sees no front matter.
 *
 * The rule is the Hub's own expression (huggingface_hub#4526, 2026-07: "exact same regex as in the Hub server"):
 * `^(\s*---(?:\r\n|\r|\n))([\S\s]*?)((?:\r\n|\r|\n)---[ \t]*(\r\n|\n|$))`. This gives the same answers, quirks
 * included, in linear time on any text.
 */
export function splitFrontMatter(text: string): FrontMatterBlock | null {
  return split(text)?.block ?? null;
}

/** A block, and whether no other three hyphens stand between its fences, as in nearly all cards. */
interface Split {
  readonly block: FrontMatterBlock;
  readonly alone: boolean;
}

/** As `splitFrontMatter`, and tells what it saw on the way. */
export function split(text: string): Split | null {
  const start = text.startsWith(FENCE) ? 0 : text.search(/\S/);
  if (start === -1 || !text.startsWith(FENCE, start)) return null;
  const open = { start, end: start + FENCE.length };
  const openBreak = lineBreakAt(text, open.end);
  if (openBreak === 0) return null;

  let yamlStart = open.end + openBreak;
  const first = text.indexOf(FENCE, yamlStart);
  let close = findClosingFence(text, yamlStart, first);
  if (close === -1 && openBreak === 2 && isClosingFence(text, yamlStart)) {
    // The expression backtracks: the opening fence keeps the CR, the LF becomes the break before the closing fence.
    close = yamlStart;
    yamlStart = open.end + 1;
  }
  if (close === -1) return null;

  const crlf =
    text.charCodeAt(close - 1) === LF && text.charCodeAt(close - 2) === CR && close - 2 >= yamlStart;
  const blank = skipBlanks(text, close + FENCE.length);
  const block = {
    span: { start, end: blank + lineBreakAt(text, blank) },
    open,
    yaml: { start: yamlStart, end: close - (crlf ? 2 : 1) },
    close: { start: close, end: close + FENCE.length },
  };
  return { block, alone: first === close };
}

/**
 * Offset of the first closing fence whose line break lies at or behind `from`; -1 when there is none. `first` is where the
 * first hyphens of a fence stand from there on.
 */
function findClosingFence(text: string, from: number, first = text.indexOf(FENCE, from)): number {
  let at = first === from ? text.indexOf(FENCE, from + 1) : first;
  while (at !== -1) {
    if (isLineBreak(text.charCodeAt(at - 1)) && isClosingFence(text, at)) return at;
    at = text.indexOf(FENCE, at + FENCE.length);
  }
  return -1;
}

function isClosingFence(text: string, at: number): boolean {
  if (!text.startsWith(FENCE, at)) return false;
  const end = skipBlanks(text, at + FENCE.length);
  const code = text.charCodeAt(end);
  return end === text.length || code === LF || (code === CR && text.charCodeAt(end + 1) === LF);
}

/** Length of the line break at an offset: 2 for CRLF, 1 for CR or LF, 0 when there is none. */
function lineBreakAt(text: string, at: number): 0 | 1 | 2 {
  const code = text.charCodeAt(at);
  if (code === LF) return 1;
  if (code !== CR) return 0;
  return text.charCodeAt(at + 1) === LF ? 2 : 1;
}

function isLineBreak(code: number): boolean {
  return code === LF || code === CR;
}

function skipBlanks(text: string, from: number): number {
  let at = from;
  while (text.charCodeAt(at) === SPACE || text.charCodeAt(at) === TAB) at++;
  return at;
}

/** Why `splitFrontMatter` found nothing, and the line that misled, where there is one. */
export function explainAbsence(text: string): { readonly reason: AbsentReason; readonly span?: Span } {
  const start = text.search(/\S/);
  if (start === -1) return { reason: 'none' };
  if (!text.startsWith(FENCE, start)) return explainTextBefore(text, start);

  const end = lineEnd(text, start);
  const behind = text.slice(start + FENCE.length, end);
  const line = { start, end };
  if (behind === '') return explainUnclosed(text, start);
  if (behind.trim() === '') return { reason: 'space-after-fence', span: line };
  if (/^[ \t]*[A-Za-z][\w+.-]*[ \t]*$/.test(behind)) return { reason: 'language', span: line };
  return { reason: 'none' };
}

function explainUnclosed(
  text: string,
  start: number,
): { readonly reason: AbsentReason; readonly span: Span } {
  const open = { start, end: start + FENCE.length };
  const next = open.end + lineBreakAt(text, open.end);
  if (next > open.end && isClosingFence(text, next)) {
    return { reason: 'nothing-between', span: { start: next, end: next + FENCE.length } };
  }
  return { reason: 'unclosed', span: raggedFence(text, next) ?? open };
}

/** The first line that starts as a fence does and was probably meant as one; a row of a Markdown table was not. */
function raggedFence(text: string, from: number): Span | undefined {
  for (let at = text.indexOf(FENCE, from); at !== -1; at = text.indexOf(FENCE, at + FENCE.length)) {
    if (!isLineBreak(text.charCodeAt(at - 1))) continue;
    const end = lineEnd(text, at);
    if (!text.slice(at, end).includes('|')) return { start: at, end };
  }
  return undefined;
}

/** A first line that reads like an entry of a mapping, as opposed to the prose between two Markdown rules. */
const ENTRY = /^[ \t]*["']?[A-Za-z_][\w-]*["']?[ \t]*:(?:[ \t]|$)/;

/** Text before the fence: only a pair of fences around something that looks like metadata was meant as front matter. */
function explainTextBefore(
  text: string,
  start: number,
): { readonly reason: AbsentReason; readonly span?: Span } {
  for (let at = text.indexOf(FENCE, start); at !== -1; at = text.indexOf(FENCE, at + FENCE.length)) {
    if (!isLineBreak(text.charCodeAt(at - 1))) continue;
    const lineBreak = lineBreakAt(text, at + FENCE.length);
    if (lineBreak === 0) continue;
    const first = firstContentLine(text, at + FENCE.length + lineBreak);
    if (!ENTRY.test(text.slice(first.start, first.end))) continue;
    if (findClosingFence(text, first.end) === -1) return { reason: 'none' };
    return { reason: 'text-before', span: { start, end: lineEnd(text, start) } };
  }
  return { reason: 'none' };
}

/** The first line, from a line start on, that holds more than white space or a YAML comment. */
function firstContentLine(text: string, from: number): Span {
  let start = from;
  for (;;) {
    const end = lineEnd(text, start);
    const at = skipBlanks(text, start);
    const next = end + lineBreakAt(text, end);
    const empty = at >= end || text.charCodeAt(at) === 0x23; // a number sign
    if (!empty || next === end) return { start, end };
    start = next;
  }
}

/** Offset of the line break that ends the line, or of the end of the text. */
function lineEnd(text: string, from: number): number {
  let at = from;
  while (at < text.length && !isLineBreak(text.charCodeAt(at))) at++;
  return at;
}
