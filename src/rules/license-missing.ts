import type { Finding, Rule } from './rule.js';
import { isMeantElsewhere } from './shared/meant-elsewhere.js';

const FINDING: Finding = {
  message: 'The metadata names no license, so nobody learns whether they may use the model.',
  path: ['license'],
  help: 'Add "license: …" with an identifier such as apache-2.0, or "other" with license_name and license_link.',
};

export const licenseMissing: Rule = {
  id: 'license-missing',
  severity: 'warning',
  description: 'The metadata names a license.',
  why: 'Without a license nobody knows whether they may use the model, and searches by license leave it out.',
  source: 'hub-docs, repositories-licenses.md',
  fixable: false,
  good: [{ text: '---\nlicense: apache-2.0\n---\n' }],
  bad: [{ text: '---\nlanguage: en\n---\n' }],
  check({ card, report }) {
    const { metadata } = card;
    if (metadata === null || metadata.license !== undefined || isMeantElsewhere('license', metadata)) return;
    report(FINDING);
  },
};
