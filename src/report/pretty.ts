import type { Diagnostic, Severity } from '../diagnostic.js';
import { applyEdits } from '../fix.js';
import type { SmokeCase, SmokeCheck, SmokeReport } from '../smoke/report.js';
import type { Remedy } from '../support/verdict.js';
import { diffLines } from './diff.js';
import { failsAt } from './fails.js';
import { cardFile, type FormatOptions, shownPath } from './format.js';
import { counted, hubReaction, STAGE_IN_WORDS, silencedInWords, worstFirst } from './order.js';
import { bytes, inputInWords, milliseconds, outputInWords } from './output.js';
import type { Report } from './report.js';
import { type Style, type Symbols, style, symbols } from './style.js';
import { cut, displayWidth, drawLine, oneLine, padded, visible, wrap } from './text.js';

/** What every part of the page draws with. */
interface Pen extends Style {
  readonly options: FormatOptions;
  readonly unicode: boolean;
  readonly symbols: Symbols;
  /** Columns of the page. */
  readonly width: number;
}

type Paint = (text: string) => string;

/** Columns of the labels in the verdict block. */
const LABEL = 9;

/** The report for a person at a terminal. */
export function formatPretty(report: Report, options: FormatOptions = {}): string {
  const unicode = options.unicode ?? true;
  const pen: Pen = {
    ...style(options.color ?? false),
    options,
    unicode,
    symbols: symbols(unicode),
    width: Math.min(120, Math.max(60, options.width ?? 80)),
  };
  const findings = worstFirst(report.diagnostics).filter(
    (diagnostic) =>
      !options.quiet || diagnostic.severity === 'error' || failsAt(diagnostic, options.failLevel ?? 'error'),
  );
  const blocks = findings.map((diagnostic) => finding(diagnostic, pen));
  if (!options.quiet) blocks.push(verdict(report, pen));
  if (report.smoke && (!options.quiet || report.smoke.status === 'failed')) {
    blocks.push(smoke(report.smoke, pen));
  }
  blocks.push([summary(report, pen)]);
  return `${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

/** Safe lines of at most `width` columns, `code` painted; the whole painted with `paint` around it. */
function paragraph(text: string, width: number, pen: Pen, paint: Paint = plain): readonly string[] {
  const lines = wrap(visible(text.trim(), { unicode: pen.unicode, lines: true }), width);
  return lines.map((line) => codePainted(line, paint, pen));
}

/** A line with its `code` in a colour of its own, the rest painted with `paint`. */
function codePainted(line: string, paint: Paint, pen: Pen): string {
  return line
    .split(/(`[^`]+`)/)
    .map((part, index) => (index % 2 === 1 ? pen.cyan(part) : part && paint(part)))
    .join('');
}

