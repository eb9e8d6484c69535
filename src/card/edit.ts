import { isDeepStrictEqual } from 'node:util';
import type { TextEdit } from '../diagnostic.js';
import { own } from '../mapping.js';
import type { Card, FrontMatterBlock, Metadata } from './card.js';
import { parseCard } from './parse.js';
import type { Span } from './position.js';
import { isBooleanOrNull } from './yaml-words.js';

/** A change of the metadata, at its top level. */
export type Change =
  | {
      readonly kind: 'set';
      /** A plain word: letters, digits, underscores and hyphens. */
      readonly key: string;
      readonly value: string;
      /** Keys that a new one belongs behind, the nearest first. */
      readonly after?: readonly string[];
    }
  | { readonly kind: 'remove'; readonly key: 'inference' }
  | { readonly kind: 'add-tag'; readonly tag: string };

/** The order in which most cards have their keys; a new key goes before the first of those that follow it here. */
const KEY_ORDER = [
  'library_name',
  'pipeline_tag',
  'tags',
  'datasets',
  'metrics',
  'base_model',
  'widget',
  'model-index',
];

/** The metadata after a change. */
export function withChange(metadata: Metadata, change: Change): Metadata {
  switch (change.kind) {
    case 'set':
      return { ...metadata, [change.key]: change.value };
    case 'remove': {
      const { [change.key]: _, ...rest } = metadata;
      return rest;
    }
    case 'add-tag': {
      const tags = own(metadata, 'tags');
      const before: unknown[] = Array.isArray(tags)
        ? tags
        : tags === undefined || tags === null
          ? []
          : [tags];
      return before.includes(change.tag) ? metadata : { ...metadata, tags: [change.tag, ...before] };
    }
  }
}

/**
 * The changes as edits of the card's text, which keep everything else as it is written. Each is checked by reading the
 * edited front matter again: it must hold exactly the changed metadata. Undefined when that cannot be had with the simple
 * edits tried here.
 */
export function editsFor(card: Card, changes: readonly Change[]): readonly TextEdit[] | undefined {
  // Keys are added before one is removed, so that the front matter is never empty in between.
  const ordered = [...changes].sort((a, b) => Number(a.kind === 'remove') - Number(b.kind === 'remove'));
  let edits: readonly TextEdit[] = [];
  let current = headOf(card);
  for (const change of ordered) {
    const expected = withChange(current.metadata ?? {}, change);
    if (expected === current.metadata) continue;
    const step = firstThatHolds(current, attempts(current, change), expected);
    if (step === undefined) return undefined;
    edits = compose(edits, step.edit, current.text);
    current = step.card;
  }
  return edits;
}

/** The card without its body, so that reading it again costs nothing for a long one. */
function headOf(card: Card): Card {
  if (card.frontMatter.kind === 'absent') return card;
  const { end } = card.frontMatter.block.span;
  return end === card.text.length ? card : parseCard(card.text.slice(0, end));
}

function firstThatHolds(
  card: Card,
  candidates: Iterable<TextEdit>,
  expected: Metadata,
): { readonly edit: TextEdit; readonly card: Card } | undefined {
  for (const edit of candidates) {
    const edited = parseCard(card.text.slice(0, edit.start) + edit.text + card.text.slice(edit.end));
    if (edited.metadata !== null && holds(edited.metadata, expected)) return { edit, card: edited };
  }
  return undefined;
}

function holds(metadata: Metadata, expected: Metadata): boolean {
  const keys = Object.keys(expected);
  return (
    Object.keys(metadata).length === keys.length &&
    keys.every((key) => Object.hasOwn(metadata, key) && isDeepStrictEqual(metadata[key], expected[key]))
  );
}

/** Edits that may do it, the nicest first. */
function* attempts(card: Card, change: Change): Generator<TextEdit> {
  if (change.kind === 'remove') {
    const entry = card.spanOf([change.key], 'entry');
    if (entry !== undefined) {
      const lines = wholeLines(card.text, entry);
      if (lines !== undefined) yield { ...lines, text: '' };
      yield* inFlowMapping(card.text, entry);
    }
  } else if (change.kind === 'set') {
    const value = scalar(change.value);
    yield* Object.hasOwn(card.metadata ?? {}, change.key)
      ? replaceValue(card, change.key, value)
      : insertKey(card, change.key, value, change.after);
  } else {
    yield* addTag(card, change.tag);
  }
}

