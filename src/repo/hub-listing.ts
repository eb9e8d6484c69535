import type { ListFileEntry } from '@huggingface/hub';
import { RepoError } from '../errors.js';
import { preview } from '../preview.js';

/** More files than the Hub lets a repository have. */
const MAX_ENTRIES = 100_000;

/** A file of a repository on the Hub. */
export interface HubFile {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** Hash of the content: SHA-256 for a file in LFS or Xet, else the id of git's blob. Null when the Hub gives none. */
  readonly etag: string | null;
}

/**
 * The files of a listing, by path. What comes from a server is looked at before it becomes a name or a size: throws `RepoError`
 * (`hub-answer`) for paths that leave the repository and for sizes that are none, and (`too-many-files`) beyond 100,000 entries.
 */
export async function readListing(
  entries: AsyncIterable<ListFileEntry>,
  id: string,
): Promise<ReadonlyMap<string, HubFile>> {
  const files: HubFile[] = [];
  let seen = 0;
  for await (const entry of entries) {
    if (++seen > MAX_ENTRIES) {
      throw new RepoError('too-many-files', `The listing of ${id} has more than ${MAX_ENTRIES} entries.`, {
        hint: 'No model on the Hub has so many files; check HF_ENDPOINT.',
      });
    }
    const file = fileOf(entry, id);
    if (file !== null) files.push(file);
  }
  files.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  return new Map(files.map((file) => [file.path, file]));
}

function fileOf(entry: unknown, id: string): HubFile | null {
  if (typeof entry !== 'object' || entry === null || !('type' in entry) || entry.type !== 'file') return null;
  const { path, size, oid, lfs }: Partial<Record<keyof ListFileEntry, unknown>> = entry as ListFileEntry;
  if (typeof path !== 'string' || leaves(path)) {
    throw wrong(id, `a file ${preview(path)}, which no repository can have`);
  }
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0) {
    throw wrong(id, `${preview(path)} with a size that is none (${preview(size)})`);
  }
  const large = typeof lfs === 'object' && lfs !== null && 'oid' in lfs ? lfs.oid : undefined;
  return { path, size, etag: hashOf(large, 64) ?? hashOf(oid, 40) };
}

/** It becomes the name of a file in the cache: nothing but digits. */
function hashOf(value: unknown, digits: number): string | null {
  return typeof value === 'string' && value.length === digits && /^[0-9a-f]+$/.test(value) ? value : null;
}

/** Whether git could not hold such a path. */
function leaves(path: string): boolean {
  return (
    path === '' ||
    path.includes('\0') ||
    // Half of a character: no address of it can be made.
    /\p{Cs}/u.test(path) ||
    path.split('/').some((step) => step === '' || step === '.' || step === '..' || /^\.git$/i.test(step))
  );
}

function wrong(id: string, what: string): RepoError {
  return new RepoError('hub-answer', `The listing of ${id} names ${what}.`, {
    hint: 'This is not what the Hub answers; check HF_ENDPOINT.',
  });
}
