import type { SmokeCase, SmokeCheck, SmokeReport } from '../../smoke/report.js';
import type { FormatOptions } from '../format.js';
import { bytes, decimal, milliseconds } from '../quantities.js';
import { STAGE_IN_WORDS } from '../wording.js';
import { answerView } from './answer.js';
import { inputView } from './input.js';
import { html, type Markup, prose } from './markup.js';
import { type Album, album, pageRoom } from './media.js';
import { smokeColour } from './verdict.js';

/** What the model was given, what it answered, and what was checked. */
export function smokeSection(smoke: SmokeReport, options: FormatOptions): Markup {
  const room = pageRoom();
  const made = album(options.media?.outputs ?? [], room);
  const given = album(options.media?.inputs ?? [], room);
  const { status, stage, reason } = smoke;
  const where = status === 'failed' && stage !== undefined ? ` ${STAGE_IN_WORDS[stage]}` : '';
  return html`<section id="smoke"><h2>Smoke inference <span class="chip ${smokeColour(smoke)}">${status}${where}</span></h2>
${reason !== undefined && html`<p class="reason ${smokeColour(smoke)}">${prose(reason)}</p>`}
${facts(smoke)}
${smoke.cases.map((one, index) => caseCard(one, index, made, given))}
${smoke.checks.length > 0 && html`<article class="case"><h3>The whole model</h3>${checkList(smoke.checks)}</article>`}
${comparisons(smoke)}
</section>`;
}

function facts(smoke: SmokeReport): Markup {
  const { runner, device, deviceDetail, dtype, loadMs, latencyMs, peakRssBytes, files } = smoke;
  const size = files.reduce((sum, file) => sum + file.size, 0);
  const entries: readonly (readonly [string, string, string?])[] = [
    ...(runner === null ? [] : [['Ran with', runner, device ? `on ${device}` : ''] as const]),
    ...(dtype === null ? [] : [['Weights', dtype, files.length > 0 ? bytes(size) : ''] as const]),
    ...(loadMs === null ? [] : [['Loaded in', milliseconds(loadMs)] as const]),
    ...(latencyMs === null ? [] : [['A run takes', milliseconds(latencyMs)] as const]),
    ...(peakRssBytes === null ? [] : [['Peak memory', bytes(peakRssBytes)] as const]),
  ];
  if (entries.length === 0) return html``;
  return html`<dl class="facts">${entries.map(
    ([name, value, detail]) =>
      html`<div><dt>${name}</dt><dd>${value}${detail && html` <span class="aside">${detail}</span>`}</dd></div>`,
  )}</dl>${deviceDetail !== undefined && html`<p class="aside">${deviceDetail}</p>`}`;
}

function caseCard(one: SmokeCase, index: number, made: Album, given: Album): Markup {
  const title = one.title ?? `${SOURCE[one.source]} ${index + 1}`;
  const time = one.latencyMs === null ? '' : milliseconds(one.latencyMs);
  return html`<article class="case"><h3>${title}<span class="aside">${[one.title === undefined ? '' : SOURCE[one.source], time].filter(Boolean).join(' · ')}</span></h3>
<div class="sides"><div class="side"><p class="name">Input</p>${inputView(one.input, given.get(index) ?? [])}</div><div class="side"><p class="name">Answer</p>${answerView(one, made.get(index) ?? [], given.get(index) ?? [])}</div></div>
${checkList(one.checks)}</article>`;
}

const SOURCE = { widget: 'widget example', default: 'default input', user: 'your input' } as const;

/** What is wrong stands open; what passed is a line to click on. */
function checkList(checks: readonly SmokeCheck[]): Markup {
  const passed = checks.filter(({ status }) => status === 'passed');
  const others = checks.filter(({ status }) => status !== 'passed');
  return html`${others.length > 0 && html`<ul class="checks">${others.map(checkItem)}</ul>`}${passed.length > 0 && html`<details class="checks"><summary><i class="mark good"></i>${passed.length} ${passed.length === 1 ? 'check' : 'checks'} passed</summary><ul class="checks">${passed.map(checkItem)}</ul></details>`}`;
}

const COLOUR = { passed: 'good', failed: 'error', warning: 'warning', skipped: 'info' } as const;

function checkItem({ id, status, message }: SmokeCheck): Markup {
  return html`<li><i class="mark ${COLOUR[status]}"></i><span><code>${id}</code> ${prose(message)}</span></li>`;
}

/** The other variants and devices. */
function comparisons({ comparisons: all, latencyMs }: SmokeReport): Markup {
  if (all.length === 0) return html``;
  const rows = all.map((one) => {
    const place = one.computeType === 'cpu+optimized' ? 'cpu, optimized' : (one.device ?? '');
    const size = one.files.reduce((sum, file) => sum + file.size, 0);
    const speed =
      latencyMs === null || one.latencyMs === null || one.latencyMs === 0
        ? ''
        : `${(latencyMs / one.latencyMs).toFixed(1)}×`;
    const stated = new Set([
      ...(one.reason === undefined ? [] : [one.reason]),
      ...one.checks.filter(({ status }) => status !== 'passed').map(({ message }) => message),
    ]);
    return html`<tr><th scope="row"><i class="mark ${COLOUR[one.status]}"></i>${one.dtype} on ${place}</th><td>${bytes(size)}</td><td>${one.drift === null ? '' : decimal(one.drift)}</td><td>${one.latencyMs === null ? '' : milliseconds(one.latencyMs)}</td><td>${speed}</td></tr>${[...stated].map((message) => html`<tr class="note"><td colspan="5">${prose(message)}</td></tr>`)}`;
  });
  return html`<article class="case"><h3>Compared with the above</h3><div class="scroll"><table class="compared"><thead><tr><th scope="col">Variant</th><th scope="col">Size</th><th scope="col">Drift</th><th scope="col">A run</th><th scope="col">Speed</th></tr></thead><tbody>${rows}</tbody></table></div></article>`;
}
