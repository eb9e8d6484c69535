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
    {
      name: 'white space behind the closing fence, for older versions of huggingface_hub',
      text: '---\nlicense: mit\n--- \t\r\n# Title\n',
      lines: [3],
      marks: ['--- \t'],
      says: ['before August 2026 see no front matter'],
      fixed: '---\nlicense: mit\n---\r\n# Title\n',
    },
    {
      name: 'the same, with a rule in the text that they take for the fence',
      text: '---\nlicense: mit\n--- \n# Title\n\n---\n',
      lines: [3],
      marks: ['--- '],
      says: ['read on to the next line that is exactly "---"'],
      fixed: '---\nlicense: mit\n---\n# Title\n\n---\n',
    },
    {
      name: 'the same at the end of the file',
      text: '---\nlicense: mit\n--- ',
      lines: [3],
      marks: ['--- '],
      says: ['see no front matter'],
      fixed: '---\nlicense: mit\n---',
    },
    {
      name: 'line breaks that are carriage returns alone, behind a byte-order mark: nothing stands before the fence',
      text: '\ufeff---\rlicense: mit\r---',
      lines: [1],
      marks: ['---'],
    },
  ],
  good: [
    { name: 'a plain card', text: '---\nlicense: mit\n---\n# Title\n' },
    { name: 'no block for the Hub: another rule', text: '---js\n{}\n---\n' },
  ],
});
