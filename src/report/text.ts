/** Characters that could steer a terminal, hide text or reverse its reading order. */
const UNSAFE =
  /[\p{Cc}\p{Cs}\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;

const PRINTABLE_ASCII = /^[\x20-\x7e]*$/;

/** Text of characters that are one column each whatever follows: ASCII, Latin, and the marks this program prints itself. */
const SINGLE_COLUMNS =
  /^[\x20-\x7e\u00a1-\u00ac\u00ae-\u02ff\u2010-\u2027\u2400-\u2426\u2500-\u257f\u22ee\u25b2\u25cb\u2714\u2716]*$/;

/** How one unsafe character is shown: a control picture where there is one, else its code point. */
function shown(character: string, unicode: boolean): string {
  const code = character.codePointAt(0) ?? 0;
  if (code >= 0xd800 && code <= 0xdfff) return unicode ? '\ufffd' : '?';
  if (code < 0x20 || code === 0x7f) {
    if (unicode) return String.fromCodePoint(code === 0x7f ? 0x2421 : 0x2400 + code);
    return `\\x${code.toString(16).padStart(2, '0')}`;
  }
  return `<U+${code.toString(16).toUpperCase().padStart(4, '0')}>`;
}

/**
 * Makes text from a card or a model safe to print: terminal control characters, direction overrides, invisible
 * characters and lone surrogates become visible. Line breaks stay when `lines` is set, and are shown otherwise.
 */
export function visible(text: string, options: { unicode?: boolean; lines?: boolean } = {}): string {
  if (PRINTABLE_ASCII.test(text)) return text;
  const unicode = options.unicode ?? true;
  return text.replace(UNSAFE, (character) => {
    if (options.lines && character === '\n') return character;
    return shown(character, unicode);
  });
}

/**
 * Text for a log of GitHub Actions in which nothing is a command: the runner obeys a line that begins with `::` after white
 * space, and `##[` anywhere in a line.
 */
export function withoutCommands(text: string): string {
  return text.replaceAll('##[', '## [').replace(/^([^\S\n]*):(?=:)/gm, '$1: ');
}

/**
 * JSON text whose unsafe characters are escapes: the same value to a program, and harmless on a terminal and in a log of
 * GitHub Actions, whose runner obeys `##[`.
 */
export function visibleJson(json: string): string {
  return json.replaceAll('##[', '\\u0023#[').replace(UNSAFE, (character) => {
    if (character === '\n') return character;
    return Array.from({ length: character.length }, (_, index) => {
      return `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`;
    }).join('');
  });
}

/** Text on one line, safe to print: white space of any kind becomes one space. */
export function oneLine(text: string, unicode = true): string {
  return visible(text.replace(/\s+/g, ' ').trim(), { unicode });
}

/** First and last code points of the blocks that terminals draw two columns wide (Unicode 16, East Asian Width W and F). */
const WIDE: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x2e80, 0x303e],
  [0x3041, 0x33ff],
  [0x3400, 0x4dbf],
  [0x4e00, 0xa4cf],
  [0xa960, 0xa97f],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe10, 0xfe19],
  [0xfe30, 0xfe6f],
  [0xff01, 0xff60],
  [0xffe0, 0xffe6],
  [0x16fe0, 0x18aff],
  [0x1aff0, 0x1b2ff],
  [0x1f200, 0x1f265],
  [0x20000, 0x3fffd],
];

const EMOJI = /\p{Emoji_Presentation}|\ufe0f/u;
const ZERO_WIDTH = /^[\p{Mn}\p{Me}\p{Cf}]+$/u;

/** Characters that can join a neighbour; text without them needs no segmenter, which is slow. */
const JOINS =
  /[\p{M}\p{Cf}\p{Emoji_Modifier}\p{Regional_Indicator}\u1100-\u11ff\ua960-\ua97f\ud7b0-\ud7ff\r]/u;

let segmenter: Intl.Segmenter | undefined;

