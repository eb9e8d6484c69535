import { describe, expect, it } from 'vitest';
import { attributesOf } from '../../src/repo/git-attributes.js';

const filterOf = (text: string, path = 'README.md') => attributesOf(text, path).get('filter')?.state;

describe('patterns', () => {
  // As `git check-attr filter` of Git 2.39 answers.
  const MATCHING =
    '* ** *.md README* README.md /README.md [Rr]EADME.md READ?E.md README.[a-m]d README.[!a]d README.[^a]d **/README.md ' +
    '/**/README.md R*E.m* [[:upper:]]EADME.md README[.]md \\README.md README.\\md []R]EADME.md [R-]EADME.md [Q-S]EADME.md "README.md" ' +
    '"*.m\\144" **d';
  const OTHERS =
    'README readme.md *.MD README.md/ docs/README.md */README.md !README.md \\!README.md README.[!m]d [R [[:foo:]]EADME.md README.md\\ ' +
    '[S-Q]EADME.md [/]README.md README[/]md /docs/** a**/README.md';

  it.each(MATCHING.split(' '))('%s matches', (pattern) => {
    expect(filterOf(`${pattern} filter=lfs\n`)).toBe('lfs');
  });

  it.each(OTHERS.split(' '))('%s does not match', (pattern) => {
    expect(filterOf(`${pattern} filter=lfs\n`)).toBeUndefined();
  });

  it.each([
    ['docs/**', true],
    ['docs/*', false],
    ['docs/*/README.md', true],
    ['docs/**/README.md', true],
    ['docs/en/**/README.md', true],
    ['README.md', true],
    ['/README.md', false],
    ['docs/', false],
    ['docs/e?/*.md', true],
    ['docs?en/README.md', false],
    ['do**/README.md', false],
    ['*', true],
  ])('%s for a file in folders: %s', (pattern, matches) => {
    expect(filterOf(`${pattern} filter=lfs`, 'docs/en/README.md')).toBe(matches ? 'lfs' : undefined);
  });
});

describe('lines', () => {
  it.each([
    ['a later line wins', '*.md filter=lfs\nREADME.md -filter\n', false],
    ['an earlier line loses', 'README.md -filter\n*.md filter=lfs\n', 'lfs'],
    ['back to unspecified', '*.md filter=lfs\n*.md !filter\n', null],
    ['a later attribute of a line wins', '*.md filter=lfs -filter\n', false],
    ['other attributes do not', '*.md filter=lfs\n*.md text\n', 'lfs'],
    ['comments, blank lines, indentation, CRLF', '# *.md -filter\r\n\r\n  *.md\tfilter=lfs  \r\n', 'lfs'],
    ['a byte-order mark', '\uFEFF*.md filter=lfs\n', 'lfs'],
    ['a line with a bad name is ignored', '*.md filter=lfs bad@name\n', undefined],
    ['so is one that is too long', `*.md filter=lfs ${'a '.repeat(1100)}\n`, undefined],
    ['a set attribute', '*.md filter\n', true],
    ['a macro', '[attr]big filter=lfs -text\n*.md big\n', 'lfs'],
    [
      'a macro defined later, twice, through another',
      '*.md a\n[attr]a c\n[attr]a b\n[attr]b filter=lfs\n',
      'lfs',
    ],
    ['a macro that is unset', '[attr]big filter=lfs\n*.md -big\n', undefined],
    ['what stands behind a macro wins', '[attr]big filter=lfs\n*.md big !filter\n', null],
    ['what stands before it does not', '[attr]big filter=lfs\n*.md !filter big\n', 'lfs'],
    ['a macro of itself', '[attr]big big filter=lfs\n*.md big\n', 'lfs'],
    ['the macro of Git', '*.md binary\n', undefined],
  ])('%s', (_, text, state) => {
    expect(filterOf(text)).toBe(state);
  });

  it('says which line decides', () => {
    const text = '*.bin filter=lfs\n  "*.md"  filter=lfs -text \r\n';
    expect(attributesOf(text, 'README.md').get('filter')).toEqual({
      state: 'lfs',
      pattern: '"*.md"',
      line: { start: 19, end: 43 },
    });
    expect(text.slice(19, 43)).toBe('"*.md"  filter=lfs -text');
    expect(attributesOf('*.md binary', 'README.md').get('text')?.state).toBe(false);
  });
});

describe('hostile files', () => {
  it.each([
    ['stars', `${'*a'.repeat(900)}b filter=lfs\n`.repeat(100)],
    ['folders', `${'**/'.repeat(600)}b filter=lfs\n`.repeat(100)],
    [
      'a chain of macros',
      `${Array.from({ length: 60_000 }, (_, i) => `[attr]a${i} a${i + 1}\n`).join('')}* a0\n`,
    ],
    ['many lines', '*.md x\n'.repeat(140_000)],
  ])('are read in reasonable time: %s', (_, text) => {
    const start = performance.now();
    expect(filterOf(text, `${'a'.repeat(200)}/README.md`)).toBeUndefined();
    expect(performance.now() - start).toBeLessThan(10_000);
  });
});
