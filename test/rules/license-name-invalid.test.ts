import { licenseNameInvalid } from '../../src/rules/license-name-invalid.js';
import { untouched } from './cards.js';
import { testRule } from './tester.js';

const card = (value: string) =>
  `---\nlicense: other\nlicense_name: ${value} # expect: license-name-invalid\n---\n`;

const bad = (name: string, value: string, id?: string) => ({
  name,
  text: card(value),
  marks: [value],
  ...(id === undefined ? {} : { fixed: card(id) }),
});

testRule(licenseNameInvalid, {
  bad: [
    bad('spaces and capitals', 'My License 1.0', 'my-license-1.0'),
    bad('quotes stay', '"Qwen LICENSE AGREEMENT"', '"qwen-license-agreement"'),
    bad('capitals', 'Qwen-Research', 'qwen-research'),
    bad('brackets', 'Free (for research)'),
    bad('another script', '研究用'),
    bad('a sentence', `${'all rights '.repeat(20)}reserved`),
    bad('a slash', 'cc/by'),
  ],
  good: [
    ...untouched('license_name'),
    { name: 'an id', text: '---\nlicense: other\nlicense_name: nvidia-source-code-license-nc\n---\n' },
    {
      name: 'an id with a version',
      text: '---\nlicense: other\nlicense_name: rlwrld-model-license-v1.0\n---\n',
    },
  ],
});
