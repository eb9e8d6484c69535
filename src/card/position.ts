/**
 * Positions in a text. `line` and `column` are 1-based, columns count UTF-16 code units, `offset` is 0-based and
 * counts UTF-16 code units from the very start of the text, byte-order mark included.
 */
export interface Position {
  readonly line: number;
  readonly column: number;
  readonly offset: number;
}

/** A span of text; `end` is exclusive. */
export interface Range {
  readonly start: Position;
  readonly end: Position;
}

/** A span of text as 0-based UTF-16 offsets; `end` is exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}
