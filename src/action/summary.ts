import { hideSecrets } from '../report/hide-secrets.js';
import { formatMarkdown, inline, MOST_BYTES } from '../report/markdown.js';
import { countsInWords, widgetInWords } from '../report/wording.js';
import { type Checked, isFailure, type Judged } from './check.js';
import { errorInWords } from './failure.js';

/** Most bytes of a job summary; see `formatMarkdown`. */
export const MOST_SUMMARY_BYTES = MOST_BYTES;

/** Most rows of the table of repositories: beyond it nobody reads on. */
const MOST_ROWS = 500;
/** Bytes kept free for what says how much was left out. */
const RESERVE = 500;
/** A section with less room than this, in bytes, would say nothing. */
const SMALLEST = 2000;

/** What a summary is made of. */
export interface SummaryParts {
  readonly checked: readonly Checked[];
  /** Whether the workflow named one repository, not a list. */
  readonly single: boolean;
  /** Markdown that follows the verdict, such as a diff of the fixes; left out where it does not fit. */
  readonly fixes?: string;
  /** Sentences that are ours, such as why all repositories were checked. */
  readonly notes: readonly string[];
}

/**
 * Everything that was checked as Markdown of at most `most` bytes, for a job summary or a comment: the verdict first, of several
 * repositories with a table of them, then each in detail, those that fail before others. What does not fit is counted.
 */
export function summaryOf(parts: SummaryParts, most: number): string {
  const { checked, single, notes } = parts;
  const [only] = checked;
  const said = notes.map((note) => `\n${inline(note)}\n`).join('');
  const fixes = parts.fixes ?? '';
  if (single && only?.kind === 'judged') {
    const before = problemOf(only);
    const room = most - size(before) - size(said);
    const text = reportOf(only, room - (size(fixes) < room / 2 ? size(fixes) : RESERVE)) ?? '';
    return before + withFixes(text, fixes, room) + said;
  }
  let text = `${title(checked)}\n${said}`;
  text = withFixes(text + table(checked, (most - size(text)) / 2), fixes, most / 2);
  return text + details(checked, most - size(text) - RESERVE);
}

function size(text: string): number {
  return Buffer.byteLength(text);
}

function withFixes(text: string, fixes: string, most: number): string {
  if (fixes === '') return text;
  if (size(text) + size(fixes) <= most) return `${text}\n${fixes}`;
  return `${text}\nThe fixes are too long to be shown here; run \`validate-card --fix\`.\n`;
}

/** The report of one repository; undefined when it does not fit. */
function reportOf(judged: Judged, most: number): string | undefined {
  const { report, sources } = judged.validation;
  const text = formatMarkdown(...hideSecrets(report, { sources, base: judged.base }), most);
  return size(text) <= most ? text : undefined;
}

function problemOf({ smokeProblem }: Judged): string {
  return smokeProblem === undefined ? '' : `❌ **The model was not run.** ${inline(smokeProblem, 2000)}\n\n`;
}

function isPublishable(checked: Checked): boolean {
  return (
    checked.kind === 'judged' &&
    checked.smokeProblem === undefined &&
    checked.validation.report.summary.publishable
  );
}

function title(checked: readonly Checked[]): string {
  if (checked.length === 0) return '## ✅ No model repository was touched';
  const bad = checked.filter((one) => !isPublishable(one)).length;
  if (bad === 0) {
    return checked.length === 1
      ? '## ✅ The model repository is ready to publish'
      : `## ✅ All ${checked.length} model repositories are ready to publish`;
  }
  const of = checked.length === 1 ? '1 model repository' : `${checked.length} model repositories`;
  return `## ❌ ${bad} of ${of} ${bad === 1 ? 'is' : 'are'} not ready to publish`;
}

/** Worst first: what fails the step, what cannot be published, what has findings. */
function ranked(checked: readonly Checked[]): readonly Checked[] {
  const rank = (one: Checked) => {
    if (one.kind === 'unreadable') return 0;
    if (isFailure(one)) return 1;
    if (!isPublishable(one)) return 2;
    return one.validation.report.diagnostics.length > 0 ? 3 : 4;
  };
  return [...checked].sort((a, b) => rank(a) - rank(b));
}

function table(checked: readonly Checked[], most: number): string {
  if (checked.length === 0) return '';
  let text =
    '\n| | Repository | Findings | API | Widget | Smoke inference |\n| --- | --- | --- | --- | --- | --- |\n';
  let written = 0;
  for (const one of ranked(checked)) {
    const row = rowOf(one);
    if (written === MOST_ROWS || size(text) + size(row) > most) break;
    text += row;
    written++;
  }
  const missing = checked.length - written;
  return missing === 0 ? text : `${text}\n${missing} more not shown; the log has them all.\n`;
}

function rowOf(one: Checked): string {
  const mark = isPublishable(one) ? '✅' : '❌';
  const name = `<code>${inline(nameOf(one))}</code>`;
  if (one.kind === 'unreadable') {
    return `| ${mark} | ${name} | ${inline(errorInWords(one.error), 2000)} | | | |\n`;
  }
  const { summary, support, smoke } = one.validation.report;
  const cells = [
    mark,
    name,
    countsInWords(summary).join(', '),
    support.api.enabled ? 'on' : 'off',
    widgetInWords(support.widget.state),
    one.smokeProblem === undefined ? (smoke?.status ?? '') : 'not run',
  ];
  return `| ${cells.join(' | ')} |\n`;
}

/** The folder of a repository as the reader knows it. */
export function nameOf({ base }: Checked): string {
  return base === '' ? '(workspace)' : base;
}

/** A fold for each repository that has something to say. */
function details(checked: readonly Checked[], room: number): string {
  let text = '';
  let left = room;
  let missing = 0;
  for (const one of ranked(checked)) {
    if (one.kind === 'unreadable') continue;
    const { report } = one.validation;
    if (report.diagnostics.length === 0 && isPublishable(one) && report.smoke === undefined) continue;
    const head = `\n<details>\n<summary>${isPublishable(one) ? '✅' : '❌'} <code>${inline(nameOf(one))}</code></summary>\n\n${problemOf(one)}`;
    const foot = '\n</details>\n';
    const space = left - size(head) - size(foot);
    const section = space < SMALLEST ? undefined : reportOf(one, space);
    if (section === undefined) missing++;
    else {
      text += head + section + foot;
      left = space - size(section);
    }
  }
  if (missing === 0) return text;
  return `${text}\n${missing === 1 ? '1 repository' : `${missing} repositories`} not shown in detail; the log has everything.\n`;
}
