import { useLayoutEffect, useRef } from 'preact/hooks';
import { decoded } from '../address.js';
import { get, token } from '../api.js';
import { arrange } from './arrange.js';
import { MOST_RENDERED, markdownToHtml } from './markdown.js';
import { FILE, sanitised } from './sanitise.js';
import './card.css';

/** The card of a model, rendered. */
export function Card({ id, markdown }: { readonly id: string; readonly markdown: string | null }) {
  const place = useRef<HTMLDivElement>(null);
  const opened = useRef(false);
  useLayoutEffect(() => {
    if (place.current === null || markdown === null) return;
    const stop = new AbortController();
    const made = draw(place.current, id, markdown, stop.signal);
    // The page was opened at a heading that was not there yet. Where it is now, when the card is drawn anew, it stays.
    if (!opened.current && location.hash.startsWith('#card-'))
      document.getElementById(decoded(location.hash.slice(1)))?.scrollIntoView();
    opened.current = true;
    return () => {
      stop.abort();
      for (const address of made) URL.revokeObjectURL(address);
    };
  }, [id, markdown]);

  const empty = markdown === null || markdown.trim() === '';
  return (
    <article class="panel card" aria-label="Model card">
      {empty && (
        <p class="aside">{markdown === null ? 'There is no model card.' : 'The model card has no text.'}</p>
      )}
      <div ref={place} class="rendered" />
      {markdown !== null && markdown.length > MOST_RENDERED && (
        <p class="aside">The card is longer than what is drawn here; the rest is left out.</p>
      )}
    </article>
  );
}

/** Draws a card, and gives the addresses that were made for its files. */
function draw(place: HTMLElement, id: string, markdown: string, signal: AbortSignal): string[] {
  const html = markdownToHtml(markdown);
  if (html === null) {
    place.textContent = 'The card is nested too deep to be drawn.';
    return [];
  }
  const card = sanitised(html, id);
  arrange(card);
  const made: string[] = [];
  for (const medium of card.querySelectorAll(`[${FILE}]`)) {
    const address = medium.getAttribute(FILE) ?? '';
    medium.removeAttribute(FILE);
    if (token() === null) medium.setAttribute('src', address);
    else void showWithToken(medium, address, signal, made);
  }
  place.replaceChildren(card);
  return made;
}

/** Browsers send no token for a picture: it is asked for here, and shown from memory. */
async function showWithToken(
  medium: Element,
  address: string,
  signal: AbortSignal,
  made: string[],
): Promise<void> {
  try {
    const blob = await (await get(address, { signal })).blob();
    if (signal.aborted) return;
    const url = URL.createObjectURL(blob);
    made.push(url);
    medium.setAttribute('src', url);
  } catch {
    // Its alternative text stands there, as for a picture that is missing.
  }
}
