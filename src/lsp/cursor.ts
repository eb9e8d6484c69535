import type { JsonPath } from '../card/path.js';
import { toPointer } from '../card/path.js';
import type { Span } from '../card/position.js';
import { lineAfter, lineEnd } from './front-matter.js';

/** What can stand at a place in YAML. */
export type Place =
  | {
      readonly kind: 'key';
      /** Path of the mapping the key belongs to. */
      readonly mapping: JsonPath;
      /** Keys of that mapping, the one at the place included. */
      readonly present: ReadonlySet<string>;
      readonly inFlow: boolean;
      /** Whether a colon follows, so that there is a key already. */
      readonly colon: boolean;
      /** Whether it stands in quotes. */
      readonly quoted: boolean;
    }
  | {
      readonly kind: 'value';
      readonly path: JsonPath;
      readonly inFlow: boolean;
      readonly quote: '"' | "'" | '';
      /** The value stands on a line of its own below its key, where a list could begin too. */
      readonly ownLine: boolean;
    }
  /** An item of a list in block style whose dash is not written yet. */
  | { readonly kind: 'item'; readonly path: JsonPath };

/** Where in a YAML text an editor's cursor stands. */
export interface Cursor {
  /** The word there, from its start to its end on the same line; empty where nothing is written. */
  readonly word: Span;
  /** UTF-16 units between the start of the line and the word. */
  readonly column: number;
  /** A space is missing between the word and the colon or dash before it. */
  readonly gap: boolean;
  /** What the word can be, the likeliest first. */
  readonly places: readonly Place[];
}

/**
 * Tells what can be written at an offset of a YAML text. It goes by lines and indentation, not by a parse: text that is
 * being written seldom parses. Null inside comments, block scalars, and wherever neither a key nor a value can stand.
 * Linear in the length of the region.
 */
export function cursorAt(text: string, region: Span, offset: number): Cursor | null {
  const scan: Scan = {
    text,
    end: region.end,
    offset,
    frames: [{ kind: 'root', indent: -1, path: [], keys: new Set(), key: '', count: 0, pending: true }],
    blockScalar: undefined,
    cursor: undefined,
    wanted: new Map(),
  };
  for (let at: number | undefined = region.start; at !== undefined && at <= region.end; ) at = line(scan, at);
  return scan.cursor ?? null;
}

/** A collection in block style that is open at the current line. */
interface Frame {
  readonly kind: 'root' | 'map' | 'list';
  /** Column of its keys or dashes. */
  readonly indent: number;
  readonly path: JsonPath;
  readonly keys: Set<string>;
  /** Name of the last key. */
  key: string;
  /** Index of the last item. */
  count: number;
  /** Whether the value of the last key or item is still to come. */
  pending: boolean;
}

interface Scan {
  readonly text: string;
  readonly end: number;
  readonly offset: number;
  readonly frames: Frame[];
  /** Text indented further than this belongs to a block scalar. */
  blockScalar: number | undefined;
  /** Null where nothing can stand; undefined until the offset is reached. */
  cursor: Cursor | null | undefined;
  /** Keys of mappings that begin behind the cursor, by JSON pointer. */
  readonly wanted: Map<string, Set<string>>;
}

/** A line, from its start to its line break. */
interface Line {
  readonly start: number;
  readonly end: number;
  /** Whether the cursor is in it and its place not known yet. */
  readonly here: boolean;
}

/** Looks at a line, and at further ones that belong to a value of it; gives the start of the next. */
function line(scan: Scan, start: number): number | undefined {
  const { text, offset } = scan;
  const end = Math.min(lineEnd(text, start), scan.end);
  const next = nextLine(scan, end);
  const here = scan.cursor === undefined && start <= offset && offset <= end;
  const at = skipBlanks(text, start, end);
  if (scan.blockScalar !== undefined) {
    const empty = at === end;
    if (!empty && at - start <= scan.blockScalar) scan.blockScalar = undefined;
    else if (!here || !empty || offset - start > scan.blockScalar) {
      if (here) scan.cursor = null;
      return next;
    }
  }
  if (at === end) {
    if (here) capture(scan, { start: offset, end: offset }, start, placesAt(scan, offset - start));
    return next;
  }
  if (text[at] === '#' || (here && offset < at)) {
    if (here) scan.cursor = null;
    if (text[at] === '#') return next;
  }
  const after = content(scan, { start, end, here }, at);
  if (here) scan.cursor ??= null;
  return after;
}

