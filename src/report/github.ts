import type { Diagnostic, Severity } from '../diagnostic.js';
import { type FormatOptions, shownPath } from './format.js';
import { worstFirst } from './order.js';
import type { Report } from './report.js';
import { type SmokeFinding, smokeFindings } from './smoke-findings.js';
import { oneLine, visible, withoutCommands } from './text.js';
import { counted, hubReaction, sentence } from './wording.js';

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
  const room = { error: mostErrors, warning: MOST_ANNOTATIONS, info: MOST_ANNOTATIONS };
  const smoke = reports.flatMap(({ report, options }) => smokeEntries(report, options));
  const findings = worstFirst(
    reports.flatMap(({ report, options }) =>
      report.diagnostics.map((diagnostic) => ({ ...diagnostic, options })),
    ),
  ).map(({ options, ...diagnostic }) => ({
    severity: diagnostic.severity,
    command: annotation(diagnostic, options),
    log: [logLine(diagnostic, options)],
  }));
  const all = (['error', 'warning', 'info'] as const).flatMap((level) =>
    [...smoke, ...findings].filter(({ severity }) => severity === level),
  );
  const annotated = all.filter(({ severity }) => room[severity]-- > 0);
  const lines = annotated.map(({ command }) => command);
  if (all.length > 0) {
    const left = all.length - annotated.length;
    const title = `All ${counted(all.length, 'finding')}${left > 0 ? ` (${left} of them without annotation)` : ''}`;
    lines.push(`::group::${escapeText(title)}`, ...all.flatMap(({ log }) => log), '::endgroup::');
  }
  return lines.map((line) => `${line}\n`).join('');
}

/** What has one annotation, and its lines in the log. */
interface Entry {
  readonly severity: Severity;
  readonly command: string;
  readonly log: readonly string[];
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

/**
 * One annotation for the failures of each file of the model, and one for its warnings: with one for each check there would be no
 * room for the card. No line: a graph has none.
 */
function smokeEntries(report: Report, options: FormatOptions): readonly Entry[] {
  const groups = new Map<string, SmokeFinding[]>();
  for (const finding of smokeFindings(report)) {
    const key = `${finding.severity} ${finding.file}`;
    groups.set(key, [...(groups.get(key) ?? []), finding]);
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const { severity, file } = first;
    const lines = group.map(({ check, message }) => (check === null ? message : `${check}: ${message}`));
    const title = `smoke inference ${severity === 'error' ? 'failed' : 'warns'}`;
    return [
      {
        severity,
        command: githubCommand(severity, { file: shownPath(file, options), title }, lines.join('\n')),
        log: lines.map((line) => logText(`${severity} ${shownPath(file, options)} smoke inference: ${line}`)),
      },
    ];
  });
}

/** One finding in the log, and no command in it. */
function logLine(diagnostic: Diagnostic, options: FormatOptions): string {
  const { range } = diagnostic;
  const place = `${shownPath(diagnostic.file, options)}${range ? `:${range.start.line}:${range.start.column}` : ''}`;
  return logText(`${diagnostic.severity} ${place} ${diagnostic.rule}: ${diagnostic.message}`);
}

function logText(text: string): string {
  return withoutCommands(oneLine(text));
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
