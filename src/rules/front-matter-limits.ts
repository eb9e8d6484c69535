import {
  inMessage,
  MAX_DEPTH,
  MAX_EXPANDED_LENGTH,
  MAX_EXPANDED_NODES,
  MAX_MERGED_ENTRIES,
  MAX_NODES,
  MAX_TEXT_LENGTH,
} from '../card/limits.js';
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
  source: `limits of this tool, far above any real card: ${inMessage(MAX_TEXT_LENGTH)} characters, ${MAX_DEPTH} levels of nesting, ${inMessage(MAX_NODES)} keys and values as the parser reads them; aliases that expand to ${inMessage(MAX_EXPANDED_NODES)} values or ${inMessage(MAX_EXPANDED_LENGTH)} characters, merge keys that copy ${inMessage(MAX_MERGED_ENTRIES)} entries`,
  fixable: false,
  needs: 'no metadata',
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
