import { createReadStream } from 'node:fs';
import { resolve } from 'node:path';
import { isMissing } from '../error-code.js';
import { UsageError } from '../errors.js';
import { isMapping } from '../mapping.js';
import { stat } from '../repo/fs.js';

/** Largest input file, in bytes. */
const MAX_BYTES = 64 * 1024 * 1024;

/** Keys of an input whose value may be `@file`: a picture or a sound. */
const MEDIA_KEYS: ReadonlySet<string> = new Set(['image', 'audio', 'inputs', 'video']);

/**
 * The values of `--input`: a text, or JSON where it is an object or a list; after `@` a file with either, or a picture or
 * sound, which becomes base64 as clients of the API send it. JSON names such files in the same way, wherever it stands; all paths
 * begin at `cwd`. Throws `UsageError` when a file cannot be read.
 */
export function readInputs(values: readonly string[], cwd: string): Promise<readonly unknown[]> {
  return Promise.all(
    values.map(async (value) => {
      if (!value.startsWith('@')) return withFiles(inputOf(value), cwd);
      const content = await readContent(value.slice(1), cwd);
      return typeof content === 'string' ? withFiles(inputOf(content), cwd) : { inputs: base64(content) };
    }),
  );
}

/** An input in JSON with the files it names as `{"image": "@photo.png"}` in base64, at the top or inside `inputs`. */
async function withFiles(input: unknown, cwd: string): Promise<unknown> {
  if (!isMapping(input)) return input;
  const entries = Object.entries(input).map(async ([key, value]) => {
    if (key === 'inputs' && isMapping(value)) return [key, await withFiles(value, cwd)];
    if (!MEDIA_KEYS.has(key) || typeof value !== 'string' || !value.startsWith('@')) return [key, value];
    const content = await readContent(value.slice(1), cwd);
    return [key, typeof content === 'string' ? content : base64(content)];
  });
  return Object.fromEntries(await Promise.all(entries)) as Readonly<Record<string, unknown>>;
}

/** As an address that holds its content: nobody takes it for a text. */
function base64(bytes: Uint8Array): string {
  const content = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
  return `data:application/octet-stream;base64,${content}`;
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

/** The content of a file: a text, or the bytes of a picture or sound. */
async function readContent(name: string, cwd: string): Promise<string | Uint8Array> {
  const wrong = (why: string, cause?: unknown) =>
    new UsageError('input-file', `--input @${name}: ${why}.`, {
      hint: 'Name a text or JSON file, a picture or a sound. A text that begins with @ goes into a text file.',
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
    throw wrong(
      isMissing(cause) ? 'there is no such file' : `the file cannot be read (${String(cause)})`,
      cause,
    );
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    const { probe } = await import('../media/probe.js');
    if (probe(bytes).kind !== 'unknown') return bytes;
    throw wrong('the file is no UTF-8 text, and no picture or sound', cause);
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
