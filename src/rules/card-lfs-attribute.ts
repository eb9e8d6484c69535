import type { Fix, TextEdit } from '../diagnostic.js';
import { applyEdits } from '../fix.js';
import { escapeText } from '../preview.js';
import { type Attribute, attributesOf } from '../repo/git-attributes.js';
import { isLfsPointer } from './card-lfs-pointer.js';
import type { Rule } from './rule.js';

const FILE = '.gitattributes';

/** The attributes that `git lfs track` writes, as if nothing had been said of them. */
const UNSPECIFIED = '!filter !diff !merge !text';

export const cardLfsAttribute: Rule = {
  id: 'card-lfs-attribute',
  severity: 'warning',
  description: 'No line of .gitattributes gives the model card to Git LFS.',
  why: 'The next commit of the card would store a pointer in its place. The Hub does not follow it: it reads no metadata, so the page has no task, no license and no widget, and nobody is told.',
  source: 'espnet/espnet_model_zoo#95; gitattributes(5)',
  fixable: true,
  needs: 'gitAttributes',
  good: [
    {
      text: '# My model\n',
      files: ['README.md'],
      contents: {
        '.gitattributes': '*.md filter=lfs diff=lfs merge=lfs -text\nREADME.md !filter !diff !merge !text\n',
      },
    },
  ],
  bad: [
    {
      text: '# My model\n',
      files: ['README.md'],
      contents: {
        '.gitattributes':
          '*.bin filter=lfs diff=lfs merge=lfs -text\n*.md filter=lfs diff=lfs merge=lfs -text\n',
      },
    },
  ],
  check({ card, cardFile, cardPath, gitAttributes, report }) {
    if (gitAttributes === null || cardFile.source !== 'text' || isLfsPointer({ card })) return;
    if (!gitAttributes.includes('lfs')) return;
    const filter = lfsFilter(gitAttributes, cardPath);
    if (filter === undefined) return;
    const fix = fixFor(gitAttributes, cardPath, filter);
    report({
      message: `The pattern ${escapeText(filter.pattern)} gives ${escapeText(cardPath)} to Git LFS: its next commit stores a pointer, from which the Hub reads no metadata.`,
      file: FILE,
      span: filter.line,
      help: `${fix?.title ?? `Write a line for the card with "${UNSPECIFIED}" below it`}.`,
      ...(fix === undefined ? {} : { fix }),
    });
  },
};

/** The attribute that gives a file to Git LFS; undefined when none does. */
function lfsFilter(gitAttributes: string, path: string): Attribute | undefined {
  const filter = attributesOf(gitAttributes, path).get('filter');
  return filter?.state === 'lfs' ? filter : undefined;
}

/** Deletes a line that is about the card alone, else adds one that takes the card out; whichever settles it. */
function fixFor(text: string, path: string, { pattern, line }: Attribute): Fix | undefined {
  if (!/^[\w./-]+$/.test(path)) return undefined;
  const lineBreak = /\r?\n/.exec(text)?.[0] ?? '\n';
  const behind = /^[ \t\r]*(?:\n|$)/.exec(text.slice(line.end))?.[0].length ?? 0;
  const from = Math.max(text.lastIndexOf('\n', line.start - 1) + 1, text.startsWith('\uFEFF') ? 1 : 0);
  const deletion = { start: from, end: line.end + behind, text: '' };
  const ended = text.endsWith('\n') ? '' : lineBreak;
  const rule = `/${path} ${UNSPECIFIED}`;
  const addition = { start: text.length, end: text.length, text: `${ended}${rule}${lineBreak}` };

  const settles = (edit: TextEdit) => lfsFilter(applyEdits(text, [edit]), path) === undefined;
  if ((pattern === path || pattern === `/${path}`) && settles(deletion)) {
    return { title: 'Delete the line', edits: [deletion] };
  }
  return settles(addition) ? { title: `Add the line "${rule}" at the end`, edits: [addition] } : undefined;
}
