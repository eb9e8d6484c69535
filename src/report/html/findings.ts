import type { Diagnostic, Fix } from '../../diagnostic.js';
import { applyEdits } from '../../fix.js';
import { diffLines } from '../diff.js';
import { hubReaction, sentence } from '../wording.js';
import { html, type Markup, prose } from './markup.js';

/** A finding with its place in the list of all, which its address in the page is made from. */
export interface Numbered {
  readonly diagnostic: Diagnostic;
  readonly number: number;
}

/** Most findings in the list at the top. */
const MOST_LISTED = 300;
/** Longest line of a diff, in characters, and most lines of one. */
const LONGEST_LINE = 400;
const MOST_LINES = 60;

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
  const part = partAround(source, edits);
  const lines = diffLines(part.text, applyEdits(part.text, part.edits), 1).flatMap(({ lines }) => lines);
  const shown = lines.slice(0, MOST_LINES).map(({ kind, text }) => {
    const bare = text.replace(/[\r\n]+$/, '').replaceAll('\t', '  ');
    const cut = bare.length > LONGEST_LINE ? `${bare.slice(0, LONGEST_LINE)}…` : bare;
    return html`<span class="${kind}">${mark[kind]} ${cut}\n</span>`;
  });
  const left = lines.length - MOST_LINES;
  return html`<pre class="diff">${shown}${left > 0 && html`<span class="aside">… and ${left} more lines</span>`}</pre>`;
}

/** The lines that edits touch, with the line before and behind: a diff of the whole card for each finding would take long. */
function partAround(
  source: string,
  edits: Fix['edits'],
): { readonly text: string; readonly edits: Fix['edits'] } {
  const first = Math.min(source.length, ...edits.map(({ start }) => start));
  const last = Math.max(0, ...edits.map(({ end }) => end));
  const before = source.lastIndexOf('\n', first - 1);
  const from = before <= 0 ? 0 : source.lastIndexOf('\n', before - 1) + 1;
  const behind = source.indexOf('\n', last);
  const next = behind === -1 ? -1 : source.indexOf('\n', behind + 1);
  return {
    text: source.slice(from, next === -1 ? source.length : next + 1),
    edits: edits.map(({ start, end, text }) => ({ start: start - from, end: end - from, text })),
  };
}
