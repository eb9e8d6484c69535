import { own } from '../../mapping.js';
import type {
  Options,
  Piece,
  Tensors,
  TensorView,
  Tokenizer,
  TransformersSession,
} from '../../smoke/session.js';
import { int64Tensor } from '../numbers/tensors.js';

/** A token as a model takes it. */
export interface Token {
  readonly id: number;
  readonly type: number;
}

/** A text as tokens, with the special ones that the tokenizer puts around it. */
export interface EncodedText {
  readonly before: readonly Token[];
  readonly text: readonly Token[];
  readonly after: readonly Token[];
  readonly pieces: readonly Piece[];
}

/** Two texts as tokens, with the special ones around and between them. */
export interface EncodedPair {
  readonly before: readonly Token[];
  readonly first: readonly Token[];
  readonly between: readonly Token[];
  readonly second: readonly Token[];
  readonly after: readonly Token[];
  readonly pieces: readonly Piece[];
}

/** Families that number positions from the id of the padding token on, and so have fewer than they state (RoBERTa). */
const OFFSET_POSITIONS =
  /^(?:roberta|xlm-roberta|xlm-roberta-xl|camembert|mpnet|longformer|luke|mluke|xmod|ibert|data2vec-text|roberta-prelayernorm|esm|lilt|layoutlmv3|markuplm)$/;
/** Longer than any model takes: transformers writes 1e30 where nobody said. */
const NO_LIMIT = 1e6;

/** A special token that tokenizer_config.json names, such as `pad_token`, whichever way it is written there; null when it names none. */
export function namedToken(config: unknown, key: string): string | null {
  const token = own(config, key);
  const content = own(token, 'content') ?? token;
  return typeof content === 'string' ? content : null;
}

/** How many tokens a model takes at most, special ones counted; infinite when nothing says so. */
export function longestInput({
  config,
  tokenizer,
}: Pick<TransformersSession, 'config' | 'tokenizer'>): number {
  const stated = own(tokenizer.config, 'model_max_length');
  const positions = own(config, 'max_position_embeddings');
  const kind = own(config, 'model_type');
  const padding = own(config, 'pad_token_id');
  const offset =
    typeof kind === 'string' && OFFSET_POSITIONS.test(kind)
      ? (typeof padding === 'number' ? padding : 1) + 1
      : 0;
  const limits = [stated, typeof positions === 'number' ? positions - offset : null].filter(
    (limit): limit is number => typeof limit === 'number' && limit > 0 && limit < NO_LIMIT,
  );
  return Math.min(Number.POSITIVE_INFINITY, ...limits);
}

/** The options of a tokenizer with which a text is cut to what a model takes. */
export function truncationOf(session: Pick<TransformersSession, 'config' | 'tokenizer'>): Options {
  const longest = longestInput(session);
  return { truncation: true, ...(Number.isFinite(longest) ? { max_length: longest } : {}) };
}

/** Encodes a text, and tells its own tokens from the special ones. Throws when they cannot be told apart. */
export function encodeText(tokenizer: Tokenizer, text: string): EncodedText {
  const all = tokensOf(tokenizer.encode(text, { return_token_type_ids: true }));
  const pieces = tokenizer.pieces(text);
  const start = place(all, pieces, 0);
  return {
    before: all.slice(0, start),
    text: all.slice(start, start + pieces.length),
    after: all.slice(start + pieces.length),
    pieces,
  };
}

/** Encodes two texts together; `pieces` are those of the second one. Throws when a text has no token at all. */
export function encodePair(tokenizer: Tokenizer, first: string, second: string): EncodedPair {
  const all = tokensOf(tokenizer.encode(first, { text_pair: second, return_token_type_ids: true }));
  const firstPieces = tokenizer.pieces(first);
  const pieces = tokenizer.pieces(second);
  const start = place(all, firstPieces, 0);
  const middle = start + firstPieces.length;
  const next = place(all, pieces, middle);
  return {
    before: all.slice(0, start),
    first: all.slice(start, middle),
    between: all.slice(middle, next),
    second: all.slice(next, next + pieces.length),
    after: all.slice(next + pieces.length),
    pieces,
  };
}

/** Tensors of tokens, [1, n] each. */
export function feedsOf(tokens: readonly Token[]): Tensors {
  const row = (number: (token: Token) => number) => int64Tensor(tokens.map(number), [1, tokens.length]);
  return {
    input_ids: row(({ id }) => id),
    attention_mask: row(() => 1),
    token_type_ids: row(({ type }) => type),
  };
}

/** The tokens of an encoded text, its end cut off where it is longer than `limit`; special tokens stay. */
export function truncated({ before, text, after }: EncodedText, limit: number): readonly Token[] {
  const room = Math.max(0, limit - before.length - after.length);
  return [...before, ...text.slice(0, room), ...after];
}

/** The tokens of an encoded pair, the end of its first text cut off where it is longer than `limit`, then that of the second. */
export function truncatedPair(
  { before, first, between, second, after }: EncodedPair,
  limit: number,
  shorten: 'first' | 'longest',
): readonly Token[] {
  const room = Math.max(0, limit - before.length - between.length - after.length);
  let a = first.length;
  let b = second.length;
  if (shorten === 'first') {
    a = Math.min(a, Math.max(0, room - b));
  } else if (a + b > room) {
    // The longer one gives way until both are of one length.
    const half = Math.floor(room / 2);
    a = Math.min(a, Math.max(room - b, room - half));
    b = Math.min(b, room - a);
  }
  b = Math.min(b, Math.max(0, room - a));
  return [...before, ...first.slice(0, a), ...between, ...second.slice(0, b), ...after];
}

function tokensOf({ input_ids, token_type_ids }: Tensors): readonly Token[] {
  const types = numbersIn(token_type_ids);
  return numbersIn(input_ids).map((id, index) => ({ id, type: types[index] ?? 0 }));
}

function numbersIn(tensor: TensorView | undefined): readonly number[] {
  return tensor === undefined ? [] : Array.from(tensor.data as ArrayLike<unknown>, Number);
}

/** Where the tokens of a text lie among all, at or after `from`. */
function place(all: readonly Token[], pieces: readonly Piece[], from: number): number {
  for (let start = from; start + pieces.length <= all.length; start++) {
    if (pieces.every(({ id }, index) => all[start + index]?.id === id)) return start;
  }
  throw new Error(
    'The tokenizer puts other tokens around a text than its own: the tokens of the text cannot be found.',
  );
}
