import { frontMatterSyntax } from '../../src/rules/front-matter-syntax.js';
import { testRule } from './tester.js';

testRule(frontMatterSyntax, {
  bad: [
    {
      name: 'a colon in a value',
      text: '---\nmodel_name: Camera traps: revision 1\n---\n',
      lines: [2],
      marks: [':'],
      hub: 'error',
      says: ['Invalid YAML in README.md: bad indentation of a mapping entry'],
    },
    {
      name: 'a key twice',
      text: '---\nlicense: mit\nlicense: apache-2.0\n---\n',
      lines: [3],
      marks: ['license'],
      hub: 'error',
      says: ['the key "license" stands twice, first in line 2.'],
    },
    {
      name: 'a key twice, far apart, in quotes once, after CRLF',
      text: '---\r\n"license" : mit\r\ntags:\r\n- a\r\n# license: x\r\ntext: |\r\n  license: y\r\nlicense: apache-2.0\r\n---\r\n',
      lines: [8],
      marks: ['license'],
      hub: 'error',
      says: ['the key "license" stands twice, first in line 2.'],
    },
    {
      name: 'a key twice in a list item',
      text: '---\nwidget:\n- text: a\n- text: b\n  src: c\n  text: d\n---\n',
      lines: [6],
      marks: ['text'],
      hub: 'error',
      says: ['the key "text" stands twice, first in line 4.'],
    },
    {
      name: 'a key twice in a flow mapping: in the same line',
      text: '---\nx: {a: 1, a: 2}\n---\n',
      lines: [2],
      marks: ['a'],
      hub: 'error',
      says: ['the key "a" stands twice.\nEach key may stand only once'],
    },
    {
      name: 'dashes without a space',
      text: '---\nwidget:\n-text: a\n-text: b\n---\n',
      lines: [4],
      marks: ['-text'],
      hub: 'error',
      says: ['A dash in front of a list item needs a space behind it.'],
    },
    {
      name: 'a tag of Python',
      text: '---\nx: !!python/object/apply:os.system ["true"]\n---\n',
      lines: [2],
      marks: ['!!python/object/apply:os.system'],
      says: ['the Hub knows only plain YAML'],
      hub: 'error',
    },
  ],
  good: [
    { name: 'valid', text: '---\na: "b: c" # comment\n---\n' },
    { name: 'past a limit: another rule', text: `---\nx: ${'['.repeat(500)}${']'.repeat(500)}\n---\n` },
  ],
});
