import { own } from '../mapping.js';
import { preview } from '../preview.js';
import { MBART_LANGUAGES, MBART50_LANGUAGES } from './languages.js';
import { PIECE, type Piece, type SentencePieceModel } from './sentence-piece-model.js';
import { type AddedToken, BrokenTokenizerError } from './tokenizer-json.js';

/** Score of a piece that must not be chosen where there is another. */
const UNLIKELY = -100;

/** A token with its score, the higher the likelier. */
export type Scored = Pick<Piece, 'text' | 'score'>;

/** The scores of the pieces of a unigram model; what users defined is always chosen (unigram_model.cc, `EncodeOptimized`). */
export function unigramScores({ pieces }: SentencePieceModel): readonly Scored[] {
  let most = Number.NEGATIVE_INFINITY;
  for (const { type, score } of pieces) if (type === PIECE.normal) most = Math.max(most, score);
  return pieces.map(({ text, score, type }) =>
    type === PIECE.userDefined ? { text, score: Buffer.byteLength(text) * most - 0.1 } : { text, score },
  );
}

/** The tokens in the order of their numbers, and the number of the one that stands for what is unknown. */
export function vocabularyOf(
  model: SentencePieceModel,
  className: string,
  config: Readonly<Record<string, unknown>>,
): { list: readonly Scored[]; unknown: number } {
  const pieces = model.modelType === 1 ? unigramScores(model) : model.pieces;
  const zero = (...texts: readonly string[]) => texts.map((text) => ({ text, score: 0 }));
  const fairseq = [...zero('<s>', '<pad>', '</s>', '<unk>'), ...pieces.slice(3)];
  switch (className) {
    case 'XLMRobertaTokenizer':
      return { list: [...fairseq, ...zero('<mask>')], unknown: 3 };
    case 'MBartTokenizer':
      return { list: [...fairseq, ...zero(...MBART_LANGUAGES, '<mask>')], unknown: 3 };
    case 'MBart50Tokenizer':
      return { list: [...fairseq, ...zero(...MBART50_LANGUAGES, '<mask>')], unknown: 3 };
    case 'CamembertTokenizer':
      return {
        list: [
          ...zero('<s>NOTUSED', '<pad>', '</s>NOTUSED', '<unk>'),
          { text: '<unk>NOTUSED', score: UNLIKELY },
          ...pieces.slice(1),
          ...zero('<mask>'),
        ],
        unknown: 3,
      };
    case 'T5Tokenizer': {
      const extra = zero(...extraTokens(config));
      return { list: [...pieces, ...extra], unknown: model.unknownId };
    }
    case 'AlbertTokenizer':
      return {
        // A number with a comma is two pieces.
        list: pieces.map(({ text, score }) =>
          /\p{Nd},$/u.test(text) ? { text, score: score + UNLIKELY } : { text, score },
        ),
        unknown: model.unknownId,
      };
    case 'GemmaTokenizer': {
      const known = new Set(pieces.map(({ text }) => text));
      // The first models had no tab.
      const list = pieces.map((piece) =>
        piece.text === '<0x09>' && !known.has('\t') ? { text: '\t', score: 0 } : piece,
      );
      return { list, unknown: model.unknownId };
    }
    default:
      return { list: pieces, unknown: model.unknownId };
  }
}

/** The places in a text that T5 is to fill in; they count down. */
function extraTokens(config: Readonly<Record<string, unknown>>): readonly string[] {
  const told = own(config, 'extra_ids') ?? 100;
  const named = own(config, 'additional_special_tokens');
  const listed = (Array.isArray(named) ? named : []).filter((token: unknown) =>
    /^<extra_id_\d+>$/.test(String(own(token, 'content') ?? token)),
  ).length;
  const count = listed > 0 ? listed : told;
  if (typeof count !== 'number' || !Number.isInteger(count) || count < 0 || count > 10_000) {
    throw new BrokenTokenizerError(
      `extra_ids in tokenizer_config.json is ${preview(told)}, which is no number of tokens.`,
    );
  }
  return Array.from({ length: count }, (_, index) => `<extra_id_${count - 1 - index}>`);
}

/** The tokens that the model itself knows as such. */
export function pieceTokens(
  { pieces, modelType }: SentencePieceModel,
  className: string,
  vocabulary: ReadonlyMap<string, number>,
  list: readonly Scored[],
): readonly AddedToken[] {
  const special = new Set<string>();
  const plain = new Set<string>();
  for (const { text, type } of pieces) {
    if (type === PIECE.control) special.add(text);
    // A unigram model finds them by their score, wherever they stand; a mark for a space does not stand in a text.
    else if (type === PIECE.userDefined && modelType === 2 && !text.includes('▁')) plain.add(text);
  }
  for (const turn of ['<start_of_turn>', '<end_of_turn>']) {
    if (plain.delete(turn)) special.add(turn);
  }
  for (const { text } of list) {
    if (className === 'T5Tokenizer' && /^<extra_id_\d+>$/.test(text)) special.add(text);
  }
  if (className.startsWith('MBart')) for (const language of MBART50_LANGUAGES) special.add(language);
  return [...special, ...plain].flatMap((content) => {
    const id = vocabulary.get(content);
    return id === undefined
      ? []
      : [
          {
            id,
            content,
            single_word: false,
            lstrip: false,
            rstrip: false,
            normalized: false,
            special: special.has(content),
          },
        ];
  });
}
