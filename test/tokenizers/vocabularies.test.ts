import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { build, idsOf, plainIdsOf, tokenizerOf } from './built.js';

const BERT = [
  '[PAD]',
  '[UNK]',
  '[CLS]',
  '[SEP]',
  '[MASK]',
  'un',
  '##aff',
  '##able',
  'the',
  'mode',
  '##l',
  'eleve',
  ',',
  '中',
  '文',
  'Élève',
];
const lines = (tokens: readonly string[]) => `${tokens.join('\n')}\n`;
const words = (tokens: readonly string[], ids: readonly number[]) => ids.map((id) => tokens[id]);
const settings = (config: Readonly<Record<string, unknown>>) => JSON.stringify(config);

describe('vocab.txt', () => {
  const cut = (text: string, config: Readonly<Record<string, unknown>>, pair?: string) => {
    const built = build({
      'vocab.txt': lines(BERT),
      'tokenizer_config.json': settings({ tokenizer_class: 'BertTokenizer', ...config }),
    });
    return words(BERT, idsOf(tokenizerOf(built), text, pair)).join(' ');
  };

  it.each([
    ['unaffable', {}, '[CLS] un ##aff ##able [SEP]'],
    ['The MODEL, [MASK]!', {}, '[CLS] the mode ##l , [MASK] [UNK] [SEP]'],
    ['The model', { do_lower_case: false }, '[CLS] [UNK] mode ##l [SEP]'],
    ['Élève', {}, '[CLS] eleve [SEP]'],
    ['Élève', { do_lower_case: false }, '[CLS] Élève [SEP]'],
    ['Élève', { strip_accents: false }, '[CLS] [UNK] [SEP]'],
    ['élève', { do_lower_case: false, strip_accents: true }, '[CLS] eleve [SEP]'],
    ['中文', {}, '[CLS] 中 文 [SEP]'],
    ['中文', { tokenize_chinese_chars: false }, '[CLS] [UNK] [SEP]'],
  ] as const)('%s with %o', (text, config, wanted) => {
    expect(cut(text, config)).toBe(wanted);
  });

  it('ends a text before another one as its class does', () => {
    expect(cut('the', {}, 'model')).toBe('[CLS] the [SEP] mode ##l [SEP]');
    const tokens = ['<s>', '<pad>', '</s>', '[UNK]', '<mask>', 'the', 'model'];
    const built = build({
      'vocab.txt': lines(tokens),
      'tokenizer_config.json': settings({ tokenizer_class: 'MPNetTokenizerFast' }),
    });
    expect(words(tokens, idsOf(tokenizerOf(built), 'the', 'model <mask>')).join(' ')).toBe(
      '<s> the </s> </s> model <mask> </s>',
    );
  });

  it('has the class that config.json tells where there is no tokenizer_config.json', () => {
    const built = build({ 'vocab.txt': lines(BERT) }, 'distilbert');
    expect(built.className).toBe('DistilBertTokenizer');
    expect(plainIdsOf(tokenizerOf(built), 'unaffable')).toEqual([5, 6, 7]);
  });

  it('counts lines as Python does: other line ends, no last line, tokens that are there twice', () => {
    const built = build({ 'vocab.txt': '[PAD]\r\n[UNK]\r\n[CLS]\r[SEP]\nfew\u2028er\nthe\nthe' }, 'bert');
    expect(built.json.model.vocab).toEqual({
      '[PAD]': 0,
      '[UNK]': 1,
      '[CLS]': 2,
      '[SEP]': 3,
      'few\u2028er': 4,
      the: 6,
    });
  });
});

/** The joining of GPT-2’s encoder.py: the pair with the lowest rank first, everywhere. */
function joinPairs(word: readonly string[], ranks: ReadonlyMap<string, number>): readonly string[] {
  let parts = [...word];
  for (;;) {
    let best: readonly [string, string] | null = null;
    let rank = Number.POSITIVE_INFINITY;
    for (let at = 0; at + 1 < parts.length; at++) {
      const [left = '', right = ''] = parts.slice(at);
      const here = ranks.get(`${left} ${right}`) ?? Number.POSITIVE_INFINITY;
      if (here < rank) [best, rank] = [[left, right], here];
    }
    if (best === null) return parts;
    const next: string[] = [];
    for (let at = 0; at < parts.length; at++) {
      const joins = parts[at] === best[0] && parts[at + 1] === best[1];
      next.push(joins ? best[0] + best[1] : (parts[at] ?? ''));
      if (joins) at++;
    }
    parts = next;
  }
}

