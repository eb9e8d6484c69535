import { type FSWatcher, fstatSync, watch } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { UsageError } from '../errors.js';
import { readdir, stat } from './fs.js';

/** Most files and folders that are watched; a model repository has far fewer. */
const MOST_WATCHED = 50_000;

/** Most folders that get a watcher of their own; beyond it the files are polled. */
const MOST_WATCHERS = 2000;

/** How often files are looked at where the system does not tell of changes, and where it does, in milliseconds. */
const POLL_MS = 400;
const POLL_BESIDE_WATCHERS_MS = 2000;

/** How long a burst of changes has to be quiet: editors write a file in several steps. In milliseconds. */
const QUIET_MS = 15;

/** Folders that belong to no model, and files that editors and this program keep for a moment. */
const SKIPPED = new Set(['.git', 'node_modules', '.cache']);
const DRAFT = /^\..*\.(?:sw[a-z]|tmp)$|~$|^\.#|^#.*#$|^4913$|\.crswap$/;

/** The files by absolute path, each with what changes when it is written: kind, size, time and number on its disk. */
export type Snapshot = ReadonlyMap<string, string>;

/** What is watched. */
export interface Watched {
  /** Absolute paths of folders, with all below, and of single files. */
  readonly places: readonly string[];
  /** Absolute paths that this program writes. */
  readonly written: ReadonlySet<string>;
}

/** How the files are now; what goes to stdout or stderr of this program is none. What cannot be read is as if it were not there. Throws `UsageError` (`watch`) for far too many files. */
export async function snapshot({ places, written }: Watched): Promise<Snapshot> {
  const seen = new Map<string, string>();
  const own = outputFiles();
  const look = async (path: string, deep: boolean): Promise<void> => {
    if (written.has(path)) return;
    const info = await stat(path).catch(() => null);
    if (info === null || own.has(`${info.dev} ${info.ino}`)) return;
    if (seen.size > MOST_WATCHED) {
      throw new UsageError('watch', `There are more than ${MOST_WATCHED} files to watch.`, {
        hint: 'Name the folder of one model repository.',
      });
    }
    if (!info.isDirectory()) seen.set(path, `${info.size} ${info.mtimeMs} ${info.ino}`);
    else if (deep) {
      seen.set(path, 'folder');
      const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
      await Promise.all(
        entries
          .filter(({ name }) => !SKIPPED.has(name) && !DRAFT.test(name))
          // A link to a folder may form a circle.
          .map((entry) => look(join(path, entry.name), entry.isDirectory())),
      );
    }
  };
  await Promise.all(places.map((place) => look(place, true)));
  return seen;
}

/** Files that stdout and stderr were led to: a log in the folder that is watched would be written for each change that it tells of. */
function outputFiles(): ReadonlySet<string> {
  return new Set(
    [1, 2].flatMap((descriptor) => {
      try {
        const info = fstatSync(descriptor);
        return info.isFile() ? [`${info.dev} ${info.ino}`] : [];
      } catch {
        // It is closed.
        return [];
      }
    }),
  );
}

/** Paths that came, went or were written between two snapshots, sorted. */
export function changedBetween(before: Snapshot, after: Snapshot): readonly string[] {
  const gone = [...before.keys()].filter((path) => !after.has(path));
  const other = [...after].filter(([path, state]) => before.get(path) !== state).map(([path]) => path);
  return [...gone, ...other].sort();
}

/**
 * Waits until the files differ from `before`, and then until they are left alone for a moment. The system's own notice is used
 * where it works, and polling beside it: some disks tell nothing, and a folder that is replaced takes its watcher along.
 * @returns The files as they are then, or null when `signal` was aborted first.
 */
export async function nextChange(
  watched: Watched,
  before: Snapshot,
  signal: AbortSignal,
): Promise<Snapshot | null> {
  const watchers: FSWatcher[] = [];
  let wake: () => void = () => undefined;
  let noticed = false;
  const notice = () => {
    noticed = true;
    wake();
  };
  let polls = POLL_BESIDE_WATCHERS_MS;
  try {
    const folders = new Set([...before].filter(([, state]) => state === 'folder').map(([path]) => path));
    for (const path of [...watched.places, ...before.keys()]) folders.add(dirname(path));
    if (folders.size > MOST_WATCHERS) polls = POLL_MS;
    else {
      const relevant = new Set([...watched.places, ...before.keys()].map((path) => basename(path)));
      for (const folder of folders) {
        const inside = before.get(folder) === 'folder';
        try {
          const watcher = watch(folder, { persistent: true }, (_, name) => {
            // Above the repository only settings matter; inside, files that come too.
            if (name === null || (inside ? !DRAFT.test(name) : relevant.has(name))) notice();
          });
          watcher.on('error', notice);
          watchers.push(watcher);
        } catch {
          // No watchers left, or none on this disk, or the folder is gone.
          polls = POLL_MS;
        }
      }
    }
    signal.addEventListener('abort', notice);
    // What changed before the watchers were there is seen at once.
    for (let last = before; !signal.aborted; ) {
      noticed = false;
      const now = await snapshot(watched);
      if (signal.aborted) return null;
      const settled = changedBetween(last, now).length === 0;
      if (settled && changedBetween(before, now).length > 0) return now;
      const wait = settled && !noticed ? polls : QUIET_MS;
      last = now;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, wait);
        wake = () => {
          clearTimeout(timer);
          // A burst comes to rest before it is looked at again.
          setTimeout(resolve, QUIET_MS);
        };
        if (signal.aborted) wake();
      });
    }
    return null;
  } finally {
    signal.removeEventListener('abort', notice);
    for (const watcher of watchers) watcher.close();
  }
}
