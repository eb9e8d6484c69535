import { isDeepStrictEqual } from 'node:util';
import { load } from 'js-yaml';
import type { Card } from '../../src/card/card.js';
import { type JsonPath, toPointer } from '../../src/card/path.js';
import type { Span } from '../../src/card/position.js';
import { walkValues } from '../../src/card/walk.js';

/** What `checkSpans` found: how many values it compared, and each place that does not hold its value. */
export interface SpanCheck {
  readonly values: number;
  /** Values that hold an alias, which means nothing outside its card; their places were checked, not their text. */
  readonly unread: number;
  readonly faults: readonly string[];
}

/** Reads the text at the place of every value, key and entry again, and compares it with the metadata. */
export function checkSpans(card: Card): SpanCheck {
  const { frontMatter, text } = card;
  const faults: string[] = [];
  let values = 0;
  let unread = 0;
  if (frontMatter.kind !== 'parsed') return { values, unread, faults };
  const { yaml } = frontMatter.block;
  const inside = ({ start, end }: Span) => yaml.start <= start && start <= end && end <= yaml.end;

  walkValues(frontMatter.value, (path, value) => {
    values++;
    const span = card.spanOf(path);
    if (span === undefined || !inside(span)) {
      faults.push(`${toPointer(path)}: no place inside the block`);
      return;
    }
    const source = text.slice(span.start, span.end);
    if (/^[ \t\r\n]|[ \t\r\n]$/.test(source) && !/^[|>]|[|>][0-9]?\+/.test(source))
      faults.push(`${toPointer(path)}: ${source} is not trimmed`);
    const candidates = readings(text, span, columnAbove(card, path), keyEnd(card, path));
    if (!candidates.some((read) => isDeepStrictEqual(read, value))) {
      if (/[*]/.test(source)) unread++;
      else faults.push(`${toPointer(path)}: ${JSON.stringify(source)} is not ${JSON.stringify(value)}`);
    }
    const name = path.at(-1);
    if (typeof name === 'string') faults.push(...keyFaults(card, path, name, span));
  });
  return { values, unread, faults };
}

function keyFaults(card: Card, path: JsonPath, name: string, value: Span): string[] {
  const key = card.spanOf(path, 'key');
  const entry = card.spanOf(path, 'entry');
  if (key === undefined || entry === undefined) return [`${toPointer(path)}: no key`];
  const source = card.text.slice(key.start, key.end);
  const faults: string[] = [];
  const names = readings(card.text, key, 0, entry.start).map(String);
  if (!names.includes(name) && !source.startsWith('*')) {
    faults.push(`${toPointer(path)}: the key reads ${JSON.stringify(source)}`);
  }
  if (entry.start > key.start || key.end > value.start || entry.end !== value.end) {
    faults.push(`${toPointer(path)}: key, value and entry do not fit together`);
  }
  return faults;
}

/** Column of the collection around a value; block scalars count their indentation from there. */
function columnAbove(card: Card, path: JsonPath): number {
  const above = path.length === 0 ? undefined : card.spanOf(path.slice(0, -1));
  return above === undefined ? 0 : columnOf(card.text, above.start);
}

/** A tag stands between a key and its value. */
function keyEnd(card: Card, path: JsonPath): number {
  return typeof path.at(-1) === 'string' ? (card.spanOf(path, 'key')?.end ?? 0) : 0;
}

function columnOf(text: string, offset: number): number {
  const start = Math.max(text.lastIndexOf('\n', offset - 1), text.lastIndexOf('\r', offset - 1)) + 1;
  return offset - start - (text.charAt(start) === '\uFEFF' ? 1 : 0);
}

/** What the text of a span may mean: by itself at its own column, and as the value of a key, with its tag. */
function readings(text: string, { start, end }: Span, column: number, after: number): unknown[] {
  const tag =
    /(?:(?<![^\s,[{:])(?:!<[^>]*>|[!&][^\s,[\]{}]*)[ \t\r\n]*)+$/.exec(text.slice(after, start))?.[0] ?? '';
  const source = text.slice(start, end);
  const documents = [
    `${' '.repeat(columnOf(text, start))}${source}`,
    `${' '.repeat(column)}k: ${tag}${source}`,
  ];
  const found: unknown[] = [];
  documents.forEach((document, index) => {
    try {
      const value: unknown = load(document, { maxDepth: 200 } as never);
      const read = index === 0 ? (value ?? null) : (value as { readonly k: unknown }).k;
      found.push(read);
      // An item of `!!pairs` stands in the source as a mapping of one entry.
      if (typeof read === 'object' && read !== null) found.push(Object.entries(read)[0]);
    } catch {
      // Not a document by itself: the other reading decides.
    }
  });
  return found;
}
