import type { FormatOptions } from '../format.js';
import { formatReport } from '../index.js';
import { inline, MOST_BYTES } from '../markdown.js';
import type { Report } from '../report.js';
import { counted, widgetInWords } from '../wording.js';
import { inRepositories, nameOf, type Several, totalsOf } from './several.js';

/** Rows of the table of repositories; beyond it nobody reads on. */
const MOST_ROWS = 500;

/** A table of all repositories, then what was found in each, as long as there is room. */
export function markdownSeveral(several: Several, page: FormatOptions): string {
  const totals = totalsOf(several);
  const { repositories, ready, failed } = totals;
  const mark = totals.publishable ? '✅' : '❌';
  const rows = several.reports.map((placed) => row(placed.report, nameOf(placed)));
  const lost = several.failures.map(
    ({ target, message }) =>
      `| ❌ | <code>${inline(target)}</code> | not checked: ${inline(message)} | | | |\n`,
  );
  const shown = [
    ...lost,
    ...rows.filter((one) => one.startsWith('| ❌')),
    ...rows.filter((one) => !one.startsWith('| ❌')),
  ];
  const left = shown.length - MOST_ROWS;
  const more = (count: number) => `\n${count} more not shown; the JSON report has them all.\n`;
  let text =
    `## ${mark} ${ready} of ${inRepositories(repositories)} ready to publish\n\n` +
    `${counted(totals.errors, 'error')}, ${counted(totals.warnings, 'warning')}${failed > 0 ? `, ${failed} not checked` : ''}\n\n` +
    `| | Repository | Errors | Warnings | API | Widget |\n| --- | --- | ---: | ---: | --- | --- |\n` +
    shown.slice(0, MOST_ROWS).join('') +
    (left > 0 ? more(left) : '');
  let unshown = 0;
  for (const placed of several.reports) {
    const { report, options } = placed;
    if (report.diagnostics.length === 0 && report.smoke === undefined) continue;
    // The headings of each report go one level down, below the name of its repository.
    const part = formatReport(report, 'markdown', { ...page, ...options })
      .replaceAll(/^(#{2,5} )/gm, '#$1')
      .replace(/^### (\S+) /, `### $1 <code>${inline(nameOf(placed)).replaceAll('$', '&#36;')}</code> `);
    if (Buffer.byteLength(text) + Buffer.byteLength(part) > MOST_BYTES - 200) unshown++;
    else text += `\n${part}`;
  }
  return unshown > 0 ? `${text}${more(unshown)}` : text;
}

function row({ summary, support }: Report, name: string): string {
  const { errors, warnings, publishable } = summary;
  const cells = [
    publishable ? '✅' : '❌',
    `<code>${inline(name)}</code>`,
    errors,
    warnings,
    support.api.enabled ? 'on' : 'off',
    widgetInWords(support.widget.state),
  ];
  return `| ${cells.join(' | ')} |\n`;
}
