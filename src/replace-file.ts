import { chmod, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/**
 * Writes a file by way of a draft beside it, so that a reader sees the old text or the new one, never half of it. `mode` is what the file
 * is to have; undefined for that of new files. Throws what the system says.
 */
export async function replaceFile(path: string, text: string, mode: number | undefined): Promise<void> {
  // `wx` refuses a name that is taken, so that the name need not be a secret (and node:crypto need not be loaded).
  const draft = join(
    dirname(path),
    `.${basename(path)}.${process.pid}-${Math.random().toString(36).slice(2)}.tmp`,
  );
  try {
    await writeFile(draft, text, { flag: 'wx' });
    if (mode !== undefined) await chmod(draft, mode & 0o7777);
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}
