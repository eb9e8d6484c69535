import fs, { type PathLike } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isInside } from '../repo/path.js';
import { slashedWay } from '../slashed-path.js';

/** A file of the repository that is not read: a link leads out of it, or it is no regular file. */
class FenceError extends Error {
  override readonly name = 'FenceError';
}

/** What a path is about to be used for; folders may be looked at, not read. */
type Use = 'look' | 'read';

/**
 * Keeps the JavaScript of this process, whatever names a runtime makes up, from reading what the repository at `root` only
 * links to: what lies outside of `fences`. `onRefused` is told too, since runtimes take a file that they cannot read for one that is
 * not there. Paths outside of `root` are not looked at: nothing in a repository names one to a runtime, and the runtimes have
 * files of their own.
 *
 * Native code is not covered: graphs and GGUF files were looked at when the run was planned, and onnxruntime refuses external
 * data outside of the graph’s folder.
 */
export function fenceFiles(root: string, fences: readonly string[], onRefused: (error: Error) => void): void {
  const { realpathSync, statSync } = fs;

  function check(path: unknown, use: Use): void {
    const absolute = absolutePath(path);
    if (absolute === null || !(absolute === root || isInside(absolute, root))) return;
    const refused = refusal(absolute, use);
    if (refused === null) return;
    onRefused(refused);
    throw refused;
  }

  function refusal(absolute: string, use: Use): FenceError | null {
    const name = slashedWay(root, absolute);
    let real: string;
    let info: fs.Stats;
    try {
      real = realpathSync(absolute);
      info = statSync(real);
    } catch {
      // It is not there; who asked for it says so.
      return null;
    }
    if (!fences.some((fence) => real === fence || isInside(real, fence))) {
      return new FenceError(
        `${name} is a symbolic link that leads out of the repository; it was not read. Put the file itself into the repository.`,
      );
    }
    // A pipe that nobody writes to blocks its reader for good, and merely opening a device can do something.
    if (info.isFile() || (info.isDirectory() && use === 'look')) return null;
    return new FenceError(`${name} is not a file; it was not read. Put a regular file in its place.`);
  }

  /** Checks the first argument, then does what it did before. */
  function guard<Arguments extends readonly unknown[], Result>(
    original: (...args: Arguments) => Result,
    use: Use,
  ): (...args: Arguments) => Result {
    return function (this: unknown, ...args: Arguments) {
      check(args[0], use);
      return original.apply(this, args as unknown as [...Arguments]);
    };
  }

  const readFile = guard(fs.promises.readFile, 'read');
  Object.assign(fs, {
    existsSync: guard(fs.existsSync, 'look'),
    statSync: guard(statSync as (path: PathLike) => unknown, 'look'),
    createReadStream: guard(fs.createReadStream, 'read'),
    readFileSync: guard(fs.readFileSync as (path: unknown) => unknown, 'read'),
  });
  Object.assign(fs.promises, {
    readFile: async (...args: Parameters<typeof readFile>) => readFile(...args),
  });
  syncBuiltinESMExports();
}

function absolutePath(path: unknown): string | null {
  if (typeof path === 'string') return resolve(path);
  if (path instanceof URL) return path.protocol === 'file:' ? fileURLToPath(path) : null;
  return path instanceof Uint8Array ? resolve(Buffer.from(path).toString()) : null;
}
