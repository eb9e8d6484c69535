import { replaceString } from '../card/scalar-edit.js';
import { preview } from '../preview.js';
import type { Rule } from './rule.js';

/** The form of the example in the documentation, `my-license-1.0`. */
const ID = /^[a-z0-9][a-z0-9.+_-]*$/;

export const licenseNameInvalid: Rule = {
  id: 'license-name-invalid',
  severity: 'info',
  description: 'The name of a license of one’s own is an id: lower case, without spaces.',
  why: 'The documentation asks for an id such as my-license-1.0; cards that write one license in one way are found together.',
  source: 'hub-docs, modelcard.md',
  fixable: true,
  keys: ['license_name'],
  good: [{ text: '---\nlicense: other\nlicense_name: my-license-1.0\nlicense_link: LICENSE\n---\n' }],
  bad: [
    { text: '---\nlicense: other\nlicense_name: My License 1.0\nlicense_link: LICENSE\n---\n' },
    { text: '---\nlicense: other\nlicense_name: Free (for research)\nlicense_link: LICENSE\n---\n' },
  ],
  check({ card, report }) {
    const name = card.metadata?.license_name;
    if (typeof name !== 'string' || name.trim() === '' || ID.test(name)) return;
    const path = ['license_name'];
    const id = idOf(name);
    const fix = id === undefined ? undefined : replaceString(card, path, name, id);
    report({
      message: `The license name ${preview(name)} is not in the form of an id.`,
      path,
      part: 'value',
      help:
        id === undefined
          ? 'Write a short id in lower case with hyphens, such as my-license-1.0; what else there is to say belongs into the text of the card.'
          : `Write ${preview(id)}.`,
      ...(fix === undefined ? {} : { fix }),
    });
  },
};

/** Longer names are sentences. */
const LONGEST = 80;

/** The id a name stands for, when it is a name in other case and with spaces. */
function idOf(name: string): string | undefined {
  if (name.length > LONGEST || !/^[\w .+-]+$/.test(name)) return undefined;
  const id = name.trim().toLowerCase().replace(/ +/g, '-').replace(/-{2,}/g, '-');
  return ID.test(id) ? id : undefined;
}