const plain: Paint = (text) => text;

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
  const path = visible(shownPath(diagnostic.file, pen.options), { unicode: pen.unicode });
  const below = [...frame(diagnostic, number, gutter, paint, pen), ...notes(diagnostic, gutter, pen)];
  return [
    ...title(diagnostic, paint, pen),
    `${gutter}${pen.blue(below.length > 0 ? pen.symbols.corner : pen.symbols.only)} ${path}${place}`,
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

function heading(text: string, aside: string, pen: Pen): string {
  return aside === '' ? pen.bold(text) : `${pen.bold(text)}  ${pen.dim(aside)}`;
}

/** A labelled line of the verdict: `library  transformers · read from ...`. */
function labelled(label: string, value: string, detail: string, paint: Paint, pen: Pen): readonly string[] {
  const safeValue = oneLine(value, pen.unicode);
  const text = `${safeValue}${detail === '' ? '' : ` ${pen.symbols.dot} ${oneLine(detail, pen.unicode)}`}`;
  const [first = '', ...rest] = wrap(text, pen.width - LABEL - 2);
  return [
    `  ${pen.dim(padded(label, LABEL))}${paint(first.slice(0, safeValue.length))}${codePainted(first.slice(safeValue.length), plain, pen)}`,
    ...rest.map((line) => ' '.repeat(LABEL + 2) + codePainted(line, plain, pen)),
  ];
}

function verdict(report: Report, pen: Pen): readonly string[] {
  const { library, task, api, widget, remedy } = report.support;
  const { pass, fail, warn } = pen.symbols;
  const found = (name: string | null): Paint => (name === null ? pen.yellow : pen.bold);
  const on: Paint = (text) => pen.bold(api.enabled ? pen.green(text) : pen.red(text));
  const seen: Paint = (text) =>
    pen.bold({ live: pen.green, 'examples-only': pen.yellow, hidden: pen.red }[widget.state](text));
  const symbol = { live: pass, 'examples-only': warn, hidden: fail }[widget.state];
  const state = widget.state === 'examples-only' ? 'examples only' : widget.state;
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
    ...(remedy ?? []).flatMap((one) => remedyLines(one, cardFile(report), pen)),
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

function smoke(report: SmokeReport, pen: Pen): readonly string[] {
  const { pass, fail, skip } = pen.symbols;
  const [mark, paint] = { passed: [pass, pen.green], failed: [fail, pen.red], skipped: [skip, pen.yellow] }[
    report.status
  ] as [string, Paint];
  const stage = report.stage && report.status === 'failed' ? ` ${STAGE_IN_WORDS[report.stage]}` : '';
  const facts = [
    report.runner && `${report.runner}${report.device ? ` on ${report.device}` : ''}`,
    report.dtype,
    report.loadMs !== null && `loaded in ${milliseconds(report.loadMs)}`,
    report.peakRssBytes !== null && `peak memory ${bytes(report.peakRssBytes)}`,
  ].filter((fact) => typeof fact === 'string');
  const indented = (text: string, around: Paint) =>
    paragraph(text, pen.width - 2, pen, around).map((line) => `  ${line}`);
  return [
    `${pen.bold('Smoke inference')}  ${pen.bold(paint(`${mark} ${report.status}${stage}`))}`,
    ...(report.reason ? indented(report.reason, plain) : []),
    // A runner that loaded nothing tells nothing.
    ...(facts.length > 1 ? indented(facts.join(', '), pen.dim) : []),
    ...(report.deviceDetail ? indented(report.deviceDetail, pen.dim) : []),
    ...smokeTable(report, pen),
  ];
}

interface Row {
  readonly status: SmokeCheck['status'];
  readonly input: string;
  readonly answer: string;
  readonly time: string;
  readonly checks: string;
  readonly bad: readonly SmokeCheck[];
}

function smokeTable(report: SmokeReport, pen: Pen): readonly string[] {
  const rows = report.cases.map((one) => caseRow(one, pen));
  if (report.checks.length > 0) {
    rows.push({ ...checked(report.checks), input: '(whole model)', answer: '', time: '' });
  }
  if (rows.length === 0) return [];
  const size = (key: 'input' | 'answer' | 'time' | 'checks', name: string) =>
    Math.max(displayWidth(name), ...rows.map((row) => displayWidth(row[key])));
  const timeWidth = size('time', 'time');
  const checksWidth = size('checks', 'checks');
  // What is left after the narrow columns is shared between input and answer, the shorter one giving room to the other.
  const room = Math.max(16, pen.width - 4 - timeWidth - checksWidth - 6);
  const answerWant = size('answer', 'top answer');
  const inputWant = size('input', 'input');
  const half = Math.floor(room / 2);
  const inputWidth = Math.min(inputWant, Math.max(half, room - answerWant));
  const answerWidth = Math.min(answerWant, room - inputWidth);
  const cell = (text: string, width: number) => padded(cut(text, width, pen.symbols.ellipsis), width);
  const line = (input: string, answer: string, time: string, checks: string) =>
    [cell(input, inputWidth), cell(answer, answerWidth), time.padStart(timeWidth), checks]
      .join('  ')
      .trimEnd();
  return [
    `    ${pen.dim(line('input', 'top answer', 'time', 'checks'))}`,
    ...rows.flatMap((row) => [
      `  ${statusMark(row.status, pen)} ${line(row.input, row.answer, row.time, row.checks)}`,
      // What is said above as the reason need not be said again.
      ...row.bad.filter(({ message }) => message !== report.reason).flatMap((check) => badCheck(check, pen)),
    ]),
  ];
}

function caseRow(one: SmokeCase, pen: Pen): Row {
  const source = { widget: '', default: ' (default)', user: ' (--input)' }[one.source];
  return {
    ...checked(one.checks, one.output === undefined),
    input: oneLine(inputInWords(one.input), pen.unicode) + source,
    answer: one.output === undefined ? 'no answer' : oneLine(outputInWords(one.output), pen.unicode),
    time: one.latencyMs === null ? '' : milliseconds(one.latencyMs),
  };
}

/** The worst status of some checks, how many passed, and the ones a person must read. */
function checked(checks: readonly SmokeCheck[], noAnswer = false): Pick<Row, 'status' | 'checks' | 'bad'> {
  const count = (status: SmokeCheck['status']) => checks.filter((check) => check.status === status).length;
  const failed = count('failed');
  const warnings = count('warning');
  const passed = count('passed');
  const total = failed + warnings + passed;
  const bad = failed > 0 ? `${failed} of ${total} failed` : `${warnings} of ${total} warn`;
  return {
    status: failed > 0 || noAnswer ? 'failed' : warnings > 0 ? 'warning' : passed > 0 ? 'passed' : 'skipped',
    checks: total === 0 ? '' : failed + warnings > 0 ? bad : `${passed} passed`,
    bad: checks.filter((check) => check.status === 'failed' || check.status === 'warning'),
  };
}

function statusMark(status: SmokeCheck['status'], pen: Pen): string {
  const { pass, fail, warn, skip } = pen.symbols;
  if (status === 'passed') return pen.green(pass);
  if (status === 'failed') return pen.red(fail);
  return status === 'warning' ? pen.yellow(warn) : pen.dim(skip);
}

function badCheck(check: SmokeCheck, pen: Pen): readonly string[] {
  const head = `${oneLine(check.id, pen.unicode)}:`;
  const [first = '', ...rest] = wrap(`${head} ${oneLine(check.message, pen.unicode)}`, pen.width - 6);
  const paint = check.status === 'failed' ? pen.red : pen.yellow;
  return [
    `      ${paint(first.slice(0, head.length))}${first.slice(head.length)}`,
    ...rest.map((line) => `      ${line}`),
  ];
}

/** The one line that says it all. */
function summary(report: Report, pen: Pen): string {
  const { errors, warnings, infos, publishable } = report.summary;
  const counts = [
    errors > 0 && counted(errors, 'error'),
    warnings > 0 && counted(warnings, 'warning'),
    infos > 0 && counted(infos, 'info'),
  ].filter((count) => count !== false);
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
    // Ready for the Hub, and yet the command fails: say which setting wants it so.
    ...(publishable && warnings > 0 && failsByWarnings ? ['fails at level warning'] : []),
  ];
  const { pass, warn, fail, dot } = pen.symbols;
  const calm = warnings === 0 && report.support.api.enabled && report.smoke?.status !== 'skipped';
  const [mark, paint] = publishable ? (calm ? [pass, pen.green] : [warn, pen.yellow]) : [fail, pen.red];
  const head = `${mark} ${publishable ? 'Ready' : 'Not ready'} to publish`;
  // Lines break between the parts: one torn in two, such as "API" and "on", is read wrongly.
  const whole = parts.map((part) => part.replaceAll(' ', UNBROKEN));
  const lines = wrap([head, ...whole].join(` ${dot} `), pen.width - 2);
  const [first = '', ...rest] = lines.map((line) => line.replaceAll(UNBROKEN, ' '));
  return [pen.bold(paint(head)) + first.slice(head.length), ...rest.map((line) => `  ${line}`)].join('\n');
}

/** A space that does not end a line (U+00A0). */
const UNBROKEN = '\u00a0';
