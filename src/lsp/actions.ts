import { isDeepStrictEqual } from 'node:util';
import { parseCard } from '../card/parse.js';
import type { Span } from '../card/position.js';
import type { Diagnostic, Fix, TextEdit } from '../diagnostic.js';
import { applyEdits, applyFixes } from '../fix.js';
import { draftFrontMatter, lineEnd } from './front-matter.js';

/** A document, its findings, and how to judge another text in its place. */
export interface Judged {
  readonly text: string;
  /** Repository-relative path of the document. */
  readonly file: string;
  /** Whether it is the model card. */
  readonly card: boolean;
  /** Findings of this document. */
  readonly diagnostics: readonly Diagnostic[];
  /** The findings of this document if it held another text. */
  judge(text: string): readonly Diagnostic[];
}

/** Findings that touch a part of the document; those without a place belong to its start. */
export function findingsIn({ diagnostics }: Judged, { start, end }: Span): readonly Diagnostic[] {
  return diagnostics.filter(({ range }) =>
    range === undefined ? start === 0 : range.start.offset <= end && start <= range.end.offset,
  );
}

/** The fixes of some findings, each once. */
export function fixesOf(
  { text, file }: Judged,
  findings: readonly Diagnostic[],
): readonly { readonly fix: Fix; readonly findings: readonly Diagnostic[] }[] {
  const found: { readonly fix: Fix; readonly findings: Diagnostic[] }[] = [];
  for (const finding of findings) {
    const { fix } = finding;
    if (fix === undefined || finding.file !== file || !fix.edits.every((edit) => edit.end <= text.length))
      continue;
    const same = found.find((other) => isDeepStrictEqual(other.fix.edits, fix.edits));
    if (same === undefined) found.push({ fix, findings: [finding] });
    else same.findings.push(finding);
  }
  return found;
}

/** Most rounds of fixes; a fix may uncover the next. */
const MOST_ROUNDS = 10;

/** One edit that applies every fix with one right answer; undefined when there is none. */
export function fixAll({ text, file, diagnostics, judge }: Judged): TextEdit | undefined {
  let fixed = applyFixes(text, diagnostics, file);
  for (let round = 1, before = text; round < MOST_ROUNDS && fixed !== before; round++) {
    before = fixed;
    fixed = applyFixes(fixed, judge(fixed), file);
  }
  return fixed === text ? undefined : difference(text, fixed);
}

/** The smallest single edit that makes one text of another; pairs of UTF-16 surrogates and line breaks stay together. */
export function difference(before: string, after: string): TextEdit {
  const most = Math.min(before.length, after.length);
  let start = 0;
  while (start < most && before[start] === after[start]) start++;
  while (start > 0 && splits(before, start)) start--;
  let tail = 0;
  while (tail < most - start && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail++;
  while (tail > 0 && (splits(before, before.length - tail) || splits(after, after.length - tail))) tail--;
  return { start, end: before.length - tail, text: after.slice(start, after.length - tail) };
}

/** Whether an offset lies inside a pair of surrogates or of CR and LF, where no editor can place an edit. */
function splits(text: string, at: number): boolean {
  const pair = text.slice(at - 1, at + 1);
  return pair === '\r\n' || /^[\uD800-\uDBFF][\uDC00-\uDFFF]$/.test(pair);
}

/** Stands where the author's reason belongs; without a reason a comment silences nothing. */
const REASON = 'TODO: say why';

/** Longest document for which comments that silence are offered: each costs a check of the whole text. */
const LONGEST = 500_000;

/**
 * An edit that silences one finding with a comment, checked by judging the text that comes out: the finding is gone, no other
 * comes up, and the metadata is the same. Undefined where no comment does that.
 */
export function silencingEdit(judged: Judged, finding: Diagnostic): TextEdit | undefined {
  const { text, diagnostics, judge, card } = judged;
  if (text.length > LONGEST) return undefined;
  for (const edit of commentsFor(judged, finding)) {
    const edited = applyEdits(text, [edit]);
    if (card && !isDeepStrictEqual(parseCard(edited).metadata, parseCard(text).metadata)) continue;
    const left = judge(edited);
    const count = (all: readonly Diagnostic[]) => all.filter(({ rule }) => rule === finding.rule).length;
    if (left.length < diagnostics.length && count(left) < count(diagnostics)) return edit;
  }
  return undefined;
}

/** Comments that may do it, the nearest to the finding first. */
function* commentsFor({ text, card }: Judged, { rule, range }: Diagnostic): Generator<TextEdit> {
  const block = card ? draftFrontMatter(text) : undefined;
  const lineBreak = /\r\n|\r|\n/.exec(text)?.[0] ?? '\n';
  const at = range?.start.offset ?? 0;
  const inYaml = card ? block !== undefined && block.yaml.start <= at && at <= block.yaml.end : true;
  const comment = (word: string, yaml: boolean) => {
    const words = `validate-card-${word} ${rule} -- ${REASON}`;
    return yaml ? `# ${words}` : `<!-- ${words} -->`;
  };
  if (
    range !== undefined &&
    (inYaml || (block !== undefined && at > block.yaml.end) || block === undefined)
  ) {
    const start = at - (range.start.column - 1);
    const indent = /^[ \t]*/.exec(text.slice(start, at))?.[0] ?? '';
    yield { start, end: start, text: `${indent}${comment('disable-next-line', inYaml)}${lineBreak}` };
    const end = lineEnd(text, at);
    yield { start: end, end, text: ` ${comment('disable-line', inYaml)}` };
  }
  if (!card) {
    yield { start: 0, end: 0, text: `${comment('disable-file', true)}${lineBreak}` };
  } else if (block !== undefined) {
    const { start } = block.yaml;
    yield { start, end: start, text: `${comment('disable-file', true)}${lineBreak}` };
  }
}
