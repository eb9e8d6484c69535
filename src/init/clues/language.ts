import { isLanguage } from '../../hub/languages.js';
import { own } from '../../mapping.js';
import type { Clue } from '../clue.js';
import type { Sources } from '../sources.js';

/** Languages, where a file names them as such: the head of a GGUF file, or the tokenizer of a translation model. */
export function languageClues({ gguf, tokenizerConfig }: Sources): readonly Clue[] {
  const said = gguf?.head.values.get('general.languages');
  if (gguf !== null && Array.isArray(said)) {
    return clue(said, `general.languages in ${gguf.path}`);
  }
  // Other tokenizers name a default language, one of many.
  if (own(tokenizerConfig, 'tokenizer_class') === 'MarianTokenizer') {
    const pair = [own(tokenizerConfig, 'source_lang'), own(tokenizerConfig, 'target_lang')];
    return clue(pair, 'source_lang and target_lang in tokenizer_config.json');
  }
  return [];
}

function clue(values: readonly unknown[], evidence: string): readonly Clue[] {
  const codes = [...new Set(values)].filter((code): code is string => typeof code === 'string');
  // One that is no code may stand for more than one language.
  if (codes.length === 0 || !codes.every(isLanguage)) return [];
  return [
    { key: 'language', value: codes.length === 1 ? (codes[0] ?? '') : codes, certainty: 'told', evidence },
  ];
}
