import type { Repo } from './repo.js';

/** Largest card that is read, in bytes. */
export const MAX_CARD_BYTES = 10 * 1024 * 1024;

/** The card as it lies in the repository, before any of it is understood. */
export type CardFile =
  | { readonly source: 'text'; readonly text: string }
  | { readonly source: 'missing' }
  | { readonly source: 'binary'; readonly detail: string }
  | { readonly source: 'too-large'; readonly bytes: number };

/** Reads and decodes the card. The text keeps its byte-order mark, so that offsets are those of the file. */
export async function readCard(repo: Repo): Promise<CardFile> {
  const bytes = await repo.read(repo.cardPath, MAX_CARD_BYTES + 1);
  if (bytes === null) return { source: 'missing' };
  if (bytes.byteLength > MAX_CARD_BYTES) return { source: 'too-large', bytes: bytes.byteLength };
  return decodeCard(bytes);
}

/** Decodes a card's bytes as UTF-8; anything else is named for what it seems to be. */
function decodeCard(bytes: Uint8Array): CardFile {
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) {
    return { source: 'binary', detail: 'UTF-16 text' };
  }
  const nul = bytes.indexOf(0);
  if (nul !== -1) return { source: 'binary', detail: `a NUL byte at offset ${nul}` };
  try {
    return { source: 'text', text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch {
    return { source: 'binary', detail: 'bytes that are not UTF-8' };
  }
}
