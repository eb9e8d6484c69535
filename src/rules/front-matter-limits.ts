import type { Rule } from './rule.js';

const WORDS = {
  size: 'it is too large',
  depth: 'it is nested too deeply',
  aliases: 'its aliases repeat too much',
  nodes: 'it has too many values',
} as const;

export const frontMatterLimits: Rule = {
  id: 'front-matter-limits',
  severity: 'error',
  description: 'The front matter is of a size that can be checked.',
  why: 'Metadata of such a size stalls the tools that read it, so this one stops before it does.',
  source: 'limits of this tool, far above any real card',
  fixable: false,
  good: [{ text: '---\ntags:\n- a\n- b\n---\n' }],
  bad: [{ text: `---\nx: ${'['.repeat(500)}${']'.repeat(500)}\n---\n` }],
  check({ card, report }) {
    const { frontMatter } = card;
    if (frontMatter.kind !== 'invalid' || frontMatter.limit === undefined) return;
    report({
      message: `The front matter was not checked: ${WORDS[frontMatter.limit]}.`,
      span: frontMatter.span,
      help: 'Keep only metadata in the front matter and move data into files of their own.',
    });
  },
};
