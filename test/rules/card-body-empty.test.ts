import { cardBodyEmpty } from '../../src/rules/card-body-empty.js';
import { testRule } from './tester.js';

testRule(cardBodyEmpty, {
  bad: [
    { name: 'nothing below', text: '---\nlicense: mit\n---\n', lines: [3], marks: ['---'] },
    {
      name: 'blanks below',
      text: `---\r\nlicense: mit\r\n---\r\n \r\n\t\r\n${' '.repeat(300)}`,
      lines: [3],
      marks: ['---'],
    },
    { name: 'broken metadata and no text', text: '---\na: b: c\n---', lines: [3], marks: ['---'] },
  ],
  good: [
    { name: 'a text', text: '---\nlicense: mit\n---\n# A\n' },
    { name: 'a text far below', text: `---\nlicense: mit\n---\n${'\n'.repeat(300)}x` },
    { name: 'no metadata: that is said elsewhere', text: '' },
    { name: 'a text alone', text: '# A\n' },
    { name: 'a card that is missing', text: '', cardFile: { source: 'missing' } },
  ],
});
