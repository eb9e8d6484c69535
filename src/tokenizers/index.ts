import { isMapping, own } from '../mapping.js';
import { preview } from '../preview.js';
import { bytePairTokenizer } from './byte-pairs.js';
import { characterTokenizer } from './characters.js';
import { findTokenizerClass, tokenizerClassOf } from './classes.js';
import { marianTokenizer } from './marian.js';
import { sentencePieceTokenizer, unfitPieces } from './sentence-piece.js';
import { PIECE, readSentencePiece, type SentencePieceModel } from './sentence-piece-model.js';
import { ROLES, readSpecialTokens, type TokenFiles } from './special-tokens.js';
import { readMerges, readVocabularyLines, readVocabularyObject } from './text-files.js';
import { BrokenTokenizerError, type TokenizerJson } from './tokenizer-json.js';
import { wordPieceTokenizer } from './word-piece.js';

export { BrokenTokenizerError } from './tokenizer-json.js';

/** What a tokenizer without tokenizer.json is built of. */
export interface TokenizerRecipe {
  /** The class of transformers, and of transformers.js. */
  readonly className: string;
  /** The files with its vocabulary. */
  readonly files: readonly string[];
}

/** How a tokenizer can be had where there is no tokenizer.json. */
type FoundRecipe =
  | { readonly kind: 'recipe'; readonly recipe: TokenizerRecipe }
  /** There is a vocabulary, but what would be built of it is not known to be right; the rest of a sentence about the tokenizer. */
  | { readonly kind: 'unsupported'; readonly reason: string }
  /** There is nothing to build it of. */
  | { readonly kind: 'nothing' };

/** Small files of a tokenizer that are read where they exist. */
export const TOKENIZER_SETTINGS = ['special_tokens_map.json', 'added_tokens.json'] as const;

/** Files that a vocabulary may lie in. */
const VOCABULARIES: ReadonlySet<string> = new Set([
  'vocab.txt',
  'vocab.json',
  'merges.txt',
  'spiece.model',
  'spm.model',
  'tokenizer.model',
  'sentencepiece.bpe.model',
  'source.spm',
]);

/** Finds what a tokenizer is built of, by the files of a repository and its parsed tokenizer_config.json and config.json. */
export function findRecipe(
  files: ReadonlySet<string>,
  tokenizerConfig: unknown,
  config: unknown,
): FoundRecipe {
  if (![...VOCABULARIES].some((path) => files.has(path))) return { kind: 'nothing' };
  const unsupported = (reason: string) => ({ kind: 'unsupported', reason }) as const;
  if (isMapping(own(tokenizerConfig, 'auto_map')))
    return unsupported('it needs Python code of its own (auto_map)');
  const className = tokenizerClassOf(tokenizerConfig, config);
  if (className === null) return unsupported('neither tokenizer_config.json nor config.json tells its class');
  const known = findTokenizerClass(className);
  if (known === undefined) return unsupported(`its class is ${preview(className)}`);
  const missing = known.files.find((path) => !files.has(path));
  if (missing !== undefined) return unsupported(`a ${className} needs ${missing}, which is missing`);
  const unfit = known.unfit?.(tokenizerConfig) ?? null;
  return unfit === null ? { kind: 'recipe', recipe: { className, files: known.files } } : unsupported(unfit);
}

/** Which of a recipe’s files `refusePieces` looks into; null when there is none. */
export function piecesFile({ files }: TokenizerRecipe): string | null {
  return files.find((path) => /\.(?:model|spm)$/.test(path)) ?? null;
}

/** Why a SentencePiece model is not built into a tokenizer, as the rest of a sentence; null when it is. Throws `BrokenTokenizerError`. */
export function refusePieces({ className }: TokenizerRecipe, path: string, bytes: Uint8Array): string | null {
  return unfitPieces(className, readSentencePiece(path, bytes));
}

/** The files that a tokenizer is built of. */
interface TokenizerSources extends TokenFiles {
  /** Those of the recipe, by path. */
  readonly bytes: ReadonlyMap<string, Uint8Array>;
  /** The parsed vocab.json, where the recipe has it. */
  readonly vocabulary?: unknown;
}

