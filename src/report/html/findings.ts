import type { Diagnostic, Fix } from '../../diagnostic.js';
import { editedLines } from '../edited-lines.js';
import { hubReaction, sentence } from '../wording.js';
import { html, type Markup, prose } from './markup.js';

/** A finding with its place in the list of all, which its address in the page is made from. */
export interface Numbered {
  readonly diagnostic: Diagnostic;
  readonly number: number;
}

/** Most findings in the list at the top. */
const MOST_LISTED = 300;

/** All findings in short, worst first, each leading to its place in the source. */
export function findingList(findings: readonly Numbered[], placeOf: (finding: Diagnostic) => string): Markup {
  const rows = findings
    .slice(0, MOST_LISTED)
    .map(
      ({ diagnostic, number }) =>
        html`<li class="${diagnostic.severity}"><a href="#finding-${number}"><i class="mark ${diagnostic.severity}"></i><span class="message">${prose(diagnostic.message)}</span><span class="place">${placeOf(diagnostic)}</span></a></li>`,
    );
  const left = findings.length - MOST_LISTED;
  return html`<ol class="findings">${rows}</ol>${left > 0 && html`<p class="aside">and ${left} more, in the source below</p>`}`;
}

/** One finding in full: message, what the Hub does, what to do, the fix as a diff. `source` is the text of its file. */
export function findingCard({ diagnostic, number }: Numbered, source: string | undefined): Markup {
  const { severity, rule, message, help, fix } = diagnostic;
  const reaction = hubReaction(diagnostic);
  return html`<article class="finding ${severity}" id="finding-${number}">
<h4><i class="mark ${severity}"></i><span>${prose(message)}</span></h4>
<p class="chips"><span class="chip ${severity}">${severity}</span><code class="chip">${rule}</code>${diagnostic.online && html`<span class="chip">asked the Hub</span>`}${reaction && html`<span class="chip hub">${sentence(reaction)}</span>`}</p>
${helpText(help)}${fix && fixView(fix, source)}
</article>`;
}

/** The advice, and apart from it what the Hub says and where to read more. */
function helpText(help: string): Markup {
  const parts = help
    .split(/ +(?=The Hub says: |More: validate-card explain \S+$)/)
    .filter((part) => part.trim() !== '');
  return html`${parts.map((part) => (part.startsWith('More: ') ? html`<p class="aside">${prose(part)}</p>` : html`<p>${prose(part)}</p>`))}`;
}

function fixView({ title, edits }: Fix, source: string | undefined): Markup {
  return html`<div class="fix"><p><b>Fix</b> ${prose(title)} <span class="aside"><code>--fix</code> does it</span></p>${source !== undefined && diffView(source, edits)}</div>`;
}

/** The lines that edits change. */
export function diffView(source: string, edits: Fix['edits']): Markup {
  const mark = { same: ' ', removed: '-', added: '+' } as const;
  const { lines, left } = editedLines(source, edits);
  const shown = lines.map(({ kind, text }) => html`<span class="${kind}">${mark[kind]} ${text}\n</span>`);
  return html`<pre class="diff">${shown}${left > 0 && html`<span class="aside">… and ${left} more lines</span>`}</pre>`;
}
