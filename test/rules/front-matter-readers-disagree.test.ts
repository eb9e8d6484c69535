import { frontMatterReadersDisagree } from '../../src/rules/front-matter-readers-disagree.js';
import { testRule } from './tester.js';

testRule(frontMatterReadersDisagree, {
  bad: [
    {
      name: 'a blank line before the fence',
      text: '\ufeff \r\n---\r\nlicense: mit\r\n---\r\n# Title\r\n',
      lines: [2],
      marks: ['---'],
      severity: 'info',
      says: ['gray-matter'],
      fixed: '\ufeff---\r\nlicense: mit\r\n---\r\n# Title\r\n',
    },
    {
      name: 'a line that begins as a fence does',
      text: '---\nlicense: mit\n---oops: 1\nlanguage: en\n---\n# Title\n',
      lines: [3],
      marks: ['---oops: 1'],
    },
  ],
  good: [
    { name: 'a plain card', text: '---\nlicense: mit\n---\n# Title\n' },
    { name: 'no block for the Hub: another rule', text: '---js\n{}\n---\n' },
  ],
});
