import { createRequire } from 'node:module';
import { tokenizerOf } from '../../src/smoke/runners/parts.js';
import type {
  Options,
  Tensors,
  TensorView,
  Tokenizer,
  TransformersSession,
} from '../../src/smoke/session.js';
import { transformersSession } from './session.js';

/** The tokenizer of transformers.js, made from the content of its two files. */
export function makeTokenizer(json: object, config: object): Tokenizer {
  const { PreTrainedTokenizer } = createRequire(import.meta.url)('@huggingface/transformers') as {
    readonly PreTrainedTokenizer: new (json: object, config: object) => unknown;
  };
  return tokenizerOf(new PreTrainedTokenizer(json, config));
}

/** A special token of tokenizer.json. */
export function addedToken(id: number, content: string): object {
  return { id, content, special: true, normalized: false, lstrip: false, rstrip: false, single_word: false };
}

/** Padding 0, unknown 1, class 2, separator 3, mask 4. */
const SPECIAL = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'];

/** A BERT tokenizer in lower case; the first of the words has the id 5. */
export function wordPiece(words: readonly string[], config: object = {}): Tokenizer {
  const tokens = [...SPECIAL, ...words];
  const json = {
    added_tokens: SPECIAL.map((token, id) => addedToken(id, token)),
    normalizer: {
      type: 'BertNormalizer',
      clean_text: true,
      handle_chinese_chars: true,
      strip_accents: null,
      lowercase: true,
    },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: { type: 'BertProcessing', sep: ['[SEP]', 3], cls: ['[CLS]', 2] },
    decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
    model: {
      type: 'WordPiece',
      unk_token: '[UNK]',
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
      vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
    },
  };
  const usual = {
    unk_token: '[UNK]',
    cls_token: '[CLS]',
    sep_token: '[SEP]',
    pad_token: '[PAD]',
    mask_token: '[MASK]',
  };
  return makeTokenizer(json, { ...usual, ...config });
}

/** The ids that a model is given, with their token types. */
export function idsIn({ input_ids, token_type_ids }: Tensors): {
  readonly ids: readonly number[];
  readonly types: readonly number[];
} {
  const numbers = (tensor: TensorView | undefined) =>
    Array.from((tensor?.data ?? []) as ArrayLike<bigint>, Number);
  return { ids: numbers(input_ids), types: numbers(token_type_ids) };
}

/** A tensor of floats. */
export function floats(dims: readonly number[], numbers: readonly number[]): TensorView {
  return { type: 'float32', dims, data: Float32Array.from(numbers) };
}

/** A session whose model answers the ids that it is given, and the ids that it was given so far. */
export function modelSession(
  tokenizer: Tokenizer,
  config: Options,
  answer: (ids: readonly number[], types: readonly number[]) => Tensors,
  json: Options = {},
): { readonly session: TransformersSession; readonly asked: (readonly number[])[] } {
  const asked: (readonly number[])[] = [];
  const session = transformersSession({
    config,
    json,
    tokenizer,
    async model(feeds) {
      const { ids, types } = idsIn(feeds);
      asked.push(ids);
      return answer(ids, types);
    },
  });
  return { session, asked };
}
