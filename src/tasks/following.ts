/** A token that a model wrote. */
export interface MadeToken {
  /** To which of several texts it belongs, from 0. */
  readonly text: number;
  readonly id: number;
  /**
   * What the text grows by: empty for a special token, and for one that ends inside of a character, whose text comes with the next. The pieces of
   * all tokens are the text.
   */
  readonly piece: string;
  /** The token alone, as the tokenizer writes it. */
  readonly name: string;
  /** Natural logarithm of the probability that the model gave it, before anything was drawn; null where nobody asked, or the runtime does not say. */
  readonly logprob: number | null;
  /** Whether it is none of the text, such as the token that ends it. */
  readonly special: boolean;
  /** The most probable tokens in its place, the best first, as many as were asked for. */
  readonly top: readonly TopToken[];
  /** Why it is the last one of its text; null when it is not. */
  readonly last: FinishReason | null;
}

/** A token that could have come. */
export interface TopToken {
  readonly id: number;
  readonly name: string;
  readonly logprob: number;
}

/** Why a text ended, as servers of texts name it: an end token, a limit, a text that ends it. */
export type FinishReason = 'eos_token' | 'length' | 'stop_sequence';

/** A text that a model wrote, as a server tells of it. */
export interface WrittenText {
  /** The new text alone. */
  readonly text: string;
  readonly finish: FinishReason;
  /** Whether it was cut because its time was over. */
  readonly timedOut: boolean;
  readonly promptTokens: number;
  /** How many tokens it has, that which ended it too. */
  readonly tokens: number;
  /** What it was drawn with; null when nothing was drawn. */
  readonly seed: number | null;
  /** Each of them; empty unless the request asked for details, and where somebody reads along. */
  readonly made: readonly MadeToken[];
}

/** Somebody who follows an inference while it runs. */
export interface Following {
  /** Told each token as it is made; absent where nobody reads along. */
  readonly token?: (token: MadeToken) => void;
  /** Whether nobody wants the answer any more; looked at between tokens. */
  readonly stopped: () => boolean;
}

/** Thrown by an inference that was stopped. */
export class InferenceStopped extends Error {
  override readonly name = 'InferenceStopped';
}
