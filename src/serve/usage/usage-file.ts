import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { errorCode, isMissing } from '../../error-code.js';
import { replaceFile } from '../../replace-file.js';
import { openRegular } from '../../repo/regular-file.js';
import { writeFault } from '../../write-fault.js';
import { type Book, emptyBook, merged, trim } from './book.js';
import { bookText, readBook } from './book-text.js';

/** A file that figures are kept in, by one server or several. */
export interface UsageFile {
  /** What stands in it. Throws `UsageFileError`. */
  read(now: number): Promise<Book>;
  /** Adds figures to what stands in it, and returns both together. Throws `UsageFileError`; then nothing was added. */
  add(book: Book, now: number): Promise<Book>;
}

/** Why figures are not kept, for the owner of the server. */
export class UsageFileError extends Error {
  override readonly name = 'UsageFileError';
}

/** A larger file is none of ours: that many figures are never kept. */
const MOST_BYTES = 64 * 1024 * 1024;
/** How long it is waited for another server that writes, in milliseconds, and how often is looked whether it is done. */
const PATIENCE_MS = 2000;
const LOOK_MS = 20;
/** After so long a server that holds the lock is gone: to write takes some milliseconds. */
const STALE_MS = 10_000;

/** What is written for a file of figures and stays for more than a moment: itself, and its lock. */
export function filesOf(path: string): readonly [file: string, lock: string] {
  return [path, `${path}.lock`];
}

/**
 * A file of figures. Each server adds what it counted to what stands in the file while it holds a lock, so that none forgets what another one
 * counted; the file is replaced as a whole. One that is damaged is set aside; one that holds something else is left alone. `tell` gets what the
 * owner should know.
 */
export function usageFile(path: string, tell: (message: string) => void): UsageFile {
  /** What was written last, and how the file is told from one that another server wrote. */
  let mine: { readonly book: Book; readonly version: string } | null = null;

  async function load(now: number): Promise<Book> {
    if (mine !== null && mine.version === (await versionOf(path).catch(() => null))) return mine.book;
    const text = await textOf(path);
    if (text === null) return emptyBook();
    const found = readBook(text);
    switch (found.kind) {
      case 'book':
        trim(found.book, now);
        return found.book;
      case 'damaged': {
        const aside = `${path}.damaged-${now}`;
        await rename(path, aside);
        tell(
          `The usage figures in ${path} are damaged; they were set aside as ${aside}, and are counted anew.`,
        );
        return emptyBook();
      }
      case 'foreign':
        throw new UsageFileError(
          `${path} holds something else than usage figures of this version; it is left as it is, and figures are not kept. Name another file with --usage.`,
        );
    }
  }

  return {
    read: (now) => withWords(path, () => load(now)),
    add: (book, now) =>
      withWords(path, async () => {
        await mkdir(dirname(path), { recursive: true });
        return locked(filesOf(path)[1], async () => {
          const both = merged(await load(now), book);
          trim(both, now);
          await replaceFile(path, bookText(both), 0o600);
          mine = { book: both, version: await versionOf(path) };
          return both;
        });
      }),
  };
}

/** Another one after every write: each makes a new file. */
async function versionOf(path: string): Promise<string> {
  const { ino, mtimeNs, size } = await stat(path, { bigint: true });
  return `${ino} ${mtimeNs} ${size}`;
}

async function textOf(path: string): Promise<string | null> {
  try {
    // A pipe would block the server for good, a device may have no end.
    const file = await openRegular(path);
    if (file === null) throw new UsageFileError(`Usage figures cannot be kept in ${path}: it is no file.`);
    try {
      const bytes = await file.bytes(0, MOST_BYTES + 1);
      if (bytes.length > MOST_BYTES)
        throw new UsageFileError(`${path} is too large to be a file of usage figures.`);
      return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');
    } finally {
      await file.close();
    }
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

async function withWords<T>(path: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof UsageFileError) throw error;
    throw new UsageFileError(`Usage figures cannot be kept in ${path}: ${writeFault(error)}.`);
  }
}

/** Does something while no other server does. */
async function locked<T>(lock: string, act: () => Promise<T>): Promise<T> {
  const until = performance.now() + PATIENCE_MS;
  while (!(await take(lock))) {
    if (performance.now() > until)
      throw new UsageFileError(`Another server holds ${lock}; remove it if there is none.`);
    await setTimeout(LOOK_MS);
  }
  try {
    return await act();
  } finally {
    await rm(lock, { force: true });
  }
}

/** Takes a lock; false where another one has it. */
async function take(lock: string): Promise<boolean> {
  try {
    await (await open(lock, 'wx')).close();
    return true;
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
  }
  const info = await stat(lock).catch(() => null);
  // One that was killed while it wrote left it, maybe before the clock was set back.
  if (info !== null && Math.abs(Date.now() - info.mtimeMs) > STALE_MS) await rm(lock, { force: true });
  return false;
}
