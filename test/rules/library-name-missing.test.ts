import { libraryNameMissing } from '../../src/rules/library-name-missing.js';
import { NO_METADATA, WITHOUT_THE_KEY } from './cards.js';
import { testRule } from './tester.js';

testRule(libraryNameMissing, {
  bad: [WITHOUT_THE_KEY],
  good: [
    ...NO_METADATA,
    { name: 'present', text: '---\nlibrary_name: mine\n---\n' },
    { name: 'null', text: '---\nlibrary_name:\n---\n' },
    { name: 'by tag', text: '---\ntags:\n- setfit\n---\n' },
    { name: 'a file tells', text: '---\nx: 1\n---\n', files: ['a/model.nemo'] },
  ],
});