/** A string as YAML: plain where every reader takes it for a string, else in single quotes. */
function scalar(value: string): string {
  const plain = /^[A-Za-z][\w./+-]*$/.test(value) && !isBooleanOrNull(value);
  return plain ? value : `'${value.replaceAll("'", "''")}'`;
}

function* replaceValue(card: Card, key: string, value: string): Generator<TextEdit> {
  const span = card.spanOf([key], 'value');
  if (span !== undefined) {
    const source = card.text.slice(span.start, span.end);
    const quoted = /^["']/.test(value);
    const quote = quoted ? '' : (/^(["'])[^\r\n]*\1$/.exec(source)?.[1] ?? '');
    const space = /[ \t]/.test(card.text.charAt(span.start - 1)) ? '' : ' ';
    yield { ...span, text: `${span.start === span.end ? space : ''}${quote}${value}${quote}` };
  }
  const entry = card.spanOf([key], 'entry');
  const lines = entry === undefined ? undefined : wholeLines(card.text, entry);
  if (lines !== undefined) {
    const old = card.text.slice(lines.start, lines.end);
    const indent = /^[ \t]*/.exec(old)?.[0] ?? '';
    const lineBreak = /(?:\r\n|\r|\n)$/.exec(old)?.[0] ?? '';
    yield { ...lines, text: `${indent}${key}: ${value}${lineBreak}` };
  }
}

function* insertKey(
  card: Card,
  key: string,
  value: string,
  after: readonly string[] = [],
): Generator<TextEdit> {
  const { frontMatter, text } = card;
  if (frontMatter.kind === 'absent') {
    yield* newFrontMatter(card, `${key}: ${value}`);
    return;
  }
  const { block } = frontMatter;
  const lineBreak = lineBreakOf(text, block);
  for (const previous of after) {
    const entry = card.spanOf([previous], 'entry');
    const lines = entry === undefined ? undefined : wholeLines(text, entry);
    const indent = entry === undefined ? undefined : indentBefore(text, entry.start);
    if (lines === undefined || indent === undefined) continue;
    const ended = /[\r\n]$/.test(text.slice(lines.start, lines.end));
    const added = `${indent}${key}: ${value}`;
    yield { start: lines.end, end: lines.end, text: ended ? `${added}${lineBreak}` : `${lineBreak}${added}` };
    break;
  }
  const following = KEY_ORDER.slice(KEY_ORDER.indexOf(key) + 1);
  for (const next of following) {
    const before = card.spanOf([next], 'key');
    const indent = before === undefined ? undefined : indentBefore(text, before.start);
    if (before === undefined || indent === undefined) continue;
    const start = before.start - indent.length;
    yield { start, end: start, text: `${indent}${key}: ${value}${lineBreak}` };
    break;
  }
  const first = /^[ \t]*(?=[^\s#])/m.exec(text.slice(block.yaml.start, block.yaml.end));
  const indent = first?.[0] ?? '';
  const { start, end } = block.yaml;
  const gap = text.slice(start, end).trim() === '';
  if (gap) yield { start, end: start, text: `${key}: ${value}${start === end ? '' : lineBreak}` };
  yield {
    start: end,
    end,
    text: `${/[\r\n]$/.test(text.slice(start, end)) ? '' : lineBreak}${indent}${key}: ${value}`,
  };
  const top = start + (first?.index ?? 0);
  yield { start: top, end: top, text: `${indent}${key}: ${value}${lineBreak}` };
  const brace = text.indexOf('{', start);
  if (brace !== -1 && brace < end) {
    for (const comma of [', ', ''])
      yield { start: brace + 1, end: brace + 1, text: `${key}: ${value}${comma}` };
  }
}

function* newFrontMatter({ text, frontMatter }: Card, content: string): Generator<TextEdit> {
  const lineBreak = /\r\n|\r|\n/.exec(text)?.[0] ?? '\n';
  if (
    frontMatter.kind === 'absent' &&
    frontMatter.reason === 'nothing-between' &&
    frontMatter.span !== undefined
  ) {
    const { start } = frontMatter.span;
    yield { start, end: start, text: `${content}${lineBreak}` };
  }
  const start = text.startsWith('\uFEFF') ? 1 : 0;
  yield { start, end: start, text: `---${lineBreak}${content}${lineBreak}---${lineBreak}` };
}

function* addTag(card: Card, tag: string): Generator<TextEdit> {
  const { text } = card;
  const tags = own(card.metadata, 'tags');
  if (Array.isArray(tags) && tags.length > 0) {
    const first = card.spanOf(['tags', 0], 'value');
    if (first === undefined) return;
    const lineStart = lineStartAt(text, first.start);
    const prefix = text.slice(lineStart, first.start);
    if (/^[ \t]*-[ \t]+$/.test(prefix)) {
      const lineBreak = card.frontMatter.kind === 'absent' ? '\n' : lineBreakOf(text, card.frontMatter.block);
      yield { start: lineStart, end: lineStart, text: `${prefix}${tag}${lineBreak}` };
    }
    yield { start: first.start, end: first.start, text: `${tag}, ` };
  } else if (typeof tags === 'string') {
    const value = card.spanOf(['tags'], 'value');
    if (value !== undefined) yield { ...value, text: `[${tag}, ${text.slice(value.start, value.end)}]` };
  } else if (tags === undefined) {
    yield* insertKey(card, 'tags', `[${tag}]`);
  } else {
    yield* replaceValue(card, 'tags', `[${tag}]`);
  }
}

/** An entry of a flow mapping with the comma that belongs to it. */
function* inFlowMapping(text: string, entry: Span): Generator<TextEdit> {
  const after = /^\s*,[ \t]*/.exec(text.slice(entry.end, entry.end + 20))?.[0].length ?? 0;
  if (after > 0) yield { start: entry.start, end: entry.end + after, text: '' };
  const before = /,\s*$/.exec(text.slice(Math.max(0, entry.start - 20), entry.start))?.[0].length ?? 0;
  if (before > 0) yield { start: entry.start - before, end: entry.end, text: '' };
  yield { ...entry, text: '' };
}

/** The lines an entry takes up, line break included; undefined when it shares them with something else than a comment. */
function wholeLines(text: string, entry: Span): Span | undefined {
  const indent = indentBefore(text, entry.start);
  const rest = /^[ \t]*(?:#[^\r\n]*)?(?:\r\n|\r|\n|$)/.exec(text.slice(entry.end));
  const ended = /[\r\n]$/.test(text.slice(entry.start, entry.end));
  if (indent === undefined || (rest === null && !ended)) return undefined;
  return { start: entry.start - indent.length, end: entry.end + (ended ? 0 : (rest?.[0].length ?? 0)) };
}

/** The white space between the start of the line and an offset; undefined when there is something else. */
function indentBefore(text: string, offset: number): string | undefined {
  const before = text.slice(lineStartAt(text, offset), offset);
  return /^[ \t]*$/.test(before) ? before : undefined;
}

function lineStartAt(text: string, offset: number): number {
  return Math.max(text.lastIndexOf('\n', offset - 1), text.lastIndexOf('\r', offset - 1)) + 1;
}

function lineBreakOf(text: string, block: FrontMatterBlock): string {
  return /\r\n|\r|\n/.exec(text.slice(block.open.end, block.span.end))?.[0] ?? '\n';
}

/**
 * Adds an edit of an already edited text to the edits of the original. Edits that touch become one, so that the result
 * never overlaps.
 */
function compose(edits: readonly TextEdit[], next: TextEdit, current: string): readonly TextEdit[] {
  const before: TextEdit[] = [];
  const after: TextEdit[] = [];
  let { start, end } = next;
  // How far earlier edits moved the text after them, the start of the new edit and its end.
  let shift = 0;
  let startShift = 0;
  let endShift = 0;
  for (const edit of edits) {
    const from = edit.start + shift;
    const to = from + edit.text.length;
    shift += edit.text.length - (edit.end - edit.start);
    if (to < next.start) {
      before.push(edit);
      startShift = shift;
      endShift = shift;
    } else if (from > next.end) {
      after.push(edit);
    } else {
      start = Math.min(start, from);
      end = Math.max(end, to);
      endShift = shift;
    }
  }
  const text = current.slice(start, next.start) + next.text + current.slice(next.end, end);
  return [...before, { start: start - startShift, end: end - endShift, text }, ...after];
}
