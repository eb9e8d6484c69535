import { type PictureSize, pictureSize } from '../../media/picture-size.js';
import type { SmokeFile } from '../../smoke/files.js';
import { bytes } from '../quantities.js';
import { html, type Markup } from './markup.js';

/** What is put into the page; anything else is only named. No SVG: it could hold more than a picture. */
const PICTURES: ReadonlySet<string> = new Set([
  'image/png',
  'image/jpeg',
  'image/gif',
  'image/webp',
  'image/bmp',
]);
const SOUNDS: ReadonlySet<string> = new Set([
  'audio/wav',
  'audio/flac',
  'audio/mpeg',
  'audio/ogg',
  'audio/mp4',
]);

/** Most bytes of one file in the page, and of all together. */
const MOST_OF_ONE = 8_000_000;
const MOST = 24_000_000;

/** A picture or sound with its address; without one where it is too large for the page. */
export interface Shown {
  readonly file: SmokeFile;
  readonly kind: 'picture' | 'sound';
  /** A `data:` address. */
  readonly address: string | null;
  /** Of pictures, where the header tells. */
  readonly size: PictureSize | null;
}

/** Pictures and sounds of one direction, by case, in order. */
export type Album = ReadonlyMap<number, readonly Shown[]>;

/** Makes the addresses of all files, as far as they fit into a page. `room` is shared between albums. */
export function album(files: readonly SmokeFile[], room: { bytes: number }): Album {
  const shown = new Map<number, Shown[]>();
  for (const file of files) {
    const { mediaType, bytes } = file;
    const kind = PICTURES.has(mediaType) ? 'picture' : SOUNDS.has(mediaType) ? 'sound' : null;
    if (kind === null) continue;
    const fits = bytes.byteLength <= Math.min(MOST_OF_ONE, room.bytes);
    if (fits) room.bytes -= bytes.byteLength;
    const content = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const address = fits ? `data:${mediaType};base64,${content.toString('base64')}` : null;
    const size = kind === 'picture' ? pictureSize(bytes) : null;
    shown.set(file.index, [...(shown.get(file.index) ?? []), { file, kind, address, size }]);
  }
  return shown;
}

/** Room for all pictures and sounds of a page. */
export function pageRoom(): { bytes: number } {
  return { bytes: MOST };
}

/** A picture, or a player with its sound. */
export function medium({ file, kind, address, size }: Shown, caption: string): Markup {
  if (address === null) {
    return html`<p class="aside">${caption} (${bytes(file.bytes.byteLength)}) is too large for this page; <code>--save-outputs</code> writes it to a folder.</p>`;
  }
  if (kind === 'sound') {
    return html`<figure class="medium"><audio controls preload="metadata" src="${address}"></audio><figcaption>${caption}</figcaption></figure>`;
  }
  return html`<figure class="medium"><img src="${address}" alt="${caption}"${dimensions(size)}><figcaption>${caption}</figcaption></figure>`;
}

/** Small pictures are drawn larger, with their pixels kept sharp. */
export function dimensions(size: PictureSize | null): Markup {
  if (size === null) return html``;
  const { width, height } = size;
  const scale = Math.max(1, Math.floor(224 / Math.max(width, height)));
  const sharp = scale > 1 ? html` class="pixels"` : html``;
  return html`${sharp} width="${width * scale}" height="${height * scale}"`;
}
