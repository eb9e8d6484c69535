import type { Diagnostic, Severity } from '../diagnostic.js';
import { applyEdits } from '../fix.js';
import type { OnlineVerdict, Remedy, SupportVerdict } from '../support/verdict.js';
import { diffLines } from './diff.js';
import { failsAt } from './fails.js';
import { cardFile, type FormatOptions, shownPath } from './format.js';
import { worstFirst } from './order.js';
import {
  codePainted,
  heading,
  LABEL,
  labelled,
  type Paint,
  type Pen,
  paragraph,
  penFor,
  plain,
} from './pen.js';
import { smokeBlock } from './pretty-smoke.js';
import type { Report } from './report.js';
import { drawLine, oneLine, padded, visible, wrap } from './text.js';
import { countsInWords, hubReaction, silencedInWords, widgetInWords } from './wording.js';

/** The report for a person at a terminal. */
export function formatPretty(report: Report, options: FormatOptions = {}): string {
  const pen = penFor(options);
  const { findings, smoke } = prettyParts(report, pen);
  const page = options.quiet ? [] : [verdict(report, pen)];
  const blocks = [...findings, ...page, ...smoke, [prettySummary(report, pen)]];
  return `${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

/** The blocks of lines for the findings that are to be shown, worst first, and for the smoke inference. */
export function prettyParts(
  report: Report,
  pen: Pen,
): { readonly findings: readonly (readonly string[])[]; readonly smoke: readonly (readonly string[])[] } {
  const { quiet, failLevel = 'error' } = pen.options;
  const findings = worstFirst(report.diagnostics).filter(
    (diagnostic) => !quiet || diagnostic.severity === 'error' || failsAt(diagnostic, failLevel),
  );
  const { smoke } = report;
  return {
    findings: findings.map((diagnostic) => finding(diagnostic, pen)),
    smoke: smoke && (!quiet || smoke.status === 'failed') ? [smokeBlock(smoke, pen)] : [],
  };
}

function paintOf(severity: Severity, pen: Pen): Paint {
  if (severity === 'error') return pen.red;
  return severity === 'warning' ? pen.yellow : pen.blue;
}

function finding(diagnostic: Diagnostic, pen: Pen): readonly string[] {
  const paint = paintOf(diagnostic.severity, pen);
  const { range } = diagnostic;
  const number = range ? String(range.start.line) : '';
  const gutter = ' '.repeat(Math.max(3, number.length + 2));
  const place = range ? `:${range.start.line}:${range.start.column}` : '';
  const online = diagnostic.online ? pen.dim(' (asked the Hub)') : '';
  const path = visible(shownPath(diagnostic.file, pen.options), { unicode: pen.unicode });
  const below = [...frame(diagnostic, number, gutter, paint, pen), ...notes(diagnostic, gutter, pen)];
  return [
    ...title(diagnostic, paint, pen),
    `${gutter}${pen.blue(below.length > 0 ? pen.symbols.corner : pen.symbols.only)} ${path}${place}${online}`,
    ...below,
  ];
}

/** `error[rule-id]: message`, as compilers write it. */
function title(diagnostic: Diagnostic, paint: Paint, pen: Pen): readonly string[] {
  const head = `${diagnostic.severity}[${oneLine(diagnostic.rule, pen.unicode)}]:`;
  const [first = '', ...rest] = wrap(`${head} ${oneLine(diagnostic.message, pen.unicode)}`, pen.width - 2);
  return [
    pen.bold(paint(head)) + pen.bold(first.slice(head.length)),
    ...rest.map((line) => `  ${pen.bold(line)}`),
  ];
}

/** The source line with its number and the culprit underlined; nothing when there is none to show. */
function frame(
  diagnostic: Diagnostic,
  number: string,
  gutter: string,
  paint: Paint,
  pen: Pen,
): readonly string[] {
  const source = pen.options.sources?.[diagnostic.file];
  const { range } = diagnostic;
  if (source === undefined || !range || isMissingKey(diagnostic, source)) return [];
  const room = pen.width - gutter.length - 2;
  const line = drawLine(source, range.start.offset, range.end.offset, room, pen.unicode);
  const bar = pen.blue(pen.symbols.bar);
  const lines = [
    `${pen.blue(padded(` ${number}`, gutter.length))}${bar} ${line.text}`.trimEnd(),
    `${gutter}${bar} ${' '.repeat(line.markStart)}${pen.bold(paint('^'.repeat(line.markWidth)))}`,
  ];
  if (range.end.line > range.start.line) {
    const last = range.end.column === 1 ? range.end.line - 1 : range.end.line;
    if (last > range.start.line) lines.push(`${gutter}${pen.blue(pen.symbols.more)} to line ${last}`);
  }
  return lines;
}

/** Whether a finding is about a key that is not there: the opening fence stands for it, and would show a reader nothing. */
function isMissingKey({ path, range }: Diagnostic, source: string): boolean {
  if (path === '' || range?.start.line !== 1) return false;
  return source.slice(range.start.offset, range.end.offset).trim() === '---';
}

/** What the Hub does, what to do next, and whether `--fix` does it. */
function notes(diagnostic: Diagnostic, gutter: string, pen: Pen): readonly string[] {
  const room = pen.width - gutter.length - 3;
  const found: (readonly string[])[] = [];
  const reaction = hubReaction(diagnostic);
  if (reaction) found.push([diagnostic.hub === 'error' ? pen.red(reaction) : pen.yellow(reaction)]);
  if (diagnostic.help.trim() !== '') found.push(helpLines(diagnostic.help, room, pen));
  if (diagnostic.fix) {
    const [first = '', ...rest] = paragraph(
      `--fix: ${oneLine(diagnostic.fix.title, pen.unicode)}`,
      room,
      pen,
    );
    found.push([pen.green(first.slice(0, 6)) + first.slice(6), ...rest]);
  }
  return found.flatMap((lines, index) => {
    const last = index === found.length - 1;
    const mark = pen.blue(last ? pen.symbols.end : pen.symbols.branch);
    // The branch mark is two columns with Unicode and one without.
    const hang = last || !pen.unicode ? ' '.repeat(pen.unicode ? 3 : 2) : `${pen.blue(pen.symbols.bar)}  `;
    return lines.map((line, at) => gutter + (at === 0 ? `${mark} ${line}` : hang + line));
  });
}

/** The advice, and on lines of their own what the Hub says and where to read more. */
function helpLines(help: string, room: number, pen: Pen): readonly string[] {
  return help
    .split(/ +(?=The Hub says: |More: validate-card explain \S+$)/)
    .filter((part) => part.trim() !== '')
    .flatMap((part) => paragraph(part, room, pen, part.startsWith('More: ') ? pen.dim : plain));
}

function verdict(report: Report, pen: Pen): readonly string[] {
  const { library, task, api, widget, remedy } = report.support;
  const { pass, fail, warn } = pen.symbols;
  const found = (name: string | null): Paint => (name === null ? pen.yellow : pen.bold);
  const on: Paint = (text) => pen.bold(api.enabled ? pen.green(text) : pen.red(text));
  const seen: Paint = (text) =>
    pen.bold({ live: pen.green, 'examples-only': pen.yellow, hidden: pen.red }[widget.state](text));
  const symbol = { live: pass, 'examples-only': warn, hidden: fail }[widget.state];
  const state = widgetInWords(widget.state);
  // An explanation may quote the evidence for library and task, which stands right above it.
  const fresh = (explanation: string) =>
    explanation.replaceAll(library.detail, '').replaceAll(task.detail, '').replaceAll(/\s+/g, ' ').trim();
  const kind = widget.kind === null ? '' : ` (${widget.kind})`;
  return [
    heading('Model page', `as the Hub's tables of ${oneLine(report.tables.date, pen.unicode)} have it`, pen),
    ...labelled('library', library.name ?? 'not found', library.detail, found(library.name), pen),
    ...labelled('task', task.name ?? 'not found', task.detail, found(task.name), pen),
    ...labelled(
      'API',
      api.enabled ? `${pass} on` : `${fail} off`,
      api.enabled ? fresh(api.explanation) : [api.reason, fresh(api.explanation)].filter(Boolean).join(': '),
      on,
      pen,
    ),
    ...labelled('widget', `${symbol} ${state}${kind}`, fresh(widget.explanation), seen, pen),
    ...(report.support.online ? onTheHub(report.support, report.support.online, pen) : []),
    ...(remedy ?? []).flatMap((one) => remedyLines(one, cardFile(report), pen)),
  ];
}

