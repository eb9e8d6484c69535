import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isMapping } from '../mapping.js';

/** How long an answer is taken for true, in milliseconds. */
export const TIME_TO_LIVE = 15 * 60 * 1000;
/** Longest answer that is kept, in UTF-16 units of its JSON. */
const LONGEST = 64 * 1024;
/** Most answers kept in memory, and most files looked at when old ones are thrown away. */
const MOST_KEPT = 1000;

/** An answer of the Hub that anybody gets, and when it came (milliseconds since 1970). */
interface Kept {
  readonly address: string;
  readonly at: number;
  readonly body: unknown;
}

/**
 * Answers of the Hub that anybody gets, by address: no token is part of it, so what depends on one must never be put in.
 * Whatever is wrong with a file, it is as if there were none.
 */
export interface AnswerCache {
  readonly get: (address: string) => Promise<unknown>;
  readonly put: (address: string, body: unknown) => Promise<void>;
}

/** Answers of this process, for whoever validates many models in one. */
const inMemory = new Map<string, Kept>();

/**
 * A cache in memory and, when a folder is named, on disk: a file per address in it.
 * @param folder Absolute; null keeps answers in memory alone.
 * @param now Milliseconds since 1970.
 */
export function answerCache(folder: string | null, now: () => number): AnswerCache {
  const fresh = ({ at }: Kept) => at <= now() && now() - at < TIME_TO_LIVE;
  let swept = false;
  return {
    async get(address) {
      const known = inMemory.get(address);
      if (known !== undefined && fresh(known)) return known.body;
      const kept = folder === null ? null : await read(fileOf(folder, address), address);
      if (kept === null || !fresh(kept)) return undefined;
      remember(kept);
      return kept.body;
    },
    async put(address, body) {
      const kept = { address, at: now(), body };
      const text = asJson(kept);
      if (text === null || text.length > LONGEST) return;
      remember(kept);
      if (folder === null) return;
      await write(folder, fileOf(folder, address), text);
      if (swept) return;
      swept = true;
      await sweep(folder, now() - TIME_TO_LIVE);
    },
  };
}

/** Forgets what this process remembers; files stay. */
export function forgetAnswers(): void {
  inMemory.clear();
}

function remember(kept: Kept): void {
  const [oldest] = inMemory.keys();
  if (inMemory.size >= MOST_KEPT && oldest !== undefined) inMemory.delete(oldest);
  inMemory.set(kept.address, kept);
}

/** Null for what is nested too deep to be written. */
function asJson(kept: Kept): string | null {
  try {
    return JSON.stringify(kept);
  } catch {
    return null;
  }
}

function fileOf(folder: string, address: string): string {
  return join(folder, `${createHash('sha256').update(address).digest('hex')}.json`);
}

async function read(file: string, address: string): Promise<Kept | null> {
  try {
    const info = await stat(file);
    if (!info.isFile() || info.size > 4 * LONGEST) return null;
    const kept: unknown = JSON.parse(await readFile(file, 'utf8'));
    const good = isMapping(kept) && kept.address === address && typeof kept.at === 'number';
    return good ? { address, at: Number(kept.at), body: kept.body } : null;
  } catch {
    return null;
  }
}

/** A reader sees the old file or the new one; where nothing can be written, nothing is kept. */
async function write(folder: string, file: string, text: string): Promise<void> {
  const draft = `${file}.${process.pid}-${Math.random().toString(36).slice(2)}.tmp`;
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeFile(draft, text, { flag: 'wx', mode: 0o600 });
    await rename(draft, file);
  } catch {
    await rm(draft, { force: true }).catch(() => undefined);
  }
}

/** Throws away answers that are too old for anybody, once in a while. */
async function sweep(folder: string, before: number): Promise<void> {
  try {
    for (const name of (await readdir(folder)).slice(0, MOST_KEPT)) {
      if (!/^[0-9a-f]{64}\.json(?:\.|$)/.test(name)) continue;
      const file = join(folder, name);
      if ((await stat(file)).mtimeMs < before) await rm(file, { force: true });
    }
  } catch {
    // Another process sweeps too, or the folder is not ours to change.
  }
}
