import { decoded } from '../address.js';

/** Where a link or picture of a card leads. */
export type Link =
  | { readonly kind: 'heading'; readonly slug: string }
  /** A file of the repository. */
  | { readonly kind: 'file'; readonly path: string }
  /** A picture in the address itself. */
  | { readonly kind: 'data'; readonly address: string }
  | { readonly kind: 'elsewhere'; readonly address: string }
  /** Nowhere: a script, a page, what leads out of the repository. */
  | { readonly kind: 'none' };

/** Reads an address of a card, as a browser would: line breaks and tabs inside of a scheme do not hide it. */
export function readLink(address: string): Link {
  const given = address.replace(/\p{Cc}+/gu, '').trim();
  if (given === '') return { kind: 'none' };
  if (given.startsWith('#')) return { kind: 'heading', slug: decoded(given.slice(1)) };
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(given)?.[1]?.toLowerCase();
  if (scheme === 'http' || scheme === 'https' || scheme === 'mailto')
    return { kind: 'elsewhere', address: given };
  if (scheme === 'data') {
    return /^data:image\/[a-z0-9.+-]+[;,]/i.test(given) ? { kind: 'data', address: given } : { kind: 'none' };
  }
  if (scheme !== undefined) return { kind: 'none' };
  // Another host by the scheme of this page.
  if (/^[/\\]{2}/.test(given)) return { kind: 'elsewhere', address: `https:${given.replace(/\\/g, '/')}` };
  const steps = decoded(given.replace(/[?#].*$/s, ''))
    .split('/')
    .filter((step) => step !== '' && step !== '.');
  if (steps.length === 0 || steps.includes('..') || given.startsWith('/') || given.includes('\\'))
    return { kind: 'none' };
  return { kind: 'file', path: steps.join('/') };
}
