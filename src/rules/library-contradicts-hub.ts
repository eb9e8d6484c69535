import { preview } from '../preview.js';
import type { Rule } from './rule.js';

export const libraryContradictsHub: Rule = {
  id: 'library-contradicts-hub',
  severity: 'warning',
  description: 'The page of the model has the library of the card.',
  why: 'The Hub computes the library of the page from card, tags and files. Where it is not the one of the card, the snippet for using the model, the count of downloads and the API follow the page. A card that was changed since it was pushed is not compared.',
  source: 'The Hub: library_name and cardData of /api/models',
  fixable: false,
  keys: ['library_name'],
  needs: 'hubFacts',
  good: [
    {
      text: '---\nlibrary_name: diffusers\n---\n',
      hubFacts: {
        page: {
          id: 'org/model',
          task: null,
          library: 'diffusers',
          declared: { task: null, library: 'diffusers' },
          providers: [],
        },
      },
    },
  ],
  bad: [
    {
      text: '---\nlibrary_name: My Library\n---\n',
      hubFacts: {
        page: {
          id: 'org/model',
          task: 'text-generation',
          library: 'transformers',
          declared: { task: null, library: 'My Library' },
          providers: [],
        },
      },
    },
  ],
  check({ card, hubFacts, report }) {
    const page = hubFacts?.page ?? null;
    const library = card.metadata?.library_name;
    if (page === null || typeof library !== 'string') return;
    if (page.declared.library !== library || page.library === library) return;
    report({
      message: `The card says ${preview(library)}, and the page of ${page.id} has ${page.library === null ? 'no library' : `the library ${preview(page.library)}`}.`,
      path: ['library_name'],
      part: 'value',
      help: 'Write the id of the library as the Hub lists it: https://huggingface.co/docs/hub/models-libraries.',
    });
  },
};