const PRINTABLE = (() => {
  const characters: string[] = [];
  let next = 256;
  for (let byte = 0; byte < 256; byte++) {
    const printable = (byte >= 33 && byte <= 126) || (byte >= 161 && byte !== 173);
    characters.push(String.fromCharCode(printable ? byte : next++));
  }
  return characters;
})();
const MERGES = [
  't h',
  'th e',
  'Ġ the',
  'Ġ t',
  'h e',
  'a a',
  'aa a',
  'Ġ a',
  'Ã ©',
  'c a',
  'ca r',
  'r d',
  'ar d',
  'a r',
  'Ġ car',
  'Ġcar d',
  '1 2',
  'e l',
];
const BYTE_VOCABULARY = [
  '<s>',
  '<pad>',
  '</s>',
  '<unk>',
  ...PRINTABLE,
  ...MERGES.map((pair) => pair.replace(' ', '')),
  '<mask>',
];
const numbers = (tokens: readonly string[]) =>
  JSON.stringify(Object.fromEntries(tokens.map((token, id) => [token, id])));
const WORD = /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+/gu;

describe('vocab.json and merges.txt', () => {
  const files = {
    'vocab.json': numbers(BYTE_VOCABULARY),
    'merges.txt': `#version: 0.2\n${lines(MERGES)}`,
  };
  const built = (config: Readonly<Record<string, unknown>>) =>
    tokenizerOf(build({ ...files, 'tokenizer_config.json': settings(config) }));
  const ranks = new Map(MERGES.map((pair, rank) => [pair, rank]));
  const expected = (text: string) =>
    (text.match(WORD) ?? []).flatMap((word) =>
      joinPairs(
        Array.from(new TextEncoder().encode(word), (byte) => PRINTABLE[byte] ?? ''),
        ranks,
      ),
    );

  it('are cut as the first implementation did', () => {
    const tokenizer = built({
      tokenizer_class: 'GPT2Tokenizer',
      bos_token: '<s>',
      eos_token: '</s>',
      unk_token: '<unk>',
    });
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.constantFrom('the', ' the', 'card', 'aaaa', ' ', 'é', '12', "'s", '\n'),
            fc.string({ unit: 'grapheme', maxLength: 4 }),
          ),
        ),
        (parts) => {
          // A special token in the text would stand for itself.
          const text = parts.join('').replace(/[<>]/g, '');
          expect(words(BYTE_VOCABULARY, plainIdsOf(tokenizer, text))).toEqual(expected(text));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('begin and end texts as RoBERTa does, and take the space before a mask along', () => {
    const tokenizer = built({ tokenizer_class: 'RobertaTokenizer' });
    expect(words(BYTE_VOCABULARY, idsOf(tokenizer, 'the <mask> card', 'the')).join(' ')).toBe(
      '<s> the <mask> Ġcard </s> </s> the </s>',
    );
    expect(tokenizer.decode(idsOf(tokenizer, 'the card aé 12'), { skip_special_tokens: true })).toBe(
      'the card aé 12',
    );
  });

  it('begin with a space, or a token, where the settings say so', () => {
    const spaced = built({ tokenizer_class: 'BartTokenizer', add_prefix_space: true });
    expect(words(BYTE_VOCABULARY, idsOf(spaced, 'the'))).toEqual(['<s>', 'Ġthe', '</s>']);
    const begun = built({ tokenizer_class: 'GPT2Tokenizer', add_bos_token: true, bos_token: '<s>' });
    expect(words(BYTE_VOCABULARY, idsOf(begun, 'the'))).toEqual(['<s>', 'the']);
  });

  it('cut numbers and contractions as Qwen does, and compose what is decomposed', () => {
    const tokenizer = built({ tokenizer_class: 'Qwen2Tokenizer', eos_token: '</s>', pad_token: '<pad>' });
    expect(words(BYTE_VOCABULARY, plainIdsOf(tokenizer, '12e\u0301')).join(' ')).toBe('1 2 Ã©');
  });

  it('have the tokens of added_tokens.json, special where another file names them', () => {
    const size = BYTE_VOCABULARY.length;
    const made = build({
      ...files,
      'added_tokens.json': JSON.stringify({
        '<|startoftranscript|>': size + 1,
        '<|notimestamps|>': size + 2,
        '<|0.00|>': size + 3,
        '<|endoftext|>': size,
      }),
      'special_tokens_map.json': JSON.stringify({
        additional_special_tokens: ['<|startoftranscript|>', { content: '<|notimestamps|>' }],
      }),
      'tokenizer_config.json': settings({ tokenizer_class: 'WhisperTokenizer' }),
    });
    expect(made.json.added_tokens.map(({ content, special }) => [content, special])).toEqual([
      ['<|endoftext|>', true],
      ['<|startoftranscript|>', true],
      ['<|notimestamps|>', true],
      ['<|0.00|>', false],
    ]);
    const tokenizer = tokenizerOf(made);
    expect(idsOf(tokenizer, 'the')).toEqual([size + 1, size + 2, BYTE_VOCABULARY.indexOf('the'), size]);
    expect(tokenizer.decode(idsOf(tokenizer, 'the'), { skip_special_tokens: true })).toBe('the');
  });

  it('have a special token behind the vocabulary that lacks it, and only one that a file names', () => {
    const config = {
      tokenizer_class: 'GPT2Tokenizer',
      pad_token: '[PAD]',
      eos_token: '</s>',
      bos_token: null,
      unk_token: null,
    };
    const { json } = build({ ...files, 'tokenizer_config.json': settings(config) });
    expect(json.added_tokens.map(({ id, content }) => [id, content])).toEqual([
      [2, '</s>'],
      [BYTE_VOCABULARY.length, '[PAD]'],
    ]);
  });

  it('have the tokens of added_tokens_decoder, which goes first', () => {
    const token = {
      content: '<mask>',
      lstrip: false,
      rstrip: true,
      normalized: false,
      single_word: false,
      special: true,
    };
    const { json } = build({
      ...files,
      'special_tokens_map.json': JSON.stringify({ mask_token: '</s>' }),
      'tokenizer_config.json': settings({
        tokenizer_class: 'RobertaTokenizer',
        mask_token: '<mask>',
        added_tokens_decoder: { [BYTE_VOCABULARY.length - 1]: token },
      }),
    });
    expect(json.added_tokens.at(-1)).toEqual({ id: BYTE_VOCABULARY.length - 1, ...token });
  });
});

describe('the letters of a model that listens', () => {
  const tokens = ['<pad>', '<s>', '</s>', '<unk>', '|', 'A', 'B'];
  const config = { tokenizer_class: 'Wav2Vec2CTCTokenizer' };
  const files = { 'vocab.json': numbers(tokens), 'tokenizer_config.json': settings(config) };

  it('are joined, and keep what stands between doubled ones', () => {
    const tokenizer = tokenizerOf(build(files));
    expect(tokenizer.decode([0, 5, 5, 0, 5, 4, 4, 0, 6, 0], { skip_special_tokens: true })).toBe('AA B');
    expect(plainIdsOf(tokenizer, 'AB A')).toEqual([5, 6, 4, 5]);
  });

  it.each([
    [{ do_lower_case: true }, 'unsupported: it turns what it writes into small letters (do_lower_case)'],
    [{ target_lang: 'eng' }, 'unsupported: it has several languages (target_lang)'],
    [{ replace_word_delimiter_char: '_' }, 'unsupported: it parts words with something other than a space'],
    [{ word_delimiter_token: '/' }, 'vocab.json has no "/", which parts words'],
    [{ pad_token: null }, 'vocab.json has no "pad_token", which stands for what is not spoken'],
  ] as const)('with %o are refused', (change, message) => {
    expect(() => build({ ...files, 'tokenizer_config.json': settings({ ...config, ...change }) })).toThrow(
      message,
    );
  });
});

describe('what is not known to be right is refused by name', () => {
  it.each([
    [
      { 'vocab.txt': 'a' },
      { tokenizer_class: 'BertJapaneseTokenizer' },
      'unsupported: its class is "BertJapaneseTokenizer"',
    ],
    [{ 'vocab.txt': 'a' }, { tokenizer_class: 'constructor' }, 'unsupported: its class is "constructor"'],
    [{ 'vocab.txt': 'a' }, {}, 'unsupported: neither tokenizer_config.json nor config.json tells its class'],
    [
      { 'vocab.txt': 'a' },
      { tokenizer_class: 'BertTokenizer', auto_map: {} },
      'unsupported: it needs Python code of its own (auto_map)',
    ],
    [
      { 'vocab.txt': 'a' },
      { tokenizer_class: 'BertTokenizer', never_split: ['x'] },
      'unsupported: it has words that are never split (never_split)',
    ],
    [
      { 'vocab.txt': 'a' },
      { tokenizer_class: 'BertTokenizer', do_basic_tokenize: false },
      'unsupported: its do_basic_tokenize is false',
    ],
    [
      { 'vocab.json': '{}' },
      { tokenizer_class: 'BertTokenizer' },
      'unsupported: a BertTokenizer needs vocab.txt, which is missing',
    ],
    [{ 'tokenizer.json': '{}' }, { tokenizer_class: 'BertTokenizer' }, 'nothing'],
    [
      { 'spm.model': '' },
      { tokenizer_class: 'DebertaV2Tokenizer', split_by_punct: true },
      'unsupported: it cuts a text at punctuation first (split_by_punct)',
    ],
    [
      { 'spiece.model': '' },
      { tokenizer_class: 'T5Tokenizer', sp_model_kwargs: { enable_sampling: true } },
      'unsupported: it has options of its own for SentencePiece',
    ],
    [
      { 'source.spm': '', 'vocab.json': '{}' },
      { tokenizer_class: 'MarianTokenizer', separate_vocabs: true },
      'unsupported: it has another vocabulary for what it writes',
    ],
  ] as const)('%o with %o', (files, config, message) => {
    expect(() => build({ ...files, 'tokenizer_config.json': settings(config) })).toThrow(message);
  });
});
