import type { JsonPath } from '../card/path.js';
import { replaceString } from '../card/scalar-edit.js';
import { nearest } from '../hub/nearest.js';
import { readAddress, spellings } from '../media/address.js';
import { exampleFiles } from '../media/example-files.js';
import { label, preview } from '../preview.js';
import type { RepoFile } from '../repo/repo.js';
import type { Rule, RuleContext } from './rule.js';
import { widgetExamples } from './shared/widget.js';

/** Among more files, or for more paths, the one that was meant is not looked for. */
const MOST_FILES = 10_000;
const MOST_TRIES = 20;

/** Paths that need no quotes. */
const PLAIN = /^\w[\w./-]*$/;

/** What looks like an address without its scheme. */
const HOST_FIRST = /^(?:www\.|(?:[a-z0-9-]+\.)+(?:co|com|org|net|io|ai|dev)\/)/i;

export const widgetSrcMissing: Rule = {
  id: 'widget-src-missing',
  severity: 'warning',
  description: 'Files that widget examples name by a path are in the repository.',
  why: 'The model page then shows an empty frame in the place of the picture or recording.',
  source:
    'hub-docs models-widgets.md: `src` and `output.url` may be a file name or path inside the repository',
  fixable: true,
  needs: 'files',
  keys: ['widget'],
  good: [
    { text: '---\nwidget:\n- src: samples/tiger.jpg\n---\n', files: ['README.md', 'samples/tiger.jpg'] },
    { text: '---\nwidget:\n- src: samples/tiger.jpg\n---\n' },
  ],
  bad: [
    { text: '---\nwidget:\n- src: tiger.jpg\n---\n', files: ['README.md', 'images/lion.jpg'] },
    { text: '---\nwidget:\n- src: samples/tiger.jpg\n---\n', files: ['README.md', 'samples/Tiger.jpg'] },
  ],
  check(context) {
    const { card, files } = context;
    if (files === null || card.metadata?.widget === undefined) return;
    let known: Known | undefined;
    for (const { path, value } of widgetExamples(context)) {
      for (const file of exampleFiles(value)) {
        const address = readAddress(file.address);
        if (address.kind !== 'file') continue;
        known ??= knownFiles(files);
        const { paths } = known;
        if (spellings(address.path).some((spelling) => paths.has(spelling))) continue;
        reportMissing(context, [...path, ...file.path], file.address, known);
      }
    }
  },
};

/** The files of the repository, and the only file of each name (in lower case) in any folder. */
interface Known {
  readonly paths: ReadonlySet<string>;
  readonly byName: ReadonlyMap<string, string | null>;
  /** How many more times the nearest path is looked for. */
  tries: number;
}

function knownFiles(files: readonly RepoFile[]): Known {
  const byName = new Map<string, string | null>();
  for (const { path } of files) {
    const name = lastStep(path);
    byName.set(name, byName.has(name) ? null : path);
  }
  return {
    paths: new Set(files.map(({ path }) => path)),
    byName,
    tries: files.length > MOST_FILES ? 0 : MOST_TRIES,
  };
}

function reportMissing({ card, report }: RuleContext, path: JsonPath, text: string, known: Known): void {
  const message = `The repository has no file ${preview(text)} (${label(path)}).`;
  const at = { path, part: 'value' as const };
  if (HOST_FIRST.test(text)) {
    report({ message, ...at, help: 'If it is an address, write https:// before it.' });
    return;
  }
  // Another case or another folder: there is but one such file.
  const same = known.byName.get(lastStep(text)) ?? undefined;
  const meant = same ?? (known.tries-- > 0 ? nearest(text, known.paths) : undefined);
  if (meant === undefined) {
    report({ message, ...at, help: 'Put the file into the repository, or correct the path.' });
    return;
  }
  const fix = meant === same && PLAIN.test(meant) ? replaceString(card, path, text, meant) : undefined;
  report({
    message,
    ...at,
    help: `Did you mean ${preview(meant)}?`,
    ...(fix === undefined ? {} : { fix }),
  });
}

function lastStep(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1).toLowerCase();
}