/** A tokenizer as transformers.js takes it, and what its classes lack for it. */
export interface BuiltTokenizer {
  readonly className: string;
  readonly json: TokenizerJson;
  /** tokenizer_config.json with the special tokens of its class. */
  readonly config: Readonly<Record<string, unknown>>;
  /** How SentencePiece normalizes a text, of which transformers.js has an approximation; absent where it does not. */
  readonly charsmap?: Uint8Array;
  /** Pieces that stay as they are when a text is normalized. */
  readonly whole: readonly string[];
  /** The score of an unknown character in a unigram model; absent for others. */
  readonly unknownScore?: number;
  /** Pieces that a text is cut into though they have no number, with their scores. */
  readonly unknownPieces: readonly (readonly [string, number])[];
}

/** Builds a tokenizer. Throws `BrokenTokenizerError` where its files are not what they should be. */
export function buildTokenizer(
  { className, files }: TokenizerRecipe,
  sources: TokenizerSources,
): BuiltTokenizer {
  const known = findTokenizerClass(className);
  if (known === undefined) throw new BrokenTokenizerError(`There is no tokenizer ${preview(className)}.`);
  const [first = ''] = files;
  const bytesOf = (path: string): Uint8Array => {
    const bytes = sources.bytes.get(path);
    if (bytes === undefined) throw new BrokenTokenizerError(`${path} is missing. Save the tokenizer again.`);
    return bytes;
  };
  const special = readSpecialTokens(sources, known);
  const config = sources.config ?? {};
  const finish = (json: TokenizerJson, more: Partial<BuiltTokenizer> = {}): BuiltTokenizer => ({
    className,
    json,
    config: configOf(className, sources, special.roles),
    whole: [],
    unknownPieces: [],
    ...more,
  });
  const fromPieces = (model: SentencePieceModel) => ({
    ...(model.charsmap.length === 0 ? {} : { charsmap: model.charsmap }),
    whole: model.pieces.filter(({ type }) => type === PIECE.userDefined).map(({ text }) => text),
    ...(model.modelType === 1 ? { unknownScore: unknownScore(model) } : {}),
  });
  const checked = (path: string) => {
    const model = readSentencePiece(path, bytesOf(path));
    const unfit = unfitPieces(className, model);
    if (unfit !== null) throw new BrokenTokenizerError(`No tokenizer can be built of ${path}: ${unfit}.`);
    return model;
  };
  const vocabulary = () => readVocabularyObject('vocab.json', sources.vocabulary);
  switch (known.format) {
    case 'word-piece':
      return finish(
        wordPieceTokenizer(readVocabularyLines(first, bytesOf(first)), className, config, special),
      );
    case 'byte-pairs': {
      const tokens = vocabulary();
      const merges = readMerges('merges.txt', bytesOf('merges.txt'), tokens);
      return finish(bytePairTokenizer(tokens, merges, className, config, special));
    }
    case 'characters':
      return finish(characterTokenizer(vocabulary(), config, special));
    case 'sentence-piece': {
      const model = checked(first);
      return finish(sentencePieceTokenizer(model, className, config, special), fromPieces(model));
    }
    case 'marian': {
      const model = checked(first);
      const { json, unknownPieces } = marianTokenizer(model, vocabulary(), special);
      return finish(json, { ...fromPieces(model), unknownPieces });
    }
  }
}

/** What an unknown character costs (`kUnkPenalty` in unigram_model.cc). */
function unknownScore({ pieces }: SentencePieceModel): number {
  let least = Number.POSITIVE_INFINITY;
  for (const { type, score } of pieces) if (type === PIECE.normal) least = Math.min(least, score);
  return (Number.isFinite(least) ? least : 0) - 10;
}

/** tokenizer_config.json with special tokens as plain texts, as transformers.js reads them. */
function configOf(
  className: string,
  { config }: TokenizerSources,
  roles: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, unknown>> {
  const named = own(config, 'additional_special_tokens');
  const more = (Array.isArray(named) ? named : [])
    .map((token: unknown) => own(token, 'content') ?? token)
    .filter((token) => typeof token === 'string');
  return {
    ...config,
    tokenizer_class: className,
    ...Object.fromEntries(ROLES.map((role) => [role, roles[role] ?? null])),
    ...(more.length > 0 ? { additional_special_tokens: more } : { additional_special_tokens: null }),
    // What the class does before SentencePiece has its turn, unless it is told otherwise.
    ...(className === 'AlbertTokenizer' ? { remove_space: own(config, 'remove_space') ?? true } : {}),
  };
}
