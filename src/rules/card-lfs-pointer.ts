import type { Rule, RuleContext } from './rule.js';

const HEADER = 'version https://git-lfs.github.com/spec/';

/** True when what was stored as the card is a Git LFS pointer instead of the card. */
export function isLfsPointer({ card }: Pick<RuleContext, 'card'>): boolean {
  return card.text.startsWith(HEADER);
}

export const cardLfsPointer: Rule = {
  id: 'card-lfs-pointer',
  severity: 'error',
  description: 'The model card itself is stored, not a Git LFS pointer to it.',
  why: 'The Hub does not follow the pointer: it reads no metadata, so the page has no task, no license and no widget, and nobody is told.',
  source: 'espnet/espnet_model_zoo#95',
  fixable: false,
  good: [{ text: '---\nlicense: mit\n---\n# My model\n' }],
  bad: [
    {
      text: 'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n',
    },
  ],
  check({ card, cardPath, report }) {
    if (!isLfsPointer({ card })) return;
    const end = card.text.search(/\r|\n|$/);
    report({
      message: `${cardPath} is a Git LFS pointer, not the card: the Hub reads no metadata from it.`,
      span: { start: 0, end },
      help: 'Take "*.md" (or the pattern that matches the card) out of .gitattributes, then run "git add --renormalize ." and commit.',
    });
  },
};
