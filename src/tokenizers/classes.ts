import { own } from '../mapping.js';
import type { UsualTokens } from './special-tokens.js';

/** What a tokenizer is made of. */
type Format = 'word-piece' | 'byte-pairs' | 'characters' | 'sentence-piece' | 'marian';

/** A class of tokenizers of transformers, and of transformers.js, whose tokenizer.json can be built. */
interface TokenizerClass extends UsualTokens {
  readonly format: Format;
  /** The files that it is built of. */
  readonly files: readonly string[];
  /** Why one with this tokenizer_config.json is not, as the rest of a sentence; null when it is. */
  unfit?(config: unknown): string | null;
}

const BERT: TokenizerClass = {
  format: 'word-piece',
  files: ['vocab.txt'],
  usual: {
    unk_token: '[UNK]',
    sep_token: '[SEP]',
    pad_token: '[PAD]',
    cls_token: '[CLS]',
    mask_token: '[MASK]',
  },
  unfit(config) {
    if (own(config, 'do_basic_tokenize') === false) return 'its do_basic_tokenize is false';
    const never = own(config, 'never_split');
    return never === undefined || never === null || (Array.isArray(never) && never.length === 0)
      ? null
      : 'it has words that are never split (never_split)';
  },
};

const FAIRSEQ = {
  bos_token: '<s>',
  eos_token: '</s>',
  sep_token: '</s>',
  cls_token: '<s>',
  unk_token: '<unk>',
  pad_token: '<pad>',
  mask_token: '<mask>',
} as const;

const PAIRS = { format: 'byte-pairs', files: ['vocab.json', 'merges.txt'] } as const;
const ROBERTA: TokenizerClass = { ...PAIRS, usual: FAIRSEQ, eagerMask: true };
const END = '<|endoftext|>';
const DEBERTA = { bos_token: '[CLS]', eos_token: '[SEP]', ...BERT.usual };

/** Why a SentencePiece tokenizer is not built: it draws its pieces. */
function drawn(config: unknown): string | null {
  const options = own(config, 'sp_model_kwargs');
  const empty =
    options === undefined ||
    options === null ||
    (typeof options === 'object' && Object.keys(options).length === 0);
  return empty ? null : 'it has options of its own for SentencePiece (sp_model_kwargs)';
}

const PIECES = { format: 'sentence-piece', unfit: drawn } as const;
const FAIRSEQ_PIECES: TokenizerClass = {
  ...PIECES,
  files: ['sentencepiece.bpe.model'],
  usual: FAIRSEQ,
  eagerMask: true,
};

