import { isMapping } from '../../mapping.js';
import { inputInWords } from '../output.js';
import { html, type Markup } from './markup.js';
import { medium, type Shown } from './media.js';
import { jsonBlock, tableOf, textBlock } from './values.js';

/** What went into the model, shown as what it is. */
export function inputView(input: unknown, given: readonly Shown[]): Markup {
  const rest = [...given];
  return view(input, rest, 0);
}

/** `given` loses the pictures and sounds that were shown. */
function view(input: unknown, given: Shown[], depth: number): Markup {
  if (typeof input === 'string') return textBlock(input);
  if (isMedium(input)) {
    const shown = given.shift();
    const words = inputInWords(input);
    return shown === undefined ? html`<p class="value">${words}</p>` : medium(shown, words);
  }
  if (Array.isArray(input)) return listView(input, given, depth);
  if (!isMapping(input)) return html`<p class="value">${String(input)}</p>`;
  // A chat about pictures: each message says where its pictures stand, in order.
  if (Array.isArray(input.messages) && Array.isArray(input.images)) {
    return view(input.messages, given, depth + 1);
  }
  if (depth > 0 && (input.type === 'text' || input.type === 'image')) return partView(input, given);
  const entries = Object.entries(input).slice(0, 30);
  if (entries.length === 1) return view(entries[0]?.[1], given, depth + 1);
  const table = tableOf(input);
  if (table !== null) return table;
  if (depth > 4) return jsonBlock(input);
  return html`<dl class="fields">${entries.map(
    ([key, value]) =>
      html`<div><dt>${key}</dt><dd>${typeof value === 'string' ? value.slice(0, 4000) : view(value, given, depth + 1)}</dd></div>`,
  )}</dl>`;
}

/** A text or a picture of a message. */
function partView({ type, text }: Readonly<Record<string, unknown>>, given: Shown[]): Markup {
  if (type === 'text') return textBlock(typeof text === 'string' ? text : '');
  const shown = given.shift();
  return shown === undefined ? html`<p class="value">a picture</p>` : medium(shown, 'picture');
}

function listView(list: readonly unknown[], given: Shown[], depth: number): Markup {
  const chat = list.every((item) => isMapping(item) && typeof item.role === 'string' && 'content' in item);
  if (chat && list.length > 0) {
    return html`<ol class="chat">${list.slice(-20).map((message) => {
      const { role, content } = message as { role: string; content: unknown };
      return html`<li class="${role === 'user' ? 'user' : 'other'}"><span>${role}</span>${view(content, given, depth + 1)}</li>`;
    })}</ol>`;
  }
  if (list.length > 0 && list.every((item) => typeof item === 'string')) {
    return html`<ul class="texts">${list.slice(0, 30).map((item) => html`<li>${String(item).slice(0, 2000)}</li>`)}</ul>`;
  }
  if (depth < 4 && list.some((item) => isMedium(item) || (isMapping(item) && 'type' in item))) {
    return html`<div class="several">${list.slice(0, 20).map((item) => view(item, given, depth + 1))}</div>`;
  }
  return tableOf(list) ?? jsonBlock(list);
}

function isMedium(value: unknown): boolean {
  return isMapping(value) && (value.kind === 'file' || value.kind === 'data' || value.kind === 'sample');
}
