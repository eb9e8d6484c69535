import { replaceString } from '../card/scalar-edit.js';
import { lazily } from '../hub/lazily.js';
import { licenses, retiredLicenses } from '../hub/licenses.js';
import { nearest } from '../hub/nearest.js';
import { label, preview } from '../preview.js';
import type { Rule } from './rule.js';
import { eachString } from './shared/strings.js';

/** Other ways to write a license of the list, after `plain`. SPDX ids that differ from the Hub's, and common short forms. */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ['apache-2', 'apache-2.0'],
  ['apache2', 'apache-2.0'],
  ['apache2.0', 'apache-2.0'],
  ['apache-license', 'apache-2.0'],
  ['asl-2.0', 'apache-2.0'],
  ['expat', 'mit'],
  ['bsd-2', 'bsd-2-clause'],
  ['bsd-3', 'bsd-3-clause'],
  ['bsd2', 'bsd-2-clause'],
  ['bsd3', 'bsd-3-clause'],
  ['cc0', 'cc0-1.0'],
  ['gpl3', 'gpl-3.0'],
  ['gpl-3', 'gpl-3.0'],
  ['gplv3', 'gpl-3.0'],
  ['gpl2', 'gpl-2.0'],
  ['gpl-2', 'gpl-2.0'],
  ['gplv2', 'gpl-2.0'],
  ['agpl3', 'agpl-3.0'],
  ['agpl-3', 'agpl-3.0'],
  ['agplv3', 'agpl-3.0'],
  ['lgpl3', 'lgpl-3.0'],
  ['lgpl-3', 'lgpl-3.0'],
  ['lgplv3', 'lgpl-3.0'],
  ['mpl-2', 'mpl-2.0'],
  ['odc-by-1.0', 'odc-by'],
  ['odbl-1.0', 'odbl'],
  ['pddl-1.0', 'pddl'],
  ['open-mdw', 'openmdw-1.0'],
  ['llama-2', 'llama2'],
  ['llama-3', 'llama3'],
  ['llama-3.1', 'llama3.1'],
  ['llama-3.2', 'llama3.2'],
  ['llama-3.3', 'llama3.3'],
  ['llama-4', 'llama4'],
]);

/** License names of the Hub's table, after `plain`. */
const byName = lazily(() => new Map([...licenses()].map(([id, name]) => [plain(name), id])));

export const licenseUnknown: Rule = {
  id: 'license-unknown',
  severity: 'error',
  description: 'Each license is an identifier of the Hub’s list, in lower case.',
  why: 'The Hub refuses a push with any other identifier.',
  source:
    'hub-docs, repositories-licenses.md, whose list is the one that the Hub’s message has (2026-07); explosion/spacy-huggingface-hub#3 and #4; huggingface/hub-docs#281',
  fixable: true,
  keys: ['license'],
  good: [{ text: '---\nlicense: mit\n---\n' }, { text: '---\nlicense:\n- apache-2.0\n- other\n---\n' }],
  bad: [
    { text: '---\nlicense: MIT\n---\n' },
    { text: '---\nlicense: Apache 2.0\n---\n' },
    { text: '---\nlicense: my-own-license\n---\n' },
  ],
  check({ card, report }) {
    if (card.metadata === null) return;
    eachString(card.metadata, 'license', (license, path) => {
      if (licenses().has(license)) return;
      const answer = licenseIdOf(license);
      const fix = answer === undefined ? undefined : replaceString(card, path, license, answer);
      // The Hub prints the whole list, and for a value outside a list that it takes an array too.
      const ends = path.length === 1 ? 'other, array' : 'other';
      report({
        message: `${preview(license)} is not a license identifier of the Hub.`,
        path,
        part: 'value',
        hub: 'error',
        hubMessage: `"${label(path)}" must be one of [apache-2.0, mit, openrail, …, unknown, ${ends}]`,
        help: answer === undefined ? suggestion(license) : `Write "${answer}".`,
        ...(fix === undefined ? {} : { fix }),
      });
    });
  },
};

/** The identifier a text certainly means: another case, the license's name, or an identifier of SPDX. */
export function licenseIdOf(license: string): string | undefined {
  const word = plain(license);
  const id = word.replace(/-(only|or-later|license)$/, '').replace(/^the-/, '');
  for (const candidate of [word, id]) {
    if (licenses().has(candidate)) return candidate;
    const known = ALIASES.get(candidate) ?? byName().get(candidate);
    if (known !== undefined) return known;
  }
  return undefined;
}

function suggestion(license: string): string {
  const retired = retiredLicenses().get(license);
  if (retired !== undefined) {
    return `The identifier left the Hub’s list on ${retired}: write "license: other" with license_name and license_link.`;
  }
  const meant = nearest(license, licenses().keys());
  const custom =
    'For a license that is not listed, write "license: other" with license_name and license_link.';
  return meant === undefined ? custom : `Did you mean "${meant}"? ${custom}`;
}

/** Lower case, words joined by hyphens, a version without its "v". */
function plain(license: string): string {
  return license
    .trim()
    .toLowerCase()
    .replace(/["'’(),]/g, '')
    .replace(/[\s_/]+/g, '-')
    .replace(/-(?:version-|v\.?)(?=\d)/g, '-');
}
