import { copyFile, mkdir, rename, rm, statfs, symlink } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { errorCode } from '../error-code.js';
import { RepoError } from '../errors.js';
import { bytes as bytesInWords } from '../report/quantities.js';
import { knownWriteFault } from '../write-fault.js';
import { downloadBlob } from './hub-blob.js';
import { type ModelCache, sizeOf, writeRef } from './hub-cache.js';
import { hubError, refusing } from './hub-error.js';
import type { HubAccess } from './hub-fetch.js';
import type { HubFile } from './hub-listing.js';
import type { HubTarget } from './hub-target.js';
import { openFolder } from './local.js';
import { safeRepoPath } from './path.js';
import type { DownloadOptions, Repo } from './repo.js';

/** What to download, and from where. */
export interface Download {
  readonly model: HubTarget;
  readonly commit: string;
  readonly cache: ModelCache;
  readonly wanted: readonly HubFile[];
  /** Address of a file. */
  readonly address: (path: string) => string;
  readonly send: (mostBytes?: number, mostMs?: number) => typeof fetch;
  readonly access: HubAccess;
}

/**
 * Downloads files of one commit into the shared cache, where they are not there yet, and opens the snapshot. What an earlier download
 * left (`.incomplete`) is gone on with. Nothing is taken for the file before its hash is right. Throws `RepoError`, and the reason of
 * the signal.
 */
export async function downloadSnapshot(download: Download, options: DownloadOptions): Promise<Repo> {
  const { model, commit, cache, wanted, access } = download;
  try {
    const missing: HubFile[] = [];
    const taken = new Set<string>();
    for (const file of wanted) {
      if (file.etag === null) throw noHash(file);
      if (taken.has(file.etag) || (await sizeOf(cache.blob(file.etag))) === file.size) continue;
      taken.add(file.etag);
      missing.push(file);
    }
    await mkdir(dirname(cache.blob('0')), { recursive: true });
    const total = missing.reduce((sum, { size }) => sum + size, 0);
    if (total > 0) await announce(download, missing, total);
    let done = 0;
    const began = performance.now();
    for (const file of missing) {
      await downloadBlob({
        file,
        blob: cache.blob(file.etag ?? ''),
        url: download.address(file.path),
        send: refusing(download.send(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY), model, access),
        signal: options.signal,
        onBytes: (bytes) => options.onProgress?.({ path: file.path, done: done + bytes, total }),
      });
      done += file.size;
    }
    if (total > 0) {
      const seconds = (performance.now() - began) / 1000;
      access.onNote?.(`Downloaded ${bytesInWords(total)} in ${seconds.toFixed(seconds < 10 ? 1 : 0)} s.`);
    }
    for (const file of wanted) await link(cache, commit, file);
    await writeRef(cache, model.revision, commit);
  } catch (error) {
    options.signal?.throwIfAborted();
    throw onDisk(error, cache.folder) ?? hubError(model, access, error);
  }
  return openFolder(cache.snapshot(commit), { kind: 'hub', id: model.id, revision: model.revision });
}

/** Says what is about to be downloaded, before it is; throws when the disk has no room for it. */
async function announce(
  { model, cache, wanted, access }: Download,
  missing: readonly HubFile[],
  total: number,
): Promise<void> {
  let started = 0;
  for (const { etag } of missing) started += (await sizeOf(`${cache.blob(etag ?? '')}.incomplete`)) ?? 0;
  const disk = await statfs(cache.folder).catch(() => null);
  if (disk !== null && disk.bavail * disk.bsize < total - started) {
    throw new RepoError(
      'hub-disk',
      `${bytesInWords(total)} of ${model.id} do not fit on the disk of ${cache.folder}: ${bytesInWords(disk.bavail * disk.bsize)} are free.`,
      { hint: 'Make room, or set HF_HUB_CACHE to a folder on another disk.' },
    );
  }
  const here = wanted.length - missing.length;
  access.onNote?.(
    `Downloading ${bytesInWords(total)} of ${model.id} (${missing.length} ${missing.length === 1 ? 'file' : 'files'}${here === 0 ? '' : `; ${here} are in the cache`}${started === 0 ? '' : `; ${bytesInWords(Math.min(started, total))} were there already`}) into ${cache.folder}.`,
  );
}

/** Puts a file into the snapshot, under its name in the repository: as a link to its content. */
async function link(cache: ModelCache, commit: string, file: HubFile): Promise<void> {
  const blob = cache.blob(file.etag ?? '');
  const path = join(cache.snapshot(commit), ...safeRepoPath(file.path).split('/'));
  if ((await sizeOf(path)) === file.size) return;
  await mkdir(dirname(path), { recursive: true });
  // Takes the place of what is there in one step: another process may put the same link there.
  const draft = `${path}.${process.pid}-${Math.random().toString(36).slice(2)}.tmp`;
  try {
    await symlink(relative(dirname(path), blob), draft).catch(async (error: unknown) => {
      // Windows lets only some users make links.
      if (errorCode(error) !== 'EPERM' && errorCode(error) !== 'ENOSYS') throw error;
      await copyFile(blob, draft);
    });
    await rename(draft, path);
  } finally {
    await rm(draft, { force: true });
  }
}

function noHash({ path }: HubFile): RepoError {
  return new RepoError('hub-answer', `The Hub tells no hash of ${path}; it was not downloaded.`, {
    hint: 'This is not what the Hub answers; check HF_ENDPOINT.',
  });
}

function onDisk(error: unknown, folder: string): RepoError | null {
  const why = error instanceof RepoError ? undefined : knownWriteFault(error);
  if (why === undefined) return null;
  return new RepoError('hub-cache', `The cache ${folder} cannot be written (${why}).`, {
    hint: 'Set HF_HUB_CACHE to a folder that you may write to.',
    cause: error,
  });
}
