import type { AbsentReason, Card } from '../card/card.js';
import { addKeys } from './additions.js';
import { bodyOf } from './body.js';
import type { Clue, Key } from './clue.js';
import { cluesOf } from './clues/index.js';
import { frontMatterOf } from './front-matter.js';
import type { Sources } from './sources.js';

/** A card, or the front matter of one, that was not there before. */
export interface FirstDraft {
  readonly kind: 'new-card' | 'new-front-matter';
  readonly text: string;
  readonly written: readonly Clue[];
  /** Keys left to the author, as comments in the front matter. */
  readonly openKeys: readonly Key[];
  /** Sections left to the author. */
  readonly openSections: readonly string[];
}

/** What becomes of a card. */
export type Draft =
  | FirstDraft
  | { readonly kind: 'keys-added'; readonly text: string; readonly written: readonly Clue[] }
  | { readonly kind: 'nothing-to-add' }
  /** The author has to mend the card first; one sentence says how. */
  | { readonly kind: 'unfit'; readonly advice: string };

/** A card for a repository that has none. */
export function newCard(sources: Sources): FirstDraft {
  const head = frontMatterOf(cluesOf(sources));
  const body = bodyOf(sources, head.written);
  return {
    kind: 'new-card',
    text: `${head.text}\n${body.text}`,
    written: head.written,
    openKeys: head.open,
    openSections: body.open,
  };
}

/** A card there is, with what the files tell beside it. Its own words stay, byte for byte. */
export function completeCard(card: Card, sources: Sources): Draft {
  const { frontMatter, metadata, text } = card;
  if (frontMatter.kind === 'absent') return UNSEEN[frontMatter.reason] ?? withFrontMatter(card, sources);
  if (frontMatter.kind === 'invalid') {
    return unfit('Make the front matter valid YAML first; validate-card says where it is not.');
  }
  if (metadata === null) {
    return frontMatter.value === null &&
      text.slice(frontMatter.block.yaml.start, frontMatter.block.yaml.end).trim() === ''
      ? unfit('Delete the empty front matter first, the lines of hyphens too.')
      : unfit('Write the front matter as keys with values first.');
  }
  const addition = addKeys(card, metadata, cluesOf(sources), sources);
  if (addition === null) return { kind: 'nothing-to-add' };
  return addition === undefined
    ? unfit('Write each key of the front matter on a line of its own first.')
    : { kind: 'keys-added', text: addition.text, written: addition.added };
}

function unfit(advice: string): Draft {
  return { kind: 'unfit', advice };
}

/** Front matter the Hub does not see must be mended, not doubled. */
const UNSEEN: Readonly<Record<AbsentReason, Draft | undefined>> = {
  none: undefined,
  'nothing-between': unfit('Delete the empty front matter first, the lines of hyphens too.'),
  unclosed: unfit('Close the front matter with a line of three hyphens first.'),
  'text-before': unfit('Move the front matter to the very start of the card first.'),
  'space-after-fence': unfit('Remove the white space behind the opening hyphens first.'),
  language: unfit('Open the front matter with three hyphens alone first.'),
};

function withFrontMatter({ text }: Card, sources: Sources): Draft {
  const head = frontMatterOf(cluesOf(sources));
  const lineBreak = /\r\n|\n/.exec(text)?.[0] ?? '\n';
  const mark = text.startsWith('\uFEFF') ? 1 : 0;
  const gap = /^(?:[ \t]*[\r\n]|$)/.test(text.slice(mark)) ? '' : lineBreak;
  return {
    kind: 'new-front-matter',
    text: text.slice(0, mark) + head.text.replaceAll('\n', lineBreak) + gap + text.slice(mark),
    written: head.written,
    openKeys: head.open,
    openSections: [],
  };
}
