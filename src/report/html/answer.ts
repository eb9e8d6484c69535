import { isMapping, own } from '../../mapping.js';
import type { SmokeCase } from '../../smoke/report.js';
import { skippedChecks } from '../output.js';
import { html, type Markup } from './markup.js';
import { dimensions, medium, type Shown } from './media.js';
import { bars, jsonBlock, numbers, type Scored, tableOf, textBlock } from './values.js';

type Mapping = Readonly<Record<string, unknown>>;

/** What an answer is shown with. */
interface Beside {
  /** Pictures and sounds of the answer. */
  readonly made: readonly Shown[];
  /** Those that went in. */
  readonly given: readonly Shown[];
  readonly input: unknown;
}

/** The answer to an input, shown as what it is: bars, boxes, marked words, pictures, sounds, tables, text. */
export function answerView(one: SmokeCase, made: readonly Shown[], given: readonly Shown[]): Markup {
  if (one.output === undefined) {
    const skipped = skippedChecks(one);
    return html`<p class="aside">${skipped.length > 0 ? 'This input was not run.' : 'The model gave no answer.'}</p>`;
  }
  return view(one.output, { made, given, input: one.input }, 0);
}

function view(value: unknown, beside: Beside, depth: number): Markup {
  if (typeof value === 'string') {
    const file = beside.made.find((shown) => shown.file.name === value);
    return file === undefined ? textBlock(value) : medium(file, value);
  }
  if (Array.isArray(value)) return listView(value, beside, depth);
  if (isMapping(value)) return mappingView(value, beside, depth);
  return html`<p class="value">${String(value)}</p>`;
}

function listView(list: readonly unknown[], beside: Beside, depth: number): Markup {
  const strip = numbers(list);
  if (strip !== null) return strip;
  const [first] = list;
  if (list.length === 1 && !isMapping(first)) return view(first, beside, depth + 1);
  if (list.length > 0 && list.every(isMapping)) {
    const found =
      boxesView(list, beside) ?? masksView(list, beside) ?? entitiesView(list, beside) ?? scoresView(list);
    if (found !== null) return found;
    if (list.length === 1) return view(first, beside, depth + 1);
    return tableOf(list) ?? jsonBlock(list);
  }
  if (list.length > 0 && list.length <= 10 && depth < 3) {
    return html`<div class="several">${list.map((item) => view(item, beside, depth + 1))}</div>`;
  }
  return jsonBlock(list);
}

function mappingView(value: Mapping, beside: Beside, depth: number): Markup {
  const span = spanView(value, beside);
  if (span !== null) return span;
  const single = scoresView([value]);
  if (single !== null) return single;
  if (depth > 3) return jsonBlock(value);
  const table = tableOf(value);
  if (table !== null) return table;
  const entries = Object.entries(value).slice(0, 30);
  if (entries.length === 1) return view(entries[0]?.[1], beside, depth + 1);
  return html`<dl class="fields">${entries.map(
    ([key, item]) =>
      html`<div><dt>${key}</dt><dd>${typeof item === 'string' && !beside.made.some(({ file }) => file.name === item) ? item.slice(0, 2000) : view(item, beside, depth + 1)}</dd></div>`,
  )}</dl>`;
}

/** Labels with scores, as classifiers and masked models give them. */
function scoresView(list: readonly Mapping[]): Markup | null {
  const scored: Scored[] = [];
  for (const item of list) {
    const label = item.label ?? item.answer ?? item.token_str ?? item.word;
    const score = numberOf(item.score);
    if (typeof label !== 'string' || score === undefined) return null;
    scored.push({ label, score });
  }
  return bars(scored);
}

/** Numbers that JSON lacks come as strings. */
function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  return value === 'NaN' || value === 'Infinity' || value === '-Infinity' ? Number(value) : undefined;
}

/** Colours of boxes and entities, by label; the style sheet has as many. */
const COLOURS = 6;

function colours(labels: readonly string[]): ReadonlyMap<string, number> {
  return new Map([...new Set(labels)].map((label, index) => [label, index % COLOURS]));
}