const CLASSES: Readonly<Record<string, TokenizerClass>> = {
  BertTokenizer: BERT,
  DistilBertTokenizer: BERT,
  ElectraTokenizer: BERT,
  MobileBertTokenizer: BERT,
  SqueezeBertTokenizer: BERT,
  ConvBertTokenizer: BERT,
  MPNetTokenizer: { ...BERT, usual: { ...FAIRSEQ, unk_token: '[UNK]' }, eagerMask: true },
  GPT2Tokenizer: { ...PAIRS, usual: { unk_token: END, bos_token: END, eos_token: END } },
  Qwen2Tokenizer: { ...PAIRS, usual: { unk_token: END, eos_token: END, pad_token: END } },
  WhisperTokenizer: { ...PAIRS, usual: { unk_token: END, bos_token: END, eos_token: END } },
  RobertaTokenizer: ROBERTA,
  BartTokenizer: ROBERTA,
  DebertaTokenizer: { ...PAIRS, usual: DEBERTA, eagerMask: true },
  Wav2Vec2CTCTokenizer: {
    format: 'characters',
    files: ['vocab.json'],
    usual: { bos_token: '<s>', eos_token: '</s>', unk_token: '<unk>', pad_token: '<pad>' },
    unfit(config) {
      if (own(config, 'do_lower_case') === true)
        return 'it turns what it writes into small letters (do_lower_case)';
      if ((own(config, 'replace_word_delimiter_char') ?? ' ') !== ' ') {
        return 'it parts words with something other than a space (replace_word_delimiter_char)';
      }
      return (own(config, 'target_lang') ?? null) === null ? null : 'it has several languages (target_lang)';
    },
  },
  XLMRobertaTokenizer: FAIRSEQ_PIECES,
  CamembertTokenizer: FAIRSEQ_PIECES,
  MBartTokenizer: FAIRSEQ_PIECES,
  MBart50Tokenizer: FAIRSEQ_PIECES,
  T5Tokenizer: {
    ...PIECES,
    files: ['spiece.model'],
    usual: { eos_token: '</s>', unk_token: '<unk>', pad_token: '<pad>' },
  },
  AlbertTokenizer: {
    ...PIECES,
    files: ['spiece.model'],
    usual: { ...DEBERTA, unk_token: '<unk>', pad_token: '<pad>' },
    eagerMask: true,
  },
  DebertaV2Tokenizer: {
    ...PIECES,
    files: ['spm.model'],
    usual: DEBERTA,
    appended: ['mask_token'],
    unfit(config) {
      if (own(config, 'split_by_punct') === true)
        return 'it cuts a text at punctuation first (split_by_punct)';
      return (own(config, 'vocab_type') ?? 'spm') === 'spm' ? drawn(config) : 'its vocab_type is not spm';
    },
  },
  LlamaTokenizer: {
    ...PIECES,
    files: ['tokenizer.model'],
    usual: { unk_token: '<unk>', bos_token: '<s>', eos_token: '</s>' },
  },
  GemmaTokenizer: {
    ...PIECES,
    files: ['tokenizer.model'],
    usual: { unk_token: '<unk>', bos_token: '<bos>', eos_token: '<eos>', pad_token: '<pad>' },
  },
  MarianTokenizer: {
    format: 'marian',
    files: ['source.spm', 'vocab.json'],
    usual: { eos_token: '</s>', unk_token: '<unk>', pad_token: '<pad>' },
    unfit: (config) =>
      own(config, 'separate_vocabs') === true
        ? 'it has another vocabulary for what it writes (separate_vocabs)'
        : drawn(config),
  },
};

/** The class that transformers takes for a `model_type` where no file names one. */
const BY_MODEL_TYPE: Readonly<Record<string, string>> = {
  bert: 'BertTokenizer',
  distilbert: 'DistilBertTokenizer',
  electra: 'ElectraTokenizer',
  mobilebert: 'MobileBertTokenizer',
  squeezebert: 'SqueezeBertTokenizer',
  convbert: 'ConvBertTokenizer',
  mpnet: 'MPNetTokenizer',
  gpt2: 'GPT2Tokenizer',
  qwen2: 'Qwen2Tokenizer',
  qwen3: 'Qwen2Tokenizer',
  whisper: 'WhisperTokenizer',
  roberta: 'RobertaTokenizer',
  bart: 'BartTokenizer',
  deberta: 'DebertaTokenizer',
  wav2vec2: 'Wav2Vec2CTCTokenizer',
  hubert: 'Wav2Vec2CTCTokenizer',
  'xlm-roberta': 'XLMRobertaTokenizer',
  camembert: 'CamembertTokenizer',
  mbart: 'MBartTokenizer',
  t5: 'T5Tokenizer',
  mt5: 'T5Tokenizer',
  albert: 'AlbertTokenizer',
  'deberta-v2': 'DebertaV2Tokenizer',
  llama: 'LlamaTokenizer',
  mistral: 'LlamaTokenizer',
  gemma: 'GemmaTokenizer',
  gemma2: 'GemmaTokenizer',
  marian: 'MarianTokenizer',
};

/** A class by its name; undefined for one that is not built. */
export function findTokenizerClass(name: string): TokenizerClass | undefined {
  return Object.hasOwn(CLASSES, name) ? CLASSES[name] : undefined;
}

/** The name of the tokenizer’s class, without `Fast`, as tokenizer_config.json or config.json tell; null when neither does. */
export function tokenizerClassOf(tokenizerConfig: unknown, config: unknown): string | null {
  const told = own(tokenizerConfig, 'tokenizer_class') ?? own(config, 'tokenizer_class');
  if (typeof told === 'string') return told.replace(/Fast$/, '');
  const type = own(config, 'model_type');
  return typeof type === 'string' && Object.hasOwn(BY_MODEL_TYPE, type)
    ? (BY_MODEL_TYPE[type] ?? null)
    : null;
}
