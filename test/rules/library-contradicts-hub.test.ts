import type { ModelPage } from '../../src/hub/facts.js';
import { libraryContradictsHub } from '../../src/rules/library-contradicts-hub.js';
import { testRule } from './tester.js';

const page = (library: string | null, declared: string | null): { readonly page: ModelPage } => ({
  page: { id: 'org/m', task: null, library, declared: { task: null, library: declared }, providers: [] },
});

testRule(libraryContradictsHub, {
  good: [
    { name: 'nobody was asked', text: '---\nlibrary_name: peft\n---\n' },
    { name: 'the same', text: '---\nlibrary_name: peft\n---\n', hubFacts: page('peft', 'peft') },
    {
      name: 'the card was changed since',
      text: '---\nlibrary_name: peft\n---\n',
      hubFacts: page('transformers', 'transformers'),
    },
    { name: 'a list', text: '---\nlibrary_name: [peft]\n---\n', hubFacts: page('x', 'peft') },
  ],
  bad: [
    {
      name: 'the page has another library',
      text: '---\nlibrary_name: PEFT # expect: library-contradicts-hub\n---\n',
      hubFacts: page('transformers', 'PEFT'),
      marks: ['PEFT'],
      says: ['The card says "PEFT", and the page of org/m has the library "transformers".'],
    },
    {
      name: 'the page has none',
      text: '---\nlibrary_name: mine # expect: library-contradicts-hub\n---\n',
      hubFacts: page(null, 'mine'),
      marks: ['mine'],
      says: ['has no library'],
    },
  ],
});
