import { isAbsolute } from 'node:path';
import type { Diagnostic } from '../diagnostic.js';
import { applyEdits } from '../fix.js';
import { slashedWay } from '../slashed-path.js';
import type { SavedFile, SmokeCase, SmokeCheck, SmokeReport } from '../smoke/report.js';
import type { OnlineVerdict } from '../support/verdict.js';
import { diffLines } from './diff.js';
import { cardFile, type FormatOptions, shownPath } from './format.js';
import { worstFirst } from './order.js';
import { answerInWords, inputInWords, skippedChecks } from './output.js';
import { bytes, decimal, milliseconds } from './quantities.js';
import type { Report } from './report.js';
import { cut, oneLine } from './text.js';
import { counted, hubReaction, STAGE_IN_WORDS, sentence, silencedInWords, widgetInWords } from './wording.js';

/** GitHub refuses a job summary over 1 MiB; a part of that is left for what other steps add to theirs. */
export const MOST_BYTES = 1024 * 1024 - 4096;

/** Most rows of the findings table: beyond it nobody reads on, and the page becomes slow. */
const MOST_ROWS = 500;
/** Most inputs of the smoke table. */
const MOST_CASES = 50;
/** Longest text of a cell, in columns. */
const CELL = 400;

/**
 * The report as GitHub-flavoured Markdown for a job summary or a comment: verdict first, then findings and smoke inference. Rows
 * of findings are left out where the text would grow beyond `most` bytes.
 */
export function formatMarkdown(report: Report, options: FormatOptions = {}, most = MOST_BYTES): string {
  let text = `${head(report)}\n\n${verdict(report, options)}`;
  const foot = `\n<sub>${inline(`${report.tool.name} ${report.tool.version}, Hub tables of ${report.tables.date}`)}</sub>\n`;
  // The smoke tables are small as a rule and come out whole; the findings take what room they leave.
  const room = most - size(text) - size(foot);
  const smoke = report.smoke
    ? smokeSection(report.smoke, options, report.diagnostics.length > 0 ? room / 2 : room)
    : '';
  text += findings(report, options, room - size(smoke));
  return text + smoke + foot;
}

function size(text: string): number {
  return Buffer.byteLength(text);
}

