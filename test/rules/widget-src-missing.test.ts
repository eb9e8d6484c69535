import { describe, expect, it } from 'vitest';
import { parseCard } from '../../src/card/parse.js';
import { runRules } from '../../src/lint.js';
import { widgetSrcMissing } from '../../src/rules/widget-src-missing.js';
import { untouched } from './cards.js';
import { testRule } from './tester.js';

const files = [
  'README.md',
  'images/Tiger.jpg',
  'images/lion.jpg',
  'sub/a.png',
  'a b.png',
  'x/one.wav',
  'y/one.wav',
];
const card = (...sources: string[]) =>
  `---\nwidget:\n${sources.map((src) => `- src: ${src}\n`).join('')}---\n`;

testRule(widgetSrcMissing, {
  bad: [
    {
      name: 'no such file',
      text: card('elephant.jpg # expect: widget-src-missing'),
      files,
      marks: ['elephant.jpg'],
      says: ['The repository has no file "elephant.jpg" (widget[0].src).'],
    },
    {
      name: 'another case, another folder',
      text: card('images/tiger.jpg # expect: widget-src-missing', "'a.png' # expect: widget-src-missing"),
      files,
      marks: ['images/tiger.jpg', "'a.png'"],
      fixed: card(
        'images/Tiger.jpg # expect: widget-src-missing',
        "'sub/a.png' # expect: widget-src-missing",
      ),
    },
    {
      name: 'a typing error is a question, and two of one name are none',
      text: card('images/loin.jpg # expect: widget-src-missing', 'one.wav # expect: widget-src-missing'),
      files,
      marks: ['images/loin.jpg', 'one.wav'],
      says: ['Did you mean "images/lion.jpg"?', 'Put the file into the repository'],
    },
    {
      name: 'an address without its scheme',
      text: card('huggingface.co/a/b/resolve/main/a.jpg # expect: widget-src-missing'),
      files,
      marks: ['huggingface.co/a/b/resolve/main/a.jpg'],
      says: ['write https:// before it'],
    },
    {
      name: 'an output',
      text: '---\nwidget:\n- text: a\n  output:\n    url: out.png # expect: widget-src-missing\n---\n',
      files,
      marks: ['out.png'],
    },
  ],
  good: [
    ...untouched('widget'),
    {
      name: 'files that are there',
      text: card('images/Tiger.jpg', './images/lion.jpg', 'a b.png', 'a%20b.png'),
      files,
    },
    { name: 'files unknown', text: card('elephant.jpg') },
    {
      name: 'addresses, and what is no path',
      text: card('https://hf.co/a.png', '../a.png', '/a.png', '1'),
      files,
    },
  ],
});

describe('widget-src-missing', () => {
  it('looks through many files for many examples in little time', () => {
    const many = Array.from({ length: 9_999 }, (_, index) => ({
      path: `images/picture-${index}.jpg`,
      size: 1,
    }));
    const text = card(...Array.from({ length: 5_000 }, (_, index) => `images/pictures-${index}.jpg`));
    const start = performance.now();
    expect(runRules([widgetSrcMissing], parseCard(text), { files: many })).toHaveLength(1001);
    expect(performance.now() - start).toBeLessThan(10_000);
  });
});