/** A line with more than white space and a comment. */
function content(scan: Scan, { start, end, here }: Line, from: number): number | undefined {
  const { text, offset, frames } = scan;
  const next = nextLine(scan, end);
  const indent = from - start;
  for (let frame = innermost(scan); ; frame = innermost(scan)) {
    const ended = frame.kind === 'list' && frame.indent === indent && !isDash(text, from, end);
    if (frame.indent <= indent && !ended) break;
    frames.pop();
  }
  for (let at = from; ; ) {
    const column = at - start;
    const frame = innermost(scan);
    if (isDash(text, at, end)) {
      if (frame.kind === 'list' && frame.indent === column) {
        frame.count++;
        frame.pending = true;
      } else if (!holds(frame, column, true) || !push(scan, 'list', column)) return next;
      const inner = skipBlanks(text, at + 1, end);
      if (inner === end || text[inner] === '#') {
        if (here && offset > at && offset <= (inner === end ? end : inner - 1)) {
          capture(
            scan,
            { start: offset, end: offset },
            start,
            inItem(scan, innermost(scan)),
            offset === at + 1,
          );
        }
        return next;
      }
      at = inner;
      continue;
    }
    const key = keyAt(text, at, end);
    if (key !== undefined) {
      if (!(frame.kind === 'map' && frame.indent === column)) {
        if (!holds(frame, column, false) || !push(scan, 'map', column)) return next;
      }
      const mapping = innermost(scan);
      mapping.key = key.name;
      mapping.keys.add(key.name);
      mapping.pending = true;
      if (here && key.start <= offset && offset <= key.end) {
        const place: Place = {
          kind: 'key',
          mapping: mapping.path,
          present: mapping.keys,
          inFlow: false,
          colon: true,
          quoted: text[key.start - 1] === '"' || text[key.start - 1] === "'",
        };
        capture(scan, { start: key.start, end: key.end }, start, [place]);
      }
      return value(scan, { start, end, here }, key.colon + 1, childOf(mapping));
    }
    const opensMore = frame.pending && column > frame.indent;
    if (opensMore && /["'[{|>&!*]/.test(text.charAt(at))) {
      return value(scan, { start, end, here }, at, childOf(frame));
    }
    const wordEnd = plainEnd(text, at, end);
    if (here && at <= offset && offset <= wordEnd) {
      const places = column === indent ? placesAt(scan, column) : inItem(scan, frame);
      capture(scan, { start: at, end: wordEnd }, start, places);
    }
    if (opensMore) frame.pending = false;
    return next;
  }
}

/** What stands behind a colon, or where a value begins on a line of its own. */
function value(scan: Scan, { start, end, here }: Line, from: number, path: JsonPath): number | undefined {
  const { text, offset } = scan;
  const frame = innermost(scan);
  let at = skipBlanks(text, from, end);
  while (at < end && (text[at] === '&' || text[at] === '!')) {
    while (at < end && !isBlank(text[at])) at++;
    at = skipBlanks(text, at, end);
  }
  const ownLine = !(frame.kind === 'map' && text[from - 1] === ':');
  const place = (quote: '"' | "'" | ''): readonly Place[] => [
    { kind: 'value', path, inFlow: false, quote, ownLine },
  ];
  if (at === end || text[at] === '#') {
    if (here && from <= offset && offset <= (at === end ? end : at - 1)) {
      capture(scan, { start: offset, end: offset }, start, place(''), offset === from && !ownLine);
    }
    return nextLine(scan, end);
  }
  frame.pending = false;
  const first = text[at];
  if (first === '|' || first === '>') {
    scan.blockScalar = frame.indent;
    return nextLine(scan, end);
  }
  if (first === '[' || first === '{') return flow(scan, at, path);
  if (first === '"' || first === "'") return quoted(scan, { start, end, here }, at, first, place(first));
  const wordEnd = plainEnd(text, at, end);
  if (here && at <= offset && offset <= wordEnd && first !== '*') {
    capture(scan, { start: at, end: wordEnd }, start, place(''));
  }
  return nextLine(scan, end);
}

/** A quoted scalar of a block collection. One that is not closed ends where a key of the mapping around follows. */
function quoted(
  scan: Scan,
  { start, end, here }: Line,
  at: number,
  quote: '"' | "'",
  places: readonly Place[],
): number | undefined {
  const { text, offset } = scan;
  const close = closingQuote(text, at, end, quote);
  const innerEnd = close ?? end;
  if (here && at < offset && offset <= innerEnd) {
    capture(scan, { start: at + 1, end: innerEnd }, start, places);
  }
  // An open quote in the line of the cursor is one that is being written.
  if (close !== undefined || here) return nextLine(scan, end);
  const { indent } = innermost(scan);
  let next = nextLine(scan, end);
  while (next !== undefined && next <= scan.end) {
    const stop = Math.min(lineEnd(text, next), scan.end);
    if (endsValue(text, next, stop, indent)) return next;
    if (scan.cursor === undefined && next <= offset && offset <= stop) scan.cursor = null;
    const closed = closingQuote(text, next - 1, stop, quote) !== undefined;
    next = nextLine(scan, stop);
    if (closed) break;
  }
  return next;
}

/** Whether a line can only be the next entry of a mapping around a value that was never closed. */
function endsValue(text: string, start: number, end: number, indent: number): boolean {
  const at = skipBlanks(text, start, end);
  return at < end && at - start <= indent && keyAt(text, at, end) !== undefined;
}

/** A collection in flow style that is open. */
interface FlowFrame {
  readonly kind: 'map' | 'list';
  readonly path: JsonPath;
  readonly keys: Set<string>;
  key: string;
  index: number;
  /** What the last token was: nothing yet, a key, the colon behind it, or a whole value. */
  phase: 'start' | 'key' | 'colon' | 'done';
}

/** A collection in flow style, over as many lines as it has. */
function flow(scan: Scan, from: number, path: JsonPath): number | undefined {
  const { text, end, offset } = scan;
  const { indent } = innermost(scan);
  const stack: FlowFrame[] = [];
  let at = from;
  /** Where the white space before the current token begins. */
  let gapStart = from + 1;
  let lineStop = from;
  /** End of the line the current token is in; a line can hold them all. */
  const lineStopAt = (offset: number) => {
    if (offset >= lineStop) lineStop = Math.min(lineEnd(text, offset), end);
    return lineStop;
  };
  const top = () => stack[stack.length - 1];
  const gapUntil = (until: number) => {
    const frame = top();
    if (scan.cursor !== undefined || frame === undefined || offset < gapStart || offset > until) return;
    const tight = frame.phase === 'colon' && offset === gapStart;
    captureInFlow(scan, { start: offset, end: offset }, placesInFlow(frame, false, ''), tight);
  };
  while (at < end) {
    const c = text.charAt(at);
    if (c === '\n' || c === '\r') {
      const next = nextLine(scan, at);
      const frame = top();
      if (next === undefined) break;
      const stop = Math.min(lineEnd(text, next), end);
      const separated =
        frame?.kind === 'map' && /[,}][ \t]*$/.test(text.slice(Math.max(next, stop - 20), stop));
      if (!separated && endsValue(text, next, stop, indent)) {
        gapUntil(at);
        return next;
      }
      at = next;
    } else if (isBlank(c)) at++;
    else if (c === '#' && /\s/.test(text.charAt(at - 1))) {
      gapUntil(at - 1);
      const stop = lineStopAt(at);
      if (scan.cursor === undefined && at <= offset && offset <= stop) scan.cursor = null;
      at = stop;
      gapStart = at + 1;
    } else if (c === '[' || c === '{') {
      gapUntil(at);
      if (stack.length === MOST_FRAMES) return undefined;
      const around = top();
      const inner = around === undefined ? path : childInFlow(around);
      if (around !== undefined) around.phase = 'done';
      const kind = c === '{' ? 'map' : 'list';
      stack.push({ kind, path: inner, keys: new Set(), key: '', index: 0, phase: 'start' });
      gapStart = ++at;
    } else if (c === ']' || c === '}') {
      gapUntil(at);
      stack.pop();
      gapStart = ++at;
      const around = top();
      if (around === undefined) return nextLine(scan, Math.min(lineEnd(text, at), end));
      around.phase = 'done';
    } else if (c === ',' || c === ':') {
      gapUntil(at);
      const frame = top();
      if (frame !== undefined && c === ',') {
        frame.index++;
        frame.phase = 'start';
      } else if (frame !== undefined) frame.phase = frame.phase === 'key' ? 'colon' : 'done';
      gapStart = ++at;
    } else {
      const stop = lineStopAt(at);
      const quote = c === '"' || c === "'" ? c : '';
      const close = quote === '' ? undefined : closingQuote(text, at, stop, quote);
      const word =
        quote === ''
          ? { start: at, end: plainEndInFlow(text, at, stop) }
          : { start: at + 1, end: close ?? stop };
      const tokenEnd = close === undefined ? word.end : close + 1;
      gapUntil(at - 1);
      const frame = top();
      const isKey = frame?.kind === 'map' && frame.phase === 'start';
      const colon = text[skipBlanks(text, tokenEnd, stop)] === ':';
      if (frame !== undefined && isKey) {
        frame.key = text.slice(word.start, word.end);
        if (colon) frame.keys.add(frame.key);
      }
      if (scan.cursor === undefined && word.start <= offset && offset <= word.end) {
        const places = frame === undefined ? [] : placesInFlow(frame, colon, quote);
        captureInFlow(scan, word, places, false);
      } else if (scan.cursor === undefined && at <= offset && offset < tokenEnd) scan.cursor = null;
      if (frame !== undefined) frame.phase = isKey ? 'key' : 'done';
      at = Math.max(tokenEnd, at + 1);
      gapStart = at + 1;
    }
  }
  gapUntil(end);
  return undefined;
}

