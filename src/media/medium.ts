/** What a media file turned out to be. */
export type Medium =
  /** Read to its end, as far as its container goes. */
  | { readonly kind: 'image' | 'audio' | 'video'; readonly format: string }
  /** Meant to be of a known format, but damaged: `fault` is a sentence that says how. */
  | { readonly kind: 'damaged'; readonly format: string; readonly fault: string }
  /** A Git LFS pointer in the place of the file. */
  | { readonly kind: 'lfs-pointer' }
  /** None of the formats known here; `looksLike` names it where that is plain (`HTML`, `JSON text`). */
  | { readonly kind: 'unknown'; readonly looksLike?: string }
  /** Too large to be read through. */
  | { readonly kind: 'unread' };
