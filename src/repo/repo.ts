/** A file of a repository: path relative to its root, with forward slashes, and size in bytes. */
export interface RepoFile {
  readonly path: string;
  readonly size: number;
}

/** Where a repository came from. */
export type RepoTarget =
  | { readonly kind: 'folder'; readonly path: string }
  | { readonly kind: 'card'; readonly path: string }
  | { readonly kind: 'hub'; readonly id: string; readonly revision: string }
  | { readonly kind: 'memory' };

/**
 * A model repository, read only. Every path is repository-relative; a path or a symbolic link that leaves the
 * repository is refused with `RepoError` code `outside`.
 */
export interface Repo {
  readonly target: RepoTarget;
  /** Absolute path of the folder when the files are on this machine; the smoke runners need it. */
  readonly root: string | null;
  /** Commit that the files are read from, where that is known: on the Hub. */
  readonly commit?: string;
  /** Path of the card inside the repository, `README.md` unless the target named another file. */
  readonly cardPath: string;
  /**
   * All files, sorted by path; `.git` is left out. Null when the target is a single card whose surroundings are unknown.
   */
  list(): Promise<readonly RepoFile[] | null>;
  /** The bytes of a file, or null when there is no such file. `limit` in bytes guards against huge files. */
  read(path: string, limit?: number): Promise<Uint8Array | null>;
  /** `length` bytes from `start` on (fewer at the end of the file), or null when there is no such file. */
  readRange(path: string, start: number, length: number): Promise<Uint8Array | null>;
  /**
   * Brings files of a repository that is elsewhere onto this machine, and opens the folder they are in then: the same repository with
   * a `root`, but without the files that were not asked for. Absent where files are here already or cannot be brought.
   */
  download?(paths: readonly string[], options?: DownloadOptions): Promise<Repo>;
}

/** How to download. */
export interface DownloadOptions {
  /** Told how far it is. */
  readonly onProgress?: (progress: DownloadProgress) => void;
  readonly signal?: AbortSignal;
}

/** How far a download is. */
export interface DownloadProgress {
  /** The file that is under way. */
  readonly path: string;
  /** Bytes of all files that are here; those of earlier downloads do not count. */
  readonly done: number;
  readonly total: number;
}
