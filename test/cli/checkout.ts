import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** The environment of git and of the command: nothing of the user's settings. */
export const GIT_ENV: NodeJS.ProcessEnv = {
  PATH: process.env.PATH,
  SystemRoot: process.env.SystemRoot,
  HOME: '/nowhere',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'A',
  GIT_AUTHOR_EMAIL: 'a@example.org',
  GIT_COMMITTER_NAME: 'A',
  GIT_COMMITTER_EMAIL: 'a@example.org',
};

export const GOOD =
  '---\nlicense: mit\nlanguage: en\nlibrary_name: transformers\npipeline_tag: text-classification\n---\n# Good\n\nA model.\n';
export const BAD = GOOD.replace('mit', 'Apache 2');

/** A git checkout in a temporary folder. */
export interface Checkout {
  /** Absolute real path. */
  readonly root: string;
  readonly git: (...args: readonly string[]) => string;
  readonly write: (path: string, text: string) => void;
  readonly commit: (message?: string) => void;
  readonly remove: () => void;
}

/** Makes a checkout with one branch, `main`. */
export function newCheckout(): Checkout {
  const root = realpathSync.native(mkdtempSync(join(tmpdir(), 'checkout-')));
  const git = (...args: readonly string[]) =>
    execFileSync('git', [...args], {
      cwd: root,
      env: GIT_ENV,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  git('init', '--quiet', '--initial-branch=main');
  return {
    root,
    git,
    write(path, text) {
      const file = join(root, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    },
    commit(message = 'all') {
      git('add', '--all');
      git('commit', '--quiet', '--allow-empty', '--message', message);
    },
    remove: () => rmSync(root, { recursive: true, force: true, maxRetries: 3 }),
  };
}
