import type { SmokeReport } from '../../smoke/report.js';
import type { OnlineVerdict } from '../../support/verdict.js';
import { cardFile, type FormatOptions } from '../format.js';
import type { Report } from '../report.js';
import { counted, silencedInWords, widgetInWords } from '../wording.js';
import { diffView } from './findings.js';
import { html, type Markup, prose } from './markup.js';

/** The one thing to know, and how much was found. */
export function verdictHead(report: Report, name: string): Markup {
  const { errors, warnings, infos, publishable } = report.summary;
  const chips = [
    errors > 0 && html`<a class="chip error" href="#findings">${counted(errors, 'error')}</a>`,
    warnings > 0 && html`<a class="chip warning" href="#findings">${counted(warnings, 'warning')}</a>`,
    infos > 0 && html`<a class="chip info" href="#findings">${counted(infos, 'info')}</a>`,
    errors + warnings + infos === 0 && html`<span class="chip">no findings</span>`,
    silencedInWords(report.silenced ?? []).map((words) => html`<span class="chip">${words}</span>`),
    report.smoke &&
      html`<a class="chip ${smokeColour(report.smoke)}" href="#smoke">smoke inference ${report.smoke.status}</a>`,
  ];
  const where = report.target.kind === 'hub' ? ` at ${report.target.revision ?? 'main'}` : '';
  return html`<header class="${publishable ? 'ready' : 'not-ready'}">
<p class="repository">${name}<span class="aside">${where}</span></p>
<h1><i class="seal" aria-hidden="true"></i>${publishable ? 'Ready to publish' : 'Not ready to publish'}</h1>
<p class="chips">${chips}</p>
</header>`;
}

/** Colour of a status of the smoke inference. */
export function smokeColour({ status }: Pick<SmokeReport, 'status'>): string {
  return { passed: 'good', failed: 'error', skipped: 'warning' }[status];
}

/** What the model page will have, and what would turn on what is off. */
export function pageTiles(report: Report, options: FormatOptions): Markup {
  const { library, task, api, widget, remedy = [], online } = report.support;
  const source = options.sources?.[cardFile(report)];
  const state = widgetInWords(widget.state);
  const kind = widget.kind === null || widget.kind === task.name ? '' : ` (${widget.kind})`;
  const fresh = (text: string) =>
    text.replaceAll(library.detail, '').replaceAll(task.detail, '').replaceAll(/\s+/g, ' ').trim();
  const tiles = [
    tile('Library', library.name ?? 'not found', library.name === null ? 'warning' : '', library.detail),
    tile('Task', task.name ?? 'not found', task.name === null ? 'warning' : '', task.detail),
    tile(
      'API',
      api.enabled ? 'on' : 'off',
      api.enabled ? 'good' : 'error',
      [...(api.enabled ? [] : [api.reason]), fresh(api.explanation)].filter(Boolean).join(': '),
    ),
    tile('Widget', `${state}${kind}`, WIDGET_COLOUR[widget.state], fresh(widget.explanation)),
    ...(online ? [todayTile(online)] : []),
  ];
  const todo = remedy.map(
    ({ title, edits }) =>
      html`<li><p>${prose(title)}</p>${source !== undefined && edits.length > 0 && diffView(source, edits)}</li>`,
  );
  return html`<section id="page"><h2>Model page</h2><div class="tiles">${tiles}</div>${todo.length > 0 && html`<div class="todo"><h3>To do</h3><ul>${todo}</ul></div>`}</section>`;
}

const WIDGET_COLOUR = { live: 'good', 'examples-only': 'warning', hidden: 'error' } as const;

/** What the Hub itself says of the page, where it was asked. */
function todayTile({ task, library, widget }: OnlineVerdict): Markup {
  const page = `The page has the task ${task ?? 'not found'} and the library ${library ?? 'not found'}.`;
  return tile(
    'Today on the Hub',
    widgetInWords(widget.state),
    WIDGET_COLOUR[widget.state],
    `${widget.explanation} ${page}`,
  );
}

function tile(name: string, value: string, colour: string, detail: string): Markup {
  return html`<div class="tile ${colour}"><p class="name">${name}</p><p class="value">${value}</p><p class="detail">${prose(detail)}</p></div>`;
}
