import type { Diagnostic } from '../../diagnostic.js';
import { worstFirst } from '../order.js';
import { findingCard, type Numbered } from './findings.js';
import { html, type Markup } from './markup.js';

/** Most lines of a file that are drawn. */
export const MOST_LINES = 3_000;
/** Most characters of one of them. */
const LONGEST_LINE = 2_000;
/** Lines kept around a finding, at the top of a file, and the fewest that are folded away. */
const AROUND = 3;
const TOP = 40;
const FEWEST_FOLDED = 12;
/** Findings of a file whose notes are open from the start. */
const MOST_OPEN = 12;

/** A stretch of a line, `from` and `to` counted from its beginning. */
interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly name: string;
}

interface Line {
  readonly number: number;
  readonly text: string;
  readonly start: number;
  readonly findings: readonly Numbered[];
}

/** A file with line numbers, marks in the margin, and the notes of each finding under its line. */
export function sourceListing(file: string, source: string, findings: readonly Numbered[]): Markup {
  const lines = linesOf(source, findings);
  const marked = findings.flatMap(({ diagnostic }) => (diagnostic.range ? [diagnostic] : []));
  const front = frontMatterEnd(lines);
  let open = 0;
  const draw = (line: Line): Markup => {
    const stretches = [
      ...(line.number < front ? yamlStretches(line.text) : []),
      ...marked.flatMap((diagnostic) => markOn(diagnostic, line)),
    ];
    const opened = line.findings.length > 0 && open < MOST_OPEN;
    if (opened) open += line.findings.length;
    return lineView(line, stretches, opened, source);
  };
  const rows = folded(lines, marked).map((part) =>
    part.hidden
      ? html`<details class="fold"><summary>${part.lines.length} lines without findings</summary>${part.lines.map(draw)}</details>`
      : part.lines.map(draw),
  );
  const left = lines.length < MOST_LINES ? 0 : source.split('\n').length - lines.length;
  return html`<figure class="source"><figcaption>${file}</figcaption><div class="lines">${rows}</div>${left > 0 && html`<p class="aside">${left} more lines are not drawn.</p>`}</figure>`;
}

function linesOf(source: string, findings: readonly Numbered[]): readonly Line[] {
  const byLine = new Map<number, Numbered[]>();
  for (const finding of findings) {
    const line = finding.diagnostic.range?.start.line;
    if (line !== undefined) byLine.set(line, [...(byLine.get(line) ?? []), finding]);
  }
  const lines: Line[] = [];
  let start = 0;
  // Lines are counted as the ranges of findings count them: at LF, CR LF and CR.
  for (const [text] of source.matchAll(/[^\r\n]*(?:\r\n|\r|\n|$)/g)) {
    if (text === '' && start > 0 && !/[\r\n]$/.test(source)) break;
    if (lines.length === MOST_LINES) break;
    const number = lines.length + 1;
    const bare = text.replace(/[\r\n]+$/, '');
    lines.push({ number, text: bare, start, findings: byLine.get(number) ?? [] });
    start += text.length;
    if (text === '') break;
  }
  // The empty line behind the last line break is none, unless a finding points at it.
  const last = lines.at(-1);
  return last?.text === '' && last.findings.length === 0 && lines.length > 1 ? lines.slice(0, -1) : lines;
}

interface Fold {
  readonly hidden: boolean;
  readonly lines: readonly Line[];
}

/** Long stretches far from every finding, folded. */
function folded(lines: readonly Line[], marked: readonly Diagnostic[]): readonly Fold[] {
  const near = new Set<number>();
  for (const { range } of marked) {
    const from = (range?.start.line ?? 1) - AROUND;
    const to = Math.min((range?.end.line ?? 1) + AROUND, from + 60);
    for (let number = from; number <= to; number++) near.add(number);
  }
  const parts: { hidden: boolean; lines: Line[] }[] = [];
  for (const line of lines) {
    const hidden = line.number > TOP && !near.has(line.number);
    const part = parts.at(-1);
    if (part?.hidden === hidden) part.lines.push(line);
    else parts.push({ hidden, lines: [line] });
  }
  return parts.map((part) => ({ ...part, hidden: part.hidden && part.lines.length >= FEWEST_FOLDED }));
}

