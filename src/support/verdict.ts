import type { Range } from '../card/position.js';
import type { Fix } from '../diagnostic.js';
import type { InferenceProvider } from '../hub/facts.js';

/** What a library or task was read from. */
export type EvidenceKind =
  | 'library_name'
  | 'pipeline_tag'
  | 'tag'
  | 'file'
  | 'config'
  | 'architecture'
  | 'none';

/** A place that supports a statement: a key of the card, or a file of the repository. */
export interface EvidencePlace {
  readonly file: string;
  /** JSON pointer inside the file, where it has a structure. */
  readonly path?: string;
  /** Only for the card, and only when the caller gave the card's positions. */
  readonly range?: Range;
}

/** A detected library or task, with what it was read from. */
export interface Detection {
  /** `library_name` or pipeline tag; null when nothing was detected. */
  readonly name: string | null;
  readonly evidence: EvidenceKind;
  /** One sentence for a person, naming key and line, file, or class. */
  readonly detail: string;
  readonly at?: EvidencePlace;
}

/** The Hub's own words for why the API is on or off, and ours for weights over its size limit. */
export type ApiReason =
  | 'Yes'
  | 'ExplicitOptOut'
  | 'CustomCode'
  | 'LibraryNotDetected'
  | 'PipelineNotDetected'
  | 'PipelineLibraryPairNotSupported'
  | 'TooBig';

/** What the model page shows: an interactive widget, the card's recorded examples, or nothing. */
export type WidgetState = 'live' | 'examples-only' | 'hidden';

/** An edit of the card (or another step) that flips the verdict; `edits` is empty when the author must decide. */
export type Remedy = Fix;

/** What the Hub will make of a model repository, each answer with what it rests on. */
export interface SupportVerdict {
  readonly library: Detection;
  readonly task: Detection;
  readonly api: {
    readonly enabled: boolean;
    readonly reason: ApiReason;
    readonly explanation: string;
    readonly at?: EvidencePlace;
    /** `inference.parameters` of the card: what the widget sends along with each input. */
    readonly parameters?: Readonly<Record<string, unknown>>;
  };
  readonly widget: {
    readonly state: WidgetState;
    /** Widget type: the pipeline tag, or `conversational`. */
    readonly kind: string | null;
    readonly explanation: string;
  };
  readonly remedy?: readonly Remedy[];
  /** What the Hub itself says of the page; absent when it was not asked, or does not know the model. */
  readonly online?: OnlineVerdict;
}

/** The page as the Hub has it today, beside what its tables of libraries and tasks make of the repository. */
export interface OnlineVerdict {
  /** Pipeline tag the Hub computed; null when it found none. */
  readonly task: string | null;
  /** Library the Hub computed; null likewise. */
  readonly library: string | null;
  readonly providers: readonly InferenceProvider[];
  /** What the page shows: a live widget needs a provider that serves the model. */
  readonly widget: { readonly state: WidgetState; readonly explanation: string };
}
