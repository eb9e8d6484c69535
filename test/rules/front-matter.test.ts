import { describe, expect, it } from 'vitest';
import { parseCard } from '../../src/card/parse.js';
import { runRules } from '../../src/lint.js';
import { frontMatterLimits } from '../../src/rules/front-matter-limits.js';
import { frontMatterMissing } from '../../src/rules/front-matter-missing.js';
import { frontMatterReadersDisagree } from '../../src/rules/front-matter-readers-disagree.js';
import { frontMatterShape } from '../../src/rules/front-matter-shape.js';
import { frontMatterSyntax } from '../../src/rules/front-matter-syntax.js';
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
      says: ['Each key may stand only once'],
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

testRule(frontMatterLimits, {
  bad: [],
  good: [
    { name: 'real cards', text: '---\nlicense: mit\n---\n' },
    { name: 'invalid YAML: another rule', text: '---\na: b: c\n---\n' },
  ],
});

describe('front-matter-limits', () => {
  it.each([
    ['depth', `x: ${'['.repeat(500)}${']'.repeat(500)}`, 'nested too deeply'],
    [
      'aliases',
      `a: &a [x, x, x, x, x, x, x, x, x, x]\n${'bcdefgh'.replace(/./g, (key) => `${key}: &${key} [${`*${String.fromCharCode(key.charCodeAt(0) - 1)}, `.repeat(10)}]\n`)}`,
      'aliases repeat',
    ],
  ])('reports too much %s, inside the block', (_, yaml, says) => {
    const card = parseCard(`---\n${yaml}\n---\n`);
    const [found, ...others] = runRules([frontMatterLimits], card);
    expect(others).toEqual([]);
    expect(found).toMatchObject({ severity: 'error', hub: null, message: expect.stringContaining(says) });
    expect(found?.range?.start.line).toBeGreaterThan(1);
  });
});

testRule(frontMatterShape, {
  bad: [
    {
      name: 'nothing in it',
      text: '---\n\n---\n# Title\n',
      lines: [1],
      marks: ['---'],
      hub: 'error',
      says: ['The YAML metadata of your README.md is invalid.'],
    },
    {
      name: 'only a comment',
      text: '---\n# license: mit\n---\n',
      lines: [1],
      marks: ['---'],
      hub: 'error',
    },
    {
      name: 'a list',
      text: '---\n- a\n- b\n---\n',
      lines: [2],
      marks: ['- a\n- b'],
      hub: 'error',
      says: ['"value" must be of type object'],
    },
    {
      name: 'a scalar',
      text: '---\nlicense\n---\n',
      lines: [2],
      marks: ['license'],
      hub: 'error',
      says: ['The YAML metadata of your README.md is invalid.'],
    },
  ],
  good: [
    { name: 'a mapping', text: '---\nlicense: mit\n---\n' },
    { name: 'an empty mapping', text: '---\n{}\n---\n' },
    { name: 'no block', text: '# Title\n' },
  ],
});

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
