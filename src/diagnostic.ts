import type { Range } from './card/position.js';

/** Our judgement of a finding. */
export type Severity = 'error' | 'warning' | 'info';

/** What the Hub itself does with the finding on push: reject the push, show a warning, or (null) stay silent. */
export type HubSeverity = 'error' | 'warning' | null;

/** A replacement of the text between two offsets (0-based UTF-16 units, end exclusive) of the file. */
export interface TextEdit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Edits that belong together; they never overlap. */
export interface Fix {
  readonly title: string;
  readonly edits: readonly TextEdit[];
}

/** One finding, as every report format shows it. */
export interface Diagnostic {
  /** Id of the rule, the name of its file under `rules/`. */
  readonly rule: string;
  readonly severity: Severity;
  readonly hub: HubSeverity;
  /** What is wrong, in one sentence. */
  readonly message: string;
  /** Repository-relative path of the file, with forward slashes. */
  readonly file: string;
  /** JSON pointer into the front matter; the empty string is the whole of it. */
  readonly path: string;
  /** Absent when the finding is not about a place in a text (a missing file, say). */
  readonly range?: Range;
  readonly fix?: Fix;
  /** What to do next, the Hub's own words where known, and where to read more. */
  readonly help: string;
  /** Set where the finding rests on an answer of the Hub: tomorrow it may be another one. */
  readonly online?: true;
}
