import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** A git repository of a test. */
export interface Checkout {
  readonly folder: string;
  /** Runs git in it and gives its output. */
  readonly git: (...args: readonly string[]) => string;
  /** Writes a file, null removes it. */
  readonly write: (path: string, text: string | null) => Promise<void>;
  /** Commits everything and gives the commit's id. */
  readonly commit: (message: string) => string;
  readonly remove: () => Promise<void>;
}

/** A repository with its first commit still to come, or a clone of another. */
export async function newCheckout(cloneOf?: string, ...options: readonly string[]): Promise<Checkout> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'checkout-')));
  const git = (...args: readonly string[]) =>
    execFileSync('git', ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', ...args], {
      cwd: folder,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    }).trim();
  if (cloneOf === undefined) git('init', '--quiet', '--initial-branch=main');
  else git('clone', '--quiet', ...options, pathToFileURL(cloneOf).href, '.');
  return {
    folder,
    git,
    write: async (path, text) => {
      const file = join(folder, path);
      await mkdir(dirname(file), { recursive: true });
      await (text === null ? rm(file) : writeFile(file, text));
    },
    commit: (message) => {
      git('add', '--all');
      git('commit', '--quiet', '--allow-empty', '-m', message);
      return git('rev-parse', 'HEAD');
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
