import { own } from '../mapping.js';
import { preview } from '../preview.js';
import type { SpecialTokens } from './special-tokens.js';
import { BrokenTokenizerError, type TokenizerJson } from './tokenizer-json.js';

/**
 * The tokenizer.json of a tokenizer that writes down speech letter by letter, from its vocab.json: `|` parts words, and what is not
 * spoken is `<pad>`, which must stay until doubled letters are told apart, so it is no special token here. Source:
 * `Wav2Vec2CTCTokenizer` of transformers. Throws `BrokenTokenizerError`.
 */
export function characterTokenizer(
  vocabulary: ReadonlyMap<string, number>,
  config: Readonly<Record<string, unknown>>,
  special: SpecialTokens,
): TokenizerJson {
  const told = own(config, 'word_delimiter_token');
  const delimiter = typeof told === 'string' && told !== '' ? told : '|';
  const { pad_token: pad, unk_token: unknown } = special.roles;
  if (pad === undefined || !special.added(vocabulary).some(({ content }) => content === pad)) {
    throw new BrokenTokenizerError(
      `vocab.json has no ${preview(pad ?? 'pad_token')}, which stands for what is not spoken.`,
    );
  }
  if (!vocabulary.has(delimiter)) {
    throw new BrokenTokenizerError(
      `vocab.json has no ${preview(delimiter)}, which parts words (word_delimiter_token in tokenizer_config.json).`,
    );
  }
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: special
      .added(vocabulary)
      .map((token) => (token.content === pad ? { ...token, special: false, normalized: false } : token))
      .filter(({ content }) => content !== delimiter),
    normalizer: { type: 'Replace', pattern: { String: ' ' }, content: delimiter },
    pre_tokenizer: { type: 'Split', pattern: { Regex: '' }, behavior: 'Isolated', invert: false },
    post_processor: null,
    decoder: { type: 'CTC', pad_token: pad, word_delimiter_token: delimiter, cleanup: true },
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: unknown,
      continuing_subword_prefix: '',
      end_of_word_suffix: '',
      fuse_unk: false,
      vocab: Object.fromEntries(vocabulary),
      merges: [],
    },
  };
}
