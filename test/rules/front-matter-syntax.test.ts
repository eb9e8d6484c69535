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
