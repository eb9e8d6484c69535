import { isLanguage, languages } from '../hub/languages.js';
import { lazily } from '../hub/lazily.js';
import { label, preview } from './preview.js';
import type { Finding, Rule } from './rule.js';
import { replaceString } from './scalar-edit.js';
import { eachString } from './strings.js';

/** Codes that people write for another: country codes, withdrawn codes, and the bibliographic codes of ISO 639-2. */
const INSTEAD: ReadonlyMap<string, string> = new Map(
  (
    'cn zh,cz cs,dk da,gr el,jp ja,kr ko,vn vi,iw he,ji yi,jw jv,mo ro,' +
    'alb sq,arm hy,baq eu,bur my,chi zh,cze cs,dut nl,fre fr,geo ka,ger de,gre el,ice is,mac mk,mao mi,may ms,' +
    'per fa,rum ro,slo sk,tib bo,wel cy'
  )
    .split(',')
    .map((pair) => [pair.slice(0, pair.indexOf(' ')), pair.slice(pair.indexOf(' ') + 1)]),
);

/** Programming languages found in real cards. */
const PROGRAMMING =
  /^(?:python|java|javascript|typescript|c\+\+|cpp|c#|csharp|golang|rust|ruby|php|sql|bash|shell|scala|kotlin|swift|solidity|html|css|verilog)$/i;

const byName = lazily(() => {
  const names = new Map<string, string>();
  const english = new Intl.DisplayNames('en', { type: 'language' });
  for (const [code, name] of languages()) {
    names.set(name.toLowerCase(), code);
    if (code.length === 2) names.set((english.of(code) ?? name).toLowerCase(), code);
  }
  return names;
});

export const languageUnknown: Rule = {
  id: 'language-unknown',
  severity: 'error',
  description: 'Each language is an ISO 639 code of two or three letters, or a special value.',
  why: 'The Hub refuses a push with a language tag, a language name or a placeholder.',
  source: 'espnet/espnet_model_zoo#102; huggingface/huggingface_hub#3862; the Hub’s message',
  fixable: true,
  good: [
    { text: '---\nlanguage: en\n---\n' },
    { text: '---\nlanguage:\n- "no"\n- swh\n- multilingual\n- code\n---\n' },
    { text: '---\nlanguage: zh\nlanguage_bcp47:\n- zh-CN\n---\n' },
  ],
  bad: [
    { text: '---\nlanguage: zh-CN\n---\n' },
    { text: '---\nlanguage: english\n---\n' },
    { text: '---\nlanguage:\n- en\n- python\n---\n' },
  ],
  check({ card, report }) {
    if (card.metadata === null) return;
    eachString(card.metadata, 'language', (language, path) => {
      if (isLanguage(language)) return;
      const { answer, ...finding } = judge(language);
      const fix = answer === undefined ? undefined : replaceString(card, path, language, answer);
      report({
        ...finding,
        path,
        part: 'value',
        ...(finding.hub === undefined
          ? {}
          : {
              hubMessage: `"${label(path)}" with value ${preview(language)} is not valid. It must be an ISO 639-1, 639-2 or 639-3 code (two/three letters), or a special value like "code", "multilingual". If you want to use BCP-47 identifiers, you can specify them in language_bcp47.`,
            }),
        ...(fix === undefined ? {} : { fix }),
      });
    });
  },
};

/** What is wrong with the value; `answer` is the one right value, where there is one. */
function judge(
  language: string,
): Pick<Finding, 'message' | 'help' | 'hub' | 'severity'> & { answer?: string } {
  const word = language.trim().toLowerCase();
  if (/^[a-z]{2,3}$/.test(language)) return judgeCode(language);

  const message = `${preview(language)} is not a language code of ISO 639.`;
  const code = isLanguage(word) ? word : (byName().get(word) ?? INSTEAD.get(word));
  if (code !== undefined) return { message, hub: 'error', help: `Write "${code}".`, answer: code };
  if (PROGRAMMING.test(word)) {
    return {
      message: `${preview(language)} is a programming language, not a language code of ISO 639.`,
      hub: 'error',
      help: 'Write "code", and name the programming language in the tags.',
    };
  }
  const primary = /^([a-z]{2,3})[-_]/.exec(word)?.[1];
  if (primary !== undefined && isLanguage(primary)) {
    return {
      message: `${preview(language)} is a tag with a region, script or other addition, not a language code of ISO 639.`,
      hub: 'error',
      help: isLanguage(word.slice(primary.length + 1))
        ? `Write "${primary}" here, and the full tag in language_bcp47 if it matters. For a pair of languages, write a list of two codes.`
        : `Write "${primary}" here, and the full tag in language_bcp47 if it matters.`,
    };
  }
  const several = word.split(/[\s,;/&+]+/).map((name) => (isLanguage(name) ? name : byName().get(name)));
  if (several.length > 1 && several.every((name) => name !== undefined)) {
    return {
      message: `${preview(language)} names several languages in one value.`,
      hub: 'error',
      help: `Write a list: [${several.join(', ')}].`,
    };
  }
  return {
    message,
    hub: 'error',
    help: 'Write the two-letter code, the three-letter code where there is none, or "multilingual". For something that is no natural language, use a tag.',
  };
}

/** Whether the Hub takes every pair or triple of letters is not known, so what ISO does not list is a warning. */
function judgeCode(code: string): ReturnType<typeof judge> {
  const instead = INSTEAD.get(code);
  const message = `${preview(code)} is not a language code of ISO 639-1 or 639-3.`;
  return instead === undefined
    ? {
        message,
        severity: 'warning',
        help: 'Write the code of the language, or "multilingual" for a family of languages, or delete the key. The Hub may refuse what is not listed.',
      }
    : {
        message,
        severity: 'warning',
        help: `Write "${instead}". The Hub may refuse what is not listed.`,
        answer: instead,
      };
}
