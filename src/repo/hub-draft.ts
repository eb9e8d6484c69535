import { open, readFile, rm, stat } from 'node:fs/promises';
import { errorCode } from '../error-code.js';

/** A lock older than this was left behind, whoever has its number today; in milliseconds. */
const STALE_MS = 24 * 60 * 60_000;

/** Where the content of a file is written until it is whole. */
export interface Draft {
  readonly path: string;
  /** Gives it back. What was received stays for the next download, unless nobody would find it. */
  readonly release: () => Promise<void>;
}

/**
 * The draft of a blob. The one that downloads go on with (`.incomplete`) belongs to one process at a time: a second one could cut it
 * short while the first trusts what it wrote. Whoever comes second gets a draft of its own.
 * @param blob Path the content will have.
 */
export async function claimDraft(blob: string): Promise<Draft> {
  const path = `${blob}.incomplete`;
  const lock = `${path}.lock`;
  if ((await take(lock)) || ((await isLeft(lock)) && (await retake(lock)))) {
    return { path, release: () => rm(lock, { force: true }) };
  }
  const own = `${blob}.${process.pid}-${Math.random().toString(36).slice(2)}.incomplete`;
  return { path: own, release: () => rm(own, { force: true }) };
}

/** Makes the lock; false when there is one. */
async function take(lock: string): Promise<boolean> {
  try {
    const file = await open(lock, 'wx');
    await file.writeFile(String(process.pid)).finally(() => file.close());
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

async function retake(lock: string): Promise<boolean> {
  await rm(lock, { force: true });
  return take(lock);
}

/** Whether the process that made the lock is gone. */
async function isLeft(lock: string): Promise<boolean> {
  try {
    if (Date.now() - (await stat(lock)).mtimeMs > STALE_MS) return true;
    const pid = Number(await readFile(lock, 'latin1'));
    // Empty while it is being written.
    if (!Number.isSafeInteger(pid) || pid < 1) return false;
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return errorCode(error) === 'ESRCH';
  }
}
