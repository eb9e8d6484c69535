import { preview } from '../preview.js';
import type { Rule } from './rule.js';

export const frontMatterShape: Rule = {
  id: 'front-matter-shape',
  severity: 'error',
  description: 'The front matter is a mapping of keys to values.',
  why: 'The Hub refuses a push whose front matter is empty, a list or a single value.',
  source: 'strukto-ai/mirage#971 (answers of the Hub’s endpoint)',
  fixable: false,
  needs: 'no metadata',
  good: [{ text: '---\nlicense: mit\n---\n' }],
  bad: [
    { text: '---\n\n---\n# My model\n' },
    { text: '---\n- license\n- mit\n---\n' },
    { text: '---\nmit\n---\n' },
  ],
  check({ card, report }) {
    const { frontMatter } = card;
    if (frontMatter.kind !== 'parsed' || card.metadata !== null) return;
    const { value, block } = frontMatter;
    const isList = Array.isArray(value);
    const found =
      value === null || value === undefined
        ? 'has nothing in it'
        : `holds ${isList ? 'a list' : preview(value)}`;
    report({
      message: `The front matter ${found}; it must be a mapping of keys to values.`,
      path: [],
      span:
        block.yaml.start === block.yaml.end || value === null || value === undefined
          ? block.open
          : block.yaml,
      hub: 'error',
      hubMessage: isList
        ? '"value" must be of type object'
        : 'The YAML metadata of your README.md is invalid.',
      help: 'Write lines of "key: value", such as "license: apache-2.0", or remove both fences.',
    });
  },
};
