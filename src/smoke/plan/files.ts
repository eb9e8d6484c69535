import { RepoError } from '../../errors.js';
import { MAX_CONFIG_BYTES } from '../../repo/json-file.js';
import type { Repo, RepoFile } from '../../repo/repo.js';
import { BrokenJsonError, parseJsonFile } from '../json.js';

/** A Git LFS pointer is at most this long (git-lfs spec). */
const MAX_POINTER_BYTES = 1024;
const POINTER = 'version https://git-lfs.github.com/spec/v1';

/** What a JSON file of the repository holds, or why it cannot be read. */
export type Json =
  | { readonly kind: 'read'; readonly value: unknown }
  | { readonly kind: 'broken'; readonly reason: string };

/** Reads config.json; `value` is null when there is none. The tokenizer, which may be larger, is read in the child process. */
export async function readJson(repo: Repo, file: RepoFile | undefined): Promise<Json> {
  if (file === undefined) return { kind: 'read', value: null };
  if (file.size > MAX_CONFIG_BYTES) {
    return {
      kind: 'broken',
      reason: `${file.path} has ${file.size} bytes; it is not read beyond ${MAX_CONFIG_BYTES}.`,
    };
  }
  const bytes = await repo.read(file.path, MAX_CONFIG_BYTES);
  if (bytes === null) return { kind: 'read', value: null };
  const text = new TextDecoder().decode(bytes);
  if (text.startsWith(POINTER)) return { kind: 'broken', reason: pointerReason(file, text) };
  try {
    return { kind: 'read', value: parseJsonFile(file.path, text) };
  } catch (error) {
    if (error instanceof BrokenJsonError) return { kind: 'broken', reason: error.message };
    throw error;
  }
}

/** Which of some files is only a Git LFS pointer, in a sentence; null when none is. */
export async function findPointer(repo: Repo, files: readonly RepoFile[]): Promise<string | null> {
  for (const file of files) {
    if (file.size > MAX_POINTER_BYTES) continue;
    const bytes = await repo.read(file.path, MAX_POINTER_BYTES);
    const text = bytes === null ? '' : new TextDecoder().decode(bytes);
    if (text.startsWith(POINTER)) return pointerReason(file, text);
  }
  return null;
}

function pointerReason(file: RepoFile, text: string): string {
  const size = /^size (\d+)$/m.exec(text)?.[1];
  return `${file.path} is a Git LFS pointer of ${file.size} bytes, not the file itself${
    size === undefined ? '' : ` (${size} bytes)`
  }. Fetch it with \`git lfs pull\`.`;
}

/** Which of some files lies outside the repository, in a sentence; null when none does. */
export async function findOutside(repo: Repo, paths: readonly string[]): Promise<string | null> {
  // Only a folder has links.
  if (repo.root === null) return null;
  for (const path of new Set(paths)) {
    try {
      await repo.readRange(path, 0, 1);
    } catch (error) {
      if (error instanceof RepoError && error.code === 'outside') return error.message;
      throw error;
    }
  }
  return null;
}
