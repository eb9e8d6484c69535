import { visible } from '../text.js';

/** A piece of HTML that is safe as it stands. Only `html` and `raw` make any. */
export interface Markup {
  readonly markup: string;
}

/** What may stand in a template: text is escaped, markup is not, and what is not there leaves nothing behind. */
export type Part = Markup | string | number | undefined | false | null | readonly Part[];

/** HTML with everything that is put in escaped, in text and in attributes between double quotes. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  let markup = strings[0] ?? '';
  for (const [index, part] of parts.entries()) markup += written(part) + (strings[index + 1] ?? '');
  return { markup };
}

/** Our own HTML or CSS, never a text of a card or a model. */
export function raw(markup: string): Markup {
  return { markup };
}

function written(part: Part): string {
  if (part === undefined || part === null || part === false) return '';
  if (typeof part === 'string') return escaped(part);
  if (typeof part === 'number') return String(part);
  if ('markup' in part) return part.markup;
  return part.map(written).join('');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
};

/**
 * Any text as plain characters: what is invisible, or turns the order of reading, is shown, and nothing commands the runner of
 * GitHub Actions (`::`, `##[`) where the page goes to a log.
 */
function escaped(text: string): string {
  return visible(text, { lines: true })
    .replace(/[&<>"'`]/g, (character) => ENTITIES[character] ?? character)
    .replaceAll('::', ':&#58;')
    .replaceAll('##[', '#&#35;[');
}

/** Prose with its `code` set as code. */
export function prose(text: string): Markup {
  const parts = text.split(/`([^`\n]+)`/);
  return html`${parts.map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : part))}`;
}
