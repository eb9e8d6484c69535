/** What a media file turned out to be. */
export type Medium =
  /** Read to its end, as far as its container goes. */
  | { readonly kind: 'image' | 'audio' | 'video'; readonly format: string }
  /** Of a known format, but damaged: `fault` says how, to stand behind a colon (`the file ends inside its headers`). */
  | { readonly kind: 'damaged'; readonly format: string; readonly fault: string }
  /** A Git LFS pointer in the place of the file. */
  | { readonly kind: 'lfs-pointer' }
  /** None of the formats known here; `looksLike` names it where that is plain (`HTML`, `JSON text`). */
  | { readonly kind: 'unknown'; readonly looksLike?: string }
  /** Too large, or of too many parts, to be read through. */
  | { readonly kind: 'unread' };

/** A file that begins as one of `format` and does not go on as it must. */
export function damaged(format: string, fault: string): Medium {
  return { kind: 'damaged', format, fault };
}
