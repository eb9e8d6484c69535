import { licenseUnknown } from '../../src/rules/license-unknown.js';
import { untouched } from './cards.js';
import { testRule } from './tester.js';

testRule(licenseUnknown, {
  bad: [
    {
      name: 'upper case',
      text: '---\nlicense: MIT # expect: license-unknown\n---\n',
      marks: ['MIT'],
      hub: 'error',
      says: ['Write "mit".'],
      fixed: '---\nlicense: mit # expect: license-unknown\n---\n',
    },
    {
      name: 'the name of the license, in quotes, which stay',
      text: '---\nlicense: "Apache 2.0" # expect: license-unknown\n---\n',
      marks: ['"Apache 2.0"'],
      hub: 'error',
      fixed: '---\nlicense: "apache-2.0" # expect: license-unknown\n---\n',
    },
    {
      name: 'an SPDX identifier the Hub writes otherwise, with CRLF',
      text: "---\r\nlicense: 'GPL-3.0-or-later' # expect: license-unknown\r\n---\r\n",
      marks: ["'GPL-3.0-or-later'"],
      hub: 'error',
      fixed: "---\r\nlicense: 'gpl-3.0' # expect: license-unknown\r\n---\r\n",
    },
    {
      name: 'the full name in the table',
      text: '---\nlicense: Creative Commons Attribution 4.0 # expect: license-unknown\n---\n',
      marks: ['Creative Commons Attribution 4.0'],
      hub: 'error',
      fixed: '---\nlicense: cc-by-4.0 # expect: license-unknown\n---\n',
    },
    {
      name: 'a list with two bad entries, comments kept',
      text: '---\nlicense:\n- mit\n- asdf # expect: license-unknown\n- CC0 # expect: license-unknown\n---\n',
      marks: ['asdf', 'CC0'],
      hub: 'error',
      fixed:
        '---\nlicense:\n- mit\n- asdf # expect: license-unknown\n- cc0-1.0 # expect: license-unknown\n---\n',
    },
    {
      name: 'a misspelling: an offer, no fix',
      text: '---\nlicense: apache-2.1 # expect: license-unknown\n---\n',
      marks: ['apache-2.1'],
      hub: 'error',
      says: ['Did you mean "apache-2.0"?'],
    },
    {
      name: 'a license of one’s own',
      text: '---\nlicense: my-model-non-commercial # expect: license-unknown\n---\n',
      marks: ['my-model-non-commercial'],
      hub: 'error',
      says: ['license: other'],
    },
    {
      name: 'an identifier that left the list: the Hub’s own list lacks it too',
      text: '---\nlicense: tii-falcon-llm # expect: license-unknown\n---\n',
      marks: ['tii-falcon-llm'],
      hub: 'error',
      says: ['The identifier left the Hub’s list on 2023-07-18'],
    },
    {
      name: 'the Hub’s words, for a value and for an item',
      text: '---\nlicense:\n- mit\n- nope # expect: license-unknown\n---\n',
      marks: ['nope'],
      hub: 'error',
      says: ['The Hub says: "license[1]" must be one of [apache-2.0, mit, openrail, …, unknown, other].'],
    },
    {
      name: 'names that every object has',
      text: '---\nlicense: constructor # expect: license-unknown\n---\n',
      marks: ['constructor'],
      hub: 'error',
    },
    {
      name: 'a block scalar: reported, not edited',
      text: '---\nlicense: >-\n  MIT\n---\n',
      marks: ['>-\n  MIT'],
      lines: [2],
      hub: 'error',
    },
  ],
  good: [
    ...untouched('license'),
    { name: 'listed', text: '---\nlicense: apache-2.0\n---\n' },
    { name: 'a list', text: '---\nlicense: [mit, cc-by-nc-sa-2.0]\n---\n' },
    { name: 'other, alone', text: '---\nlicense: other\n---\n' },
  ],
});
