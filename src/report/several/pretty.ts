import type { FormatOptions } from '../format.js';
import { hideSecrets } from '../hide-secrets.js';
import { penFor } from '../pen.js';
import { prettyParts, prettySummary } from '../pretty.js';
import { oneLine } from '../text.js';
import { countsInWords } from '../wording.js';
import { inRepositories, nameOf, type Several, totalsOf } from './several.js';

/** Findings first, then a line for each repository, then the total. */
export function prettySeveral(several: Several, page: FormatOptions): string {
  const { reports, failures } = several;
  const pen = penFor(page);
  const { pass, fail, dot } = pen.symbols;
  const blocks: string[] = [];
  const lines: string[] = [];
  for (const placed of reports) {
    const [report, own] = hideSecrets(placed.report, { ...page, ...placed.options });
    const { findings, smoke } = prettyParts(report, penFor(own));
    blocks.push(...[...findings, ...smoke].map((block) => block.join('\n')));
    if (page.quiet && report.summary.publishable && findings.length === 0) continue;
    lines.push(prettySummary(report, penFor(own), nameOf(placed)));
  }
  for (const { target, message } of failures) {
    const head = `${fail} ${oneLine(target, pen.unicode)}`;
    lines.push(`${pen.bold(pen.red(head))} ${dot} cannot be checked: ${oneLine(message, pen.unicode)}`);
  }
  const totals = totalsOf(several);
  const { repositories, ready, failed, publishable } = totals;
  const mark = publishable ? pen.green(pass) : pen.red(fail);
  const counts = [
    `${ready} ready to publish`,
    ...(repositories - ready - failed > 0 ? [`${repositories - ready - failed} not`] : []),
    ...(failed > 0 ? [`${failed} not checked`] : []),
    ...countsInWords(totals),
  ];
  const total = `${mark} ${pen.bold(inRepositories(repositories))} ${dot} ${counts.join(` ${dot} `)}`;
  if (lines.length > 0) blocks.push(lines.join('\n'));
  return `${[...blocks, total].join('\n\n')}\n`;
}
