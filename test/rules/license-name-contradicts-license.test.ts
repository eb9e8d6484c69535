import { licenseNameContradictsLicense } from '../../src/rules/license-name-contradicts-license.js';
import { untouched } from './cards.js';
import { testRule } from './tester.js';

const E = '# expect: license-name-contradicts-license';

testRule(licenseNameContradictsLicense, {
  bad: [
    {
      name: 'a listed license as other',
      text: `---\nlicense: other ${E}\nlicense_name: openmdw-1.1\nlicense_link: https://openmdw.ai/license/1-1/\n---\n`,
      marks: ['other'],
      says: ['Write "license: openmdw-1.1".'],
      fixed: `---\nlicense: openmdw-1.1 ${E}\nlicense_name: openmdw-1.1\nlicense_link: https://openmdw.ai/license/1-1/\n---\n`,
    },
    {
      name: 'a listed license in other words',
      text: `---\nlicense: unknown ${E}\nlicense_name: Apache License 2.0\n---\n`,
      marks: ['unknown'],
      fixed: `---\nlicense: apache-2.0 ${E}\nlicense_name: Apache License 2.0\n---\n`,
    },
    {
      name: 'two licenses',
      text: `---\nlicense: mit\nlicense_name: deepseek ${E}\n---\n`,
      marks: ['deepseek'],
      says: ['which holds?'],
    },
  ],
  good: [
    ...untouched('license_name'),
    { name: 'a license of one’s own', text: '---\nlicense: other\nlicense_name: deepseek\n---\n' },
    { name: 'the same twice', text: '---\nlicense: mit\nlicense_name: MIT License\n---\n' },
    {
      name: 'a name that holds the id',
      text: '---\nlicense: llama3\nlicense_name: meta-llama-3-community\n---\n',
    },
    { name: 'several licenses', text: '---\nlicense:\n- mit\n- other\nlicense_name: deepseek\n---\n' },
    {
      name: 'an unlisted license, which is another fault',
      text: '---\nlicense: x\nlicense_name: deepseek\n---\n',
    },
    { name: 'no license', text: '---\nlicense_name: deepseek\n---\n' },
    { name: 'unknown twice', text: '---\nlicense: unknown\nlicense_name: unknown\n---\n' },
  ],
});
