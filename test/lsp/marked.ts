import { TextDocument } from 'vscode-languageserver-textdocument';
import type { CompletionItem, TextEdit } from 'vscode-languageserver-types';
import schema from '../../schemas/model-card.schema.json' with { type: 'json' };
import type { Span } from '../../src/card/position.js';
import { cardRegion, completionsAt, frontMatterCompletion } from '../../src/lsp/completion.js';
import { isMapping } from '../../src/mapping.js';

/** A text with its cursor, which is written as `|`. */
export function marked(source: string): { readonly text: string; readonly offset: number } {
  const offset = source.indexOf('|');
  if (offset === -1) throw new Error(`No cursor in ${source}`);
  return { text: source.slice(0, offset) + source.slice(offset + 1), offset };
}

/** The text as an editor's document. */
export function documentOf(text: string, uri = 'file:///model/README.md'): TextDocument {
  return TextDocument.create(uri, 'markdown', 1, text);
}

/** What is offered at the cursor of a card. */
export function offered(source: string, snippets = true): readonly CompletionItem[] {
  const { text, offset } = marked(source);
  return offeredAt(text, offset, snippets);
}

/** What is offered at an offset of a card, as the server puts it together. */
export function offeredAt(text: string, offset: number, snippets = true): readonly CompletionItem[] {
  const document = documentOf(text);
  const rangeOf = ({ start, end }: Span) => ({
    start: document.positionAt(start),
    end: document.positionAt(end),
  });
  const region = cardRegion(text, offset);
  if (region === undefined) return frontMatterCompletion(text, offset, { snippets, rangeOf });
  return completionsAt({ text, offset, schema, region, card: true, snippets, rangeOf });
}

/** The edit of a completion. Throws when it has none, or one for two modes. */
export function editOf({ textEdit }: CompletionItem): TextEdit {
  if (!isMapping(textEdit) || textEdit === undefined || !('range' in textEdit)) {
    throw new Error('The completion has no plain edit.');
  }
  return textEdit;
}

/**
 * Takes a completion as an editor does: further lines get the indentation of the first, placeholders go or keep the text
 * they suggest, and the cursor `|` stands at the first of them.
 */
export function taken(source: string, label: string, snippets = true): string {
  const { text } = marked(source);
  const item = offered(source, snippets).find((one) => one.label === label);
  if (item === undefined) throw new Error(`${label} is not offered.`);
  return applied(text, item);
}

/** The text with a completion taken. */
export function applied(text: string, item: CompletionItem): string {
  const document = documentOf(text);
  const { range, newText } = editOf(item);
  const start = document.offsetAt(range.start);
  const line = text.slice(document.offsetAt({ line: range.start.line, character: 0 }), start);
  const indent = /^[ \t]*/.exec(line)?.[0] ?? '';
  const first = /\$1\b/.test(newText) ? '$1' : '$0';
  const filled = newText
    .replaceAll('\n', `\n${indent}`)
    .replace(first, '|')
    .replace(/\$\{\d+:([^}]*)\}/g, '$1')
    .replace(/\$\d+/g, '');
  return text.slice(0, start) + filled + text.slice(document.offsetAt(range.end));
}
