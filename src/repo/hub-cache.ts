import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { stat } from './fs.js';
import type { HubTarget } from './hub-target.js';
import { openFolder } from './local.js';
import type { Repo } from './repo.js';

/** The id of a commit. */
export const COMMIT = /^[0-9a-f]{40}$/;

/**
 * The cache that the clients of the Hub share, as huggingface_hub lays it out
 * (https://huggingface.co/docs/huggingface_hub/guides/manage-cache): for each model `blobs` with the content of files under their
 * ETag, `snapshots/COMMIT` with links to them under the names in the repository, and `refs` with the commit of each revision.
 */
export interface ModelCache {
  readonly folder: string;
  /** Path of a file's content. */
  readonly blob: (etag: string) => string;
  readonly snapshot: (commit: string) => string;
  readonly ref: (revision: string) => string;
}

/** Where a model lies in the cache. The id is that of a model on the Hub: two steps of letters, digits, dots and hyphens. */
export function modelCache(cacheFolder: string, id: string): ModelCache {
  const folder = join(cacheFolder, `models--${id.replace('/', '--')}`);
  return {
    folder,
    blob: (etag) => join(folder, 'blobs', etag),
    snapshot: (commit) => join(folder, 'snapshots', commit),
    ref: (revision) => join(folder, 'refs', ...revision.split('/')),
  };
}

/** Size of a file, in bytes; null when there is none. */
export async function sizeOf(path: string): Promise<number | null> {
  try {
    const info = await stat(path);
    return info.isFile() ? info.size : null;
  } catch {
    return null;
  }
}

/** Notes which commit a revision is. */
export async function writeRef(cache: ModelCache, revision: string, commit: string): Promise<void> {
  if (COMMIT.test(revision)) return;
  const path = cache.ref(revision);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, commit);
}

/**
 * Opens what the cache holds of a model: a snapshot with the files that were downloaded once, maybe not all of the repository.
 * Null when it holds none of this revision.
 */
export async function openCached(
  { id, revision }: HubTarget,
  cacheFolder: string,
): Promise<{ readonly repo: Repo; readonly commit: string } | null> {
  const cache = modelCache(cacheFolder, id);
  const commit = COMMIT.test(revision) ? revision : await readRef(cache, revision);
  if (commit === null) return null;
  const folder = cache.snapshot(commit);
  const there = await stat(folder)
    .then((info) => info.isDirectory())
    .catch(() => false);
  if (!there) return null;
  return { repo: await openFolder(folder, { kind: 'hub', id, revision }), commit };
}

async function readRef(cache: ModelCache, revision: string): Promise<string | null> {
  const text = await readFile(cache.ref(revision), 'latin1').catch(() => '');
  return COMMIT.test(text.trim()) ? text.trim() : null;
}
