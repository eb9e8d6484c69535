import { sep } from 'node:path';
import { RepoError } from '../errors.js';

/**
 * Checks a repository-relative path that may come from a stranger (a config file, a widget example) and returns it
 * without `.` steps. Throws `RepoError` with code `outside` for absolute paths, drive letters, `..`, backslashes and NUL.
 */
export function safeRepoPath(path: string): string {
  const steps = path.split('/').filter((step) => step !== '' && step !== '.');
  const outside =
    path.startsWith('/') ||
    /^[A-Za-z]:/.test(path) ||
    path.includes('\\') ||
    path.includes('\0') ||
    steps.includes('..') ||
    steps.length === 0;
  if (outside) {
    throw new RepoError('outside', `The path ${JSON.stringify(path)} leaves the repository.`, {
      hint: 'Paths inside a model repository are relative to its root and use forward slashes.',
    });
  }
  return steps.join('/');
}

/** Whether an absolute path lies in a folder, however deep; both without `..` and links. */
export function isInside(path: string, folder: string): boolean {
  return path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}