function placesInFlow(frame: FlowFrame, colon: boolean, quote: '"' | "'" | ''): readonly Place[] {
  if (frame.kind === 'map' && frame.phase === 'start') {
    return [
      { kind: 'key', mapping: frame.path, present: frame.keys, inFlow: true, colon, quoted: quote !== '' },
    ];
  }
  const open = frame.kind === 'map' ? frame.phase === 'colon' : frame.phase === 'start' && !colon;
  return open ? [{ kind: 'value', path: childInFlow(frame), inFlow: true, quote, ownLine: false }] : [];
}

function childInFlow(frame: FlowFrame): JsonPath {
  return [...frame.path, frame.kind === 'map' ? frame.key : frame.index];
}

/** What can stand at a column of an otherwise empty line. */
function placesAt(scan: Scan, column: number): readonly Place[] {
  const { frames } = scan;
  let index = frames.length - 1;
  while ((frames[index]?.indent ?? -1) > column) index--;
  const frame = frames[index];
  if (frame === undefined) return [];
  if (frame.kind === 'list' && frame.indent === column) {
    const item: Place = { kind: 'item', path: [...frame.path, frame.count + 1] };
    const around = frames[index - 1];
    return around?.kind === 'map' && around.indent === column ? [keyOf(around), item] : [item];
  }
  if (frame.kind === 'map' && frame.indent === column) {
    const item: Place = { kind: 'item', path: [...childOf(frame), 0] };
    return frame.pending ? [keyOf(frame), item] : [keyOf(frame)];
  }
  if (!frame.pending) return [];
  return [...inItem(scan, frame), { kind: 'item', path: [...childOf(frame), 0] }];
}

