import { isMapping } from '../../mapping.js';
import { decimal } from '../quantities.js';
import { html, type Markup } from './markup.js';

/** A label with its score, 0 to 1 as a rule. */
export interface Scored {
  readonly label: string;
  readonly score: number;
}

const MOST_BARS = 10;
const MOST_ROWS = 50;
const MOST_COLUMNS = 24;
const MOST_CELLS = 96;
const LONGEST = 8_000;

/** Labels with bars as long as their scores, best first. */
export function bars(scored: readonly Scored[]): Markup {
  const sorted = [...scored].sort((a, b) => value(b.score) - value(a.score));
  const top = sorted.slice(0, MOST_BARS);
  // Scores beyond 1 are logits: the longest bar is then the largest.
  const longest = Math.max(1, ...top.map(({ score }) => Math.abs(value(score))));
  const rows = top.map(
    (
      { label, score },
      index,
    ) => html`<li${index === 0 && html` class="top"`}><span class="label">${label}</span>
<svg class="bar" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true"><rect class="track" width="100" height="6"/><rect class="fill" width="${((100 * Math.max(0, value(score))) / longest).toFixed(2)}" height="6"/></svg>
<span class="score">${decimal(score)}</span></li>`,
  );
  const left = sorted.length - top.length;
  return html`<ol class="bars">${rows}</ol>${left > 0 && html`<p class="aside">and ${left} more</p>`}`;
}

function value(score: number): number {
  return Number.isFinite(score) ? score : 0;
}

/** A text as it is, its line breaks kept. */
export function textBlock(text: string): Markup {
  const cut = text.length > LONGEST;
  return html`<blockquote class="text">${text.slice(0, LONGEST)}${cut && html`<span class="aside"> … and ${text.length - LONGEST} more characters</span>`}</blockquote>`;
}

/** Rows as a table with a head. */
export function table(columns: readonly string[], rows: readonly (readonly unknown[])[]): Markup {
  const shown = columns.slice(0, MOST_COLUMNS);
  const body = rows
    .slice(0, MOST_ROWS)
    .map((row) => html`<tr>${shown.map((_, column) => html`<td>${cell(row[column])}</td>`)}</tr>`);
  const left = rows.length - MOST_ROWS;
  return html`<div class="scroll"><table><thead><tr>${shown.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead><tbody>${body}</tbody></table></div>${left > 0 && html`<p class="aside">and ${left} more rows</p>`}`;
}

function cell(content: unknown): string {
  if (content === undefined || content === null) return '';
  if (typeof content === 'number') return decimal(content);
  return (typeof content === 'string' ? content : JSON.stringify(content)).slice(0, 400);
}

/** A table given by columns (`{Name: ["Anna"], Age: [3]}`), or by rows of mappings; null for anything else. */
export function tableOf(data: unknown): Markup | null {
  if (Array.isArray(data)) {
    if (data.length === 0 || !data.every(isMapping)) return null;
    const columns = [...new Set(data.slice(0, MOST_ROWS).flatMap((row) => Object.keys(row)))];
    return table(
      columns,
      data.map((row) => columns.map((name) => row[name])),
    );
  }
  if (!isMapping(data)) return null;
  const columns = Object.entries(data);
  if (columns.length === 0 || !columns.every(([, column]) => Array.isArray(column))) return null;
  const lists = columns.map(([, column]) => column as readonly unknown[]);
  const length = Math.max(...lists.map((list) => list.length));
  return table(
    columns.map(([name]) => name),
    Array.from({ length }, (_, row) => lists.map((list) => list[row])),
  );
}

/** Numbers as a strip of cells, the stronger the further from zero, with shape and range. Null where there are none. */
export function numbers(array: unknown): Markup | null {
  const shape: number[] = [];
  let inner: unknown = array;
  while (Array.isArray(inner) && inner.length > 0 && shape.length < 8) {
    shape.push(inner.length);
    inner = inner[0];
  }
  if (typeof inner !== 'number' || shape.length === 0) return null;
  const flat: number[] = [];
  gather(array, flat);
  const cells = flat.slice(0, MOST_CELLS);
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (const number of flat) {
    least = Math.min(least, number);
    most = Math.max(most, number);
  }
  const largest = Math.max(Math.abs(least), Math.abs(most)) || 1;
  const drawn = cells.map((number, index) => {
    const strength = Math.abs(value(number) / largest).toFixed(3);
    return html`<rect x="${index}" width="1" height="6" class="${number < 0 ? 'negative' : 'positive'}" fill-opacity="${strength}"/>`;
  });
  const size = shape.join(' × ');
  return html`<figure class="numbers"><svg viewBox="0 0 ${cells.length} 6" preserveAspectRatio="none" role="img" aria-label="The first ${cells.length} numbers">${drawn}</svg><figcaption>${size} numbers from ${decimal(least)} to ${decimal(most)}${flat.length > MOST_CELLS && html`; the first ${MOST_CELLS} are drawn`}</figcaption></figure>`;
}

/** Most numbers that are looked at for their range. */
const MOST_NUMBERS = 1_000_000;

function gather(array: unknown, into: number[]): void {
  if (into.length >= MOST_NUMBERS) return;
  if (typeof array === 'number') into.push(array);
  else if (Array.isArray(array)) for (const item of array) gather(item, into);
}

/** Anything as indented JSON, cut where it is long. */
export function jsonBlock(content: unknown): Markup {
  let room = 400;
  const text = JSON.stringify(
    content,
    (_key, item: unknown) => {
      if (room-- <= 0) return undefined;
      return typeof item === 'bigint' ? String(item) : typeof item === 'string' ? item.slice(0, 2_000) : item;
    },
    2,
  );
  return html`<pre class="json">${(text ?? String(content)).slice(0, LONGEST)}</pre>`;
}
