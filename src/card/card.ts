import type { JsonPath } from './path.js';
import type { Range, Span } from './position.js';

/** The metadata of a card: the front matter's mapping. */
export type Metadata = Readonly<Record<string, unknown>>;

/** Why the Hub sees no front matter in a text. */
export type AbsentReason =
  /** The file has no fence at all. */
  | 'none'
  /** An opening fence that no line closes. */
  | 'unclosed'
  /** A fence pair further down, but something other than white space stands before it. */
  | 'text-before'
  /** The opening fence has white space behind it; the Hub wants the line break at once. */
  | 'space-after-fence'
  /** The opening line names a language (`---js`, `---json`); the Hub reads nothing, other tools might execute it. */
  | 'language'
  /** The closing fence stands directly below the opening fence: the Hub's expression does not match. */
  | 'nothing-between';

/** What the Hub's splitting rule and the YAML parser made of the head of the file. */
export type FrontMatter =
  | {
      readonly kind: 'absent';
      readonly reason: AbsentReason;
      /** The line that misled, where there is one. */
      readonly span?: Span;
    }
  | {
      readonly kind: 'invalid';
      /** The parser's reason, in js-yaml's words without position and snippet (`bad indentation of a mapping entry`). */
      readonly reason: string;
      /** js-yaml's whole message, as the Hub shows it behind `Invalid YAML in README.md: `; our reason at a limit. */
      readonly message: string;
      readonly span: Span;
      /** Set when one of our limits stopped the parse rather than a fault of the YAML. */
      readonly limit?: 'size' | 'depth' | 'aliases' | 'nodes';
      readonly block: FrontMatterBlock;
    }
  | {
      readonly kind: 'parsed';
      /** The value; a mapping in a healthy card, but a list, a scalar or null is possible. */
      readonly value: unknown;
      /** Whether a scalar without quotes may be something else to readers of YAML 1.1. */
      readonly ambiguous: boolean;
      readonly block: FrontMatterBlock;
    };

/** Where the block lies in the text. */
export interface FrontMatterBlock {
  /** From the first hyphen of the opening fence to the end of the closing fence's line break. */
  readonly span: Span;
  /** The opening fence `---`. */
  readonly open: Span;
  /** The YAML between the fences, without the line breaks that belong to the fences. */
  readonly yaml: Span;
  /** The closing fence `---`. */
  readonly close: Span;
}

/** Which part of a mapping entry a finding is about. For list items and the root, all three mean the value. */
export type Part = 'key' | 'value' | 'entry';

/** A parsed model card. Nothing in it is live: a card is a value. */
export interface Card {
  /** The text as given, byte-order mark included. */
  readonly text: string;
  readonly frontMatter: FrontMatter;
  /** The front matter's mapping; null when there is none or it is not a mapping. */
  readonly metadata: Metadata | null;
  /** The Markdown after the front matter. */
  readonly body: Span;
  /** What other readers make of the same text, where that differs from the Hub's reading. */
  readonly otherReaders: readonly ReaderDisagreement[];
  /**
   * The offsets of a value (when no part is named), key or whole entry; undefined when the path does not exist in the
   * source. A value's span is its text alone, quotes included, without its anchor, tag and comment; an empty value is
   * the point behind its colon. positions.ts says what holds for aliases, merge keys and block scalars.
   */
  spanOf(path: JsonPath, part?: Part): Span | undefined;
  /** Turns offsets into line and column. */
  rangeAt(span: Span): Range;
}

/** A reader that sees another front matter than the Hub. */
export interface ReaderDisagreement {
  readonly reader: 'gray-matter';
  /** One sentence: what it reads instead. */
  readonly reads: string;
  readonly span: Span;
}
