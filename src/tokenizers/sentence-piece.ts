import { own } from '../mapping.js';
import { MBART50_LANGUAGES } from './languages.js';
import { pieceTokens, type Scored, vocabularyOf } from './piece-vocabulary.js';
import { mergesOf } from './pieces-to-merges.js';
import { PIECE, type SentencePieceModel, unsupportedIn } from './sentence-piece-model.js';
import type { SpecialTokens } from './special-tokens.js';
import { type Part, sequence, type TokenizerJson, template } from './tokenizer-json.js';

/** Classes whose numbers are those of fairseq, in which four tokens go before the pieces. */
const FAIRSEQ = new Set(['XLMRobertaTokenizer', 'MBartTokenizer', 'MBart50Tokenizer']);
/** Classes that write bytes for characters that they do not know. */
const BYTES = new Set(['LlamaTokenizer', 'GemmaTokenizer']);
/** Why no tokenizer.json can be built of a model for a class, as the rest of a sentence; null when it can. */
export function unfitPieces(className: string, model: SentencePieceModel): string | null {
  const reason = unsupportedIn(model);
  if (reason !== null) return reason;
  const { pieces, modelType, byteFallback } = model;
  if (byteFallback && !BYTES.has(className)) return 'it falls back to bytes, which its class does not';
  if (className === 'MarianTokenizer' && modelType !== 1) return 'it joins pairs';
  if (className === 'GemmaTokenizer' && (modelType !== 2 || model.fewSpaces || model.dummyPrefix)) {
    return 'it is not a model like those of Gemma';
  }
  const [first, second, third] = pieces.map(({ text }) => text);
  const ends = FAIRSEQ.has(className) || className === 'CamembertTokenizer';
  return ends && (first !== '<unk>' || second !== '<s>' || third !== '</s>')
    ? 'its pieces do not begin with <unk>, <s> and </s>'
    : null;
}

/**
 * The tokenizer.json of a SentencePiece model, as its class puts it to use. Source: `SpmConverter` and its classes in transformers’
 * convert_slow_tokenizer.py; where they differ from SentencePiece itself in how spaces are dropped, as SentencePiece does it. The model
 * must have passed `unfitPieces`. Throws `BrokenTokenizerError`.
 */
export function sentencePieceTokenizer(
  model: SentencePieceModel,
  className: string,
  config: Readonly<Record<string, unknown>>,
  special: SpecialTokens,
): TokenizerJson {
  const { list, unknown } = vocabularyOf(model, className, config);
  const vocabulary = new Map(list.map(({ text }, id) => [text, id]));
  const added = special.added(vocabulary, pieceTokens(model, className, vocabulary, list));
  const ids = new Map([...vocabulary, ...added.map(({ content, id }) => [content, id] as const)]);
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: added,
    ...textParts(model, className, config),
    post_processor: endsOf(className, config, special, ids),
    model:
      model.modelType === 1
        ? {
            type: 'Unigram',
            unk_id: unknown,
            vocab: list.map(({ text, score }) => [text, score]),
            byte_fallback: false,
          }
        : {
            type: 'BPE',
            dropout: null,
            unk_token: list[unknown]?.text,
            continuing_subword_prefix: null,
            end_of_word_suffix: null,
            fuse_unk: true,
            byte_fallback: model.byteFallback,
            vocab: Object.fromEntries(vocabulary),
            merges: mergesOf(joined(model, list), vocabulary),
          },
  };
}

/** What becomes of a text before and after it is pieces. */
export function textParts(
  model: SentencePieceModel,
  className: string,
  config: Readonly<Record<string, unknown>>,
): Pick<TokenizerJson, 'normalizer' | 'pre_tokenizer' | 'decoder'> {
  const spaces = spacesOf(model, className, config);
  return {
    normalizer: sequence('normalizers', [...cleaning(model, className, config), ...spaces.normalizers]),
    pre_tokenizer: spaces.preTokenizer,
    decoder: decoderOf(className, spaces),
  };
}

/** Pieces that others can be joined into: those that stand for a text. */
function joined({ pieces }: SentencePieceModel, list: readonly Scored[]): readonly Scored[] {
  const control = new Set(
    pieces
      .filter(({ type }) => type === PIECE.unknown || type === PIECE.control || type === PIECE.byte)
      .map(({ text }) => text),
  );
  return list.filter(({ text }) => !control.has(text));
}

