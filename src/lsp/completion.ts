import {
  type CompletionItem,
  CompletionItemKind,
  InsertTextFormat,
  InsertTextMode,
  MarkupKind,
  type Range,
} from 'vscode-languageserver-types';
import type { JsonPath } from '../card/path.js';
import type { Span } from '../card/position.js';
import { isBooleanOrNull } from '../card/yaml-words.js';
import { type Cursor, cursorAt, type Place } from './cursor.js';
import { draftFrontMatter, isInside, lineEnd } from './front-matter.js';
import {
  descriptionOf,
  knownValues,
  nodesAt,
  propertiesOf,
  type SchemaNode,
  takesList,
  takesScalar,
  typeInWords,
} from './schema.js';
import { frontMatterSnippet, keySnippet } from './snippet.js';
import { meaningOf, suggestions, vocabularyAt } from './vocabulary.js';

/** What completion needs to know. */
export interface CompletionInput {
  readonly text: string;
  /** UTF-16 units from the start of the text. */
  readonly offset: number;
  readonly schema: SchemaNode;
  /** The part of the text that is YAML of that schema; undefined outside of it. */
  readonly region: Span | undefined;
  /** Whether the values are those of a model card's metadata. */
  readonly card: boolean;
  /** Whether the editor understands snippets. */
  readonly snippets: boolean;
  /** Whether the text must stay JSON: keys and texts need quotes. */
  readonly json?: boolean;
  readonly rangeOf: (span: Span) => Range;
}

/** The keys and known values that can stand at an offset; an edit of the word there each. */
export function completionsAt(input: CompletionInput): readonly CompletionItem[] {
  const { region } = input;
  const cursor = region === undefined ? null : cursorAt(input.text, region, input.offset);
  if (cursor === null) return [];
  const items = new Map<string, CompletionItem>();
  for (const place of cursor.places) {
    for (const item of itemsFor(place, cursor, input))
      if (!items.has(item.label)) items.set(item.label, item);
  }
  return [...items.values()];
}

/** The YAML of a card that an offset is in, closed or not; undefined outside the front matter. */
export function cardRegion(text: string, offset: number): Span | undefined {
  const block = draftFrontMatter(text);
  return block !== undefined && isInside(block, offset) ? block.yaml : undefined;
}

/** Offers a whole front matter where a card begins and has none yet; nothing anywhere else. */
export function frontMatterCompletion(
  text: string,
  offset: number,
  { snippets, rangeOf }: Pick<CompletionInput, 'snippets' | 'rangeOf'>,
): readonly CompletionItem[] {
  const start = text.startsWith('\uFEFF') ? 1 : 0;
  const typed = text.slice(start, offset);
  const end = lineEnd(text, offset);
  if (!/^\s*-{0,3}$/.test(typed) || text.slice(offset, end).trim() !== '') return [];
  const draft = draftFrontMatter(text);
  // Below an opening fence keys are offered; a fence with something below it is one already.
  if (draft !== undefined && (draft.close !== undefined || text.slice(draft.open.end).trim() !== ''))
    return [];
  const word = { start: offset - (/-*$/.exec(typed)?.[0].length ?? 0), end: offset };
  const item: CompletionItem = {
    label: 'Model card metadata',
    kind: CompletionItemKind.Snippet,
    detail: 'front matter with license, language, library and task',
    filterText: '---',
    textEdit: { range: rangeOf(word), newText: frontMatterSnippet(snippets) },
    insertTextFormat: snippets ? InsertTextFormat.Snippet : InsertTextFormat.PlainText,
    documentation: {
      kind: MarkupKind.Markdown,
      value: `\`\`\`yaml\n${frontMatterSnippet(false)}\n\`\`\``,
    },
  };
  return [item];
}

