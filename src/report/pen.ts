import type { FormatOptions } from './format.js';
import { type Style, type Symbols, style, symbols } from './style.js';
import { oneLine, padded, visible, wrap } from './text.js';

/** What every part of the page draws with. */
export interface Pen extends Style {
  readonly options: FormatOptions;
  readonly unicode: boolean;
  readonly symbols: Symbols;
  /** Columns of the page. */
  readonly width: number;
}

/** Puts colours around a text. */
export type Paint = (text: string) => string;

/** Columns of the labels in the verdict block. */
export const LABEL = 9;

/** A pen for a terminal of these options. */
export function penFor(options: FormatOptions): Pen {
  const unicode = options.unicode ?? true;
  return {
    ...style(options.color ?? false),
    options,
    unicode,
    symbols: symbols(unicode),
    width: Math.min(120, Math.max(60, options.width ?? 80)),
  };
}

/** Safe lines of at most `width` columns, `code` painted; the whole painted with `paint` around it. */
export function paragraph(text: string, width: number, pen: Pen, paint: Paint = plain): readonly string[] {
  const lines = wrap(visible(text.trim(), { unicode: pen.unicode, lines: true }), width);
  return lines.map((line) => codePainted(line, paint, pen));
}

/** A line with its `code` in a colour of its own, the rest painted with `paint`. */
export function codePainted(line: string, paint: Paint, pen: Pen): string {
  return line
    .split(/(`[^`]+`)/)
    .map((part, index) => (index % 2 === 1 ? pen.cyan(part) : part && paint(part)))
    .join('');
}

/** No colours. */
export const plain: Paint = (text) => text;

/** A title with an aside. */
export function heading(text: string, aside: string, pen: Pen): string {
  return aside === '' ? pen.bold(text) : `${pen.bold(text)}  ${pen.dim(aside)}`;
}

/** A labelled line of the verdict: `library  transformers · read from ...`. */
export function labelled(
  label: string,
  value: string,
  detail: string,
  paint: Paint,
  pen: Pen,
): readonly string[] {
  const safeValue = oneLine(value, pen.unicode);
  const text = `${safeValue}${detail === '' ? '' : ` ${pen.symbols.dot} ${oneLine(detail, pen.unicode)}`}`;
  const [first = '', ...rest] = wrap(text, pen.width - LABEL - 2);
  return [
    `  ${pen.dim(padded(label, LABEL))}${paint(first.slice(0, safeValue.length))}${codePainted(first.slice(safeValue.length), plain, pen)}`,
    ...rest.map((line) => ' '.repeat(LABEL + 2) + codePainted(line, plain, pen)),
  ];
}
