import { splitString } from '../card/list-edit.js';
import { replaceString } from '../card/scalar-edit.js';
import { codeMeant, isRegion, readTag } from '../hub/language-code.js';
import { isLanguage } from '../hub/languages.js';
import { label, preview } from '../preview.js';
import type { Finding, Rule } from './rule.js';
import { eachString } from './shared/strings.js';

/** Programming languages found in real cards. */
const PROGRAMMING =
  /^(?:python|java|javascript|typescript|c\+\+|cpp|c#|csharp|golang|rust|ruby|php|sql|bash|shell|scala|kotlin|swift|solidity|html|css|verilog)$/i;

/** Tags whose second part is the code of a language too, and yet means the region in all that people write. */
const VARIETIES: ReadonlySet<string> = new Set(
  'pt-br zh-tw fr-ca fr-ch de-ch it-ch nl-be fr-be de-be en-ca en-za es-ar es-co ar-sa ms-my'.split(' '),
);

export const languageUnknown: Rule = {
  id: 'language-unknown',
  severity: 'error',
  description: 'Each language is an ISO 639 code of two or three letters, or a special value.',
  why: 'The Hub refuses a push with a language tag, a language name or a placeholder.',
  source: 'espnet/espnet_model_zoo#102; huggingface/huggingface_hub#3862; the Hub’s message',
  fixable: true,
  keys: ['language'],
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
    const languages = card.metadata?.language;
    if (card.metadata === null || languages === undefined) return;
    // As nearly always; no path is made for what is right.
    if (Array.isArray(languages) ? languages.every(isKnown) : isKnown(languages)) return;
    eachString(card.metadata, 'language', (language, path) => {
      if (isLanguage(language)) return;
      const { answers = [], ...finding } = judge(language);
      const [answer] = answers;
      const fix =
        answers.length > 1
          ? splitString(card, path, answers)
          : answer && replaceString(card, path, language, answer);
      report({
        ...finding,
        path,
        part: 'value',
        ...(finding.hub === undefined
          ? {}
          : {
              hubMessage: `"${label(path)}" with value ${preview(language)} is not valid. It must be an ISO 639-1, 639-2 or 639-3 code (two/three letters), or a special value like "code", "multilingual". If you want to use BCP-47 identifiers, you can specify them in language_bcp47.`,
            }),
        ...(fix ? { fix } : {}),
      });
    });
  },
};

function isKnown(language: unknown): boolean {
  return typeof language === 'string' && isLanguage(language);
}

interface Judgement extends Pick<Finding, 'message' | 'help' | 'hub' | 'severity'> {
  /** The one right value, or the several that belong in its place, where that is certain. */
  readonly answers?: readonly string[];
}

function judge(language: string): Judgement {
  if (/^[a-z]{2,3}$/.test(language)) return judgeCode(language);
  const word = language.trim().toLowerCase();
  const message = `${preview(language)} is not a language code of ISO 639.`;
  const code = codeMeant(language);
  if (code !== undefined) {
    // Whether the Hub takes capitals is not known.
    const capitals = word === code && word === language.toLowerCase();
    return {
      message,
      help: `Write "${code}".`,
      answers: [code],
      ...(capitals ? { severity: 'warning' } : { hub: 'error' }),
    };
  }
  if (PROGRAMMING.test(word)) {
    return {
      message: `${preview(language)} is a programming language, not a language code of ISO 639.`,
      hub: 'error',
      help: 'Write "code", and name the programming language in the tags.',
    };
  }
  return (
    judgeTag(language) ??
    judgeSeveral(language) ?? {
      message,
      hub: 'error',
      help: 'Write the two-letter code, the three-letter code where there is none, or "multilingual". For something that is no natural language, use a tag.',
    }
  );
}

/** A code with more behind it: `pt-BR`, `zh-Hans`, `en-es`, `en_unnorm`. */
function judgeTag(language: string): Judgement | undefined {
  const [first = '', second = '', ...more] = language.trim().split(/[-_]/);
  const primary = /^[a-z]{2,3}$/i.test(first) ? codeMeant(first) : undefined;
  if (primary === undefined || second === '') return undefined;
  const tag = readTag(language);
  const region = tag?.region !== undefined && isRegion(tag.region);
  const other =
    second === second.toLowerCase() && more.length === 0 && /^[a-z]{2,3}$/.test(second)
      ? codeMeant(second)
      : undefined;
  if (tag !== undefined && (region || tag.script !== undefined)) {
    const variety = `Write "${primary}", and "${tag.written}" in language_bcp47.`;
    const pair = other !== undefined && !VARIETIES.has(tag.written.toLowerCase());
    return {
      message: `${preview(language)} is a tag of BCP 47, not a language code of ISO 639.`,
      hub: 'error',
      help: pair ? `${variety} If it is a pair of languages, write a list: [${primary}, ${other}].` : variety,
    };
  }
  if (other !== undefined) {
    return {
      message: `${preview(language)} names several languages in one value.`,
      hub: 'error',
      help: `Write a list: [${primary}, ${other}].`,
      answers: [primary, other],
    };
  }
  return {
    message: `${preview(language)} is not a language code of ISO 639.`,
    hub: 'error',
    help: `Write "${primary}".`,
  };
}

/** Several languages in one string: `French Swedish`, `en, de`. */
function judgeSeveral(language: string): Judgement | undefined {
  const codes = language
    .trim()
    .slice(0, LONGEST_LIST)
    .split(/[\s,;/&+|]+/)
    .map((name) => codeMeant(name));
  const known = codes.filter((code) => code !== undefined);
  if (codes.length < 2 || known.length < codes.length) return undefined;
  const answers = [...new Set(known)];
  return {
    message: `${preview(language)} names several languages in one value.`,
    hub: 'error',
    help: `Write a list: [${answers.join(', ')}].`,
    answers,
  };
}

const LONGEST_LIST = 400;

/** Whether the Hub takes every pair or triple of letters is not known, so what ISO does not list is a warning. */
function judgeCode(code: string): Judgement {
  const instead = codeMeant(code);
  const message = `${preview(code)} is not a language code of ISO 639-1 or 639-3.`;
  if (instead === undefined) {
    return {
      message,
      severity: 'warning',
      help: 'Write the code of the language, or "multilingual" for a family of languages, or delete the key. The Hub may refuse what is not listed.',
    };
  }
  return {
    message,
    severity: 'warning',
    help: `Write "${instead}". The Hub may refuse what is not listed.`,
    answers: [instead],
  };
}
