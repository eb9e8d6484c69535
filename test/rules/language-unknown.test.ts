import { languageUnknown } from '../../src/rules/language-unknown.js';
import { testRule, untouched } from './tester.js';

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
      name: 'upper case',
      text: "---\nlanguage: ['EN', FR] # expect: language-unknown, language-unknown\n---\n",
      marks: ["'EN'", 'FR'],
      hub: 'error',
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
      says: ['Write "en" here'],
    },
    {
      name: 'a pair of codes',
      text: '---\nlanguage: ro-en # expect: language-unknown\n---\n',
      marks: ['ro-en'],
      hub: 'error',
      says: ['a list of two codes'],
    },
    {
      name: 'several names in one value',
      text: '---\nlanguage: French Swedish # expect: language-unknown\n---\n',
      marks: ['French Swedish'],
      hub: 'error',
      says: ['Write a list: [fr, sv].'],
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
