/** A label with its score; the score is null where the answer has none. */
export interface Scored {
  readonly label: string;
  readonly score: number | null;
  /** What stands beside it, such as the whole sentence of a guessed word. */
  readonly detail?: string;
}

/** A part of a text; counted in characters of the text. */
export interface Entity {
  readonly group: string;
  readonly word: string;
  readonly score: number | null;
  readonly start: number | null;
  readonly end: number | null;
}

/** Something that was found in a picture, in pixels. */
export interface Box {
  readonly label: string;
  /** Null where a card states none. */
  readonly score: number | null;
  readonly xmin: number;
  readonly ymin: number;
  readonly xmax: number;
  readonly ymax: number;
}

/** A part of a picture: white where it is. */
export interface Mask {
  readonly label: string;
  readonly score: number | null;
  /** PNG in base64; null where there is none, as in what cards state. */
  readonly png: string | null;
}

/** Numbers, nested. */
export interface Tensor {
  /** How many there are on each level; null where lists differ in length. */
  readonly shape: readonly number[] | null;
  /** The first ones. */
  readonly head: readonly number[];
  readonly count: number;
}

/** An answer, ready to be shown. Lists are cut at `MOST`; `all` is how long they were. */
export type View =
  | { readonly kind: 'labels'; readonly rows: readonly Scored[]; readonly all: number }
  | { readonly kind: 'entities'; readonly entities: readonly Entity[]; readonly all: number }
  | { readonly kind: 'span'; readonly entities: readonly Entity[]; readonly all: number }
  | {
      readonly kind: 'table-answer';
      readonly answer: string;
      readonly aggregator: string;
      readonly cells: readonly string[];
      /** Row and column of each. */
      readonly coordinates: readonly (readonly [number, number])[];
    }
  | {
      readonly kind: 'texts';
      readonly texts: readonly string[];
      readonly chunks: readonly Chunk[];
      readonly all: number;
    }
  | { readonly kind: 'boxes'; readonly boxes: readonly Box[]; readonly all: number }
  | { readonly kind: 'masks'; readonly masks: readonly Mask[]; readonly all: number }
  | { readonly kind: 'depth'; readonly png: string; readonly tensor: Tensor | null }
  /** A score for each sentence, by its place. */
  | { readonly kind: 'similarities'; readonly scores: readonly number[]; readonly all: number }
  | {
      readonly kind: 'ranking';
      readonly rows: readonly { readonly index: number; readonly score: number }[];
      readonly all: number;
    }
  | { readonly kind: 'rows'; readonly rows: readonly string[]; readonly all: number }
  | { readonly kind: 'tensor'; readonly tensor: Tensor }
  | { readonly kind: 'sounds'; readonly sounds: readonly Sound[] }
  | { readonly kind: 'file'; readonly blob: Blob }
  /** Whatever has another form than this task's answers. */
  | { readonly kind: 'json'; readonly value: unknown };

/** What was said when. */
export interface Chunk {
  readonly text: string;
  /** Seconds; null where the end is not known. */
  readonly from: number;
  readonly to: number | null;
}

/** A recording of an answer. */
export interface Sound {
  readonly label: string;
  /** In base64. */
  readonly data: string;
  readonly type: string;
}

/** Items of an answer that are shown. */
export const MOST = 200;
/** Items with a picture or sound each that are shown. */
export const MOST_FILES = 60;
/** Characters of a text that are shown. */
export const MOST_CHARACTERS = 100_000;

/** A text without the prompt that it goes on from, where it begins with that. */
export function afterPrompt(text: string, prompt: string): string {
  return text.startsWith(prompt) ? text.slice(prompt.length) : text;
}
