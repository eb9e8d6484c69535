import { safeRepoPath } from './path.js';
import type { Repo } from './repo.js';

/**
 * A repository that lives in memory: `{path: content}`. For editors, browsers and tests, where there is no folder;
 * smoke inference needs a folder and skips it.
 */
export function memoryRepo(
  files: Readonly<Record<string, string | Uint8Array>>,
  cardPath = 'README.md',
): Repo {
  const contents = new Map<string, Uint8Array>();
  for (const [path, content] of Object.entries(files)) {
    contents.set(
      safeRepoPath(path),
      typeof content === 'string' ? new TextEncoder().encode(content) : content,
    );
  }
  const part = async (path: string, start: number, length: number) =>
    contents.get(safeRepoPath(path))?.subarray(start, start + length) ?? null;
  return {
    target: { kind: 'memory' },
    root: null,
    cardPath,
    list: async () =>
      [...contents]
        .map(([path, content]) => ({ path, size: content.byteLength }))
        .sort((a, b) => (a.path < b.path ? -1 : 1)),
    read: (path, limit = Number.MAX_SAFE_INTEGER) => part(path, 0, limit),
    readRange: part,
  };
}
