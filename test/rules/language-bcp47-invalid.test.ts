import { languageBcp47Invalid } from '../../src/rules/language-bcp47-invalid.js';
import { untouched } from './cards.js';
import { testRule } from './tester.js';

testRule(languageBcp47Invalid, {
  bad: [
    {
      name: 'underscores, and small and capital letters put right with them',
      text: '---\nlanguage_bcp47:\n- sr_cyrl_rs # expect: language-bcp47-invalid\n- sr-Cyrl\n---\n',
      marks: ['sr_cyrl_rs'],
      says: ['Write "sr-Cyrl-RS".'],
      fixed: '---\nlanguage_bcp47:\n- sr-Cyrl-RS # expect: language-bcp47-invalid\n- sr-Cyrl\n---\n',
    },
    {
      name: 'an English name',
      text: '---\nlanguage_bcp47: ["German"] # expect: language-bcp47-invalid\n---\n',
      marks: ['"German"'],
      says: ['Write "de".'],
      fixed: '---\nlanguage_bcp47: ["de"] # expect: language-bcp47-invalid\n---\n',
    },
    {
      name: 'the code of a country',
      text: '---\nlanguage_bcp47: [jp-JP] # expect: language-bcp47-invalid\n---\n',
      marks: ['jp-JP'],
      fixed: '---\nlanguage_bcp47: [ja-JP] # expect: language-bcp47-invalid\n---\n',
    },
    {
      name: 'prose',
      text: '---\nlanguage_bcp47:\n- Brazilian Portuguese # expect: language-bcp47-invalid\n- pt- # expect: language-bcp47-invalid\n---\n',
      marks: ['Brazilian Portuguese', 'pt-'],
      says: ['pt-BR, zh-Hant', 'pt-BR, zh-Hant'],
    },
    {
      name: 'a very long text',
      text: `---\nlanguage_bcp47: [${'en-'.repeat(30_000)}] # expect: language-bcp47-invalid\n---\n`,
      marks: ['en-'.repeat(30_000)],
    },
  ],
  good: [
    ...untouched('language_bcp47').filter(({ text }) => !text.includes('x y')),
    {
      name: 'tags of every kind',
      text: '---\nlanguage_bcp47: [de, zh-cn, zh-Hans-CN, es-419, rm-sursilv, sl-rozaj-biske, zh-yue, de-CH-1901, en-a-myext-b-another, de-x-private, x-whatever, i-klingon, fy-NL, aaa-AA]\n---\n',
    },
    {
      name: 'a string in the place of a list, which another rule reports',
      text: '---\nlanguage_bcp47: sr_Cyrl\n---\n',
    },
  ],
});
