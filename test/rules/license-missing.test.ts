import { licenseMissing } from '../../src/rules/license-missing.js';
import { NO_METADATA, WITHOUT_THE_KEY } from './cards.js';
import { testRule } from './tester.js';

testRule(licenseMissing, {
  bad: [WITHOUT_THE_KEY],
  good: [
    ...NO_METADATA,
    { name: 'present', text: '---\nlicense: other\n---\n' },
    { name: 'null and wrong types are another rule’s', text: '---\nlicense:\n---\n' },
  ],
});