/** Splits text into what a reader takes for single characters. */
export function graphemes(text: string): readonly string[] {
  if (SINGLE_COLUMNS.test(text)) return text.split('');
  if (!JOINS.test(text)) return Array.from(text);
  segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
  return Array.from(segmenter.segment(text), (part) => part.segment);
}

/** Columns a terminal needs for one grapheme that is safe to print. */
function graphemeWidth(grapheme: string): number {
  const code = grapheme.codePointAt(0) ?? 0;
  if (code < 0x300 && grapheme.length === 1) return 1;
  if (EMOJI.test(grapheme)) return 2;
  for (const [first, last] of WIDE) if (code >= first && code <= last) return 2;
  return ZERO_WIDTH.test(grapheme) ? 0 : 1;
}

/** Columns a terminal needs for text that is safe to print. */
export function displayWidth(text: string): number {
  if (SINGLE_COLUMNS.test(text)) return text.length;
  let width = 0;
  for (const grapheme of graphemes(text)) width += graphemeWidth(grapheme);
  return width;
}

/** Cuts text to at most `width` columns; what was cut shows as an ellipsis. */
export function cut(text: string, width: number, ellipsis = '…'): string {
  if (text.length > width * MOST_UNITS) return cutEarly(text, width, ellipsis);
  if (displayWidth(text) <= width) return text;
  const room = width - displayWidth(ellipsis);
  let used = 0;
  let kept = '';
  for (const grapheme of graphemes(text)) {
    used += graphemeWidth(grapheme);
    if (used > room) break;
    kept += grapheme;
  }
  return kept.trimEnd() + ellipsis;
}

/** UTF-16 units a column may take: beyond it, marks are stacked on marks, and what comes later is not looked at. */
const MOST_UNITS = 16;

/** Text far too long, cut before its characters are counted one by one. */
function cutEarly(text: string, width: number, ellipsis: string): string {
  const head = text.slice(0, width * MOST_UNITS).replace(/[\ud800-\udbff]$/, '');
  const kept = cut(head, width, ellipsis);
  return kept.endsWith(ellipsis) ? kept : `${cut(head, width - displayWidth(ellipsis), '')}${ellipsis}`;
}

/** Text filled with spaces to `width` columns. */
export function padded(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - displayWidth(text)));
}

/**
 * Breaks safe text into lines of at most `width` columns, at spaces where there are any. Addresses are never broken, so
 * that they stay whole for a click.
 */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const paragraph of text.split('\n')) {
    let line = '';
    let used = 0;
    for (const word of paragraph.split(' ')) {
      let rest = word;
      let size = displayWidth(rest);
      if (line !== '' && used + 1 + size > width) {
        lines.push(line);
        line = '';
        used = 0;
      }
      if (size > width && !/^\W*https?:/.test(rest)) {
        for (const grapheme of graphemes(word)) {
          const columns = graphemeWidth(grapheme);
          if (used + columns > width) {
            lines.push(line);
            line = '';
            used = 0;
          }
          line += grapheme;
          used += columns;
        }
        rest = '';
        size = 0;
        continue;
      }
      line = line === '' ? rest : `${line} ${rest}`;
      used = displayWidth(line);
    }
    lines.push(line);
  }
  return lines;
}

/** One drawn cell run of a source line. */
interface Cell {
  /** Offset in the source of the first UTF-16 unit. */
  readonly offset: number;
  readonly text: string;
  readonly width: number;
}

/** A source line ready to print, with the columns of the marked part. */
export interface DrawnLine {
  readonly text: string;
  /** Columns before the mark. */
  readonly markStart: number;
  /** Columns of the mark, at least 1. */
  readonly markWidth: number;
}

/** UTF-16 units looked at on either side of a mark, so that a card of one huge line stays cheap to draw. */
const WINDOW = 2000;
const TAB = 4;

/**
 * Draws the line around a span of the source: tabs become spaces, unsafe characters visible, and a line longer than
 * `width` columns is cut around the mark. `start` and `end` are offsets in `source`; the mark ends with the line at the latest.
 */
