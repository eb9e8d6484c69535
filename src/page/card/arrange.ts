import { slugger } from './markdown.js';
import { headingId } from './sanitise.js';

/** Most that headings of a card are deeper than they say: the first one of the page is the name of the model. */
const DEEPER = 1;

/** Makes a sanitised card one that can be linked to, and that keyboard and screen reader can use. */
export function arrange(card: DocumentFragment): void {
  const slug = slugger();
  for (const heading of card.querySelectorAll('h1, h2, h3, h4, h5, h6')) {
    const level = Number(heading.tagName.slice(1));
    const deeper = document.createElement(`h${Math.min(6, level + DEEPER)}`);
    deeper.className = `level-${level}`;
    deeper.id = headingId(slug(heading.textContent ?? ''));
    deeper.append(...heading.childNodes);
    heading.replaceWith(deeper);
  }
  // What can be scrolled must be reached with the keyboard.
  for (const table of card.querySelectorAll('table')) {
    const scroll = document.createElement('div');
    scroll.className = 'scroll';
    focusable(scroll, 'Table');
    table.replaceWith(scroll);
    scroll.append(table);
  }
  for (const code of card.querySelectorAll('pre')) focusable(code, 'Code');
  // A link around a picture without a text has no name.
  for (const link of card.querySelectorAll('a[href]')) {
    const named =
      (link.textContent ?? '').trim() !== '' || link.querySelector('img[alt]:not([alt=""])') !== null;
    if (!named) link.setAttribute('aria-label', link.getAttribute('href') ?? '');
  }
  for (const item of card.querySelectorAll('li')) {
    if (item.parentElement?.matches('ul, ol') !== true) replaceTag(item, 'div');
  }
  for (const item of card.querySelectorAll('dt, dd')) {
    if (item.closest('dl') === null) replaceTag(item, 'div');
  }
}

function focusable(element: HTMLElement, name: string): void {
  element.tabIndex = 0;
  element.setAttribute('role', 'group');
  element.setAttribute('aria-label', name);
}

function replaceTag(element: Element, tag: string): void {
  const other = document.createElement(tag);
  other.append(...element.childNodes);
  element.replaceWith(other);
}