/** Number of the line that closes the front matter; 0 where there is none. */
function frontMatterEnd(lines: readonly Line[]): number {
  if (lines[0]?.text.trim().replace(/^\ufeff/, '') !== '---') return 0;
  return lines.slice(1).find(({ text }) => /^---[ \t]*$/.test(text))?.number ?? 0;
}

/** Keys, comments and texts in quotes of a line of YAML, for the eye alone. */
function yamlStretches(text: string): readonly Stretch[] {
  const comment = /^\s*#.*$/.exec(text);
  if (comment !== null) return [{ from: 0, to: text.length, name: 'comment' }];
  const key = /^(\s*(?:- +)*)([^\s:#'"[\]{}&*!|>%@`-][^:#]{0,80}?)(?=:(?:\s|$))/.exec(text);
  if (key === null) return [];
  const from = key[1]?.length ?? 0;
  return [{ from, to: from + (key[2]?.length ?? 0), name: 'key' }];
}

/** The part of a finding's range that lies on a line. */
function markOn({ range, severity }: Diagnostic, { number, start, text }: Line): readonly Stretch[] {
  if (range === undefined || number < range.start.line || number > range.end.line) return [];
  // A range over many lines is about all of them: its first line is marked, the rest would be a wall of colour.
  if (range.end.line - range.start.line > 5 && number > range.start.line) return [];
  const from = Math.max(0, range.start.offset - start);
  const to = Math.min(text.length, range.end.offset - start);
  return to > from ? [{ from, to, name: severity }] : [];
}

function lineView(
  { number, text, findings }: Line,
  stretches: readonly Stretch[],
  open: boolean,
  source: string,
): Markup {
  const code = painted(text, stretches);
  const [worst] = worstFirst(findings.map(({ diagnostic }) => diagnostic));
  if (worst === undefined) {
    return html`<div class="line"><span class="number">${number}</span><span class="margin"></span><code>${code}</code></div>`;
  }
  const title = findings.map(({ diagnostic }) => `${diagnostic.severity}: ${diagnostic.message}`).join('\n');
  return html`<details class="noted"${open && html` open`}><summary class="line ${worst.severity}" title="${title}"><span class="number">${number}</span><span class="margin"><i class="mark ${worst.severity}"></i>${findings.length > 1 && html`<b>${findings.length}</b>`}</span><code>${code}</code></summary><div class="notes">${findings.map((finding) => findingCard(finding, source))}</div></details>`;
}

const CLASSES: ReadonlySet<string> = new Set(['key', 'comment', 'error', 'warning', 'info']);

/** A line cut where any stretch begins or ends, each piece with the names of the stretches over it. */
function painted(text: string, stretches: readonly Stretch[]): Markup {
  const shown = text.slice(0, LONGEST_LINE);
  const cuts = new Set([0, shown.length]);
  for (const { from, to } of stretches) {
    cuts.add(Math.min(from, shown.length));
    cuts.add(Math.min(to, shown.length));
  }
  const sorted = [...cuts].sort((a, b) => a - b);
  const pieces = sorted.slice(0, -1).map((from, index) => {
    const to = sorted[index + 1] ?? from;
    const piece = shown.slice(from, to).replaceAll('\t', '  ');
    const names = new Set(
      stretches.filter((one) => one.from <= from && one.to >= to).map(({ name }) => name),
    );
    const known = [...names].filter((name) => CLASSES.has(name));
    return known.length === 0 ? piece : html`<span class="${known.join(' ')}">${piece}</span>`;
  });
  return html`${pieces}${text.length > LONGEST_LINE && html`<span class="aside"> … ${text.length - LONGEST_LINE} more characters</span>`}`;
}
