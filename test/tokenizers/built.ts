import * as transformers from '@huggingface/transformers';
import { constructTokenizer } from '../../src/smoke/runners/built-tokenizer.js';
import type { Transformers } from '../../src/smoke/runners/parts.js';
import {
  type BuiltTokenizer,
  buildTokenizer,
  findRecipe,
  piecesFile,
  refusePieces,
} from '../../src/tokenizers/index.js';

/** Files of a tokenizer by path: bytes or text. */
export type Files = Readonly<Record<string, Uint8Array | string>>;

/** Builds a tokenizer as the smoke inference does. Throws what the builder throws, and where there is nothing to build it of. */
export function build(files: Files, modelType?: string): BuiltTokenizer {
  const bytes = new Map(
    Object.entries(files).map(([path, file]) => [
      path,
      typeof file === 'string' ? new TextEncoder().encode(file) : file,
    ]),
  );
  const json = (path: string): unknown => {
    const found = bytes.get(path);
    return found === undefined ? null : JSON.parse(new TextDecoder().decode(found));
  };
  const config = json('tokenizer_config.json') as Readonly<Record<string, unknown>> | null;
  const found = findRecipe(
    new Set(bytes.keys()),
    config,
    modelType === undefined ? null : { model_type: modelType },
  );
  if (found.kind !== 'recipe')
    throw new Error(found.kind === 'nothing' ? 'nothing' : `unsupported: ${found.reason}`);
  const { recipe } = found;
  const pieces = piecesFile(recipe);
  const refused =
    pieces === null ? null : refusePieces(recipe, pieces, bytes.get(pieces) ?? new Uint8Array(0));
  if (refused !== null) throw new Error(`unsupported: ${refused}`);
  return buildTokenizer(recipe, {
    config,
    map: json('special_tokens_map.json'),
    added: json('added_tokens.json'),
    bytes: new Map(recipe.files.map((path) => [path, bytes.get(path) ?? new Uint8Array(0)])),
    ...(recipe.files.includes('vocab.json') ? { vocabulary: json('vocab.json') } : {}),
  });
}

/** A tokenizer of transformers.js, as far as tests use it. */
export interface Tokenizer {
  (text: string, options?: object): { readonly input_ids: { readonly data: BigInt64Array } };
  decode(ids: readonly number[], options?: object): string;
  tokenize(text: string): readonly string[];
}

/** The tokenizer of transformers.js for what was built. */
export function tokenizerOf(built: BuiltTokenizer): Tokenizer {
  return constructTokenizer(transformers as unknown as Transformers, built) as Tokenizer;
}

/** The numbers of a text’s tokens. */
export function idsOf(tokenizer: Tokenizer, text: string, pair?: string): readonly number[] {
  return Array.from(tokenizer(text, pair === undefined ? {} : { text_pair: pair }).input_ids.data, Number);
}

/** The same without those before and after. */
export function plainIdsOf(tokenizer: Tokenizer, text: string): readonly number[] {
  return Array.from(tokenizer(text, { add_special_tokens: false }).input_ids.data, Number);
}