/** What is done to the characters of a text before it is cut. */
function cleaning(
  { charsmap, fewSpaces }: SentencePieceModel,
  className: string,
  config: Readonly<Record<string, unknown>>,
): readonly Part[] {
  const replace = (pattern: Readonly<Record<string, string>>, content: string): Part => ({
    type: 'Replace',
    pattern,
    content,
  });
  const parts: Part[] = [];
  if (className === 'AlbertTokenizer') {
    parts.push(replace({ String: '``' }, '"'), replace({ String: "''" }, '"'));
    if (own(config, 'keep_accents') !== true) parts.push({ type: 'NFKD' }, { type: 'StripAccents' });
    if (own(config, 'do_lower_case') !== false) parts.push({ type: 'Lowercase' });
  }
  if (className === 'DebertaV2Tokenizer' && own(config, 'do_lower_case') === true) {
    parts.push({ type: 'Lowercase' });
  }
  if (charsmap.length > 0) {
    parts.push({ type: 'Precompiled', precompiled_charsmap: Buffer.from(charsmap).toString('base64') });
  }
  if (fewSpaces) parts.push(replace({ Regex: '\\A +| +\\z' }, ''), replace({ Regex: ' {2,}' }, ' '));
  return parts;
}

/** How spaces become parts of pieces. */
interface Spaces {
  readonly normalizers: readonly Part[];
  readonly preTokenizer: Part | null;
  /** Whether a text begins with a space that is not in it. */
  readonly prefix: boolean;
  readonly scheme: 'always' | 'first' | 'never';
}

function spacesOf(
  { dummyPrefix, fewSpaces }: SentencePieceModel,
  className: string,
  config: Readonly<Record<string, unknown>>,
): Spaces {
  const told = own(config, 'add_prefix_space');
  const prefix = typeof told === 'boolean' ? told : dummyPrefix;
  const legacy = own(config, 'legacy') !== false;
  const scheme = !prefix ? 'never' : legacy ? 'always' : 'first';
  const escaped: Part = { type: 'Replace', pattern: { String: ' ' }, content: '▁' };
  if (className === 'GemmaTokenizer') {
    return { normalizers: [escaped], preTokenizer: null, prefix: false, scheme: 'never' };
  }
  // One that does not begin with a space gets one; a text that keeps all of its spaces gets one more, as long as nothing says otherwise.
  if (fewSpaces || (!legacy && className === 'LlamaTokenizer')) {
    const preTokenizer = { type: 'Metaspace', replacement: '▁', prepend_scheme: scheme, split: false };
    return { normalizers: [], preTokenizer, prefix, scheme };
  }
  const begin: readonly Part[] = prefix ? [{ type: 'Prepend', prepend: '▁' }] : [];
  return { normalizers: [...begin, escaped], preTokenizer: null, prefix, scheme };
}

function decoderOf(className: string, { prefix, scheme }: Spaces): Part {
  if (!BYTES.has(className)) {
    return { type: 'Metaspace', replacement: '▁', prepend_scheme: scheme, split: false };
  }
  const decoders: Part[] = [
    { type: 'Replace', pattern: { String: '▁' }, content: ' ' },
    { type: 'ByteFallback' },
    { type: 'Fuse' },
  ];
  if (prefix) decoders.push({ type: 'Strip', content: ' ', start: 1, stop: 0 });
  return { type: 'Sequence', decoders };
}

/** What is put before and after a text. */
function endsOf(
  className: string,
  config: Readonly<Record<string, unknown>>,
  { roles }: SpecialTokens,
  ids: ReadonlyMap<string, number>,
): Part | null {
  const told = own(config, 'src_lang');
  const language = typeof told === 'string' && MBART50_LANGUAGES.includes(told) ? told : 'en_XX';
  switch (className) {
    case 'XLMRobertaTokenizer':
    case 'CamembertTokenizer':
      return template('<s>:0 $A:0 </s>:0', '<s>:0 $A:0 </s>:0 </s>:0 $B:0 </s>:0', ids);
    case 'MBartTokenizer':
      return template(`$A:0 </s>:0 ${language}:0`, `$A:0 $B:0 </s>:0 ${language}:0`, ids);
    case 'MBart50Tokenizer':
      return template(`${language}:0 $A:0 </s>:0`, `${language}:0 $A:0 $B:0 </s>:0`, ids);
    case 'T5Tokenizer':
      return template('$A:0 </s>:0', '$A:0 </s>:0 $B:0 </s>:0', ids);
    case 'AlbertTokenizer':
    case 'DebertaV2Tokenizer':
      return template('[CLS]:0 $A:0 [SEP]:0', '[CLS]:0 $A:0 [SEP]:0 $B:1 [SEP]:1', ids);
    default: {
      const begin = own(config, 'add_bos_token') !== false ? roles.bos_token : undefined;
      const end = own(config, 'add_eos_token') === true ? roles.eos_token : undefined;
      if (begin === undefined && end === undefined) return null;
      const around = (text: string, type: number) =>
        [
          ...(begin === undefined ? [] : [`${begin}:${type}`]),
          `${text}:${type}`,
          ...(end === undefined ? [] : [`${end}:${type}`]),
        ].join(' ');
      return template(around('$A', 0), `${around('$A', 0)} ${around('$B', 1)}`, ids);
    }
  }
}
