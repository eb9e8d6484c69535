import type { SmokeCase, SmokeCheck, SmokeComparison, SmokeReport } from '../smoke/report.js';
import { answerInWords, inputInWords, skippedChecks } from './output.js';
import { type Paint, type Pen, paragraph, plain } from './pen.js';
import { bytes, decimal, milliseconds } from './quantities.js';
import { cut, displayWidth, oneLine, padded, wrap } from './text.js';
import { STAGE_IN_WORDS } from './wording.js';

/** What the smoke inference showed. */
export function smokeBlock(report: SmokeReport, pen: Pen): readonly string[] {
  const { pass, fail, skip } = pen.symbols;
  const [mark, paint] = { passed: [pass, pen.green], failed: [fail, pen.red], skipped: [skip, pen.yellow] }[
    report.status
  ] as [string, Paint];
  const stage = report.stage && report.status === 'failed' ? ` ${STAGE_IN_WORDS[report.stage]}` : '';
  const facts = [
    report.runner && `${report.runner}${report.device ? ` on ${report.device}` : ''}`,
    report.dtype,
    report.loadMs !== null && `loaded in ${milliseconds(report.loadMs)}`,
    report.latencyMs !== null && `${milliseconds(report.latencyMs)} a run`,
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
    ...comparisonTable(report, pen),
    ...savedFiles(report, pen),
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
  const skipped = one.output === undefined ? skippedChecks(one) : [];
  return {
    ...(skipped.length > 0
      ? { status: 'skipped', checks: 'skipped', bad: skipped }
      : checked(one.checks, one.output === undefined)),
    input: oneLine(inputInWords(one.input), pen.unicode) + source,
    answer: answerInWords(one, (text) => oneLine(text, pen.unicode)),
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
  const paint = { failed: pen.red, warning: pen.yellow, skipped: pen.dim, passed: plain }[check.status];
  return [
    `      ${paint(first.slice(0, head.length))}${first.slice(head.length)}`,
    ...rest.map((line) => `      ${line}`),
  ];
}

/** Columns behind the name of what is compared. */
const MEASURES = ['drift', 'load', 'a run', 'speed', 'memory'] as const;

/** The other variants and devices: how far their answers lie from those above, and how long they take. */
function comparisonTable(report: SmokeReport, pen: Pen): readonly string[] {
  if (report.comparisons.length === 0) return [];
  const rows = report.comparisons.map((one) => comparisonRow(one, report, pen));
  const widths = MEASURES.map((key) =>
    Math.max(displayWidth(key), ...rows.map(({ measures }) => displayWidth(measures[key]))),
  );
  const room = pen.width - 4 - widths.reduce((sum, width) => sum + 2 + width, 0);
  const title = 'compared';
  const name = Math.min(room, Math.max(...[title, ...rows.map((row) => row.name)].map(displayWidth)));
  const line = (first: string, measures: ComparisonRow['measures'] | null) =>
    [
      padded(cut(first, name, pen.symbols.ellipsis), name),
      ...MEASURES.map((key, index) => (measures === null ? key : measures[key]).padStart(widths[index] ?? 0)),
    ]
      .join('  ')
      .trimEnd();
  return [
    `    ${pen.dim(line(title, null))}`,
    ...rows.flatMap((row) => [
      `  ${statusMark(row.status, pen)} ${line(row.name, row.measures)}`,
      ...detailLines(row.detail, pen),
      ...row.bad.flatMap((check) => badCheck(check, pen)),
    ]),
  ];
}

function detailLines(detail: string, pen: Pen): readonly string[] {
  if (detail === '') return [];
  return paragraph(detail, pen.width - 6, pen, pen.dim).map((text) => `      ${text}`);
}

interface ComparisonRow {
  readonly status: SmokeCheck['status'];
  readonly name: string;
  readonly detail: string;
  readonly measures: Readonly<Record<(typeof MEASURES)[number], string>>;
  readonly bad: readonly SmokeCheck[];
}

function comparisonRow(one: SmokeComparison, report: SmokeReport, pen: Pen): ComparisonRow {
  const place = one.computeType === 'cpu+optimized' ? 'cpu, optimized' : (one.device ?? '');
  const size = one.files.reduce((sum, file) => sum + file.size, 0);
  const stated = one.checks.filter(({ status }) => status === 'failed' || status === 'warning');
  const untold = one.reason !== undefined && !stated.some(({ message }) => message === one.reason);
  return {
    status: one.status,
    name: oneLine(`${one.dtype} on ${place} (${bytes(size)})`, pen.unicode),
    detail: one.deviceDetail === undefined || one.deviceDetail === one.reason ? '' : one.deviceDetail,
    measures: {
      drift: one.drift === null ? '' : decimal(one.drift),
      load: one.loadMs === null ? '' : milliseconds(one.loadMs),
      'a run': one.latencyMs === null ? '' : milliseconds(one.latencyMs),
      speed: speedUp(report.latencyMs, one.latencyMs, pen),
      memory: one.peakRssBytes === null ? '' : bytes(one.peakRssBytes),
    },
    bad: [
      ...once(stated),
      // What stopped the run before any check could be made.
      ...(untold
        ? [
            {
              id: one.status,
              status: one.status === 'failed' ? 'failed' : 'warning',
              message: one.reason ?? '',
            } as const,
          ]
        : []),
    ],
  };
}

/** What several inputs say alike, once. */
function once(checks: readonly SmokeCheck[]): readonly SmokeCheck[] {
  return [...new Map(checks.map((check) => [`${check.id}: ${check.message}`, check])).values()];
}

/** How many times as fast the other is, where both were measured. */
function speedUp(plain: number | null, other: number | null, pen: Pen): string {
  if (plain === null || other === null || other === 0) return '';
  const ratio = plain / other;
  return `${ratio.toFixed(ratio < 0.095 ? 2 : 1)}${pen.unicode ? '×' : 'x'}`;
}

function savedFiles(report: SmokeReport, pen: Pen): readonly string[] {
  const paths = report.cases.flatMap(({ files = [] }) => files.map(({ path }) => path));
  return paths.length === 0
    ? []
    : [`    ${pen.dim('saved')}`, ...paths.map((path) => `      ${oneLine(path, pen.unicode)}`)];
}
