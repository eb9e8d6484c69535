/**
 * The few functions of `node:fs` that reading needs, as promises. `node:fs/promises` would do, but it loads Node's streams,
 * readline and watchers: a tenth of the time a whole run on a card takes.
 */

import type { Dirent, Stats } from 'node:fs';
import {
  close,
  fstat,
  open as openFile,
  read,
  readdir as readFolder,
  realpath as realPath,
  stat as statPath,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';

export const stat: (path: string) => Promise<Stats> = promisify(statPath);
export const realpath: (path: string) => Promise<string> = promisify(realPath.native);
export const readdir: (path: string, options: { withFileTypes: true }) => Promise<Dirent[]> =
  promisify(readFolder);

/** Whether there is something at a path that can be looked at. */
export function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** One name for a file or folder, links followed as far as it is there: its own, or that of its folder. */
export async function realName(path: string): Promise<string> {
  return realpath(path).catch(async () =>
    join(await realpath(dirname(path)).catch(() => dirname(path)), basename(path)),
  );
}

const openAsync = promisify(openFile);
const readAsync = promisify(read);
const fstatAsync = promisify(fstat);
const closeAsync = promisify(close);

/** A file that is open for reading. */
export interface OpenFile {
  stat(): Promise<Stats>;
  /** Up to `length` bytes from `start` on; fewer at the end of the file. */
  bytes(start: number, length: number): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** Opens a file with the given flags; rejects as `open` of `node:fs` does. */
export async function open(path: string, flags: number): Promise<OpenFile> {
  const descriptor = await openAsync(path, flags);
  return {
    stat: () => fstatAsync(descriptor),
    async bytes(start, length) {
      const { size } = await fstatAsync(descriptor);
      const bytes = new Uint8Array(Math.max(0, Math.min(length, size - start)));
      let filled = 0;
      while (filled < bytes.length) {
        const { bytesRead } = await readAsync(
          descriptor,
          bytes,
          filled,
          bytes.length - filled,
          start + filled,
        );
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
      return bytes.subarray(0, filled);
    },
    close: () => closeAsync(descriptor),
  };
}