function itemsFor(place: Place, cursor: Cursor, input: CompletionInput): readonly CompletionItem[] {
  switch (place.kind) {
    case 'key':
      return keyItems(place, cursor, input);
    case 'item': {
      const first = {
        mapping: place.path,
        present: new Set<string>(),
        inFlow: false,
        colon: false,
        quoted: false,
      };
      return [...valueItems(place.path, '- ', cursor, input), ...keyItems(first, cursor, input, '- ')];
    }
    case 'value': {
      const nodes = nodesAt(input.schema, place.path);
      // Where a list could begin, its first item is what is wanted; a bare scalar there would be odd.
      if (place.ownLine && takesList(nodes)) return [];
      if (!takesScalar(nodes)) return [];
      return valueItems(place.path, '', cursor, input, place.quote);
    }
  }
}

function keyItems(
  { mapping, present, inFlow, colon, quoted }: Omit<Extract<Place, { kind: 'key' }>, 'kind'>,
  cursor: Cursor,
  input: CompletionInput,
  dash: '' | '- ' = '',
): readonly CompletionItem[] {
  const { text, snippets } = input;
  const { word } = cursor;
  const current = text.slice(word.start, word.end);
  const range = input.rangeOf(word);
  // An editor indents further lines as the line itself is; behind a dash they lie deeper.
  const line = text.slice(word.start - cursor.column, word.start);
  const behind = line.trimStart().length + (cursor.gap ? 1 : 0) + dash.length;
  const deeper = ' '.repeat(behind);
  const items: CompletionItem[] = [];
  for (const key of propertiesOf(nodesAt(input.schema, mapping)).keys()) {
    if (present.has(key) && !(colon && key === current)) continue;
    const nodes = nodesAt(input.schema, [...mapping, key]);
    const bare = colon || quoted;
    const written = input.json ? `"${key}"` : key;
    const style = { placeholders: snippets, inFlow, indent: deeper };
    const body = bare ? (quoted ? key : written) : keySnippet(written, nodes[0] ?? {}, style);
    const description = descriptionOf(nodes);
    items.push({
      label: key,
      kind: CompletionItemKind.Property,
      detail: typeInWords(nodes),
      sortText: order(items.length),
      filterText: key,
      textEdit: { range, newText: `${cursor.gap ? ' ' : ''}${dash}${body}` },
      insertTextFormat: snippets && !bare ? InsertTextFormat.Snippet : InsertTextFormat.PlainText,
      insertTextMode: InsertTextMode.adjustIndentation,
      ...(description === undefined
        ? {}
        : { documentation: { kind: MarkupKind.Markdown, value: description } }),
    });
  }
  return items;
}

function valueItems(
  path: JsonPath,
  dash: '' | '- ',
  cursor: Cursor,
  input: CompletionInput,
  quote: '"' | "'" | '' = '',
): readonly CompletionItem[] {
  const nodes = nodesAt(input.schema, path);
  if (nodes.length === 0) return [];
  const vocabulary = input.card ? vocabularyAt(path) : undefined;
  const range = input.rangeOf(cursor.word);
  const values = [...new Set([...knownValues(nodes), ...suggestions(vocabulary)])];
  return values.map((value, index) => {
    const label = String(value);
    const meaning = typeof value === 'string' ? meaningOf(vocabulary, value) : undefined;
    const written =
      typeof value !== 'string' ? label : input.json && quote === '' ? `"${value}"` : inYaml(value, quote);
    return {
      label,
      kind: CompletionItemKind.EnumMember,
      sortText: order(index),
      // The name may be typed as well as the identifier.
      filterText: meaning === undefined ? label : `${label} ${meaning.name}`,
      textEdit: { range, newText: `${cursor.gap ? ' ' : ''}${dash}${written}` },
      insertTextFormat: InsertTextFormat.PlainText,
      ...(meaning === undefined
        ? {}
        : { detail: meaning.name, documentation: { kind: MarkupKind.Markdown, value: meaning.text } }),
    };
  });
}

/** What may be a number or a date to a reader of YAML 1.1. */
const NUMBER = /^[-+.\d][\d_.:eE+-]*$/;

/** A value as YAML, in the quotes there are around it, or in its own where it would be no text without. */
function inYaml(value: string, quote: '"' | "'" | ''): string {
  return quote === '' && (isBooleanOrNull(value) || NUMBER.test(value)) ? `"${value}"` : value;
}

/** Keeps the order of the tables and the schema: editors sort by this text. */
function order(index: number): string {
  return String(index).padStart(4, '0');
}
