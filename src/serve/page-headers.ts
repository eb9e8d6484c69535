/** What a page of the server may do: load what lies here, show what it made itself, and nothing else. */
const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "media-src 'self' data: blob:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  // Text becomes elements in one place, where it is sanitised.
  "require-trusted-types-for 'script'",
  'trusted-types dompurify',
].join('; ');

/** For what browsers ask of any answer that they show. */
const EVERY_ANSWER = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
} as const;

/** Headers of the HTML document. */
export const PAGE_HEADERS = {
  ...EVERY_ANSWER,
  'content-security-policy': PAGE_POLICY,
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'microphone=(self), camera=(), geolocation=(), payment=(), usb=()',
  'x-frame-options': 'DENY',
  'cache-control': 'no-cache',
  vary: 'accept, accept-encoding',
} as const;

/** Headers of what the document loads: its names change with its content. */
export const ASSET_HEADERS = {
  ...EVERY_ANSWER,
  'cache-control': 'public, max-age=31536000, immutable',
  vary: 'accept-encoding',
} as const;

/** Headers of a file of a repository, which strangers wrote: opened alone, it can do nothing. */
export const FILE_HEADERS = {
  ...EVERY_ANSWER,
  'content-security-policy': "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:",
  'cache-control': 'no-cache',
} as const;

/** Headers of what only the page of this server is to read: the source of a card, what changes. */
export const OWN_PAGE_ONLY = {
  ...EVERY_ANSWER,
  'cache-control': 'no-store',
} as const;
