import { replaceString } from '../card/scalar-edit.js';
import { codeMeant, isTag, readTag } from '../hub/language-code.js';
import { preview } from '../preview.js';
import type { Rule } from './rule.js';

export const languageBcp47Invalid: Rule = {
  id: 'language-bcp47-invalid',
  severity: 'warning',
  description: 'Each item of language_bcp47 is a language tag of BCP 47.',
  why: 'The Hub takes any text here, but programs that read the tags take those of BCP 47 alone, with hyphens and codes.',
  source: 'RFC 5646 (BCP 47), section 2.1; huggingface/datasets#4753',
  fixable: true,
  keys: ['language_bcp47'],
  good: [{ text: '---\nlanguage: zh\nlanguage_bcp47:\n- zh-CN\n- zh-Hant-TW\n---\n' }],
  bad: [
    { text: '---\nlanguage: sr\nlanguage_bcp47:\n- sr_Cyrl\n---\n' },
    { text: '---\nlanguage: pt\nlanguage_bcp47:\n- Brazilian Portuguese\n---\n' },
  ],
  check({ card, report }) {
    const tags = card.metadata?.language_bcp47;
    // A single string is no list: that is said elsewhere.
    if (!Array.isArray(tags)) return;
    for (const [index, tag] of tags.entries()) {
      if (typeof tag !== 'string' || tag === '') continue;
      const read = readTag(tag);
      if (isTag(tag) && (read === undefined || isSameLanguage(tag, read.primary))) continue;
      const path = ['language_bcp47', index];
      const answer = read?.written ?? codeMeant(tag);
      const fix = answer === undefined ? undefined : replaceString(card, path, tag, answer);
      report({
        message: `${preview(tag)} is not a language tag of BCP 47.`,
        path,
        part: 'value',
        help:
          answer === undefined
            ? 'Write a code of ISO 639, then what is needed of script and region, joined by hyphens: pt-BR, zh-Hant.'
            : `Write "${answer}".`,
        ...(fix === undefined ? {} : { fix }),
      });
    }
  },
};

/** False when the code stands for another: `jp-JP` is read as `ja-JP`. */
function isSameLanguage(tag: string, primary: string): boolean {
  return tag.toLowerCase().split('-')[0] === primary;
}
