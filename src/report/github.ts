import type { Diagnostic } from '../diagnostic.js';
import { type FormatOptions, shownPath } from './format.js';
import { counted, hubReaction, STAGE_IN_WORDS, sentence, worstFirst } from './order.js';
import type { Report } from './report.js';
import { oneLine, visible, withoutCommands } from './text.js';

/**
 * Annotations of one kind that GitHub shows for a step; it drops the rest without a word.
 * https://docs.github.com/actions/using-workflows/workflow-commands-for-github-actions
 */
export const MOST_ANNOTATIONS = 10;

const COMMAND = { error: 'error', warning: 'warning', info: 'notice' } as const;

/** A report, and how its places look from the root of the checkout. */
export interface PlacedReport {
  readonly report: Report;
  readonly options: FormatOptions;
}

/**
 * The report as GitHub workflow commands: an annotation for each of the worst findings, ten of a kind at most, then all
 * of them in a group of the log. `options.base` is the repository's folder seen from the root of the checkout.
 */
export function formatGithub(report: Report, options: FormatOptions = {}): string {
  const { errors, warnings, publishable } = report.summary;
  return (
    githubCommands([{ report, options }]) +
    `${counted(errors, 'error')}, ${counted(warnings, 'warning')}; API ${report.support.api.enabled ? 'on' : 'off'}; ` +
    `${report.smoke ? `smoke ${report.smoke.status}; ` : ''}${publishable ? 'ready' : 'not ready'} to publish\n`
  );
}

/**
 * Annotations of several reports together, the worst findings of all first, then every finding in a group of the log. At most
 * ten of a kind are annotations, `mostErrors` of them errors: a step may have errors of its own to show.
 */
export function githubCommands(reports: readonly PlacedReport[], mostErrors = MOST_ANNOTATIONS): string {
  const lines: string[] = [];
  const room = { error: mostErrors, warning: MOST_ANNOTATIONS, info: MOST_ANNOTATIONS };
  for (const { report, options } of reports) {
    const failure = smokeFailure(report);
    if (failure === undefined || room.error === 0) continue;
    room.error--;
    const title = `smoke inference failed${options.base ? ` in ${options.base}` : ''}`;
    lines.push(githubCommand('error', { title }, failure));
  }
  const findings = reports.flatMap(({ report, options }) =>
    report.diagnostics.map((diagnostic) => ({ ...diagnostic, options })),
  );
  const worst = worstFirst(findings);
  let left = 0;
  for (const { options, ...diagnostic } of worst) {
    if (room[diagnostic.severity] === 0) left++;
    else {
      room[diagnostic.severity]--;
      lines.push(annotation(diagnostic, options));
    }
  }
  if (worst.length > 0) {
    const title = `All ${counted(worst.length, 'finding')}${left > 0 ? ` (${left} of them without annotation)` : ''}`;
    lines.push(`::group::${escapeText(title)}`);
    for (const { options, ...diagnostic } of worst) lines.push(logLine(diagnostic, options));
    lines.push('::endgroup::');
  }
  return lines.map((line) => `${line}\n`).join('');
}

function annotation(diagnostic: Diagnostic, options: FormatOptions): string {
  const { range } = diagnostic;
  // GitHub takes columns only when the annotation stays on one line.
  const sameLine = range !== undefined && range.start.line === range.end.line;
  const reaction = hubReaction(diagnostic);
  const text = [
    diagnostic.message,
    ...(reaction ? [sentence(reaction)] : []),
    ...(diagnostic.help === '' ? [] : [diagnostic.help]),
    ...(diagnostic.fix ? [`Run validate-card with --fix: ${diagnostic.fix.title}`] : []),
  ].join('\n');
  return githubCommand(
    COMMAND[diagnostic.severity],
    {
      file: shownPath(diagnostic.file, options),
      line: range?.start.line,
      endLine: range?.end.line,
      col: sameLine ? range.start.column : undefined,
      endColumn: sameLine ? range.end.column : undefined,
      title: `${diagnostic.rule}${diagnostic.online ? ' (asked the Hub)' : ''}`,
    },
    text,
  );
}

function smokeFailure(report: Report): string | undefined {
  const { smoke } = report;
  if (smoke?.status !== 'failed') return undefined;
  const checks = [...smoke.checks, ...smoke.cases.flatMap((one) => one.checks)];
  const failed = checks.filter((check) => check.status === 'failed');
  return [
    `The smoke inference failed${smoke.stage ? ` ${STAGE_IN_WORDS[smoke.stage]}` : ''}.`,
    ...(smoke.reason ? [smoke.reason] : []),
    ...failed.map((check) => `${check.id}: ${check.message}`),
  ].join('\n');
}

/** One finding in the log, and no command in it. */
function logLine(diagnostic: Diagnostic, options: FormatOptions): string {
  const { range } = diagnostic;
  const place = `${shownPath(diagnostic.file, options)}${range ? `:${range.start.line}:${range.start.column}` : ''}`;
  return withoutCommands(
    oneLine(`${diagnostic.severity} ${place} ${diagnostic.rule}: ${diagnostic.message}`),
  );
}

type Properties = Readonly<Record<string, string | number | undefined>>;

/** A workflow command, escaped as `@actions/core` does it; text of a card in it steers neither runner nor terminal. */
export function githubCommand(name: string, properties: Properties, text: string): string {
  const written = Object.entries(properties).flatMap(([key, value]) =>
    value === undefined ? [] : [`${key}=${escapeProperty(oneLine(String(value)))}`],
  );
  return `::${name}${written.length > 0 ? ' ' : ''}${written.join(',')}::${escapeText(visible(text, { lines: true }))}`;
}

function escapeText(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeText(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
