import { access, constants, lstat, open, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { OutputError, RepoError } from '../errors.js';
import { replaceFile } from '../replace-file.js';
import { writeFault } from '../write-fault.js';

/**
 * Writes a file so that a reader sees the old text or the new one, never half of it. What is no regular file, such as
 * /dev/stdout or a pipe, is written to directly. Throws `OutputError`.
 */
export async function writeOutput(path: string, text: string): Promise<void> {
  try {
    const info = await stat(path).catch(() => undefined);
    if (info && !info.isFile()) await writeFile(path, text);
    else await replaceFile(info ? await realpath(path) : path, text, info?.mode);
  } catch (cause) {
    throw new OutputError('write', `${path} cannot be written (${writeFault(cause)}).`, {
      hint: 'Name a file in a folder that exists and that you may write to.',
      cause,
    });
  }
}

/**
 * Replaces the text of a file of a repository, keeping its mode. `root` is the folder of the repository: a file that is a
 * symbolic link out of it is refused. Throws `RepoError`.
 */
export async function replaceInRepo(root: string, file: string, text: string): Promise<void> {
  const real = await checkReplaceable(root, file);
  try {
    await replaceFile(real, text, (await lstat(real)).mode);
  } catch (cause) {
    throw unwritable(join(root, file), cause);
  }
}

/** The real path of a file that `replaceInRepo` can replace, as far as can be told without doing it. Throws `RepoError`. */
export async function checkReplaceable(root: string, file: string): Promise<string> {
  const path = join(root, file);
  try {
    const real = await realpath(path);
    if (!real.startsWith((await realpath(root)) + sep)) {
      throw new RepoError(
        'outside',
        `${file} is a symbolic link that leads out of the repository; it was not changed.`,
        {
          hint: 'Put the file itself into the repository, then run the command again.',
        },
      );
    }
    // A rename would replace even a file that must not be written to.
    await (await open(real, 'r+')).close();
    // The draft lies beside it.
    await access(dirname(real), constants.W_OK);
    return real;
  } catch (cause) {
    throw cause instanceof RepoError ? cause : unwritable(path, cause);
  }
}

function unwritable(path: string, cause: unknown): RepoError {
  return new RepoError('write', `${path} cannot be written (${writeFault(cause)}).`, { cause });
}

/**
 * Writes a file of a repository that is not there yet. Whatever has its name meanwhile, be it a symbolic link to nowhere,
 * stays as it is. Throws `RepoError`.
 */
export async function createInRepo(root: string, file: string, text: string): Promise<void> {
  const path = join(root, file);
  try {
    // Not a draft and a rename: that would take the place of a file that came meanwhile.
    const created = await open(path, 'wx');
    try {
      await created.writeFile(text);
    } catch (error) {
      await rm(path, { force: true });
      throw error;
    } finally {
      await created.close();
    }
  } catch (cause) {
    throw unwritable(path, cause);
  }
}
