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
  const places = new Map<string, Place>();
  const entries: Entry[] = [];
  for (const [file, { text, comments, lineOf }] of files) {
    for (const { scope, rules, reason, span } of comments) {
      if (scope === undefined || reason === '') continue;
      const line = scope === 'file' ? 0 : lineOf(scope === 'line' ? span.start : nextContent(text, span.end));
      for (const { id, span: named } of rules) {
        const key = keyOf(file, line, id);
        // Of comments that say the same of one place the first gives the reason.
        const place = places.get(key) ?? { reason, used: false };
        places.set(key, place);
        entries.push({ file, span: named, rule: id, place });
      }
    }
  }
  const standing: Diagnostic[] = [];
  const silenced: SilencedDiagnostic[] = [];
  for (const diagnostic of diagnostics) {
    const { file, rule, range } = diagnostic;
    const ofLine = range === undefined ? undefined : places.get(keyOf(file, range.start.line, rule));
    const ofFile = places.get(keyOf(file, 0, rule));
    for (const place of [ofLine, ofFile]) if (place !== undefined) place.used = true;
    const first = ofLine ?? ofFile;
    if (first === undefined) standing.push(diagnostic);
    else silenced.push({ ...diagnostic, silencedBy: 'comment', reason: first.reason });
  }
  return { diagnostics: standing, silenced, unused: entries.filter(({ place }) => !place.used) };
}

/** A line or a file in which a rule is silenced, by one comment or by many. */
interface Place {
  readonly reason: string;
  used: boolean;
}

interface Entry {
  readonly file: string;
  readonly span: Span;
  readonly rule: string;
  readonly place: Place;
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
