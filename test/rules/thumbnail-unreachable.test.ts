import { thumbnailUnreachable } from '../../src/rules/thumbnail-unreachable.js';
import { untouched } from './cards.js';
import { testRule } from './tester.js';

const card = (value: string) => `---\nthumbnail: ${value} # expect: thumbnail-unreachable\n---\n`;
const bad = (name: string, value: string, more = {}) => ({
  name,
  text: card(value),
  marks: [value],
  ...more,
});

testRule(thumbnailUnreachable, {
  bad: [
    bad('the words of the template', 'url to a thumbnail used in social sharing', {
      says: ['is not the https address'],
    }),
    bad('a word', 'TBD'),
    bad('an address without encryption', 'http://example.org/a.png', { says: ['is not an https address'] }),
    bad('another scheme', 'data:image/png;base64,AAAA'),
    bad('a path on a disk', '"C:\\\\a.png"'),
    bad('a file that is not there', 'img/a.png', {
      files: ['README.md', 'a.png'],
      says: ['has no file "img/a.png"'],
    }),
    {
      name: 'pages that show the image',
      text: card('"https://github.com/o/n/blob/main/a%20b.png"'),
      marks: ['"https://github.com/o/n/blob/main/a%20b.png"'],
      fixed: card('"https://github.com/o/n/raw/main/a%20b.png"'),
    },
    {
      name: 'a page of the Hub',
      text: card('https://huggingface.co/o/n/blob/main/a.jpeg'),
      marks: ['https://huggingface.co/o/n/blob/main/a.jpeg'],
      fixed: card('https://huggingface.co/o/n/resolve/main/a.jpeg'),
    },
  ],
  good: [
    ...untouched('thumbnail'),
    { name: 'an address', text: '---\nthumbnail: https://example.org/a.png\n---\n' },
    {
      name: 'an address without an ending',
      text: '---\nthumbnail: https://avatars.example.org/u/3617152?a.jpg\n---\n',
    },
    {
      name: 'a page that hands out the image',
      text: '---\nthumbnail: https://github.com/o/n/blob/main/a.png?raw=true\n---\n',
    },
    { name: 'a file of the repository', text: '---\nthumbnail: ./img/a.png\n---\n', files: ['img/a.png'] },
    { name: 'a file, the repository unknown', text: '---\nthumbnail: img/a.png\n---\n' },
  ],
});
