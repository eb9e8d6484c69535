import type { FinishReason, Following, MadeToken, TopToken } from '../following.js';
import { candidates, logProbabilityOf } from './sampling.js';

/** Tokens before a new one that it is decoded with: what a token is may depend on what it follows. */
const BEFORE = 5;
/**
 * The end of a text that the next token may change: half of a character, and what tokenizers take the space out of once they see what follows
 * (`clean_up_tokenization_spaces`: " n't", " 've", " .").
 */
const UNSETTLED = /(?:\uFFFD| (?:n'?|'(?:v|r)?)?)$/;

/** Decodes ids, with special tokens or without. */
export type Decode = (ids: readonly number[], options: { readonly skip_special_tokens: boolean }) => string;

/** What is told of tokens, and to whom. */
export interface Telling {
  readonly decode: Decode;
  /** Which of several texts it is. */
  readonly text: number;
  /** Whether somebody wants to know probabilities, and all tokens afterwards. */
  readonly details: boolean;
  /** How many probable tokens are told beside each. */
  readonly top: number;
  readonly following: Following | undefined;
}

/** Tells of the tokens of a text while they are made. */
export interface TokenTeller {
  /** Told the scores of all tokens, of which one was chosen; before `made`, where they are known. */
  scored(scores: Float32Array, chosen: number): void;
  /** Told all ids when there is a new one, and why it is the last; `overshoot` counts characters behind the end of the text. */
  made(ids: readonly number[], last: FinishReason | null, overshoot: number): void;
  /** All of them, where somebody asked for details, and does not read along. */
  readonly tokens: readonly MadeToken[];
}

/** Follows a text that begins behind `start` ids; null where nobody wants to know. */
export function tokenTeller({ decode, text, details, top, following }: Telling): TokenTeller | null {
  if (!details && following?.token === undefined) return null;
  const tokens: MadeToken[] = [];
  let pieces: ((ids: readonly number[], last: boolean) => string) | null = null;
  let logprob: number | null = null;
  let best: readonly TopToken[] = [];
  const named = (id: number) => decode([id], { skip_special_tokens: false });
  return {
    scored(scores, chosen) {
      if (!details) return;
      logprob = logProbabilityOf(scores, chosen);
      best = candidates(scores, top).map(({ id, logProbability }) => ({
        id,
        name: named(id),
        logprob: logProbability,
      }));
    },
    made(ids, last, overshoot) {
      pieces ??= textPieces(ids.slice(0, -1), (some) => decode(some, { skip_special_tokens: true }));
      const id = ids.at(-1) ?? 0;
      const name = named(id);
      const piece = pieces(ids, last !== null);
      const token: MadeToken = {
        text,
        id,
        piece: piece.slice(0, Math.max(0, piece.length - overshoot)),
        name,
        logprob,
        special: decode([id], { skip_special_tokens: true }) === '' && name !== '',
        top: best,
        last,
      };
      logprob = null;
      best = [];
      // Who reads along has them all.
      if (following?.token !== undefined) following.token(token);
      else tokens.push(token);
    },
    tokens,
  };
}

/**
 * Cuts the text of a growing row of ids into what each new id adds to it. What the next id may still change waits for it; put together, the pieces
 * are the text. Only the last few ids are decoded each time.
 */
export function textPieces(
  start: readonly number[],
  decode: (ids: readonly number[]) => string,
): (ids: readonly number[], last: boolean) => string {
  /** All before it has been told. */
  let told = start.length;
  let from = Math.max(0, told - BEFORE);
  // Special tokens are no text to follow.
  while (from > 0 && decode(start.slice(from)) === '') from = Math.max(0, from - BEFORE);
  return (ids, last) => {
    const before = decode(ids.slice(from, told));
    const now = decode(ids.slice(from));
    if (!last && (now.length <= before.length || UNSETTLED.test(now))) return '';
    from = told;
    told = ids.length;
    return now.slice(before.length);
  };
}
