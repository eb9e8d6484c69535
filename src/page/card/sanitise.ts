import createDOMPurify, { type Config } from 'dompurify';
import { fileOf } from '../address.js';
import { readLink } from './link.js';

const TAGS = [
  'h1 h2 h3 h4 h5 h6 p br hr div span center blockquote pre code kbd samp var tt a strong b em i u s del ins sub sup small mark q cite abbr',
  'ul ol li dl dt dd table caption thead tbody tfoot tr th td details summary figure figcaption img audio video source',
]
  .join(' ')
  .split(' ');

const ATTRIBUTES =
  'href src alt title width height align valign colspan rowspan start reversed open dir lang controls'.split(
    ' ',
  );

const RULES: Config & { RETURN_DOM_FRAGMENT: true } = {
  ALLOWED_TAGS: TAGS,
  ALLOWED_ATTR: ATTRIBUTES,
  ALLOW_DATA_ATTR: false,
  ALLOW_ARIA_ATTR: false,
  // What an element does that is not known here is not known: its text goes too.
  FORBID_CONTENTS: [
    'style',
    'script',
    'template',
    'noscript',
    'iframe',
    'object',
    'svg',
    'math',
    'form',
    'select',
  ],
  RETURN_DOM_FRAGMENT: true,
};

/** Attributes that this file sets, for what comes after. */
export const FILE = 'data-file';
const REMOTE = 'data-remote';

/** Elements that show a file. */
const MEDIA: ReadonlySet<string> = new Set(['IMG', 'AUDIO', 'VIDEO', 'SOURCE']);

const purify = createDOMPurify(window);
/** The model whose card is sanitised at the moment. */
let modelId = '';

// Before elements come into the document: a picture there is loaded at once.
purify.addHook('afterSanitizeAttributes', (node) => {
  if (node.tagName === 'A') placeLink(node);
  else if (MEDIA.has(node.tagName)) placeMedium(node);
});

/**
 * HTML of a stranger as elements that do nothing: no scripts, styles, forms and frames, nothing from elsewhere. Links stay, and open apart;
 * pictures, sounds and videos of the repository have their path in `data-file` and are not loaded yet; those from elsewhere are named.
 */
export function sanitised(html: string, id: string): DocumentFragment {
  modelId = id;
  const fragment = purify.sanitize(html, RULES);
  for (const medium of fragment.querySelectorAll(`[${REMOTE}]`)) medium.replaceWith(remoteNote(medium));
  return fragment;
}

function placeLink(link: Element): void {
  const to = readLink(link.getAttribute('href') ?? '');
  link.removeAttribute('href');
  switch (to.kind) {
    case 'heading':
      link.setAttribute('href', `#${headingId(to.slug)}`);
      return;
    case 'file':
      link.setAttribute('href', fileOf(modelId, to.path));
      openApart(link);
      return;
    case 'elsewhere':
      link.setAttribute('href', to.address);
      openApart(link);
      return;
    default:
  }
}

function openApart(link: Element): void {
  link.setAttribute('target', '_blank');
  link.setAttribute('rel', 'noopener noreferrer nofollow');
}

function placeMedium(medium: Element): void {
  const address = medium.getAttribute('src');
  medium.removeAttribute('src');
  if (medium.tagName === 'IMG' && !medium.hasAttribute('alt')) medium.setAttribute('alt', '');
  if (medium.tagName === 'AUDIO' || medium.tagName === 'VIDEO') medium.setAttribute('controls', '');
  if (address === null) return;
  const from = readLink(address);
  if (from.kind === 'file') medium.setAttribute(FILE, fileOf(modelId, from.path));
  else if (from.kind === 'data' && medium.tagName === 'IMG') medium.setAttribute('src', from.address);
  else if (from.kind === 'elsewhere') medium.setAttribute(REMOTE, from.address);
}

/** Stands for a picture that is not loaded. */
function remoteNote(medium: Element): HTMLElement {
  const address = medium.getAttribute(REMOTE) ?? '';
  const note = document.createElement('span');
  note.className = 'remote';
  const words = medium.getAttribute('alt')?.trim();
  const kind = { IMG: 'picture', AUDIO: 'sound', VIDEO: 'video' }[medium.tagName] ?? 'file';
  note.textContent = words ? `${words} ` : '';
  const place = document.createElement('span');
  place.className = 'address';
  place.textContent = `${kind} not loaded: ${shortened(address)}`;
  note.title = address;
  note.append(place);
  return note;
}

const LONGEST = 90;

function shortened(address: string): string {
  return address.length > LONGEST ? `${address.slice(0, LONGEST)}…` : address;
}

/** Ids of headings in the card, apart from those of the page. */
export function headingId(slug: string): string {
  return `card-${slug}`;
}
