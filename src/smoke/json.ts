import { MAX_JSON_DEPTH, nestsTooDeep } from '../repo/json-file.js';

/** A JSON file of the repository that is none; the message names the file, line and column. */
export class BrokenJsonError extends Error {
  override readonly name = 'BrokenJsonError';
}

/** Parses a JSON file of the repository. Throws `BrokenJsonError`. */
export function parseJsonFile(path: string, text: string): unknown {
  if (nestsTooDeep(text)) {
    throw new BrokenJsonError(
      `${path} is nested more than ${MAX_JSON_DEPTH} levels deep. Upload a real one.`,
    );
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new BrokenJsonError(`${path} is not valid JSON: ${withLine(message, text)}. Correct it.`);
  }
}

/** A JSON error with the line and column instead of an offset. */
function withLine(message: string, text: string): string {
  const offset = /at position (\d+)/.exec(message)?.[1];
  // Some errors come without an offset, and quote what they found.
  const reason = message.replace(/ at position \d+.*$/s, '').replace(/\s+/g, ' ');
  if (offset === undefined) return reason;
  const before = text.slice(0, Number(offset)).split('\n');
  return `${reason} (line ${before.length}, column ${(before.at(-1) ?? '').length + 1})`;
}
