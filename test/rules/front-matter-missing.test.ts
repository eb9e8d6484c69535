import { frontMatterMissing } from '../../src/rules/front-matter-missing.js';
import { testRule } from './tester.js';

testRule(frontMatterMissing, {
  bad: [
    { name: 'an empty file', text: '', lines: [1], marks: [''], hub: 'warning' },
    {
      name: 'no fence',
      text: '# Title\n',
      lines: [1],
      marks: [''],
      hub: 'warning',
      says: ['empty or missing yaml metadata in repo card'],
    },
    {
      name: 'never closed',
      text: '---\nlicense: mit\n\n# Title\n',
      lines: [1],
      marks: ['---'],
      hub: 'warning',
      says: ['never closed'],
    },
    {
      name: 'a closing line that ends in a carriage return alone',
      text: '---\r\r\nlicense: mit\r\r\n---\r\r\n# T\r\r\n',
      lines: [5],
      marks: ['---'],
      hub: 'warning',
      says: ['ends in a lone carriage return'],
    },
    {
      name: 'a ragged close',
      text: '---\nlicense: mit\n---oops\n',
      lines: [3],
      marks: ['---oops'],
      hub: 'warning',
    },
    {
      name: 'text before',
      text: '# Title first\n---\nlicense: mit\n---\n',
      lines: [1],
      marks: ['# Title first'],
      hub: 'warning',
      says: ['Text stands before'],
    },
    {
      name: 'nothing between',
      text: '---\n---\n# Title\n',
      lines: [2],
      marks: ['---'],
      hub: 'warning',
    },
    {
      name: 'a language on the fence',
      text: '---js\n{ a: 1 }\n---\n',
      lines: [1],
      marks: ['---js'],
      hub: 'warning',
      says: ['names a language'],
    },
    {
      name: 'white space behind the opening fence',
      text: '--- \t\nlicense: mit\n---\n',
      lines: [1],
      marks: ['--- \t'],
      hub: 'warning',
      fixed: '---\nlicense: mit\n---\n',
    },
  ],
  good: [
    { name: 'a block', text: '---\nlicense: mit\n---\n' },
    { name: 'white space before, none behind', text: '  \n\n---\nlicense: mit\n---' },
    { name: 'CRLF, and a space behind the closing fence', text: '---\r\nlicense: mit\r\n--- \r\n# T\r\n' },
    { name: 'no card at all', text: '', cardFile: { source: 'missing' } },
    { name: 'a pointer', text: 'version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n' },
  ],
});
