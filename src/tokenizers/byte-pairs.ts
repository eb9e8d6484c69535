import { own } from '../mapping.js';
import type { SpecialTokens } from './special-tokens.js';
import { BrokenTokenizerError, type Part, type TokenizerJson, template } from './tokenizer-json.js';

/** How Qwen2 cuts a text into words. */
const QWEN_WORDS =
  "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

/**
 * The tokenizer.json of a tokenizer that joins pairs of bytes, from vocab.json and merges.txt. Source: `GPT2Converter`,
 * `RobertaConverter`, `Qwen2Converter`, `WhisperConverter` and `DebertaConverter` in transformers’ convert_slow_tokenizer.py. Throws
 * `BrokenTokenizerError`.
 */
export function bytePairTokenizer(
  vocabulary: ReadonlyMap<string, number>,
  merges: readonly (readonly [string, string])[],
  className: string,
  config: Readonly<Record<string, unknown>>,
  special: SpecialTokens,
): TokenizerJson {
  const added = special.added(vocabulary);
  const ids = new Map([...vocabulary, ...added.map(({ content, id }) => [content, id] as const)]);
  const spaced = own(config, 'add_prefix_space') === true;
  const qwen = className === 'Qwen2Tokenizer';
  const bytes = { type: 'ByteLevel', add_prefix_space: spaced, trim_offsets: true, use_regex: !qwen };
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: added,
    normalizer: qwen ? { type: 'NFC' } : null,
    pre_tokenizer: qwen
      ? {
          type: 'Sequence',
          pretokenizers: [
            { type: 'Split', pattern: { Regex: QWEN_WORDS }, behavior: 'Isolated', invert: false },
            bytes,
          ],
        }
      : bytes,
    post_processor: ends(className, config, special, ids, spaced),
    decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: {
      type: 'BPE',
      dropout: null,
      // GPT-2 has bytes for everything; what stands for an unknown token there never comes up.
      unk_token: null,
      continuing_subword_prefix: '',
      end_of_word_suffix: '',
      fuse_unk: false,
      byte_fallback: false,
      vocab: Object.fromEntries(vocabulary),
      merges,
    },
  };
}

/** What is put before and after a text. */
function ends(
  className: string,
  config: Readonly<Record<string, unknown>>,
  { roles }: SpecialTokens,
  ids: ReadonlyMap<string, number>,
  spaced: boolean,
): Part {
  const need = (token: string | undefined): [string, number] => {
    const id = token === undefined ? undefined : ids.get(token);
    if (token === undefined || id === undefined) {
      throw new BrokenTokenizerError(
        `The vocabulary has no token ${token ?? 'to begin or end a text with'}.`,
      );
    }
    return [token, id];
  };
  switch (className) {
    case 'RobertaTokenizer':
    case 'BartTokenizer':
      return {
        type: 'RobertaProcessing',
        sep: need(roles.sep_token),
        cls: need(roles.cls_token),
        trim_offsets: true,
        add_prefix_space: spaced,
      };
    case 'DebertaTokenizer':
      return template('[CLS]:0 $A:0 [SEP]:0', '[CLS]:0 $A:0 [SEP]:0 $B:1 [SEP]:1', ids);
    case 'WhisperTokenizer': {
      // The language and task of a recording are told when it is written down, not here.
      const start = '<|startoftranscript|>:0 <|notimestamps|>:0';
      const [end] = need(roles.eos_token);
      return template(`${start} $A:0 ${end}:0`, `${start} $A:0 $B:1 ${end}:1`, ids);
    }
    default: {
      if (className === 'GPT2Tokenizer' && own(config, 'add_bos_token') === true) {
        const [start] = need(roles.bos_token);
        return template(`${start}:0 $A:0`, `${start}:0 $A:0 $B:1`, ids);
      }
      return { type: 'ByteLevel', add_prefix_space: true, trim_offsets: false, use_regex: true };
    }
  }
}