/** Everything that could mean something in Markdown or HTML, or begin a mention. */
const SPECIAL = /[&<>`|*_~[\]\\#@$]|:(?=\/\/)|www\.(?=\S)/gi;

/**
 * Text of a card or a model as plain characters on one line, `code` in a code element. Numeric entities, because
 * Markdown resolves them only after it has looked for structure: no pipe, bracket, backtick or tag in the text can break
 * out of its place.
 */
export function inline(text: string, longest = CELL): string {
  return cut(oneLine(text.slice(0, longest * 16)), longest)
    .split(/`([^`]+)`/)
    .map((part, index) => (index % 2 === 1 ? `<code>${escaped(part)}</code>` : escaped(part)))
    .join('');
}

function escaped(text: string): string {
  return text.replace(SPECIAL, (found) => `&#${found.charCodeAt(0)};${found.slice(1)}`);
}

function head(report: Report): string {
  const { errors, warnings, infos, publishable } = report.summary;
  const counts = [
    counted(errors, 'error'),
    counted(warnings, 'warning'),
    ...(infos > 0 ? [counted(infos, 'info')] : []),
    ...silencedInWords(report.silenced ?? []),
  ];
  return `## ${publishable ? '✅ Ready to publish' : '❌ Not ready to publish'}\n\n${counts.join(', ')}`;
}

function verdict(report: Report, options: FormatOptions): string {
  const { library, task, api, widget, remedy, online } = report.support;
  const kind = widget.kind === null ? '' : ` (${inline(widget.kind)})`;
  const rows = [
    ['Library', library.name === null ? 'not found' : `**${inline(library.name)}**`, inline(library.detail)],
    ['Task', task.name === null ? 'not found' : `**${inline(task.name)}**`, inline(task.detail)],
    ['API', api.enabled ? '**on**' : `**off** (${inline(api.reason)})`, inline(api.explanation)],
    ['Widget', `**${widgetInWords(widget.state)}**${kind}`, inline(widget.explanation)],
    ...(online ? [todayRow(online)] : []),
    ...(report.smoke ? [['Smoke inference', `**${report.smoke.status}**`, smokeFacts(report.smoke)]] : []),
  ];
  const table = `| | | |\n| --- | --- | --- |\n${rows.map((row) => `| ${row.join(' | ')} |\n`).join('')}`;
  return table + (remedy ?? []).map((one) => `\n${remedyText(one, report, options)}`).join('');
}

/** What the Hub itself says of the page, where it was asked. */
function todayRow({ task, library, widget }: OnlineVerdict): string[] {
  const state = widgetInWords(widget.state);
  const page = `The page has the task ${task ?? 'not found'} and the library ${library ?? 'not found'}.`;
  return ['Today on the Hub', `**${state}**`, inline(`${widget.explanation} ${page}`)];
}

function remedyText(
  remedy: NonNullable<Report['support']['remedy']>[number],
  report: Report,
  options: FormatOptions,
): string {
  const title = `To do: ${inline(remedy.title)}\n`;
  const source = options.sources?.[cardFile(report)];
  if (source === undefined || remedy.edits.length === 0) return title;
  return `${title}\n${diffBlock(source, applyEdits(source, remedy.edits), 1)}`;
}

/** What changes between two texts as a code block, with `context` lines around each change. */
export function diffBlock(before: string, after: string, context: number): string {
  const mark = { same: ' ', removed: '-', added: '+' } as const;
  const lines = diffLines(before, after, context).flatMap((hunk) =>
    hunk.lines.map((line) => mark[line.kind] + cut(oneLineKept(line.text), CELL)),
  );
  // A fence longer than any run of backticks inside cannot be closed from within.
  const runs = lines.join('\n').match(/`+/g) ?? [];
  const fence = '`'.repeat(Math.max(3, ...runs.map((run) => run.length + 1)));
  return `${fence}diff\n${lines.join('\n')}\n${fence}\n`;
}

/** As `oneLine`, with leading spaces kept: they are part of the YAML. */
function oneLineKept(text: string): string {
  const indent = /^ */.exec(text)?.[0] ?? '';
  return indent + oneLine(text);
}

function findings(report: Report, options: FormatOptions, room: number): string {
  const all = worstFirst(report.diagnostics);
  if (all.length === 0) return '';
  let text = '\n### Findings\n\n| | Where | What | Rule |\n| --- | --- | --- | --- |\n';
  let left = room - size(text) - 200;
  let written = 0;
  for (const diagnostic of all) {
    const row = findingRow(diagnostic, options);
    const bytesOfRow = size(row);
    if (written === MOST_ROWS || bytesOfRow > left) break;
    text += row;
    left -= bytesOfRow;
    written++;
  }
  const missing = all.length - written;
  if (missing > 0)
    text += `\n${counted(missing, 'more finding')} not shown; the log and the JSON report have them all.\n`;
  return text;
}

const MARK = { error: '❌ error', warning: '⚠️ warning', info: 'ℹ️ info' } as const;

function findingRow(diagnostic: Diagnostic, options: FormatOptions): string {
  const { range } = diagnostic;
  const place = `${shownPath(diagnostic.file, options)}${range ? `:${range.start.line}:${range.start.column}` : ''}`;
  const reaction = hubReaction(diagnostic);
  const what = [
    `**${inline(diagnostic.message)}**`,
    ...(reaction ? [sentence(reaction)] : []),
    ...(diagnostic.help === '' ? [] : [inline(diagnostic.help, 2000)]),
    ...(diagnostic.fix ? [`<code>--fix</code>: ${inline(diagnostic.fix.title)}`] : []),
  ].join('<br>');
  return `| ${MARK[diagnostic.severity]} | <code>${inline(place)}</code> | ${what} | ${inline(diagnostic.rule)}${diagnostic.online ? '<br>(asked the Hub)' : ''} |\n`;
}

function smokeFacts(smoke: SmokeReport): string {
  const facts = [
    smoke.runner && `${smoke.runner}${smoke.device ? ` on ${smoke.device}` : ''}`,
    smoke.dtype,
    smoke.loadMs !== null && `loaded in ${milliseconds(smoke.loadMs)}`,
    smoke.latencyMs !== null && `${milliseconds(smoke.latencyMs)} a run`,
    smoke.peakRssBytes !== null && `peak memory ${bytes(smoke.peakRssBytes)}`,
    smoke.status === 'failed' && smoke.stage && `failed ${STAGE_IN_WORDS[smoke.stage]}`,
    smoke.reason,
  ].filter((fact) => typeof fact === 'string');
  return inline(facts.join(', '), 2000);
}

function smokeSection(smoke: SmokeReport, options: FormatOptions, room: number): string {
  const cases = smoke.cases.slice(0, MOST_CASES);
  if (cases.length === 0 && smoke.checks.length === 0) return '';
  const rows = cases.map(
    (one) =>
      `| ${inline(inputInWords(one.input), 120)} | ${answerCell(one, options)} | ` +
      `${one.latencyMs === null ? '' : milliseconds(one.latencyMs)} | ` +
      `${checksCell(one.checks)}${one.output === undefined ? skippedCell(one) : ''} |\n`,
  );
  if (smoke.checks.length > 0) rows.push(`| *whole model* | | | ${checksCell(smoke.checks)} |\n`);
  const answers = tableWithin(
    '\n### Smoke inference\n\n| Input | Top answer | Time | Checks |\n| --- | --- | ---: | --- |\n',
    rows,
    smoke.cases.length - cases.length,
    room,
  );
  return answers + comparisons(smoke, room - size(answers));
}

/** The top answer, and where its pictures and sounds were saved. */
function answerCell(one: SmokeCase, options: FormatOptions): string {
  const links = (one.files ?? [])
    .filter(({ mediaType }) => mediaType !== 'application/json')
    .map((file) => mediumLink(file, options));
  return [answerInWords(one, (text) => inline(text, 120)), ...links].join('<br>');
}

/** A link that leads from the page to the file, where the page knows its own place; the name alone elsewhere. */
function mediumLink({ name, mediaType, path }: SavedFile, { linksFrom }: FormatOptions): string {
  const icon = mediaType.startsWith('image/') ? '🖼️' : '🔊';
  const way = linksFrom === undefined ? null : slashedWay(linksFrom, path);
  // From one drive of Windows to another no way leads.
  if (way === null || isAbsolute(way)) return `${icon} <code>${inline(name)}</code>`;
  // Encoded, no character of a name can end the address.
  const address = way.split('/').map(encoded).join('/');
  return `${icon} [${inline(name)}](${address})`;
}

function encoded(part: string): string {
  return encodeURIComponent(part.replace(/\p{Cs}/gu, '\ufffd')).replace(/[!'()*~_]/g, (found) => {
    return `%${found.charCodeAt(0).toString(16).toUpperCase()}`;
  });
}

/** A table with as many rows as there is room for, and a word on how many are missing; `left` were left out before. */
function tableWithin(head: string, rows: readonly string[], left: number, room: number): string {
  const note = (count: number) =>
    `\n${counted(count, 'more row')} not shown; the JSON report has them all.\n`;
  let bytesLeft = room - size(head) - size(note(rows.length + left));
  if (bytesLeft < 0) return '';
  let text = head;
  let written = 0;
  for (const row of rows) {
    bytesLeft -= size(row);
    if (bytesLeft < 0) break;
    text += row;
    written++;
  }
  const missing = rows.length - written + left;
  return missing > 0 ? text + note(missing) : text;
}

/** The other variants and devices. */
function comparisons({ comparisons: all }: SmokeReport, room: number): string {
  if (all.length === 0) return '';
  const mark = { passed: '✅', failed: '❌', skipped: '⏭️' } as const;
  const rows = all.map((one) => {
    const size = one.files.reduce((sum, file) => sum + file.size, 0);
    const place = one.computeType === 'cpu+optimized' ? 'cpu, optimized' : (one.device ?? '');
    const cells = [
      `${mark[one.status]} ${inline(`${one.dtype} on ${place}`)}`,
      bytes(size),
      one.drift === null ? '' : decimal(one.drift),
      one.latencyMs === null ? '' : milliseconds(one.latencyMs),
      one.status === 'passed' ? checksCell(one.checks) : inline(one.reason ?? '', 2000),
    ];
    return `| ${cells.join(' | ')} |\n`;
  });
  return tableWithin(
    '\n| Compared with the above | Size | Drift | A run | |\n| --- | ---: | ---: | ---: | --- |\n',
    rows,
    0,
    room,
  );
}

/** Why an input was left out. */
function skippedCell(one: SmokeCase): string {
  return skippedChecks(one)
    .map(({ id, message }) => `⏭️ **${inline(id)}** ${inline(message)}`)
    .join('<br>');
}

function checksCell(checks: readonly SmokeCheck[]): string {
  const passed = checks.filter((check) => check.status === 'passed').length;
  const bad = checks.filter((check) => check.status === 'failed' || check.status === 'warning');
  return [
    ...(passed > 0 ? [`${passed} passed`] : []),
    ...bad.map(
      (check) => `${check.status === 'failed' ? '❌' : '⚠️'} **${inline(check.id)}** ${inline(check.message)}`,
    ),
  ].join('<br>');
}
