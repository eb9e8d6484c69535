import { unigramScores } from './piece-vocabulary.js';
import { textParts } from './sentence-piece.js';
import { PIECE, type SentencePieceModel } from './sentence-piece-model.js';
import type { SpecialTokens } from './special-tokens.js';
import { BrokenTokenizerError, type TokenizerJson, template } from './tokenizer-json.js';

/** Score of a token that only the other language has: it is never chosen where there is another way. */
const OTHER_LANGUAGE = -1e6;

/** A tokenizer.json, and the pieces that a text may be cut into though they have no number: each counts as unknown. */
interface MarianTokenizerJson {
  readonly json: TokenizerJson;
  readonly unknownPieces: readonly (readonly [string, number])[];
}

/**
 * The tokenizer.json of a Marian model: source.spm cuts a text, and vocab.json, which has the pieces of both languages, has the numbers.
 * Languages to translate into are tokens such as `>>fra<<`. Source: `MarianTokenizer` of transformers. Throws `BrokenTokenizerError`.
 */
export function marianTokenizer(
  model: SentencePieceModel,
  vocabulary: ReadonlyMap<string, number>,
  special: SpecialTokens,
): MarianTokenizerJson {
  const scores = new Map<string, number>();
  const scored = unigramScores(model);
  for (const [index, { type }] of model.pieces.entries()) {
    const piece = scored[index];
    if (piece !== undefined && (type === PIECE.normal || type === PIECE.userDefined)) {
      scores.set(piece.text, piece.score);
    }
  }
  const unknown = vocabulary.get(special.roles.unk_token ?? '<unk>');
  if (unknown === undefined) {
    throw new BrokenTokenizerError(`vocab.json has no token ${special.roles.unk_token ?? '<unk>'}.`);
  }
  const list: [string, number][] = [];
  for (const [token, id] of vocabulary) list[id] = [token, scores.get(token) ?? OTHER_LANGUAGE];
  for (let id = 0; id < list.length; id++) {
    if (list[id] === undefined) {
      throw new BrokenTokenizerError(`vocab.json has no token with the number ${id}. Upload it again.`);
    }
  }
  const languages = [...vocabulary]
    .filter(([token]) => /^>>.+<<$/.test(token))
    .map(([content, id]) => ({
      id,
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: false,
    }));
  const added = special.added(vocabulary, languages);
  const ids = new Map([...vocabulary, ...added.map(({ content, id }) => [content, id] as const)]);
  return {
    json: {
      version: '1.0',
      truncation: null,
      padding: null,
      added_tokens: added,
      ...textParts(model, 'MarianTokenizer', {}),
      post_processor: template('$A:0 </s>:0', '$A:0 $B:0 </s>:0', ids),
      model: { type: 'Unigram', unk_id: unknown, vocab: list, byte_fallback: false },
    },
    unknownPieces: [...scores].filter(([piece]) => !vocabulary.has(piece)),
  };
}
