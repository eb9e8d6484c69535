import { languageUnknown } from '../../src/rules/language-unknown.js';
import { untouched } from './cards.js';
import { testRule } from './tester.js';

testRule(languageUnknown, {
  bad: [
    {
      name: 'a BCP 47 tag: the Hub’s words, no fix, since the region would be lost',
      text: '---\nlanguage:\n- en\n- pt_pt # expect: language-unknown\n---\n',
      marks: ['pt_pt'],
      hub: 'error',
      says: ['"language[1]" with value "pt_pt" is not valid.'],
    },
    {
      name: 'an English name',
      text: '---\nlanguage: English # expect: language-unknown\n---\n',
      marks: ['English'],
      hub: 'error',
      fixed: '---\nlanguage: en # expect: language-unknown\n---\n',
    },
    {
      name: 'upper case: nobody says whether the Hub takes it',
      text: "---\nlanguage: ['EN', FR] # expect: language-unknown, language-unknown\n---\n",
      marks: ["'EN'", 'FR'],
      severity: 'warning',
      fixed: "---\nlanguage: ['en', fr] # expect: language-unknown, language-unknown\n---\n",
    },
    {
      name: 'Norwegian, which readers of YAML 1.1 would take for false',
      text: '---\nlanguage: Norwegian # expect: language-unknown\n---\n',
      marks: ['Norwegian'],
      hub: 'error',
      fixed: "---\nlanguage: 'no' # expect: language-unknown\n---\n",
    },
    {
      name: 'a programming language',
      text: '---\nlanguage: python # expect: language-unknown\n---\n',
      marks: ['python'],
      hub: 'error',
      says: ['Write "code"'],
    },
    {
      name: 'no language at all',
      text: '---\nlanguage: protein # expect: language-unknown\n---\n',
      marks: ['protein'],
      hub: 'error',
    },
    {
      name: 'a code with a suffix',
      text: '---\nlanguage: en_unnorm # expect: language-unknown\n---\n',
      marks: ['en_unnorm'],
      hub: 'error',
      says: ['Write "en".'],
    },
    {
      name: 'a pair of codes',
      text: '---\nlanguage:\n- ro-en # expect: language-unknown\n- no-de # expect: language-unknown\n---\n',
      marks: ['ro-en', 'no-de'],
      hub: 'error',
      says: [
        'Write a list: [ro, en].',
        'Write "no", and "no-DE" in language_bcp47. If it is a pair of languages, write a list: [no, de].',
      ],
      fixed:
        '---\nlanguage:\n- ro\n- en # expect: language-unknown\n- no-de # expect: language-unknown\n---\n',
    },
    {
      name: 'a region, in small letters and with an underscore, and a script',
      text: '---\nlanguage: [pt-br, pt_PT, zh-hant, nb-NO] # expect: language-unknown, language-unknown, language-unknown, language-unknown\n---\n',
      marks: ['pt-br', 'pt_PT', 'zh-hant', 'nb-NO'],
      hub: 'error',
      says: [
        'Write "pt", and "pt-BR" in language_bcp47. The Hub',
        'Write "pt", and "pt-PT" in language_bcp47. The Hub',
        'Write "zh", and "zh-Hant" in language_bcp47. The Hub',
        'Write "nb", and "nb-NO" in language_bcp47. The Hub',
      ],
    },
    {
      name: 'several names in one value',
      text: '---\nlanguage: French Swedish # expect: language-unknown\n---\n',
      marks: ['French Swedish'],
      hub: 'error',
      says: ['Write a list: [fr, sv].'],
      fixed: '---\nlanguage: [fr, sv] # expect: language-unknown\n---\n',
    },
    {
      name: 'several codes in one value, the items of a list in the place of one',
      text: '---\r\nlanguage:\r\n  -   "en, no" # expect: language-unknown\r\n  - sv\r\n---\r\n',
      marks: ['"en, no"'],
      hub: 'error',
      fixed: "---\r\nlanguage:\r\n  -   en\r\n  -   'no' # expect: language-unknown\r\n  - sv\r\n---\r\n",
    },
    {
      name: 'several names between brackets',
      text: '---\nlanguage: [de, en/fr] # expect: language-unknown\n---\n',
      marks: ['en/fr'],
      hub: 'error',
      fixed: '---\nlanguage: [de, en, fr] # expect: language-unknown\n---\n',
    },
    {
      name: 'a country code, well formed: the Hub may take it',
      text: '---\nlanguage: jp # expect: language-unknown\n---\n',
      marks: ['jp'],
      severity: 'warning',
      fixed: '---\nlanguage: ja # expect: language-unknown\n---\n',
    },
    {
      name: 'a family of languages',
      text: '---\nlanguage: zle # expect: language-unknown\n---\n',
      marks: ['zle'],
      severity: 'warning',
    },
    {
      name: 'control characters and great length stay out of the message',
      text: `---\nlanguage: "a\\u001b[31m${'x'.repeat(200)}" # expect: language-unknown\n---\n`,
      marks: [`"a\\u001b[31m${'x'.repeat(200)}"`],
      hub: 'error',
      says: ['"a\\u001b[31mxx'],
    },
  ],
  good: [
    ...untouched('language'),
    { name: 'two letters', text: '---\nlanguage: en\n---\n' },
    { name: 'no, unquoted', text: '---\nlanguage: no\n---\n' },
    { name: 'three letters with a two-letter twin', text: '---\nlanguage: eng\n---\n' },
    { name: 'three letters without', text: '---\nlanguage:\n- yue\n- gom\n---\n' },
    { name: 'special values', text: '---\nlanguage: [multilingual, code, mul, und]\n---\n' },
    { name: 'tags in their own field', text: '---\nlanguage: zh\nlanguage_bcp47: [zh-CN]\n---\n' },
  ],
});
