import { parseCard } from '../../src/card/parse.js';
import { cluesOf } from '../../src/init/clues/index.js';
import { readSources, type Sources } from '../../src/init/sources.js';
import { memoryRepo } from '../../src/repo/memory.js';

/** The files of a repository: a text, bytes, or the value of a JSON file. */
export type Files = Readonly<Record<string, string | Uint8Array | object>>;

/** What is read of a repository in memory. */
export async function sourcesOf(files: Files, card = ''): Promise<Sources> {
  const repo = memoryRepo(
    Object.fromEntries(
      Object.entries(files).map(([path, content]) => [
        path,
        typeof content === 'string' || content instanceof Uint8Array ? content : JSON.stringify(content),
      ]),
    ),
  );
  return readSources(repo, parseCard(card), (await repo.list()) ?? []);
}

/** The clues by key: what is told or likely, and guesses under a key with a question mark, several as a list. */
export async function told(files: Files): Promise<Readonly<Record<string, unknown>>> {
  const clues = cluesOf(await sourcesOf(files));
  const found: Record<string, unknown> = {};
  for (const { key, value, certainty } of clues) {
    const name = certainty === 'guess' ? `${key}?` : key;
    found[name] = name in found ? [found[name], value].flat() : value;
  }
  return found;
}

/** The head of a GGUF file with texts, numbers, booleans and lists of texts. */
export function ggufOf(
  values: Readonly<Record<string, string | number | boolean | readonly string[]>>,
): Uint8Array {
  const parts: Uint8Array[] = [];
  const uint = (bytes: 4 | 8, value: number) => {
    const part = new Uint8Array(bytes);
    const view = new DataView(part.buffer);
    if (bytes === 4) view.setUint32(0, value, true);
    else view.setBigUint64(0, BigInt(value), true);
    parts.push(part);
  };
  const text = (value: string) => {
    const bytes = new TextEncoder().encode(value);
    uint(8, bytes.length);
    parts.push(bytes);
  };
  parts.push(new TextEncoder().encode('GGUF'));
  uint(4, 3);
  uint(8, 0);
  uint(8, Object.keys(values).length);
  for (const [key, value] of Object.entries(values)) {
    text(key);
    if (typeof value === 'string') {
      uint(4, 8);
      text(value);
    } else if (typeof value === 'number') {
      uint(4, 4);
      uint(4, value);
    } else if (typeof value === 'boolean') {
      uint(4, 7);
      parts.push(new Uint8Array([value ? 1 : 0]));
    } else {
      uint(4, 9);
      uint(4, 8);
      uint(8, value.length);
      for (const item of value) text(item);
    }
  }
  return Buffer.concat(parts);
}

/** A safetensors file without tensors, with the given metadata. */
export function safetensorsOf(metadata: Readonly<Record<string, string>>): Uint8Array {
  const header = new TextEncoder().encode(JSON.stringify({ __metadata__: metadata }));
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(header.length), true);
  return Buffer.concat([length, header]);
}