/** What the Hub itself says of the page today, where it was asked; task and library only where they are others. */
function onTheHub({ library, task }: SupportVerdict, online: OnlineVerdict, pen: Pen): readonly string[] {
  const { pass, fail, warn } = pen.symbols;
  const { state, explanation } = online.widget;
  const symbol = { live: pass, 'examples-only': warn, hidden: fail }[state];
  const tint = { live: pen.green, 'examples-only': pen.yellow, hidden: pen.red }[state];
  const others = [
    ...(online.task === task.name ? [] : [`the task ${online.task ?? 'not found'}`]),
    ...(online.library === library.name ? [] : [`the library ${online.library ?? 'not found'}`]),
  ];
  return [
    ...labelled(
      'today',
      `${symbol} ${widgetInWords(state)}`,
      explanation,
      (text) => pen.bold(tint(text)),
      pen,
    ),
    ...(others.length === 0
      ? []
      : labelled('', 'differs', `The Hub has ${others.join(' and ')} on the page.`, pen.yellow, pen)),
  ];
}

/** A step that turns API or widget on: what to do, and the edit as a small diff where the card's text is at hand. */
function remedyLines(remedy: Remedy, file: string, pen: Pen): readonly string[] {
  const lines = [...labelled('to do', remedy.title, '', (title) => codePainted(title, plain, pen), pen)];
  const source = pen.options.sources?.[file];
  if (source === undefined || remedy.edits.length === 0) return lines;
  for (const hunk of diffLines(source, applyEdits(source, remedy.edits), 1)) {
    for (const line of hunk.lines) {
      const mark = { same: ' ', removed: '-', added: '+' }[line.kind];
      const paint = { same: pen.dim, removed: pen.red, added: pen.green }[line.kind];
      const text = drawLine(line.text, 0, 0, pen.width - LABEL - 5, pen.unicode).text;
      lines.push(
        `${pen.blue(String(line.line).padStart(LABEL))} ${pen.blue(pen.symbols.bar)} ${paint(`${mark} ${text}`.trimEnd())}`,
      );
    }
  }
  return lines;
}

