import type { Card } from '../card/card.js';
import type { Span } from '../card/position.js';
import { escapeText } from '../preview.js';
import type { Rule } from './rule.js';

/** The parser's reasons are short, but may quote names from the card. */
const LONGEST = 200;

/** Advice for what js-yaml says most often. */
const ADVICE: readonly (readonly [pattern: RegExp, help: string])[] = [
  [
    /duplicated mapping key/,
    'Each key may stand only once: merge the two entries, or delete one. A dash in front of a list item needs a space behind it.',
  ],
  [
    /bad indentation of a mapping entry|incomplete explicit mapping pair/,
    'Indent with the same number of spaces throughout, and put a value that contains ": " or " #" in quotes.',
  ],
  [
    /multiline key may not be an implicit key/,
    'Each line of the metadata must be "key: value", a list item, or the continuation of one; indent continued text.',
  ],
  [
    /bad indentation of a sequence entry/,
    'Put a list item in quotes when it goes on behind a closing quote or contains ": ".',
  ],
  [/unknown tag/, 'Remove the "!…" tag: the Hub knows only plain YAML.'],
  [/tab characters|tabs? must not/, 'Indent with spaces, not tabs.'],
  [/unidentified alias/, 'A value that begins with "*" must be in quotes.'],
  [
    /cannot start any token|reserved/i,
    'A value that begins with a special character such as "@", "%" or "`" must be in quotes.',
  ],
  [/unexpected end of the stream|unclosed|missed comma/, 'Close the quote or bracket that was opened.'],
];

export const frontMatterSyntax: Rule = {
  id: 'front-matter-syntax',
  severity: 'error',
  description: 'The front matter is valid YAML.',
  why: 'The Hub refuses a push whose card it cannot parse.',
  source: 'huggingface/huggingface_hub#1950; js-yaml 4, which the Hub’s wording shows it uses',
  fixable: false,
  needs: 'no metadata',
  good: [{ text: '---\nmodel_name: "Camera traps: revision 1"\n---\n' }],
  bad: [
    { text: '---\nmodel_name: Camera traps: revision 1\n---\n' },
    { text: '---\nlicense: mit\nlicense: apache-2.0\n---\n' },
  ],
  check({ card, report }) {
    const { frontMatter } = card;
    if (frontMatter.kind !== 'invalid' || frontMatter.limit !== undefined) return;
    const { reason, message, span } = frontMatter;
    const twice = reason === 'duplicated mapping key' ? keyTwice(card, span) : undefined;
    const firstLine = /^[^\r\n]*/.exec(message)?.[0] ?? message;
    report({
      message: `The front matter is not valid YAML: ${twice ?? escapeText(reason, LONGEST)}.`,
      span,
      hub: 'error',
      hubMessage: `Invalid YAML in README.md: ${escapeText(firstLine, LONGEST)}`,
      help: ADVICE.find(([pattern]) => pattern.test(reason))?.[1] ?? 'Correct the YAML at the place shown.',
    });
  },
};

/** Which key stands twice, and in which line it stood first; undefined for a key that is not plainly at the start of a line. */
function keyTwice({ text, rangeAt, frontMatter }: Card, span: Span): string | undefined {
  if (frontMatter.kind === 'absent') return undefined;
  const key = text.slice(span.start, span.end);
  const name = escapeText(bare(key));
  const first = firstEntry(text, frontMatter.block.yaml.start, span.start, bare(key));
  if (first === undefined) return `the key "${name}" stands twice`;
  return `the key "${name}" stands twice, first in line ${rangeAt({ start: first, end: first }).start.line}`;
}

/**
 * Offset of an earlier line that begins with the same key, in the same column, and belongs to the same mapping: no line
 * between them is indented less.
 */
function firstEntry(text: string, from: number, second: number, key: string): number | undefined {
  const lineStart = (at: number): number => {
    let start = at;
    while (start > from && !isLineBreak(text.charCodeAt(start - 1))) start--;
    return start;
  };
  let start = lineStart(second);
  const column = second - start;
  while (start > from) {
    const end = start - 1;
    start = lineStart(end);
    const line = text.slice(start, end);
    const entry = /^[ ]*(?:- +)*/.exec(line)?.[0] ?? '';
    const content = line.slice(entry.length);
    if (content.trim() === '' || content.startsWith('#')) continue;
    if (entry.length === column && keyOf(content) === key) return start + entry.length;
    // A dash in the column before begins the mapping, and so does anything further left.
    if (entry.length < column || (entry.trim() !== '' && entry.length === column)) return undefined;
  }
  return undefined;
}

function isLineBreak(code: number): boolean {
  return code === 0x0a || code === 0x0d;
}

function keyOf(content: string): string | undefined {
  const written = /^(?:"[^"]*"|'[^']*'|[^\s"'#:][^:]*?)(?=[ \t]*:(?:\s|$))/.exec(content)?.[0];
  return written === undefined ? undefined : bare(written);
}

/** A key without its quotes. */
function bare(key: string): string {
  return key.replace(/^(["'])(.*)\1$/, '$2');
}
