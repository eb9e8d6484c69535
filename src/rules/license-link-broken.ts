import { replaceString } from '../card/scalar-edit.js';
import { looksLocal } from '../hub/repo-id.js';
import { preview } from '../preview.js';
import { rootLicenses } from '../repo/license-files.js';
import type { RepoFile } from '../repo/repo.js';
import type { Rule } from './rule.js';

export const licenseLinkBroken: Rule = {
  id: 'license-link-broken',
  severity: 'warning',
  description: 'The link to the license is a URL, or a file of the repository.',
  why: 'The page links the license to it; a file that is not there is a page that is not found.',
  source: 'hub-docs, modelcard.md and model-cards.md',
  fixable: true,
  keys: ['license_link'],
  good: [
    { text: '---\nlicense: other\nlicense_name: cpml\nlicense_link: https://coqui.ai/cpml\n---\n' },
    {
      text: '---\nlicense: other\nlicense_name: my-license-1.0\nlicense_link: LICENSE\n---\n',
      files: ['LICENSE', 'README.md'],
    },
  ],
  bad: [
    {
      text: '---\nlicense: other\nlicense_name: my-license-1.0\nlicense_link: LICENSE\n---\n',
      files: ['LICENSE.md', 'README.md'],
    },
    { text: '---\nlicense: other\nlicense_name: cpml\nlicense_link: coqui.ai/cpml\n---\n' },
    { text: '---\nlicense: other\nlicense_name: cpml\nlicense_link: see the homepage\n---\n' },
  ],
  check({ card, files, report }) {
    const link = card.metadata?.license_link;
    if (typeof link !== 'string' || link.trim() === '') return;
    const fault = faultOf(link, files);
    if (fault === undefined) return;
    const { message, help, answer } = fault;
    const path = ['license_link'];
    const fix = answer === undefined ? undefined : replaceString(card, path, link, answer);
    report({
      message,
      path,
      part: 'value',
      help: answer === undefined ? help : `Write ${preview(answer)}.`,
      ...(fix === undefined ? {} : { fix }),
    });
  },
};

interface Fault {
  readonly message: string;
  readonly help: string;
  /** The one thing that can be meant. */
  readonly answer?: string;
}

const HELP =
  'Write a URL that begins with "https://", or the name of a file of the repository, such as LICENSE.';

/** Longer ones are no URLs that browsers open, and no paths. */
const LONGEST_LINK = 2000;

/** A host and a path without `https://`. Files may have a dot in their names, but hardly one of these endings before a slash. */
const HOST =
  /^(?:www\.[\w-]+(?:\.[\w-]+)+|(?:[\w-]+\.)+(?:com|org|net|edu|gov|io|ai|dev|co|de|eu|fr|uk|us|cn|jp|kr|ru|tech))(?:\/[\w./?#=&%+~-]*)?$/;

function faultOf(link: string, files: readonly RepoFile[] | null): Fault | undefined {
  const shown = preview(link);
  if (link.length > LONGEST_LINK)
    return { message: `The license link ${shown} is too long for a link.`, help: HELP };
  if (/^https?:\/\//i.test(link)) {
    return URL.canParse(link) && !/\s/.test(link)
      ? undefined
      : { message: `The license link ${shown} is not a valid URL.`, help: HELP };
  }
  if (looksLocal(link) && !link.startsWith('./')) {
    if (!/^(?:[~/\\]|[A-Za-z]:|file:|\.\.)/.test(link)) return missing(link, files);
    return { message: `The license link ${shown} is a path on a disk.`, help: HELP };
  }
  if (/\s|:\/\//.test(link) || /^[a-z][a-z0-9+.-]*:/i.test(link)) {
    const known = files?.some(({ path }) => path === link) ?? false;
    return known
      ? undefined
      : { message: `The license link ${shown} is neither a URL nor a file.`, help: HELP };
  }
  const here = missing(link, files);
  if (HOST.test(link) && (files === null || here !== undefined)) {
    return { message: `The license link ${shown} lacks "https://".`, help: HELP, answer: `https://${link}` };
  }
  return here;
}

/** The fault of a link to a file that is not there; nothing can be said without the list of files. */
function missing(link: string, files: readonly RepoFile[] | null): Fault | undefined {
  if (files === null) return undefined;
  const wanted = fileOf(link);
  if (files.some(({ path }) => path === wanted)) return undefined;
  const sameName = files
    .map(({ path }) => path)
    .filter((path) => path.toLowerCase() === wanted.toLowerCase());
  const candidates = sameName.length > 0 ? sameName : rootLicenses(files);
  const [only, ...others] = candidates;
  const message = `The license link names the file ${preview(link)}, which is not in the repository.`;
  if (only === undefined)
    return { message, help: 'Add the file with the text of the license, or write a URL.' };
  return others.length === 0
    ? { message, help: HELP, answer: only }
    : { message, help: `Write one of ${candidates.slice(0, 5).map(preview).join(', ')}.` };
}

/** The file a relative link leads to: without `./`, anchor and escapes. */
function fileOf(link: string): string {
  const path = link.replace(/^(?:\.\/)+/, '').replace(/[?#].*$/, '');
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
