import { replaceString } from '../card/scalar-edit.js';
import { isLibrary, meantLibrary } from '../hub/libraries.js';
import { preview } from '../preview.js';
import type { Rule } from './rule.js';

/** What models are written in; none of them loads a model of the Hub. */
const FRAMEWORKS: ReadonlySet<string> = new Set(['pytorch', 'torch', 'tensorflow', 'jax', 'flax']);

export const libraryNameUnknown: Rule = {
  id: 'library-name-unknown',
  severity: 'warning',
  description: 'The library name is not a misspelled name of a library the Hub knows.',
  why: 'The Hub takes any text for a library, but only for names it knows there is code on the page to load the model, a download count of the right files and an API.',
  source: 'huggingface.js packages/tasks/src/model-libraries.ts; hub-docs, model-cards.md',
  fixable: true,
  keys: ['library_name'],
  good: [
    { text: '---\nlibrary_name: sentence-transformers\n---\n' },
    { text: '---\nlibrary_name: cleanrl\n---\n' },
  ],
  bad: [
    { text: '---\nlibrary_name: Transformers\n---\n' },
    { text: '---\nlibrary_name: sentence_transformers\n---\n' },
    { text: '---\nlibrary_name: scikit-learn\n---\n' },
    { text: '---\nlibrary_name: pytorch\n---\n' },
  ],
  check({ card, report }) {
    const name = card.metadata?.library_name;
    if (typeof name !== 'string' || name === '' || isLibrary(name)) return;
    const path = ['library_name'];
    const meant = meantLibrary(name);
    if (meant === undefined) {
      if (!FRAMEWORKS.has(name.toLowerCase())) return;
      report({
        message: `${preview(name)} is a framework, not a library that loads models of the Hub.`,
        path,
        part: 'value',
        severity: 'info',
        help: 'Write the library that loads the model, such as transformers or timm, if there is one; put the framework into the tags.',
      });
      return;
    }
    const fix = replaceString(card, path, name, meant);
    report({
      message: `The Hub knows no library ${preview(name)}.`,
      path,
      part: 'value',
      help: `Did you mean ${preview(meant)}?`,
      ...(fix === undefined ? {} : { fix }),
    });
  },
};