/** Boxes on the picture that went in. */
function boxesView(list: readonly Mapping[], { given }: Beside): Markup | null {
  const boxes = list.map(({ label, score, box }) => {
    const [xmin, ymin, xmax, ymax] = ['xmin', 'ymin', 'xmax', 'ymax'].map((side) => own(box, side));
    const whole = [xmin, ymin, xmax, ymax].every((side) => typeof side === 'number' && Number.isFinite(side));
    return whole && typeof label === 'string'
      ? {
          label,
          score: numberOf(score) ?? Number.NaN,
          x: xmin as number,
          y: ymin as number,
          width: Math.max(0, (xmax as number) - (xmin as number)),
          height: Math.max(0, (ymax as number) - (ymin as number)),
        }
      : null;
  });
  if (boxes.some((box) => box === null)) return null;
  const drawn = boxes.filter((box) => box !== null);
  const picture = given.find(({ kind }) => kind === 'picture');
  const legend = bars(drawn);
  if (picture?.address == null || picture.size === null) return legend;
  const { width, height } = picture.size;
  const colour = colours(drawn.map(({ label }) => label));
  const rects = drawn
    .slice(0, 100)
    .map(
      (box) =>
        html`<rect class="c${colour.get(box.label) ?? 0}" x="${box.x}" y="${box.y}" width="${box.width}" height="${box.height}"><title>${box.label}</title></rect>`,
    );
  const names = [...colour].map(([label, index]) => html`<li class="c${index}">${label}</li>`);
  return html`<figure class="medium"><div class="boxed"><img src="${picture.address}" alt="The input with ${drawn.length} boxes"${dimensions(picture.size)}><svg viewBox="0 0 ${width} ${height}" preserveAspectRatio="none">${rects}</svg></div><figcaption><ul class="legend">${names}</ul></figcaption></figure>${legend}`;
}

/** Masks of segments, each a picture. */
function masksView(list: readonly Mapping[], { made }: Beside): Markup | null {
  const masks = list.map(({ label, mask }) => ({
    label: typeof label === 'string' ? label : 'segment',
    shown: made.find(({ file }) => file.name === mask),
  }));
  if (masks.some(({ shown }) => shown === undefined)) return null;
  return html`<div class="grid">${masks.slice(0, 24).map(({ label, shown }) => shown && medium(shown, label))}</div>`;
}

/** Words of the text that went in, marked with what they are. */
function entitiesView(list: readonly Mapping[], { input }: Beside): Markup | null {
  const text = textOf(input);
  const found = list.map((item) => ({
    label: item.entity_group ?? item.entity,
    start: item.start,
    end: item.end,
    word: item.word,
    score: numberOf(item.score),
  }));
  if (!found.every(({ label }) => typeof label === 'string')) return null;
  const colour = colours(found.map(({ label }) => String(label).replace(/^[BIES]-/, '')));
  const colourOf = (label: unknown) => colour.get(String(label).replace(/^[BIES]-/, '')) ?? 0;
  let at = 0;
  const parts: (Markup | string)[] = [];
  for (const { label, start, end } of found) {
    if (text === null || typeof start !== 'number' || typeof end !== 'number') return tableOf(list);
    if (start < at || end <= start || end > text.length) return tableOf(list);
    parts.push(
      text.slice(at, start),
      html`<mark class="c${colourOf(label)}">${text.slice(start, end)}<span>${String(label)}</span></mark>`,
    );
    at = end;
  }
  if (text === null) return tableOf(list);
  return html`<blockquote class="text entities">${parts}${text.slice(at)}</blockquote>${list.length > 0 && tableOf(list)}`;
}

/** The answer to a question, marked in the text it was found in. */
function spanView(value: Mapping, { input }: Beside): Markup | null {
  const { answer, start, end } = value;
  const context = own(own(input, 'inputs') ?? input, 'context');
  if (typeof answer !== 'string' || typeof context !== 'string') return null;
  if (typeof start !== 'number' || typeof end !== 'number') return null;
  if (!(start >= 0 && start < end && end <= context.length)) return null;
  const score = numberOf(value.score);
  return html`<blockquote class="text entities">${context.slice(0, start)}<mark class="c0">${context.slice(start, end)}<span>answer</span></mark>${context.slice(end)}</blockquote>${score !== undefined && bars([{ label: answer, score }])}`;
}

/** The text of an input; null when it holds none. */
function textOf(input: unknown): string | null {
  if (typeof input === 'string') return input;
  const text = own(input, 'inputs') ?? own(input, 'text');
  return typeof text === 'string' ? text : null;
}
