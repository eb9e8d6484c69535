import type { Dirent } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { errorCode, isMissing } from '../error-code.js';
import { RepoError } from '../errors.js';
import { slashedWay } from '../slashed-path.js';
import { readdir, realpath, stat } from './fs.js';
import { isInside, safeRepoPath } from './path.js';
import { openRegular } from './regular-file.js';
import type { Repo, RepoFile, RepoTarget } from './repo.js';

/** More files than the Hub lets a repository have; a folder with more (folders counted too) is not a model repository. */
const MAX_FILES = 100_000;

/** Files looked at at the same time; one after the other is five times slower. */
const AT_ONCE = 256;

/** Folders that never belong to the published repository. */
const SKIPPED = new Set(['.git', 'node_modules', '.cache/huggingface']);

/**
 * Opens a folder on this machine. Symbolic links are followed only while they stay inside the folder, or inside the
 * `blobs` of the Hugging Face cache when the folder is a snapshot of it.
 */
export async function openFolder(
  folder: string,
  target: RepoTarget,
  cardPath = 'README.md',
  listed = true,
  most = MAX_FILES,
): Promise<Repo> {
  const root = resolve(folder);
  const fences = await allowedRoots(root);

  /** Absolute real path of a file, null when it does not exist; throws when a link leads out of the repository. */
  async function locate(path: string): Promise<string | null> {
    const safe = safeRepoPath(path);
    let real: string;
    try {
      real = await realpath(join(root, safe));
    } catch (error) {
      if (isMissing(error)) return null;
      throw readError(safe, error);
    }
    if (!fences.some((fence) => isInside(real, fence))) {
      throw new RepoError(
        'outside',
        `${safe} is a symbolic link that leads out of the repository; it was not read.`,
        {
          hint: 'Put the file itself into the repository.',
        },
      );
    }
    return real;
  }

  async function readPart(path: string, start: number, length: number): Promise<Uint8Array | null> {
    const real = await locate(path);
    if (real === null) return null;
    try {
      const file = await openRegular(real);
      if (file === null) return null;
      try {
        return await file.bytes(start, length);
      } finally {
        await file.close();
      }
    } catch (error) {
      throw readError(path, error);
    }
  }

  return {
    target,
    root,
    cardPath,
    list: async () => (listed ? listFolder(root, fences, most) : null),
    read: (path, limit = Number.MAX_SAFE_INTEGER) => readPart(path, 0, limit),
    readRange: readPart,
  };
}

/** Opens a card file: its folder is the repository when the file is called README.md, else the card stands alone. */
export function openCardFile(file: string, target: RepoTarget): Promise<Repo> {
  const path = resolve(file);
  const name = basename(path);
  return openFolder(dirname(path), target, name, name === 'README.md');
}

/**
 * The real path of a folder, and for a snapshot of the Hugging Face cache the blobs its links point to: nothing else belongs
 * to the repository. Throws `RepoError`.
 */
export async function allowedRoots(root: string): Promise<readonly [string, ...string[]]> {
  let real: string;
  try {
    real = await realpath(root);
  } catch (error) {
    throw readError(root, error);
  }
  const snapshots = dirname(real);
  const model = dirname(snapshots);
  const inCache = basename(snapshots) === 'snapshots' && /^models--./.test(basename(model));
  return inCache ? [real, join(model, 'blobs')] : [real];
}

async function listFolder(
  root: string,
  fences: readonly string[],
  most: number,
): Promise<readonly RepoFile[]> {
  const files: RepoFile[] = [];
  const queue = [root];
  let entriesSeen = 0;

  /** The file an entry stands for; null when it is none, or vanished meanwhile. */
  async function fileOf(entry: Dirent, absolute: string, path: string): Promise<RepoFile | null> {
    try {
      // A link to a folder is not followed: it may form a circle, and the Hub stores no such thing.
      const real = entry.isFile() ? absolute : await realpath(absolute).catch(() => null);
      if (real === null || (!entry.isFile() && !fences.some((fence) => isInside(real, fence)))) return null;
      const info = await stat(real);
      return info.isFile() ? { path, size: info.size } : null;
    } catch (error) {
      if (isMissing(error)) return null;
      throw readError(path, error);
    }
  }

  for (let folder = queue.pop(); folder !== undefined; folder = queue.pop()) {
    const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
      // Taken away since its parent was listed: a build at work, a branch that is switched.
      if (folder !== root && isMissing(error) && errorCode(error) !== 'ENAMETOOLONG') return [];
      throw readError(folder ?? root, error);
    });
    entriesSeen += entries.length;
    if (entriesSeen > most) {
      throw new RepoError('too-many-files', `${root} holds more than ${most} files.`, {
        hint: 'Name the folder of one model repository, or its README.md.',
      });
    }
    const candidates: (() => Promise<RepoFile | null>)[] = [];
    for (const entry of entries) {
      const absolute = join(folder, entry.name);
      const path = slashedWay(root, absolute);
      if (SKIPPED.has(path) || entry.name === '.git' || entry.name === 'node_modules') continue;
      if (entry.isDirectory()) queue.push(absolute);
      else if (entry.isFile() || entry.isSymbolicLink()) {
        candidates.push(() => fileOf(entry, absolute, path));
      }
    }
    for (let first = 0; first < candidates.length; first += AT_ONCE) {
      const found = await Promise.all(candidates.slice(first, first + AT_ONCE).map((look) => look()));
      for (const file of found) if (file !== null) files.push(file);
    }
  }
  return files.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}

/** Words for what the system says. */
const REASONS: ReadonlyMap<string, string> = new Map([
  ['EACCES', 'permission denied'],
  ['EPERM', 'permission denied'],
  ['ELOOP', 'circular link'],
  ['ENAMETOOLONG', 'the path is too long'],
]);

/** Longest path in a message, in UTF-16 units; a folder in a folder in a folder may have any length. */
const LONGEST_SHOWN = 300;

/** The error of a file or folder that is there and cannot be read. */
export function readError(path: string, error: unknown): RepoError {
  const code = errorCode(error) ?? 'unknown';
  const why = REASONS.get(code) ?? code;
  const shown = path.length > LONGEST_SHOWN ? `${path.slice(0, LONGEST_SHOWN)}…` : path;
  return new RepoError('read', `${shown} cannot be read (${why}).`, { cause: error });
}
