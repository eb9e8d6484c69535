import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileGlobs, globFault } from '../../src/config/glob.js';

function matches(globs: string | readonly string[], path: string): boolean {
  return compileGlobs(typeof globs === 'string' ? [globs] : globs)(path);
}

describe('compileGlobs', () => {
  it.each([
    ['README.md', ['README.md'], ['readme.md', 'a/README.md', 'README.md2', 'xREADME.md']],
    ['./README.md', ['README.md'], ['a/README.md']],
    ['*.md', ['README.md', '.md', '.hidden.md'], ['a/README.md', 'README.mdx']],
    ['**/*.md', ['README.md', 'a/b/README.md', 'a/.b/c.md'], ['README.mdx', 'a/md']],
    ['**', ['a', 'a/b/c'], []],
    ['models/*/README.md', ['models/a/README.md'], ['models/README.md', 'models/a/b/README.md']],
    ['models/**/README.md', ['models/README.md', 'models/a/b/README.md'], ['README.md']],
    ['models/', ['models/a', 'models/a/b'], ['modelsx/a', 'a/models/b']],
    ['a/**/b/**/c', ['a/b/c', 'a/x/b/y/z/c', 'a/b/b/c/c'], ['a/b', 'a/c', 'a/b/c/d']],
    ['bert-?', ['bert-a', 'bert-😀'], ['bert-', 'bert-ab']],
    ['a*b*c', ['abc', 'axbxc', 'abcbc'], ['ab', 'acb', 'abcd']],
    ['{README,CARD}.{md,txt}', ['README.md', 'CARD.txt'], ['README', 'CARD.pdf']],
    ['a{,-b{1,2}}.md', ['a.md', 'a-b1.md', 'a-b2.md'], ['a-b.md', 'a-b3.md']],
    ['a{/**,.md}', ['a/b/c', 'a.md'], ['b.md']],
    ['a***b', ['ab', 'axb'], ['a/b']],
    ['weird$(x)+^|.md', ['weird$(x)+^|.md'], ['weirdx.md']],
  ])('%s', (glob, yes, no) => {
    expect(globFault(glob)).toBeUndefined();
    for (const path of yes) expect(matches(glob, path), path).toBe(true);
    for (const path of no) expect(matches(glob, path), path).toBe(false);
  });

  it('lets later globs win, and begins with everything where the first takes out', () => {
    const globs = ['drafts/', '!drafts/final.md', 'drafts/final.md.bak'];
    expect(matches(globs, 'drafts/a.md')).toBe(true);
    expect(matches(globs, 'drafts/final.md')).toBe(false);
    expect(matches([...globs, 'drafts/final.md'], 'drafts/final.md')).toBe(true);
    expect(matches(['!README.md'], 'README.md')).toBe(false);
    expect(matches(['!README.md'], 'a/README.md')).toBe(true);
    expect(matches([], 'README.md')).toBe(false);
  });

  it('agrees with a regular expression, whatever the pattern', () => {
    const part = fc.constantFrom('a', 'b', '*', '**', '?', '/', '.');
    const path = fc.array(fc.constantFrom('a', 'b', '.', 'ab', 'ba'), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 8 }), path, (parts, steps) => {
        const steppedPattern = parts
          .join('')
          .split('/')
          .filter((step) => step !== '' && step !== '.');
        fc.pre(!parts.join('').endsWith('/') && globFault(parts.join('')) === undefined);
        const source = steppedPattern.map((step) =>
          step === '**'
            ? '(?:/[^/]+)*'
            : `/${step.replace(/[.*?]/g, (one) => ({ '.': '\\.', '*': '[^/]*', '?': '[^/]' })[one] ?? '')}`,
        );
        const expected = new RegExp(`^${source.join('')}$`).test(`/${steps.join('/')}`);
        expect(matches(parts.join(''), steps.join('/'))).toBe(expected);
      }),
      { numRuns: 2000 },
    );
  });

  it('takes little time for globs that were made to take long', () => {
    const begun = performance.now();
    expect(matches(`${'*a'.repeat(60)}b`, 'a'.repeat(5000))).toBe(false);
    expect(matches(`${'**/a/'.repeat(50)}b`, 'a/'.repeat(2000))).toBe(false);
    expect(performance.now() - begun).toBeLessThan(10_000);
  });
});

describe('globFault', () => {
  it.each([
    ['', 'is empty'],
    ['!', 'is empty'],
    ['  ', 'is empty'],
    ['models\\a', 'has a backslash; steps of a path are parted by / on every system'],
    ['/models', 'is absolute; paths are relative to the folder of the settings'],
    ['C:/models', 'is absolute; paths are relative to the folder of the settings'],
    ['../models', 'leads out of the folder of the settings'],
    ['a/../../b', 'leads out of the folder of the settings'],
    ['[ab].md', 'has brackets, which are not known here; write {a,b} or ?'],
    ['{a,b', 'has braces that do not match'],
    ['}a{', 'has braces that do not match'],
    ['{a,b}'.repeat(20), 'has braces that stand for more than 64 paths'],
    [`${'{'.repeat(100)}a${',b}'.repeat(100)}`, 'has braces that stand for more than 64 paths'],
  ])('refuses %j', (glob, fault) => {
    expect(globFault(glob)).toBe(fault);
  });

  it.each(['a..b/*', '...', '{a,b}{c,d}{e,f}', '!a/**'])('takes %j', (glob) => {
    expect(globFault(glob)).toBeUndefined();
  });
});
