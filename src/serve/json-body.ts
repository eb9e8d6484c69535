import { weigh } from '../smoke/protocol.js';
import { utf8 } from '../utf8.js';
import { ServeError } from './serve-error.js';

/** Most lists and objects in a body, and most items of them: in memory they take a hundred times the bytes that they have in JSON. */
const MAX_NESTED = 250_000;
const MAX_ITEMS = 2_000_000;

/** The JSON in a body, or that there is none. */
export type JsonBody = { readonly kind: 'json'; readonly value: unknown } | { readonly kind: 'none' };

/** Reads a body as JSON in UTF-8. Throws `ServeError` 400 where it would take too much memory. */
export function readJson(bytes: Uint8Array): JsonBody {
  const text = utf8(bytes);
  if (text === null) return { kind: 'none' };
  if (/^\s*[[{]/.test(text)) {
    const weight = weigh(text);
    if (weight === null) throw new ServeError(400, 'The body nests too deep.');
    if (weight.nested > MAX_NESTED || weight.items > MAX_ITEMS) {
      throw new ServeError(400, `The body has too many parts; ${MAX_ITEMS} values are taken at most.`);
    }
  }
  try {
    return { kind: 'json', value: JSON.parse(text) };
  } catch {
    return { kind: 'none' };
  }
}
