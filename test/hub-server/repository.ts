import { createHash } from 'node:crypto';

/** Where a file lies: in git itself, in Git LFS, or in Xet, whose files look like those of LFS to older clients. */
export type Storage = 'git' | 'lfs' | 'xet';

/** Content of a file, or content with its storage; files without one lie in git. */
export type FixtureFile =
  | string
  | Uint8Array
  | { readonly content: string | Uint8Array; readonly storage?: Storage };

/** A repository as a test describes it. */
export interface FixtureRepo {
  /** Files of `main`. */
  readonly files?: Readonly<Record<string, FixtureFile>>;
  /** Files of other branches and tags. */
  readonly revisions?: Readonly<Record<string, Readonly<Record<string, FixtureFile>>>>;
  /** Whether only `readers` may see that it exists. */
  readonly private?: boolean;
  /** Whether only `readers` may read its files. */
  readonly gated?: 'auto' | 'manual';
  /** Tokens that may read what is private or gated. */
  readonly readers?: readonly string[];
  /** Id that requests are redirected to. */
  readonly renamedTo?: string;
  /** Turned off by the Hub, for a breach of its rules. */
  readonly disabled?: boolean;
  readonly pipelineTag?: string;
  readonly libraryName?: string;
  readonly tags?: readonly string[];
  /** As the API has it: `[{provider, providerId, task, status}]`. */
  readonly inferenceProviderMapping?: readonly Readonly<Record<string, unknown>>[];
  /** Further keys of the model info, in the words of the API; they win. */
  readonly info?: Readonly<Record<string, unknown>>;
}

/** A file with its object ids. */
export interface StoredFile {
  readonly path: string;
  readonly bytes: Buffer;
  readonly storage: Storage;
  /** Of the blob in git: for LFS files that of the pointer. */
  readonly oid: string;
  readonly sha256: string;
  /** The pointer that lies in git; empty for files in git. */
  readonly pointer: Buffer;
}

/** A commit: its id and its files by path. */
export interface Commit {
  readonly oid: string;
  readonly files: ReadonlyMap<string, StoredFile>;
}

/** A repository as the server holds it; commits move its revisions. */
export interface HubRepo {
  readonly kind: 'model' | 'dataset' | 'space';
  readonly id: string;
  readonly fixture: FixtureRepo;
  readonly revisions: Map<string, Commit>;
  readonly discussions: Discussion[];
}

/** A discussion or pull request, with the comments under it. */
export interface Discussion {
  readonly num: number;
  title: string;
  status: 'open' | 'closed' | 'merged' | 'draft';
  readonly isPullRequest: boolean;
  readonly author: string;
  readonly comments: { readonly author: string; readonly text: string }[];
}

/** Makes the repository that a fixture describes. */
export function repository(kind: HubRepo['kind'], id: string, fixture: FixtureRepo): HubRepo {
  const revisions = new Map([['main', commit(fixture.files ?? {})]]);
  for (const [name, files] of Object.entries(fixture.revisions ?? {})) revisions.set(name, commit(files));
  return { kind, id, fixture, revisions, discussions: [] };
}

/** A commit of these files; its id follows from their content. */
export function commit(files: Readonly<Record<string, FixtureFile>>): Commit {
  return commitOf(Object.entries(files).map(([path, file]) => store(path, file)));
}

/** A commit of stored files. */
export function commitOf(files: readonly StoredFile[]): Commit {
  const sorted = [...files].sort((a, b) => (a.path < b.path ? -1 : 1));
  const oid = hash('sha1', sorted.map((file) => `${file.oid} ${file.path}\n`).join(''));
  return { oid, files: new Map(sorted.map((file) => [file.path, file])) };
}

