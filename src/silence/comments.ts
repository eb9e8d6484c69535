import type { Card } from '../card/card.js';
import type { JsonPath } from '../card/path.js';
import type { Span } from '../card/position.js';
import { codeAndComments } from '../card/sections.js';
import { walkValues } from '../card/walk.js';

/** What a comment silences: findings on its own line, on the next line with content, or in the whole file. */
export type SilenceScope = 'line' | 'next-line' | 'file';

/** The comments there are, by the word behind `validate-card-`. */
export const SILENCE_WORDS: ReadonlyMap<string, SilenceScope> = new Map([
  ['disable-line', 'line'],
  ['disable-next-line', 'next-line'],
  ['disable-file', 'file'],
]);

/** A comment such as `# validate-card-disable-next-line license-unknown -- our lawyers chose this id`. */
export interface SilenceComment {
  /** From `validate-card-` to the end of the comment's text. */
  readonly span: Span;
  /** The word behind `validate-card-`; no known one when `scope` is undefined. */
  readonly word: string;
  readonly scope: SilenceScope | undefined;
  readonly rules: readonly { readonly id: string; readonly span: Span }[];
  /** Empty when none is given. */
  readonly reason: string;
}

/** Any text without this has no such comments. */
const MARK = 'validate-card-';

/** Most rules that one comment names; more are not looked at. There are not so many. */
const MOST_RULES = 200;

/** A comment from its mark on; the text ends with the line, or where an HTML comment closes. */
const DIRECTIVE = /^validate-card-([\w-]*)([^\r\n]*)/;

/** More comments than this in one file are not looked at: each costs a look at all the findings of its rules. */
const MOST_COMMENTS = 1000;

/** The comments of a card: YAML comments in its front matter, HTML comments in its body. In the order of the text. */
export function commentsOfCard(card: Card): readonly SilenceComment[] {
  const { text, frontMatter, body } = card;
  if (!mayHaveComments(card)) return NONE;
  const found: SilenceComment[] = [];
  if (frontMatter.kind !== 'absent') {
    const { yaml } = frontMatter.block;
    found.push(...outsideOfValues(card, hashComments(text, yaml)));
  }
  const inBody = marks(text, body).filter(({ start }) =>
    /<!--[ \t]*$/.test(text.slice(Math.max(0, start - 16), start)),
  );
  for (const { start, end } of outsideOfCode(text, body, inBody)) {
    found.push(read(text, start, Math.min(end, closing(text, start, end))));
  }
  return found.slice(0, MOST_COMMENTS);
}

const NONE: readonly SilenceComment[] = [];

/**
 * A quick look, at which nearly all cards end: the mark in the front matter, or an HTML comment that begins with it. To look
 * for the mark in all of the text takes five times as long.
 */
function mayHaveComments({ text, frontMatter, body }: Card): boolean {
  if (frontMatter.kind !== 'absent') {
    const { start, end } = frontMatter.block.yaml;
    const hash = text.indexOf('#', start);
    if (hash !== -1 && hash < end && text.slice(hash, end).includes(MARK)) return true;
  }
  for (let at = text.indexOf('<!--', body.start); at !== -1; at = text.indexOf('<!--', at)) {
    at += 4;
    while (text.charCodeAt(at) === 0x20 || text.charCodeAt(at) === 0x09) at++;
    if (text.startsWith(MARK, at)) return true;
  }
  return false;
}

/** The comments of another file whose comments begin with `#`. */
export function commentsOfText(text: string): readonly SilenceComment[] {
  return text.includes(MARK)
    ? hashComments(text, { start: 0, end: text.length }).slice(0, MOST_COMMENTS)
    : [];
}

function hashComments(text: string, within: Span): readonly SilenceComment[] {
  return marks(text, within)
    .filter(({ start }) => /(?:^|\s)#[ \t]*$/.test(text.slice(Math.max(within.start, start - 16), start)))
    .map(({ start, end }) => read(text, start, end));
}

/** Where the mark stands in a part of a text, each to the end of its line. */
function marks(text: string, within: Span): readonly Span[] {
  const found: Span[] = [];
  for (
    let start = text.indexOf(MARK, within.start);
    start !== -1 && start < within.end && found.length < MOST_COMMENTS;
    start = text.indexOf(MARK, start + MARK.length)
  ) {
    const rest = /[\r\n]/.exec(text.slice(start, start + LONGEST));
    found.push({ start, end: Math.min(within.end, start + (rest?.index ?? LONGEST)) });
  }
  return found;
}

/** Longest comment, in UTF-16 code units; what follows is not read. */
const LONGEST = 2000;

function closing(text: string, start: number, end: number): number {
  const at = text.slice(start, end).indexOf('-->');
  return at === -1 ? end : start + at;
}

function read(text: string, start: number, end: number): SilenceComment {
  const [, word = '', rest = ''] = DIRECTIVE.exec(text.slice(start, end)) ?? [];
  const split = /(?:^|\s)--(?:\s|$)/.exec(rest);
  const names = split === null ? rest : rest.slice(0, split.index);
  const reason = split === null ? '' : rest.slice(split.index + split[0].length).trim();
  const from = start + MARK.length + word.length;
  const rules = [...names.matchAll(/[^\s,]+/g)].slice(0, MOST_RULES).map(({ 0: id, index }) => ({
    id,
    span: { start: from + index, end: from + index + id.length },
  }));
  const trimmed = text.slice(start, end).trimEnd().length;
  return { span: { start, end: start + trimmed }, word, scope: SILENCE_WORDS.get(word), rules, reason };
}

/** Leaves out what a block of code shows: a page about such comments is silenced by none of them. */
function outsideOfCode(text: string, body: Span, comments: readonly Span[]): readonly Span[] {
  if (comments.length === 0) return comments;
  const code = codeAndComments(text, body).filter(({ start }) => !text.startsWith('<!--', start));
  let next = 0;
  return comments.filter(({ start }) => {
    while (next < code.length && (code[next]?.end ?? 0) <= start) next++;
    return (code[next]?.start ?? text.length) > start;
  });
}

/** Leaves out what only looks like a comment: text inside a value or a key. */
function outsideOfValues(card: Card, comments: readonly SilenceComment[]): readonly SilenceComment[] {
  if (comments.length === 0 || card.metadata === null) return comments;
  const values: Span[] = [];
  const add = (path: JsonPath, part: 'key' | 'value') => {
    const span = card.spanOf(path, part);
    if (span !== undefined) values.push(span);
  };
  walkValues(card.metadata, (path, value) => {
    const key = path.at(-1);
    if (typeof key === 'string' && key.includes(MARK)) add(path, 'key');
    if (typeof value === 'string' && value.includes(MARK)) add(path, 'value');
  });
  return comments.filter(
    ({ span }) => !values.some((value) => value.start <= span.start && span.start < value.end),
  );
}