function keyOf(frame: Frame): Place {
  return {
    kind: 'key',
    mapping: frame.path,
    present: frame.keys,
    inFlow: false,
    colon: false,
    quoted: false,
  };
}

/** The value that a key or an item still lacks: a scalar, or the first key of a mapping. */
function inItem(scan: Scan, frame: Frame): readonly Place[] {
  if (!frame.pending) return [];
  const path = childOf(frame);
  const pointer = toPointer(path);
  const present = scan.wanted.get(pointer) ?? new Set<string>();
  scan.wanted.set(pointer, present);
  return [
    { kind: 'key', mapping: path, present, inFlow: false, colon: false, quoted: false },
    { kind: 'value', path, inFlow: false, quote: '', ownLine: frame.kind !== 'list' },
  ];
}

function capture(scan: Scan, word: Span, lineStart: number, places: readonly Place[], gap = false): void {
  scan.cursor = places.length === 0 ? null : { word, column: word.start - lineStart, gap, places };
}

function captureInFlow(scan: Scan, word: Span, places: readonly Place[], gap: boolean): void {
  let start = word.start;
  while (start > 0 && scan.text[start - 1] !== '\n' && scan.text[start - 1] !== '\r') start--;
  capture(scan, word, start, places, gap);
}

function innermost({ frames }: Scan): Frame {
  const frame = frames[frames.length - 1];
  // The root has a lower indentation than any line and is never taken off.
  if (frame === undefined) throw new Error('The outermost frame is gone.');
  return frame;
}

