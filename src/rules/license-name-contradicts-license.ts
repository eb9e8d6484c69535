import type { Card, Metadata } from '../card/card.js';
import { replaceString } from '../card/scalar-edit.js';
import { licenses } from '../hub/licenses.js';
import { preview } from '../preview.js';
import { licenseIdOf } from './license-unknown.js';
import type { Finding, Rule } from './rule.js';

/** Values of `license` that name no license. */
const NAMELESS: ReadonlySet<unknown> = new Set(['other', 'unknown']);

export const licenseNameContradictsLicense: Rule = {
  id: 'license-name-contradicts-license',
  severity: 'warning',
  description:
    'The name of the license is that of a license which the Hub’s list lacks, and no other license is named.',
  why: 'Searches and the page go by “license”: a listed license written as “other” is not found under its own name, and a name beside a listed license leaves readers with two.',
  source: 'hub-docs, model-cards.md and repositories-licenses.md; ModelCardData of huggingface_hub',
  fixable: true,
  keys: ['license_name'],
  good: [
    { text: '---\nlicense: other\nlicense_name: my-license-1.0\nlicense_link: LICENSE\n---\n' },
    { text: '---\nlicense: apache-2.0\nlicense_link: https://www.apache.org/licenses/LICENSE-2.0\n---\n' },
    { text: '---\nlicense: gemma\nlicense_name: gemma-terms-of-use\n---\n' },
  ],
  bad: [
    { text: '---\nlicense: other\nlicense_name: apache-2.0\nlicense_link: LICENSE\n---\n' },
    { text: '---\nlicense: mit\nlicense_name: acme-research-license\n---\n' },
  ],
  check({ card, report }) {
    const { metadata } = card;
    const name = metadata?.license_name;
    if (metadata === null || typeof name !== 'string' || name.trim() === '') return;
    const { license } = metadata;
    const finding = NAMELESS.has(license) ? listed(card, license, name) : beside(metadata, name);
    if (finding !== undefined) report(finding);
  },
};

function listed(card: Card, license: unknown, name: string): Finding | undefined {
  const id = licenseIdOf(name);
  if (id === undefined || NAMELESS.has(id) || typeof license !== 'string') return undefined;
  const path = ['license'];
  const fix = replaceString(card, path, license, id);
  return {
    message: `The license is ${preview(license)}, though the Hub lists the one that license_name names.`,
    path,
    part: 'value',
    help: `Write "license: ${id}".`,
    ...(fix === undefined ? {} : { fix }),
  };
}

/** A listed license, and beside it a name that is not one of its own. */
function beside({ license }: Metadata, name: string): Finding | undefined {
  if (typeof license !== 'string' || !licenses().has(license)) return undefined;
  if (licenseIdOf(name) === license || letters(name).includes(letters(license))) return undefined;
  return {
    message: `The license is ${preview(license)}, and license_name is ${preview(name)}: which holds?`,
    path: ['license_name'],
    part: 'value',
    help: `Delete license_name when the model is under ${preview(license)}; when it is not, write "license: other".`,
  };
}

function letters(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9]/g, '');
}
