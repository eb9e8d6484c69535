import type { Severity } from '../diagnostic.js';
import { UsageError } from '../errors.js';
import { didYouMean, nearest } from '../hub/nearest.js';
import { type Style, style } from '../report/style.js';
import { padded, visible, wrap } from '../report/text.js';
import { RULES } from '../rules/index.js';
import { rulePage } from '../rules/pages/page.js';
import { bySubject } from '../rules/pages/subjects.js';
import type { Rule } from '../rules/rule.js';
import { CHECK_SUBJECTS, type CheckReference, findCheck } from '../smoke/check-reference.js';
import type { Canvas } from './terminal.js';

/** Columns beyond which lines are tiring to read. */
const WIDEST = 100;

/** The reference of a rule, or of a check of the smoke inference, for a terminal; without an id, the list of all rules. Throws `UsageError` for an unknown id. */
export function explain(id: string | undefined, { color, unicode, width }: Canvas): string {
  const paint = style(color);
  const columns = Math.min(WIDEST, Math.max(60, width));
  const lines =
    id === undefined
      ? list(columns, paint)
      : painted(visible(pageOf(id), { unicode, lines: true }), columns, paint);
  return `${lines.join('\n')}\n`;
}

function pageOf(id: string): string {
  const rule = RULES.find((one) => one.id === id);
  if (rule !== undefined) return rulePage(rule);
  const check = findCheck(id);
  if (check !== undefined) return checkPage(check);
  const checks = CHECK_SUBJECTS.flatMap((subject) => subject.checks);
  const meant = nearest(
    id,
    [...RULES, ...checks].map((one) => one.id),
  );
  throw new UsageError('unknown-rule', `There is no rule "${id}", and no check of the smoke inference.`, {
    hint: `${didYouMean(meant)}validate-card explain lists every rule.`,
  });
}

function checkPage({ id, checks, remedy }: CheckReference): string {
  return `# ${id}\n\nA check of the smoke inference (--smoke).\n\n${checks}\n\nWhen it fails: ${remedy}\n`;
}

/** Narrower than this, a description goes below its rule. */
const NARROWEST = 40;

/** Every rule, by subject: its id, its severity, and one line. */
function list(columns: number, paint: Style): readonly string[] {
  const idWidth = Math.max(...RULES.map(({ id }) => id.length));
  const severityWidth = 'warning'.length;
  const aside = columns - idWidth - severityWidth - 6 >= NARROWEST;
  const indent = aside ? idWidth + severityWidth + 6 : 4;
  const row = ({ id, severity, description }: Rule) => {
    const tinted = severityPaint(severity, paint)(padded(severity, aside ? severityWidth : 0));
    const head = `  ${paint.cyan(aside ? padded(id, idWidth) : id)}  ${tinted}`;
    const lines = wrap(description, columns - indent).map((line) => ' '.repeat(indent) + line);
    const [first = '', ...rest] = lines;
    return aside ? [`${head}  ${first.trimStart()}`, ...rest] : [head, ...lines];
  };
  return [
    ...bySubject(RULES).flatMap(({ title, rules }) => [paint.bold(title), ...rules.flatMap(row), '']),
    ...checkList(columns, paint),
    `${RULES.length} rules. validate-card explain RULE says why, with the source and examples;`,
    'explain CHECK what to do when a check of the smoke inference fails.',
  ];
}

/** Every check of the smoke inference, by subject: their ids only, for they have no severity and a line would not say enough. */
function checkList(columns: number, paint: Style): readonly string[] {
  return CHECK_SUBJECTS.flatMap(({ title, checks }) => [
    paint.bold(`Smoke inference: ${title}`),
    ...wrap(checks.map(({ id }) => id).join(' '), columns - 2).map((line) => `  ${paint.cyan(line)}`),
    '',
  ]);
}

function severityPaint(severity: Severity, paint: Style): (text: string) => string {
  return { error: paint.red, warning: paint.yellow, info: paint.blue }[severity];
}

/** The Markdown of a rule's page as lines of a terminal: headings bold, examples indented instead of fenced. */
function painted(page: string, columns: number, paint: Style): readonly string[] {
  let fence: string | undefined;
  return page
    .trimEnd()
    .split('\n')
    .flatMap((line) => {
      const mark = /^`{3,}/.exec(line)?.[0];
      if (mark !== undefined && (fence === undefined || fence === mark)) {
        fence = fence === undefined ? mark : undefined;
        return [];
      }
      if (fence !== undefined) return [`    ${paint.dim(line)}`.trimEnd()];
      const heading = /^#+ (.*)$/.exec(line)?.[1];
      if (heading !== undefined) return [paint.bold(heading)];
      const hang = line.startsWith('- ') ? '  ' : '';
      return wrap(line, columns - hang.length).map(
        (part, index) =>
          (index === 0 ? '' : hang) +
          part
            .replace(/`([^`]+)`/g, (_, code: string) => paint.cyan(code))
            .replaceAll(/\\([\\*<\]_])/g, '$1'),
      );
    });
}
