import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { UsageError } from '../errors.js';

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
    const file = await open(resolve(cwd, name), 'r');
    try {
      const info = await file.stat();
      if (info.isDirectory()) throw wrong('this is a folder');
      if (info.size > MAX_BYTES) throw wrong('the file is larger than 64 MiB');
      bytes = await file.readFile();
    } finally {
      await file.close();
    }
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
