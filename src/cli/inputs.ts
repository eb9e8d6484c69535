import { createReadStream } from 'node:fs';
import { resolve } from 'node:path';
import { UsageError } from '../errors.js';
import { stat } from '../repo/fs.js';

/** Largest input file, in bytes. */
const MAX_BYTES = 64 * 1024 * 1024;

/**
 * The values of `--input`: a text, or JSON where it is an object or a list; after `@` a file with either. Throws
 * `UsageError` when a file cannot be read or is no text.
 */
export function readInputs(values: readonly string[], cwd: string): Promise<readonly unknown[]> {
  return Promise.all(
    values.map(async (value) => inputOf(value.startsWith('@') ? await readText(value.slice(1), cwd) : value)),
  );
}

/** `[MASK] is a town` begins like JSON and is none: what does not parse is a text. */
function inputOf(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

async function readText(name: string, cwd: string): Promise<string> {
  const wrong = (why: string, cause?: unknown) =>
    new UsageError('input-file', `--input @${name}: ${why}.`, {
      hint: 'Name a text or JSON file. A text that begins with @ goes into such a file.',
      cause,
    });
  let bytes: Uint8Array;
  try {
    const path = resolve(cwd, name);
    const info = await stat(path);
    if (info.isDirectory()) throw wrong('this is a folder');
    // A pipe may be meant, as in `--input @<(jq ...)`; a device never ends, or is opened with a side effect.
    if (!info.isFile() && !info.isFIFO()) throw wrong('this is not a file');
    const found = await readUpTo(path, MAX_BYTES);
    if (found === null) throw wrong('the file is larger than 64 MiB');
    bytes = found;
  } catch (cause) {
    if (cause instanceof UsageError) throw cause;
    const missing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
    throw wrong(missing ? 'there is no such file' : `the file cannot be read (${String(cause)})`, cause);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw wrong('the file is no UTF-8 text', cause);
  }
}

/** All bytes of a file or pipe; null when there are more than `limit`. */
async function readUpTo(path: string, limit: number): Promise<Uint8Array | null> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of createReadStream(path)) {
    if (!(part instanceof Buffer)) continue;
    parts.push(part);
    length += part.length;
    if (length > limit) return null;
  }
  return Buffer.concat(parts);
}
