import type { Card } from '../card/card.js';
import { RepoError } from '../errors.js';
import type { Repo, RepoFile } from '../repo/repo.js';
import { readAddress, spellings } from './address.js';
import { exampleFiles } from './example-files.js';
import type { Medium } from './medium.js';

/** Most widget examples that are looked at, and most files that are read for them. */
const MAX_EXAMPLES = 1000;
const MAX_FILES = 50;

/** Largest file that is read, and most that is read in all, in bytes. */
const MAX_BYTES = 32 * 1024 * 1024;
const MAX_TOTAL_BYTES = 64 * 1024 * 1024;

/** Most bytes that the images of one card are unpacked to, shared out evenly: a file of 60 kB can unpack to 60 MB. */
const MAX_TOTAL_UNPACKED = 256 * 1024 * 1024;

/**
 * Reads the media files of the repository that the widget examples of a card name; see `Surroundings.media`. Nothing is
 * ever fetched from an address. A file that leaves the repository by a link is as if absent.
 */
export async function readMedia(
  repo: Repo,
  card: Card,
  files: readonly RepoFile[] | null,
): Promise<ReadonlyMap<string, Medium>> {
  const media = new Map<string, Medium>();
  const named = namedFiles(card);
  if (named.size === 0 || files === null) return media;
  // Most cards have no such files; they need not wait for the formats to be read in.
  const { probe, MAX_UNPACKED } = await import('./probe.js');
  const count = Math.min(MAX_FILES, files.filter(({ path }) => named.has(path)).length);
  const mostUnpacked = Math.min(MAX_UNPACKED, MAX_TOTAL_UNPACKED / count);
  let left = MAX_TOTAL_BYTES;
  for (const { path, size } of files) {
    if (!named.has(path)) continue;
    if (media.size >= MAX_FILES || size > Math.min(MAX_BYTES, left)) {
      media.set(path, { kind: 'unread' });
      continue;
    }
    const bytes = await readInside(repo, path);
    if (bytes === null) continue;
    left -= bytes === 'unread' ? 0 : bytes.byteLength;
    const whole = bytes !== 'unread' && bytes.byteLength <= MAX_BYTES;
    media.set(path, whole ? probe(bytes, mostUnpacked) : { kind: 'unread' });
  }
  return media;
}

/** Paths in the repository that the widget examples of a card name, in each way a path can be spelled. */
export function namedFiles(card: Card): ReadonlySet<string> {
  const named = new Set<string>();
  const widget = card.metadata?.widget;
  if (!Array.isArray(widget)) return named;
  for (const example of widget.slice(0, MAX_EXAMPLES)) {
    for (const file of exampleFiles(example)) {
      const address = readAddress(file.address);
      if (address.kind === 'file') for (const path of spellings(address.path)) named.add(path);
    }
  }
  return named;
}

/** The bytes of a file; a picture that cannot be got is no reason to stop the check of the card. */
async function readInside(repo: Repo, path: string): Promise<Uint8Array | 'unread' | null> {
  try {
    return await repo.read(path, MAX_BYTES + 1);
  } catch (error) {
    if (error instanceof RepoError) return error.code === 'outside' ? null : 'unread';
    throw error;
  }
}
