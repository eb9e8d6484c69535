import { licenseOtherIncomplete } from '../../src/rules/license-other-incomplete.js';
import { untouched } from './cards.js';
import { testRule } from './tester.js';

const E = '# expect: license-other-incomplete';

testRule(licenseOtherIncomplete, {
  bad: [
    {
      name: 'neither name nor link',
      text: `---\nlicense: other ${E}\n---\n`,
      marks: ['other'],
      says: ['"license_name" and "license_link" are missing'],
    },
    {
      name: 'no name',
      text: `---\nlicense: "other" ${E}\nlicense_link: LICENSE\n---\n`,
      marks: ['"other"'],
      says: ['"license_name" is missing'],
    },
    {
      name: 'no link',
      text: `---\nlicense: other ${E}\nlicense_name: cpml\n---\n`,
      marks: ['other'],
      says: ['"license_link" is missing'],
    },
    {
      name: 'one of several licenses',
      text: `---\nlicense:\n- mit\n- other ${E}\n---\n`,
      marks: ['other'],
    },
    {
      name: 'no link, and a license file',
      text: `---\nlicense: other ${E}\nlicense_name: cpml # ours\ntags:\n- a\n---\n`,
      files: ['LICENSE.md', 'README.md', 'config.json'],
      marks: ['other'],
      severity: 'info',
      says: ['Add license_link: "LICENSE.md", which is in the repository.'],
      fixed: `---\nlicense: other ${E}\nlicense_name: cpml # ours\nlicense_link: LICENSE.md\ntags:\n- a\n---\n`,
    },
    {
      name: 'nothing but a license file',
      text: `---\r\nlicense: other ${E}\r\n---\r\n`,
      files: ['LICENSE', 'README.md'],
      marks: ['other'],
      says: ['Add "license_name: …"'],
      fixed: `---\r\nlicense: other ${E}\r\nlicense_link: LICENSE\r\n---\r\n`,
    },
    {
      name: 'two license files, either of which may be meant',
      text: `---\nlicense: other ${E}\nlicense_name: cpml\n---\n`,
      files: ['LICENSE', 'LICENSE-CODE', 'README.md'],
      marks: ['other'],
    },
    {
      name: 'files that are about licenses and hold none',
      text: `---\nlicense: other ${E}\nlicense_name: cpml\n---\n`,
      files: ['THIRD_PARTY_LICENSES', 'docs/LICENSE', 'license.png'],
      marks: ['other'],
    },
  ],
  good: [
    ...untouched('license'),
    {
      name: 'both',
      text: '---\nlicense: other\nlicense_name: cpml\nlicense_link: https://coqui.ai/cpml\n---\n',
    },
    { name: 'a listed license', text: '---\nlicense: mit\n---\n', files: ['LICENSE'] },
    {
      name: 'null, which is another fault',
      text: '---\nlicense: other\nlicense_name:\nlicense_link:\n---\n',
    },
  ],
});