/** Stores a file as git does: LFS and Xet files as a pointer. */
export function store(path: string, file: FixtureFile): StoredFile {
  const described = typeof file === 'string' || file instanceof Uint8Array ? { content: file } : file;
  const bytes = Buffer.from(described.content as Uint8Array);
  const storage = described.storage ?? 'git';
  const sha256 = hash('sha256', bytes);
  const pointer =
    storage === 'git'
      ? Buffer.alloc(0)
      : Buffer.from(
          `version https://git-lfs.github.com/spec/v1\noid sha256:${sha256}\nsize ${bytes.length}\n`,
        );
  return { path, bytes, storage, oid: gitOid(storage === 'git' ? bytes : pointer), sha256, pointer };
}

function gitOid(bytes: Buffer): string {
  return hash('sha1', Buffer.concat([Buffer.from(`blob ${bytes.length}\0`), bytes]));
}

/** The hexadecimal hash of bytes or text. */
export function hash(algorithm: 'sha1' | 'sha256', content: string | Buffer): string {
  return createHash(algorithm).update(content).digest('hex');
}

/** The commit that a branch, tag, pull request or commit id names. */
export function revisionOf(repo: HubRepo, name: string): Commit | undefined {
  const named = repo.revisions.get(name === 'HEAD' ? 'main' : name);
  return named ?? [...repo.revisions.values()].find(({ oid }) => oid === name);
}

/** Keys that are there whatever is asked for. */
const ALWAYS = ['_id', 'id'];

/** Model info: everything by default, with `expand` only what it names. */
export function infoOf(repo: HubRepo, { oid, files }: Commit, expand: readonly string[]): unknown {
  const { fixture } = repo;
  const date = '2026-01-02T03:04:05.000Z';
  const info: Readonly<Record<string, unknown>> = {
    _id: hash('sha1', repo.id).slice(0, 24),
    id: repo.id,
    ...(repo.kind === 'model' ? { modelId: repo.id } : {}),
    author: repo.id.split('/')[0],
    sha: oid,
    lastModified: date,
    createdAt: date,
    private: fixture.private ?? false,
    gated: fixture.gated ?? false,
    disabled: fixture.disabled ?? false,
    downloads: 7,
    likes: 1,
    tags: fixture.tags ?? [],
    ...(fixture.pipelineTag === undefined ? {} : { pipeline_tag: fixture.pipelineTag }),
    ...(fixture.libraryName === undefined ? {} : { library_name: fixture.libraryName }),
    siblings: [...files.keys()].map((rfilename) => ({ rfilename })),
    spaces: [],
    ...(expand.includes('inferenceProviderMapping')
      ? { inferenceProviderMapping: fixture.inferenceProviderMapping ?? [] }
      : {}),
    ...fixture.info,
  };
  if (expand.length === 0) return info;
  return Object.fromEntries(
    Object.entries(info).filter(([key]) => ALWAYS.includes(key) || expand.includes(key)),
  );
}

/** Files and folders below a folder, as `tree` lists them. */
export function entriesOf({ files }: Commit, folder: string, recursive: boolean): readonly unknown[] {
  const prefix = folder === '' ? '' : `${folder}/`;
  const folders = new Set<string>();
  const entries: unknown[] = [];
  for (const file of files.values()) {
    if (!file.path.startsWith(prefix)) continue;
    const steps = file.path.slice(prefix.length).split('/');
    for (let depth = 1; depth < (recursive ? steps.length : Math.min(2, steps.length)); depth++) {
      folders.add(prefix + steps.slice(0, depth).join('/'));
    }
    if (!recursive && steps.length > 1) continue;
    entries.push({
      type: 'file',
      oid: file.oid,
      size: file.bytes.length,
      path: file.path,
      ...(file.storage === 'git'
        ? {}
        : { lfs: { oid: file.sha256, size: file.bytes.length, pointerSize: file.pointer.length } }),
      ...(file.storage === 'xet' ? { xetHash: hash('sha256', file.sha256) } : {}),
    });
  }
  return [
    ...[...folders].sort().map((path) => ({ type: 'directory', oid: hash('sha1', path), size: 0, path })),
    ...entries,
  ];
}
