import type { Span } from '../card/position.js';
import type { Diagnostic } from '../diagnostic.js';
import type { SilenceComment } from './comments.js';

/** A finding that is not reported, and why. */
export interface SilencedDiagnostic extends Diagnostic {
  /** `comment`: a comment in the file; `baseline`: it was there when the baseline was written. */
  readonly silencedBy: 'comment' | 'baseline';
  /** The reason a comment gives. */
  readonly reason?: string;
}

/** A text with its comments. */
export interface Commented {
  readonly text: string;
  readonly comments: readonly SilenceComment[];
  /** 1-based line of an offset. */
  lineOf(offset: number): number;
}

/** Findings told apart, and the comments that silenced none, each with its file. */
export interface Silencing {
  readonly diagnostics: readonly Diagnostic[];
  readonly silenced: readonly SilencedDiagnostic[];
  readonly unused: readonly { readonly file: string; readonly span: Span; readonly rule: string }[];
}

/** Tells findings that comments silence from those that stand. A comment without a rule or a reason silences nothing. */
export function applyComments(
  diagnostics: readonly Diagnostic[],
  files: ReadonlyMap<string, Commented>,
): Silencing {
  const lines = new Map<string, Entry[]>();
  const entries: Entry[] = [];
  for (const [file, { text, comments, lineOf }] of files) {
    for (const { scope, rules, reason, span } of comments) {
      if (scope === undefined || reason === '') continue;
      const line = scope === 'file' ? 0 : lineOf(scope === 'line' ? span.start : nextContent(text, span.end));
      for (const { id, span: place } of rules) {
        const entry = { file, span: place, rule: id, reason, used: false };
        entries.push(entry);
        const key = keyOf(file, line, id);
        lines.set(key, [...(lines.get(key) ?? []), entry]);
      }
    }
  }
  const standing: Diagnostic[] = [];
  const silenced: SilencedDiagnostic[] = [];
  for (const diagnostic of diagnostics) {
    const { file, rule, range } = diagnostic;
    const found = [
      ...(range === undefined ? [] : (lines.get(keyOf(file, range.start.line, rule)) ?? [])),
      ...(lines.get(keyOf(file, 0, rule)) ?? []),
    ];
    const [first] = found;
    for (const entry of found) entry.used = true;
    if (first === undefined) standing.push(diagnostic);
    else silenced.push({ ...diagnostic, silencedBy: 'comment', reason: first.reason });
  }
  return { diagnostics: standing, silenced, unused: entries.filter(({ used }) => !used) };
}

interface Entry {
  readonly file: string;
  readonly span: Span;
  readonly rule: string;
  readonly reason: string;
  used: boolean;
}

function keyOf(file: string, line: number, rule: string): string {
  return `${line}\0${rule}\0${file}`;
}

/** How many lines of comments and blank lines may stand between a comment and the line it is about. */
const MOST_LINES_BETWEEN = 20;

/** Offset of the next line that holds more than a comment. A heading of Markdown begins as a comment of YAML does. */
function nextContent(text: string, from: number): number {
  const inMarkdown = /^[ \t]*-->/.test(text.slice(from, from + 20));
  const line = /[^\r\n]*(?:\r\n?|\n|$)/y;
  line.lastIndex = from;
  line.exec(text);
  for (let count = 0; count < MOST_LINES_BETWEEN && line.lastIndex < text.length; count++) {
    const start = line.lastIndex;
    const content = line.exec(text)?.[0] ?? '';
    const words = content.trim();
    const comment = inMarkdown ? words.startsWith('<!--') && words.endsWith('-->') : words.startsWith('#');
    if (words !== '' && !comment) return start + content.search(/\S/);
  }
  return text.length;
}
