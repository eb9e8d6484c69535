import { findJsonFault, type JsonFault } from './json-fault.js';
import type { Repo } from './repo.js';

/**
 * Largest JSON file that is read, in bytes; one with 20,000 labels has less than 2 MB. Larger
 * ones could be made to take minutes and gigabytes to parse.
 */
export const MAX_CONFIG_BYTES = 4 * 1024 * 1024;

/** Deepest nesting of lists and objects that is read. Real files have less than ten levels; a million overflow the stack. */
export const MAX_JSON_DEPTH = 100;

/** Whether a JSON text nests deeper than `MAX_JSON_DEPTH`; looks at brackets outside of strings, and takes linear time. */
export function nestsTooDeep(json: string): boolean {
  let depth = 0;
  let inString = false;
  for (let index = 0; index < json.length; index++) {
    const code = json.charCodeAt(index);
    if (inString) {
      if (code === BACKSLASH) index++;
      else if (code === QUOTE) inString = false;
    } else if (code === QUOTE) inString = true;
    else if (code === OPEN_BRACKET || code === OPEN_BRACE) {
      depth++;
      if (depth > MAX_JSON_DEPTH) return true;
    } else if (code === CLOSE_BRACKET || code === CLOSE_BRACE) depth--;
  }
  return false;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/** What a JSON file of the repository turned out to be. */
export type JsonReading = { readonly kind: 'value'; readonly value: unknown } | BrokenJson;

/** Why a JSON file says nothing. */
export type BrokenJson =
  | { readonly kind: 'syntax'; readonly text: string; readonly fault: JsonFault }
  /** A Git LFS pointer in the place of the file. */
  | { readonly kind: 'lfs-pointer' }
  /** Not UTF-8. */
  | { readonly kind: 'not-text' }
  /** Limits of ours. */
  | { readonly kind: 'too-large' | 'too-deep' };

const LFS_POINTER = 'version https://git-lfs.github.com/spec/';

/** Reads a JSON file; null when there is none. Throws `RepoError`. */
export async function readJsonFile(repo: Repo, path: string): Promise<JsonReading | null> {
  const bytes = await repo.read(path, MAX_CONFIG_BYTES + 1);
  if (bytes === null) return null;
  if (bytes.byteLength > MAX_CONFIG_BYTES) return { kind: 'too-large' };
  try {
    return readJson(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    return { kind: 'not-text' };
  }
}

/** Reads a text as JSON; a byte-order mark in front is passed over. */
export function readJson(text: string): JsonReading {
  if (text.startsWith(LFS_POINTER)) return { kind: 'lfs-pointer' };
  if (nestsTooDeep(text)) return { kind: 'too-deep' };
  try {
    return { kind: 'value', value: JSON.parse(text.startsWith('\uFEFF') ? text.slice(1) : text) };
  } catch {
    const fault = findJsonFault(text);
    const nowhere = { reason: 'it cannot be parsed', span: { start: 0, end: 0 } };
    return { kind: 'syntax', text, fault: fault ?? nowhere };
  }
}
