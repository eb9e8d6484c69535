import { libraryNameMissing } from '../../src/rules/library-name-missing.js';
import { NO_METADATA, WITHOUT_THE_KEY } from './cards.js';
import { testRule } from './tester.js';

testRule(libraryNameMissing, {
  bad: [{ ...WITHOUT_THE_KEY, files: ['README.md', 'config.json'] }],
  good: [
    ...NO_METADATA,
    { name: 'the files are unknown', text: '---\nx: 1\n---\n' },
    { name: 'present', text: '---\nlibrary_name: mine\n---\n', files: [] },
    { name: 'null', text: '---\nlibrary_name:\n---\n', files: [] },
    { name: 'by tag', text: '---\ntags:\n- setfit\n---\n', files: [] },
    { name: 'a file tells', text: '---\nx: 1\n---\n', files: ['a/model.nemo'] },
  ],
});
