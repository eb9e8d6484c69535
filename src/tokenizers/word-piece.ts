import { own } from '../mapping.js';
import type { SpecialTokens } from './special-tokens.js';
import { type TokenizerJson, template } from './tokenizer-json.js';

/**
 * The tokenizer.json of a BERT tokenizer from the tokens of its vocab.txt. MPNet ends a text before another one twice. Source: `BertConverter` and
 * `MPNetConverter` in transformers’ convert_slow_tokenizer.py. Throws `BrokenTokenizerError`.
 */
export function wordPieceTokenizer(
  vocabulary: ReadonlyMap<string, number>,
  className: string,
  config: Readonly<Record<string, unknown>>,
  special: SpecialTokens,
): TokenizerJson {
  const added = special.added(vocabulary);
  const { cls_token: cls = '', sep_token: sep = '', unk_token: unknown } = special.roles;
  const ids = new Map([...vocabulary, ...added.map(({ content, id }) => [content, id] as const)]);
  const between = className === 'MPNetTokenizer' ? `${sep}:0 ` : '';
  const flag = (key: string, usual: boolean) => {
    const value = own(config, key);
    return typeof value === 'boolean' ? value : usual;
  };
  const strip = own(config, 'strip_accents');
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: added,
    normalizer: {
      type: 'BertNormalizer',
      clean_text: true,
      handle_chinese_chars: flag('tokenize_chinese_chars', true),
      strip_accents: typeof strip === 'boolean' ? strip : null,
      lowercase: flag('do_lower_case', true),
    },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: template(`${cls}:0 $A:0 ${sep}:0`, `${cls}:0 $A:0 ${sep}:0 ${between}$B:1 ${sep}:1`, ids),
    decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
    model: {
      type: 'WordPiece',
      unk_token: unknown,
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
      vocab: Object.fromEntries(vocabulary),
    },
  };
}
