import type { Metadata } from '../card/card.js';
import type { JsonPath } from '../card/path.js';
import { addKey } from '../card/scalar-edit.js';
import { preview } from '../preview.js';
import { rootLicenses } from '../repo/license-files.js';
import type { Rule } from './rule.js';

export const licenseOtherIncomplete: Rule = {
  id: 'license-other-incomplete',
  severity: 'warning',
  description: 'A license that is not in the Hub’s list has a name and a link.',
  why: 'The word “other” alone tells nobody what they may do with the model. The Hub shows license_name in its place, and links it to license_link.',
  source: 'hub-docs, model-cards.md, repositories-licenses.md and modelcard.md',
  fixable: true,
  keys: ['license'],
  good: [
    {
      text: '---\nlicense: other\nlicense_name: coqui-public-model-license\nlicense_link: https://coqui.ai/cpml\n---\n',
    },
    { text: '---\nlicense: mit\n---\n' },
  ],
  bad: [
    { text: '---\nlicense: other\n---\n' },
    { text: '---\nlicense: other\nlicense_name: my-license-1.0\n---\n', files: ['LICENSE', 'README.md'] },
  ],
  check({ card, files, report }) {
    const { metadata } = card;
    const path = metadata === null ? undefined : pathOfOther(metadata);
    if (metadata === null || path === undefined) return;
    const noName = metadata.license_name === undefined;
    const noLink = metadata.license_link === undefined;
    if (!noName && !noLink) return;
    const [only, ...others] = noLink ? rootLicenses(files) : [];
    const link = others.length === 0 ? only : undefined;
    const fix =
      link === undefined ? undefined : addKey(card, 'license_link', link, ['license_name', 'license']);
    const missing =
      noName && noLink
        ? '"license_name" and "license_link" are'
        : noName
          ? '"license_name" is'
          : '"license_link" is';
    const name = noName ? ['Add "license_name: …" with an id such as my-license-1.0.'] : [];
    const where = !noLink
      ? []
      : link === undefined
        ? ['Add "license_link: …" with a URL, or with LICENSE when the repository has such a file.']
        : [`Add license_link: ${preview(link)}, which is in the repository.`];
    report({
      message: `The license is "other", and ${missing} missing.`,
      path,
      part: 'value',
      // Readers who know the name find the text among the files.
      ...(noName || link === undefined ? {} : { severity: 'info' }),
      help: [...name, ...where].join(' '),
      ...(fix === undefined ? {} : { fix }),
    });
  },
};

function pathOfOther({ license }: Metadata): JsonPath | undefined {
  if (license === 'other') return ['license'];
  if (!Array.isArray(license)) return undefined;
  const index = license.indexOf('other');
  return index === -1 ? undefined : ['license', index];
}
