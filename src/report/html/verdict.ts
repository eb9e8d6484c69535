import type { SmokeReport } from '../../smoke/report.js';
import { cardFile, type FormatOptions } from '../format.js';
import { counted, silencedInWords } from '../order.js';
import type { Report } from '../report.js';
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
  const { library, task, api, widget, remedy = [] } = report.support;
  const source = options.sources?.[cardFile(report)];
  const state = widget.state === 'examples-only' ? 'examples only' : widget.state;
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
      api.enabled ? fresh(api.explanation) : `${api.reason}: ${fresh(api.explanation)}`,
    ),
    tile(
      'Widget',
      `${state}${kind}`,
      { live: 'good', 'examples-only': 'warning', hidden: 'error' }[widget.state],
      fresh(widget.explanation),
    ),
  ];
  const todo = remedy.map(
    ({ title, edits }) =>
      html`<li><p>${prose(title)}</p>${source !== undefined && edits.length > 0 && diffView(source, edits)}</li>`,
  );
  return html`<section id="page"><h2>Model page</h2><div class="tiles">${tiles}</div>${todo.length > 0 && html`<div class="todo"><h3>To do</h3><ul>${todo}</ul></div>`}</section>`;
}

function tile(name: string, value: string, colour: string, detail: string): Markup {
  return html`<div class="tile ${colour}"><p class="name">${name}</p><p class="value">${value}</p><p class="detail">${prose(detail)}</p></div>`;
}
