import type { Dirent } from 'node:fs';
import { open, readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { RepoError } from '../errors.js';
import { safeRepoPath } from './path.js';
import type { Repo, RepoFile, RepoTarget } from './repo.js';

/** More files than the Hub lets a repository have; a folder with more is not a model repository. */
export const MAX_FILES = 100_000;

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
    if (!fences.some((fence) => real.startsWith(fence + sep))) {
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
      const file = await open(real, 'r');
      try {
        const info = await file.stat();
        if (!info.isFile()) return null;
        const wanted = Math.max(0, Math.min(length, info.size - start));
        const bytes = new Uint8Array(wanted);
        let filled = 0;
        while (filled < wanted) {
          const { bytesRead } = await file.read(bytes, filled, wanted - filled, start + filled);
          if (bytesRead === 0) break;
          filled += bytesRead;
        }
        return bytes.subarray(0, filled);
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
    list: async () => (listed ? listFolder(root, fences) : null),
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

/** The folder itself, and for a snapshot of the Hugging Face cache the blobs its links point to. */
async function allowedRoots(root: string): Promise<readonly string[]> {
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

async function listFolder(root: string, fences: readonly string[]): Promise<readonly RepoFile[]> {
  const files: RepoFile[] = [];

  async function add(path: string, absolute: string): Promise<void> {
    const info = await stat(absolute);
    if (info.isFile()) files.push({ path, size: info.size });
    if (files.length > MAX_FILES) {
      throw new RepoError('too-many-files', `${root} holds more than ${MAX_FILES} files.`, {
        hint: 'Name the folder of one model repository, or its README.md.',
      });
    }
  }

  async function addEntry(entry: Dirent, folder: string, queue: string[]): Promise<void> {
    const absolute = join(folder, entry.name);
    const path = relative(root, absolute).split(sep).join('/');
    if (SKIPPED.has(path) || entry.name === '.git' || entry.name === 'node_modules') return;
    if (entry.isDirectory()) queue.push(absolute);
    else if (entry.isFile()) await add(path, absolute);
    else if (entry.isSymbolicLink()) {
      // A link to a folder is not followed: it may form a circle, and the Hub stores no such thing.
      const real = await realpath(absolute).catch(() => null);
      if (real !== null && fences.some((fence) => real.startsWith(fence + sep))) await add(path, real);
    }
  }

  const queue = [root];
  for (let folder = queue.pop(); folder !== undefined; folder = queue.pop()) {
    let entries: Dirent[];
    try {
      entries = await readdir(folder, { withFileTypes: true });
    } catch (error) {
      throw readError(folder, error);
    }
    for (const entry of entries) await addEntry(entry, folder, queue);
  }
  return files.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}

function isMissing(error: unknown): boolean {
  const code = errorCode(error);
  return code === 'ENOENT' || code === 'ENOTDIR' || code === 'ENAMETOOLONG';
}

function readError(path: string, error: unknown): RepoError {
  const code = errorCode(error) ?? 'unknown';
  const why =
    code === 'EACCES' || code === 'EPERM' ? 'permission denied' : code === 'ELOOP' ? 'circular link' : code;
  return new RepoError('read', `${path} cannot be read (${why}).`, { cause: error });
}

function errorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
