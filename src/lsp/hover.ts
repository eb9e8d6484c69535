import type { JsonPath } from '../card/path.js';
import type { Span } from '../card/position.js';
import { FIELD_VALIDATORS } from '../rules/schema/metadata-validators.generated.js';
import type { SupportVerdict } from '../support/verdict.js';
import { cursorAt } from './cursor.js';
import { descriptionOf, exampleOf, nodesAt, type SchemaNode, typeInWords } from './schema.js';
import { meaningOf, vocabularyAt } from './vocabulary.js';

/** An explanation as Markdown, and the text it is about. */
export interface Explanation {
  readonly span: Span;
  readonly markdown: string;
}

/** What hovering needs to know. */
export interface HoverInput {
  readonly text: string;
  /** UTF-16 units from the start of the text. */
  readonly offset: number;
  readonly schema: SchemaNode;
  /** The part of the text that is YAML of that schema. */
  readonly region: Span;
  /** Whether the values are those of a model card's metadata. */
  readonly card: boolean;
}

/** Explains the key or value at an offset; undefined where the schema says nothing about it. */
export function explanationAt({ text, offset, schema, region, card }: HoverInput): Explanation | undefined {
  const cursor = cursorAt(text, region, offset);
  if (cursor === null || cursor.word.start === cursor.word.end) return undefined;
  const { word } = cursor;
  const written = text.slice(word.start, word.end);
  for (const place of cursor.places) {
    if (place.kind === 'key' && place.colon) {
      const markdown = aboutKey(schema, [...place.mapping, written], card);
      if (markdown !== undefined) return { span: word, markdown };
    }
    if (place.kind === 'value') {
      const markdown = aboutValue(schema, place.path, written, card);
      if (markdown !== undefined) return { span: word, markdown };
    }
  }
  return undefined;
}

function aboutKey(schema: SchemaNode, path: JsonPath, card: boolean): string | undefined {
  const nodes = nodesAt(schema, path);
  if (nodes.length === 0) return undefined;
  const name = String(path.at(-1));
  const example = exampleOf(nodes);
  const description = descriptionOf(nodes);
  return paragraphs([
    `\`${name}\`: ${typeInWords(nodes)}`,
    description,
    card && path.length === 1 ? onPush(name) : undefined,
    example === undefined
      ? undefined
      : `Example: \`${name}: ${JSON.stringify(example).replaceAll('`', '')}\``,
  ]);
}

/** What the Hub does with a field of the metadata on push, as far as shapes go; the findings say more. */
function onPush(field: string): string {
  return FIELD_VALIDATORS.has(field)
    ? 'On push the Hub rejects a value of another type.'
    : 'On push the Hub is not known to look at it.';
}

function aboutValue(schema: SchemaNode, path: JsonPath, written: string, card: boolean): string | undefined {
  const meaning = card ? meaningOf(vocabularyAt(path), written) : undefined;
  if (meaning !== undefined) {
    const known = meaning.name === written ? `\`${written}\`` : `\`${written}\`: ${meaning.name}`;
    return paragraphs([known, meaning.text]);
  }
  return descriptionOf(nodesAt(schema, path));
}

/** The verdict on the model page, for the fences around the metadata. */
export function verdictInMarkdown({ api, widget, library, task, remedy = [] }: SupportVerdict): string {
  const named = (name: string | null) => (name === null ? 'none' : `\`${name.replaceAll('`', '')}\``);
  return paragraphs([
    `**API ${api.enabled ? 'on' : `off (${api.reason})`}, widget ${widget.state}**`,
    plain(api.explanation),
    plain(widget.explanation),
    `Library: ${named(library.name)}. ${plain(library.detail)}\n\nTask: ${named(task.name)}. ${plain(task.detail)}`,
    ...remedy.map(({ title }) => `- ${plain(title)}`),
  ]);
}

/** Text of a card must be no markup of ours: no link, picture or HTML outside of what stands in backticks. */
function plain(text: string): string {
  const parts = text.replace(/``+/g, '`').split('`');
  // A backtick without a partner is none.
  const open = parts.length % 2 === 0 ? parts.length - 1 : parts.length;
  return parts
    .map((part, index) =>
      index % 2 === 1 && index < open ? `\`${part}\`` : part.replace(/[[\]<>!\\]/g, '\\$&'),
    )
    .join('');
}

/** Joins Markdown paragraphs; what is undefined is left out. */
export function paragraphs(parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined && part !== '').join('\n\n');
}
