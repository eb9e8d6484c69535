import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import { GitError } from '../errors.js';
import { isInside } from '../repo/path.js';

/** Longest a git command may take, in milliseconds. */
const TIMEOUT_MS = 60_000;
/** Longest output taken, in bytes: a hundred thousand paths and more. */
const MOST_OUTPUT = 64 * 1024 * 1024;

/** Runs git with these arguments and gives its output; throws `GitError`. */
export type Git = (args: readonly string[]) => Promise<string>;

/**
 * Git in the checkout at `folder`. Nothing is fetched, asked or paged, no hook or filter runs, and a checkout that belongs to
 * another user (as in a container) is read all the same.
 */
export function gitIn(folder: string, env: NodeJS.ProcessEnv): Git {
  const options = {
    cwd: folder,
    timeout: TIMEOUT_MS,
    maxBuffer: MOST_OUTPUT,
    windowsHide: true,
    env: {
      ...env,
      GIT_TERMINAL_PROMPT: '0',
      GIT_OPTIONAL_LOCKS: '0',
      GIT_NO_LAZY_FETCH: '1',
      GIT_NO_REPLACE_OBJECTS: '1',
      GIT_PAGER: '',
      LC_ALL: 'C',
    },
  };
  const program = findGit(env, folder);
  const common = ['--no-pager', '-c', `safe.directory=${folder}`, '-c', 'core.fsmonitor=false'];
  return (args) =>
    new Promise((done, reject) => {
      if (program === undefined) {
        reject(
          new GitError('no-git', 'there is no git on the path', {
            hint: 'Install git, or add its folder to PATH; a git inside the checkout is not run.',
          }),
        );
        return;
      }
      execFile(program, [...common, ...args], options, (error, stdout, stderr) => {
        if (error === null) done(stdout);
        else {
          const said = stderr.trim().split('\n')[0] || error.message.split('\n')[0] || 'no answer';
          reject(
            new GitError('git', said, {
              hint: 'This is what git says; run git status in the same folder to see why.',
              cause: error,
            }),
          );
        }
      });
    });
}

/**
 * The git of the path. Looked for here, because a system may look into the current folder first, and anybody can put a program of
 * that name into a repository.
 */
function findGit(env: NodeJS.ProcessEnv, checkout: string): string | undefined {
  const name = process.platform === 'win32' ? 'git.exe' : 'git';
  return (env.PATH ?? env.Path ?? '')
    .split(delimiter)
    .filter((folder) => isAbsolute(folder) && folder !== checkout && !isInside(folder, checkout))
    .map((folder) => join(folder, name))
    .find((path) => existsSync(path));
}
