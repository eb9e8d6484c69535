import { extraGatedValue } from '../../src/rules/extra-gated-value.js';
import { untouched } from './cards.js';
import { testRule } from './tester.js';

const form = (field: string) => `---\nextra_gated_fields:\n  Purpose:\n${field}---\n`;

testRule(extraGatedValue, {
  bad: [
    {
      name: 'a choice of nothing',
      text: form('    type: select\n    options: [] # expect: extra-gated-value\n'),
      marks: ['[]'],
      says: ['nobody can answer it'],
    },
    {
      name: 'options that are never shown',
      text: form('    type: checkbox\n    options: # expect: extra-gated-value\n    - a\n'),
      marks: ['options'],
      says: ['is of type "checkbox"'],
    },
    {
      name: 'equal options, labels and values',
      text: form(
        '    type: select\n    options:\n    - a\n    - b\n    - a # expect: extra-gated-value\n    - label: b # expect: extra-gated-value\n      value: c\n    - label: d\n      value: a # expect: extra-gated-value\n',
      ),
      marks: ['a', 'b', 'a'],
      says: ['the option "a" twice', 'the option "b" twice', 'the option "a" twice'],
    },
    {
      name: 'a flag in quotes',
      text: '---\nextra_gated_eu_disallowed: "True" # expect: extra-gated-value\n---\n',
      marks: ['"True"'],
      says: ['Write true, without quotes.'],
      fixed: '---\nextra_gated_eu_disallowed: true # expect: extra-gated-value\n---\n',
    },
    {
      name: 'a flag that is none',
      text: '---\nextra_gated_eu_disallowed: [a] # expect: extra-gated-value\n---\n',
      marks: ['[a]'],
      says: ['Write true or false'],
    },
    {
      name: 'a word in quotes that means yes',
      text: '---\nextra_gated_eu_disallowed: "yes" # expect: extra-gated-value\n---\n',
      marks: ['"yes"'],
    },
  ],
  good: [
    ...untouched('extra_gated_fields'),
    {
      name: 'the example of the documentation',
      text: form('    type: select\n    options:\n    - Research\n    - label: Other\n      value: other\n'),
    },
    {
      name: 'other kinds',
      text: '---\nextra_gated_fields:\n  a: text\n  b: {type: country}\nextra_gated_eu_disallowed: false\n---\n',
    },
    { name: 'a type that there is not', text: form('    type: selct\n    options: []\n') },
    { name: 'options that are no list', text: form('    type: select\n    options: x\n') },
    { name: 'a word without quotes, read in two ways', text: '---\nextra_gated_eu_disallowed: yes\n---\n' },
    { name: 'a flag left blank', text: '---\nextra_gated_eu_disallowed:\n---\n' },
    {
      name: 'a question named __proto__',
      text: '---\nextra_gated_fields:\n  __proto__:\n    type: select\n    options: [a]\n---\n',
    },
  ],
});
