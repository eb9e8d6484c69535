import type { Repo } from './repo.js';

/**
 * Largest config.json or tokenizer_config.json that is read, in bytes; one with 20,000 labels has less than 2 MB. Larger
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

/**
 * A parsed config.json or tokenizer_config.json, for the verdict. Undefined when it is missing, too large, nested too deep
 * or no JSON; the smoke plan says so to the author. Throws `RepoError`.
 */
export async function readModelConfig(repo: Repo, path: string): Promise<unknown> {
  const bytes = await repo.read(path, MAX_CONFIG_BYTES + 1);
  if (bytes === null || bytes.byteLength > MAX_CONFIG_BYTES) return undefined;
  const text = new TextDecoder().decode(bytes);
  if (nestsTooDeep(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