export function drawLine(
  source: string,
  start: number,
  end: number,
  width: number,
  unicode = true,
): DrawnLine {
  const from = lineStart(source, start);
  const to = lineEnd(source, start);
  const markEnd = Math.min(end, to);
  const cells = cellsOf(source.slice(from, to), from, unicode);

  // A mark that begins inside a grapheme (at a combining mark, say) takes the whole of it.
  const first = start < to ? cells.findLastIndex((cell) => cell.offset <= start) : cells.length;
  let last = first;
  while (last < cells.length && (cells[last]?.offset ?? to) < markEnd) last++;

  return cutAround(cells, first, last, width, unicode ? '…' : '...');
}

/** Offset of the first character of the line that holds `offset`, or of what is looked at of a long line. */
function lineStart(source: string, offset: number): number {
  let at = Math.min(offset, source.length);
  // Between CR and LF belongs to the line they end.
  if (source[at - 1] === '\r' && source[at] === '\n') at--;
  const stop = Math.max(0, at - WINDOW);
  while (at > stop && source[at - 1] !== '\n' && source[at - 1] !== '\r') at--;
  return at;
}

/** Offset of the line break (or the end of the text) that ends the line of `offset`, or of what is looked at of it. */
function lineEnd(source: string, offset: number): number {
  let at = Math.min(offset, source.length);
  if (source[at - 1] === '\r' && source[at] === '\n') return at - 1;
  const stop = Math.min(source.length, at + WINDOW);
  while (at < stop && source[at] !== '\n' && source[at] !== '\r') at++;
  return at;
}

function cellsOf(line: string, offset: number, unicode: boolean): readonly Cell[] {
  const cells: Cell[] = [];
  let column = 0;
  let at = offset;
  for (const grapheme of graphemes(line)) {
    let text = visible(grapheme, { unicode });
    if (grapheme === '\ufeff') text = '';
    else if (grapheme === '\t') text = ' '.repeat(TAB - (column % TAB));
    const width = text === grapheme ? graphemeWidth(grapheme) : displayWidth(text);
    cells.push({ offset: at, text, width });
    column += width;
    at += grapheme.length;
  }
  return cells;
}

/** Cuts cells to `width` columns so that the mark `[first, last)` is seen, its beginning before all. */
function cutAround(
  cells: readonly Cell[],
  first: number,
  last: number,
  width: number,
  ellipsis: string,
): DrawnLine {
  const columns = (from: number, to: number): number => {
    let sum = 0;
    for (let index = from; index < to; index++) sum += cells[index]?.width ?? 0;
    return sum;
  };
  const textOf = (from: number, to: number): string => {
    let text = '';
    for (let index = from; index < to; index++) text += cells[index]?.text ?? '';
    return text;
  };

  if (columns(0, cells.length) <= width) {
    return {
      text: textOf(0, cells.length).trimEnd(),
      markStart: columns(0, first),
      markWidth: Math.max(1, columns(first, last)),
    };
  }
  // Keep a third of the room for what stands before the mark, or more when the mark leaves it free.
  const mark = Math.min(columns(first, last), Math.floor(width / 2));
  let from = first;
  let before = 0;
  const wanted = Math.max(Math.floor(width / 3), Math.floor((width - mark) / 2));
  while (from > 0 && before + (cells[from - 1]?.width ?? 0) <= wanted - ellipsis.length) {
    from--;
    before += cells[from]?.width ?? 0;
  }
  const lead = from > 0 ? ellipsis : '';
  let to = from;
  let used = lead.length;
  while (to < cells.length && used + (cells[to]?.width ?? 0) <= width - ellipsis.length) {
    used += cells[to]?.width ?? 0;
    to++;
  }
  const tail = to < cells.length ? ellipsis : '';
  const shownLast = Math.min(last, to);
  return {
    text: (lead + textOf(from, to) + tail).trimEnd(),
    markStart: lead.length + before,
    markWidth: Math.max(1, columns(first, shownLast) + (last > to ? tail.length : 0)),
  };
}
