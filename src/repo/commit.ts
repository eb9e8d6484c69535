import { GitError, RepoError } from '../errors.js';
import type { Git } from './git.js';
import { MODEL_FILE } from './model-folder.js';
import { safeRepoPath } from './path.js';
import type { Repo, RepoFile } from './repo.js';

/** Largest file that is read out of a commit, in bytes; the Hub takes larger ones through LFS alone. */
const MAX_BYTES = 64 * 1024 * 1024;

/** A pointer of Git LFS: what is committed in place of a large file. https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md */
const POINTER = /^version https:\/\/git-lfs\.github\.com\/spec\/v1\n(?:[\s\S]*\n)?size (\d+)\n/;
const LONGEST_POINTER = 1024;

/** A file of a commit. */
export interface CommittedFile extends RepoFile {
  /** Id of its content. */
  readonly object: string;
}

/** Gives the content of objects of the checkout, by id. */
export type ReadObjects = (ids: readonly string[]) => Promise<ReadonlyMap<string, Uint8Array>>;

/** All files of a commit from the output of `git ls-tree -r -z --long COMMIT`; links and submodules are none. */
export function filesOfTree(listing: string): readonly CommittedFile[] {
  return listing.split('\0').flatMap((line) => {
    const [, mode = '', object = '', size = '', path = ''] =
      /^(\d+) blob ([0-9a-f]+) +(\d+)\t([\s\S]+)$/.exec(line) ?? [];
    return mode.startsWith('100') ? [{ path, object, size: Number(size) }] : [];
  });
}

/**
 * Folders of a commit that are model repositories: with files of a model, or a README.md that begins with front matter. What lies
 * inside one is part of it. The root is the empty path.
 * @param frontMatter Whether the README.md of a folder begins with front matter.
 */
export function repositoriesIn(
  files: readonly CommittedFile[],
  frontMatter: (card: CommittedFile) => boolean,
): readonly string[] {
  const found = new Set<string>();
  for (const file of files) {
    const slash = file.path.lastIndexOf('/');
    const name = file.path.slice(slash + 1);
    if (MODEL_FILE.test(name) || (name === 'README.md' && frontMatter(file))) {
      found.add(slash < 0 ? '' : file.path.slice(0, slash));
    }
  }
  const isInside = (folder: string): boolean => {
    for (let at = folder; at !== ''; ) {
      at = at.includes('/') ? at.slice(0, at.lastIndexOf('/')) : '';
      if (found.has(at)) return true;
    }
    return false;
  };
  return [...found].filter((folder) => !isInside(folder)).sort();
}

/**
 * A folder of a commit as a repository: what would be pushed, whatever lies on disk. Of a file in Git LFS the size is that of the
 * file itself, its content the pointer.
 * @param folder Path in the commit; empty for its root.
 * @param root The same folder on disk, where there is one.
 */
export async function openCommit(
  files: readonly CommittedFile[],
  folder: string,
  root: string | null,
  read: ReadObjects,
): Promise<Repo> {
  const prefix = folder === '' ? '' : `${folder}/`;
  const inside = new Map(
    files
      .filter(({ path }) => path.startsWith(prefix))
      .map((file) => [file.path.slice(prefix.length), file] as const),
  );
  const small = [...inside.values()].filter(({ size }) => size > 100 && size <= LONGEST_POINTER);
  const contents = await read([...new Set(small.map(({ object }) => object))]);
  const sizeOf = ({ object, size }: CommittedFile): number => {
    const content = contents.get(object);
    const pointer = content === undefined ? null : POINTER.exec(Buffer.from(content).toString('latin1'));
    return pointer === null ? size : Number(pointer[1]);
  };
  const listing = [...inside]
    .map(([path, file]) => ({ path, size: sizeOf(file) }))
    .sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  const content = async (path: string): Promise<Uint8Array | null> => {
    const file = inside.get(safeRepoPath(path));
    if (file === undefined) return null;
    if (file.size > MAX_BYTES)
      throw new RepoError('read', `${path} is too large to be read out of a commit.`);
    return contents.get(file.object) ?? (await read([file.object])).get(file.object) ?? null;
  };
  return {
    target: { kind: 'folder', path: folder || '.' },
    root,
    cardPath: 'README.md',
    list: async () => listing,
    read: async (path, limit = Number.MAX_SAFE_INTEGER) => (await content(path))?.subarray(0, limit) ?? null,
    readRange: async (path, start, length) => (await content(path))?.subarray(start, start + length) ?? null,
  };
}

/** Reads objects with one `git cat-file --batch`. Rejects with what git says, as a `RepoError`. */
export function objectReader(git: Git): ReadObjects {
  return async (ids) => {
    if (ids.length === 0) return new Map();
    try {
      return parseBatch(await git.bytes(['cat-file', '--batch'], `${ids.join('\n')}\n`));
    } catch (cause) {
      if (!(cause instanceof GitError)) throw cause;
      throw new RepoError('read', `git cannot read the commit (${cause.message}).`, { cause });
    }
  };
}

/** `ID TYPE SIZE`, a line break, the content, a line break; one after the other. */
function parseBatch(output: Buffer): ReadonlyMap<string, Uint8Array> {
  const found = new Map<string, Uint8Array>();
  for (let at = 0; at < output.length; ) {
    const end = output.indexOf(0x0a, at);
    if (end < 0) break;
    const [id = '', type, size = ''] = output.toString('latin1', at, end).split(' ');
    at = end + 1;
    if (type === 'missing') continue;
    found.set(id, output.subarray(at, at + Number(size)));
    at += Number(size) + 1;
  }
  return found;
}
