import type { Diagnostic } from '../diagnostic.js';
import type { SupportVerdict } from '../support/verdict.js';
import type { ModelState } from './model-state.js';

/** What lists say of a model. */
export interface ModelSummary {
  readonly id: string;
  /** The same, as the Hub calls it. */
  readonly modelId: string;
  readonly pipeline_tag: string | null;
  readonly library_name: string | null;
  /** `warm` where the Hub would serve it, else the reason why not. */
  readonly inference: string;
  readonly support: SupportVerdict;
  /** How many there are, and how many of them are errors. */
  readonly findings: number;
  readonly errors: number;
  readonly state: ModelState;
}

/** What `GET /api/models/{id}` says of a model: all that its page shows. */
export interface ModelInfo extends ModelSummary {
  readonly diagnostics: readonly Diagnostic[];
  /** Path of the card in the repository: that of the findings in `cardSource`. */
  readonly cardPath: string;
  /** The metadata of the card; null where it has none that can be read. */
  readonly cardData: Readonly<Record<string, unknown>> | null;
  /** The card without its front matter, in Markdown; null where there is none. */
  readonly card: string | null;
  /** The source of the card, which the places of findings refer to. */
  readonly cardSource: string | null;
  /** Sources of other files that findings have places in, by path. */
  readonly otherSources: Readonly<Record<string, string>>;
  readonly examples: readonly PageExample[];
  /** The token that stands for the word to guess (fill-mask); null where none is known. */
  readonly maskToken: string | null;
  /** Whether it takes conversations: it has a chat template. */
  readonly chats: boolean;
}

/** A widget example, ready to be shown. */
export interface PageExample {
  readonly title: string;
  readonly group: string | null;
  /** As in the card; `src` is an address of this server where the file is in the repository, else it is left out. */
  readonly example: Readonly<Record<string, unknown>>;
  /** An address elsewhere that the card names: it is not loaded, as no request leaves the machine. */
  readonly remote: string | null;
  /** The answer that the card states; undefined where it states none. */
  readonly output?: unknown;
}

/** What `GET /api/events` tells, one a message. */
export type PageEvent =
  /** The card or another file of the model was changed, and read anew. */
  | { readonly kind: 'changed'; readonly id: string }
  | { readonly kind: 'state'; readonly id: string; readonly state: ModelState };