/** The one line that says it all; among several repositories it begins with the name of this one. */
export function prettySummary(report: Report, pen: Pen, name?: string): string {
  const { warnings, publishable } = report.summary;
  const counts = countsInWords(report.summary);
  const fixable = report.diagnostics.filter((diagnostic) => diagnostic.fix).length;
  const level = pen.options.failLevel ?? 'error';
  const failsByWarnings = report.diagnostics.some(
    (diagnostic) => diagnostic.severity === 'warning' && failsAt(diagnostic, level),
  );
  const parts = [
    counts.length > 0 ? counts.join(', ') : 'no findings',
    ...silencedInWords(report.silenced ?? []),
    ...(fixable > 0 ? [`${fixable} fixable with --fix`] : []),
    `API ${report.support.api.enabled ? 'on' : 'off'}`,
    ...(report.smoke ? [`smoke inference ${report.smoke.status}`] : []),
    ...(pen.options.smokeNotStarted ? ['smoke inference not started'] : []),
    // Ready for the Hub, and yet the command fails: say which setting wants it so.
    ...(publishable && warnings > 0 && failsByWarnings ? ['fails at level warning'] : []),
  ];
  const { pass, warn, fail, dot } = pen.symbols;
  const calm =
    warnings === 0 &&
    report.support.api.enabled &&
    report.smoke?.status !== 'skipped' &&
    !pen.options.smokeNotStarted;
  const [mark, paint] = publishable ? (calm ? [pass, pen.green] : [warn, pen.yellow]) : [fail, pen.red];
  const verdict = `${publishable ? 'Ready' : 'Not ready'} to publish`;
  const head = `${mark} ${name === undefined ? verdict : oneLine(name, pen.unicode)}`;
  // Lines break between the parts: one torn in two, such as "API" and "on", is read wrongly.
  const whole = parts.map((part) => part.replaceAll(' ', UNBROKEN));
  const lines = wrap([head, ...whole].join(` ${dot} `), pen.width - 2);
  const [first = '', ...rest] = lines.map((line) => line.replaceAll(UNBROKEN, ' '));
  return [pen.bold(paint(head)) + first.slice(head.length), ...rest.map((line) => `  ${line}`)].join('\n');
}

/** A space that does not end a line (U+00A0). */
const UNBROKEN = '\u00a0';
