import { libraries } from '../hub/libraries.js';
import type { Rule } from './rule.js';
import { strings } from './strings.js';

export const libraryNameMissing: Rule = {
  id: 'library-name-missing',
  severity: 'info',
  description: 'The metadata names the library, by library name or by a tag.',
  why: 'Otherwise the Hub guesses the library from the files, or finds none; then there is no code snippet and no widget.',
  source: 'hub-docs, model-cards.md',
  fixable: false,
  good: [{ text: '---\nlibrary_name: transformers\n---\n' }, { text: '---\ntags:\n- setfit\n---\n' }],
  bad: [{ text: '---\nlicense: mit\n---\n' }],
  check({ card, report }) {
    const { metadata } = card;
    if (metadata === null || metadata.library_name !== undefined) return;
    if (strings(metadata.tags).some((tag) => libraries().has(tag))) return;
    report({
      message: 'The metadata names no library.',
      path: ['library_name'],
      help: 'Add "library_name: …", such as transformers, sentence-transformers or diffusers.',
    });
  },
};
