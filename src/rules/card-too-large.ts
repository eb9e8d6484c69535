import { MAX_CARD_BYTES } from '../repo/card-file.js';
import type { Rule } from './rule.js';

const MIB = 1024 * 1024;

export const cardTooLarge: Rule = {
  id: 'card-too-large',
  severity: 'error',
  description: `The model card is at most ${MAX_CARD_BYTES / MIB} MiB.`,
  why: 'A card of that size is a data file in the wrong place: no page can show it, and this tool does not read it.',
  source: 'limit of this tool',
  fixable: false,
  needs: 'no text',
  good: [{ text: '---\nlicense: mit\n---\n' }],
  bad: [{ text: '', cardFile: { source: 'too-large', bytes: 20 * MIB } }],
  check({ cardFile, cardPath, report }) {
    if (cardFile.source !== 'too-large') return;
    report({
      message: `${cardPath} has more than ${MAX_CARD_BYTES / MIB} MiB, so it was not read.`,
      noRange: true,
      help: 'Move data and embedded images into files of their own and link to them.',
    });
  },
};
