import { baseModelCircular } from '../../src/rules/base-model-circular.js';
import { untouched } from './cards.js';
import { testRule } from './tester.js';

testRule(baseModelCircular, {
  bad: [
    {
      name: 'itself',
      text: '---\nbase_model: org/model # expect: base-model-circular\n---\n',
      repoId: 'org/model',
      marks: ['org/model'],
    },
    {
      name: 'itself among others',
      text: '---\nbase_model:\n- org/base\n- Org/Model # expect: base-model-circular\n---\n',
      repoId: 'org/model',
      marks: ['Org/Model'],
    },
  ],
  good: [
    ...untouched('base_model').map((one) => ({ ...one, repoId: 'org/model' })),
    { name: 'another', text: '---\nbase_model: org/base\n---\n', repoId: 'org/model' },
    { name: 'of an unknown repository', text: '---\nbase_model: org/model\n---\n' },
  ],
});
