import { createHash } from 'node:crypto';
import type { Diagnostic } from '../diagnostic.js';
import { cardFile, type FormatOptions, shownPath } from './format.js';
import { findingCard, findingList, type Numbered } from './html/findings.js';
import { html, type Markup, raw } from './html/markup.js';
import { smokeSection } from './html/smoke.js';
import { MOST_LINES, sourceListing } from './html/source.js';
import { STYLE } from './html/style.js';
import { pageTiles, verdictHead } from './html/verdict.js';
import { worstFirst } from './order.js';
import type { Report } from './report.js';
import { oneLine } from './text.js';

/**
 * The report as one HTML page for people, complete in itself: verdict, findings beside the source of the card, and what the
 * model was given and answered, with the pictures and sounds of `options.media`. The page holds no script, asks no server for
 * anything, and its policy (CSP) forbids both, whatever a card or a model says.
 */
export function formatHtml(report: Report, options: FormatOptions = {}): string {
  const name = oneLine(repositoryName(report, options));
  const findings = worstFirst(report.diagnostics).map((diagnostic, index) => ({
    diagnostic,
    number: index + 1,
  }));
  const smoke = report.smoke && smokeSection(report.smoke, options);
  const card = findingsSection(findings, report, options);
  // A card that nothing is wrong with is the last thing to look at.
  const sections = findings.length === 0 ? [smoke, card] : [card, smoke];
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${raw(POLICY)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${report.summary.publishable ? '✓' : '✗'} ${name} – validate-card</title>
<link rel="icon" href="data:,">
<style>${raw(STYLE)}</style>
</head>
<body>
<main>
${verdictHead(report, name)}
${pageTiles(report, options)}
${sections}
</main>
<footer><p>${report.tool.name} ${report.tool.version}, Hub tables of ${report.tables.date}</p></footer>
</body>
</html>
`;
  return page.markup;
}

/** Most findings without a place in a source that are told in full. */
const MOST_LOOSE = 300;

/** Nothing but the style of this page, and pictures and sounds that are in it. */
const POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  'img-src data:',
  'media-src data:',
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

function repositoryName({ target }: Report, { base }: FormatOptions): string {
  if (target.kind === 'hub') return target.id;
  return base || (target.kind === 'memory' ? 'model' : target.path);
}

function findingsSection(findings: readonly Numbered[], report: Report, options: FormatOptions): Markup {
  const card = cardFile(report);
  const sources = options.sources ?? {};
  const isPlaced = ({ diagnostic }: Numbered) =>
    sources[diagnostic.file] !== undefined && (diagnostic.range?.start.line ?? MOST_LINES) < MOST_LINES;
  const loose = findings.filter((finding) => !isPlaced(finding));
  const files = Object.keys(sources).filter(
    (file) =>
      (file === card && sources[file] !== '') || findings.some(({ diagnostic }) => diagnostic.file === file),
  );
  // The card first, whatever the order they were read in.
  const ordered = [...files.filter((file) => file === card), ...files.filter((file) => file !== card)];
  const listings = ordered.map((file) =>
    sourceListing(
      shownPath(file, options),
      sources[file] ?? '',
      findings.filter((finding) => finding.diagnostic.file === file && isPlaced(finding)),
    ),
  );
  const title = findings.length === 0 ? 'Model card' : 'Findings';
  return html`<section id="findings"><h2>${title}</h2>
${findings.length > 0 && findingList(findings, (finding) => placeOf(finding, options))}
${loose.length > 0 && html`<div class="loose">${loose.slice(0, MOST_LOOSE).map((finding) => findingCard(finding, sources[finding.diagnostic.file]))}</div>`}
${listings}
</section>`;
}

function placeOf({ file, range }: Diagnostic, options: FormatOptions): string {
  return `${shownPath(file, options)}${range ? `:${range.start.line}` : ''}`;
}
