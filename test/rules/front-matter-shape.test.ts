import { frontMatterShape } from '../../src/rules/front-matter-shape.js';
import { testRule } from './tester.js';

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