function childOf(frame: Frame): JsonPath {
  if (frame.kind === 'root') return frame.path;
  return [...frame.path, frame.kind === 'map' ? frame.key : frame.count];
}

/** Whether a collection can begin at a column as the value of the last key or item. */
function holds(frame: Frame, column: number, dash: boolean): boolean {
  if (!frame.pending) return false;
  return column > frame.indent || (dash && frame.kind === 'map' && column === frame.indent);
}

/** Most collections inside one another; deeper ones are not looked into. */
const MOST_FRAMES = 200;

/** Opens a collection; false where there are too many already. */
function push(scan: Scan, kind: 'map' | 'list', indent: number): boolean {
  if (scan.frames.length === MOST_FRAMES) return false;
  const around = innermost(scan);
  const path = childOf(around);
  around.pending = false;
  const keys =
    (kind === 'map' && scan.wanted.size > 0 && scan.wanted.get(toPointer(path))) || new Set<string>();
  scan.frames.push({ kind, indent, path, keys, key: '', count: 0, pending: true });
  return true;
}

interface Key {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  readonly colon: number;
}

/** The key that begins at an offset, when a colon ends it on the same line. */
function keyAt(text: string, at: number, end: number): Key | undefined {
  const first = text.charAt(at);
  if (first === '"' || first === "'") {
    const close = closingQuote(text, at, end, first);
    if (close === undefined) return undefined;
    const colon = skipBlanks(text, close + 1, end);
    if (text[colon] !== ':' || !(colon + 1 === end || isBlank(text[colon + 1]))) return undefined;
    return { name: text.slice(at + 1, close), start: at + 1, end: close, colon };
  }
  if (/[[\]{},#&*!|>%@`]/.test(first) || (first === '?' && isBlank(text[at + 1]))) return undefined;
  for (let colon = at; colon < end; colon++) {
    const c = text[colon];
    if (c === '#' && isBlank(text[colon - 1])) return undefined;
    if (c !== ':' || !(colon + 1 === end || isBlank(text[colon + 1]))) continue;
    const name = text.slice(at, colon).trimEnd();
    return { name, start: at, end: at + name.length, colon };
  }
  return undefined;
}

/** Offset of the quote that closes the one at an offset, before `end`. */
function closingQuote(text: string, at: number, end: number, quote: '"' | "'"): number | undefined {
  for (let i = at + 1; i < end; i++) {
    if (quote === '"' && text[i] === '\\') i++;
    else if (text[i] === quote) {
      if (quote === "'" && text[i + 1] === "'") i++;
      else return i;
    }
  }
  return undefined;
}

/** End of a plain scalar: before a comment, and without the white space at its end. */
function plainEnd(text: string, from: number, end: number): number {
  let last = from;
  for (let at = from; at < end; at++) {
    if (isBlank(text[at])) continue;
    if (text[at] === '#' && at > from && isBlank(text[at - 1])) break;
    last = at + 1;
  }
  return last;
}

/** As `plainEnd`, inside a flow collection. */
function plainEndInFlow(text: string, from: number, end: number): number {
  let last = from;
  for (let at = from; at < end; at++) {
    const c = text.charAt(at);
    if (isBlank(c)) continue;
    if (/[,[\]{}]/.test(c) || (c === '#' && at > from && isBlank(text[at - 1]))) break;
    if (c === ':' && (at + 1 >= end || /[\s,[\]{}]/.test(text.charAt(at + 1)))) break;
    last = at + 1;
  }
  return last;
}

function isDash(text: string, at: number, end: number): boolean {
  return text[at] === '-' && (at + 1 === end || isBlank(text[at + 1]));
}

function isBlank(c: string | undefined): boolean {
  return c === ' ' || c === '\t';
}

function skipBlanks(text: string, from: number, end: number): number {
  let at = from;
  while (at < end && isBlank(text[at])) at++;
  return at;
}

/** Start of the line behind the line break at an offset; undefined when the region ends there. */
function nextLine(scan: Scan, end: number): number | undefined {
  const next = lineAfter(scan.text, end);
  return next === undefined || next > scan.end ? undefined : next;
}
