import { fromPointer } from '../card/path.js';
import { escapeText, preview } from '../preview.js';
import type { Rule } from './rule.js';

export const remoteValidatorDiffers: Rule = {
  id: 'remote-validator-differs',
  severity: 'warning',
  description: 'The validator of the Hub judges the card as these rules do.',
  why: 'The rules here repeat what is known of the validator that the Hub runs on each push, and it changes without notice. With --remote-validate it is asked itself; where the two differ, it is the one that counts.',
  source: 'The Hub: /api/validate-yaml; huggingface/huggingface_hub#1934',
  fixable: false,
  needs: 'hubFacts',
  good: [{ text: '---\nlicense: mit\n---\n', hubFacts: {} }],
  bad: [
    {
      text: '---\nlicense: mit\n---\n',
      hubFacts: {
        validator: [
          { kind: 'hub-only', severity: 'error', message: '"license" must be a string', field: 'license' },
        ],
      },
    },
    {
      text: '---\nlanguage: xx\n---\n',
      hubFacts: {
        validator: [{ kind: 'ours-only', severity: 'error', rule: 'language-unknown', path: '/language' }],
      },
    },
  ],
  check({ card, hubFacts, report }) {
    for (const difference of hubFacts?.validator ?? []) {
      if (difference.kind === 'hub-only') {
        const { severity, message, field } = difference;
        const known = field !== null && card.metadata !== null && Object.hasOwn(card.metadata, field);
        report({
          message: `The validator of the Hub ${severity === 'error' ? 'refuses' : 'warns of'} something that no rule here reports${field === null ? '' : `, in ${preview(field)}`}.`,
          ...(known ? { path: [field], part: 'value' } : {}),
          severity,
          hub: severity,
          hubMessage: escapeText(message, 500),
          help: 'The Hub decides; correct what it names.',
        });
      } else {
        const { severity, rule, path } = difference;
        report({
          message: `${rule} says that the Hub ${severity === 'error' ? 'refuses' : 'warns of'} this, and its validator does not.`,
          path: fromPointer(path, card.metadata),
          part: 'value',
          severity: 'info',
          help: 'The Hub decides: the rule is stricter than it is today. Please report it.',
        });
      }
    }
  },
};
