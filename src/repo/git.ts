import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import { GitError } from '../errors.js';
import { isInside } from './path.js';

/** Longest a git command may take, in milliseconds. */
const TIMEOUT_MS = 60_000;
/** Longest text taken, in bytes: a hundred thousand paths and more. */
const MOST_TEXT = 64 * 1024 * 1024;
/** Longest content taken, in bytes: all cards of a large checkout. */
const MOST_CONTENT = 512 * 1024 * 1024;

/** Runs git in a folder. Every method throws `GitError` where git gives no answer. */
export interface Git {
  /** What git prints. */
  readonly text: (args: readonly string[]) => Promise<string>;
  /** What git prints, where that is one line: without its line break. */
  readonly line: (args: readonly string[]) => Promise<string>;
  /** What git prints, as it is, when it reads `input`. */
  readonly bytes: (args: readonly string[], input: string) => Promise<Buffer>;
}

/** Which of its settings git may follow. */
export interface GitSettings {
  /** Keys of settings of the checkout that name filters for the content of files: they are as if empty. */
  readonly filters?: readonly string[];
  /** Whether the folder of hooks is the user's, for whoever asks where it is. No command that is run here calls a hook. */
  readonly ownHooks?: boolean;
}

/**
 * Git in the checkout at `folder`, absolute. Nothing is fetched, asked or paged, and no hook, monitor or transport runs: the settings
 * in `.git` may be anybody's. A checkout that belongs to another user (as in a container) is read all the same.
 */
export function gitIn(
  folder: string,
  env: NodeJS.ProcessEnv,
  { filters = [], ownHooks = false }: GitSettings = {},
): Git {
  const program = findGit(env, folder);
  const common = [
    '--no-pager',
    ...['-c', `safe.directory=${folder}`],
    ...['-c', 'core.fsmonitor=false'],
    ...(ownHooks ? [] : ['-c', 'core.hooksPath=/dev/null']),
  ];
  const options = {
    cwd: folder,
    timeout: TIMEOUT_MS,
    windowsHide: true,
    encoding: 'buffer',
    env: {
      ...env,
      GIT_TERMINAL_PROMPT: '0',
      GIT_OPTIONAL_LOCKS: '0',
      GIT_NO_LAZY_FETCH: '1',
      GIT_NO_REPLACE_OBJECTS: '1',
      GIT_ALLOW_PROTOCOL: 'none',
      GIT_PAGER: '',
      LC_ALL: 'C',
      ...without(filters),
    },
  } as const;
  const run = (args: readonly string[], maxBuffer: number, input?: string): Promise<Buffer> =>
    new Promise((done, reject) => {
      if (program === undefined) {
        reject(
          new GitError('no-git', 'there is no git on the path', {
            hint: 'Install git, or add its folder to PATH; a git inside the checkout is not run.',
          }),
        );
        return;
      }
      const child = execFile(
        program,
        [...common, ...args],
        { ...options, maxBuffer },
        (error, stdout, stderr) => {
          if (error === null) {
            done(stdout);
            return;
          }
          const said = stderr.toString().trim().split('\n')[0] || error.message.split('\n')[0] || 'no answer';
          reject(
            new GitError('git', said, {
              hint: 'This is what git says; run git status in the same folder to see why.',
              cause: error,
            }),
          );
        },
      );
      // Git may end before it has read all; why, it says itself.
      child.stdin?.on('error', () => undefined);
      child.stdin?.end(input);
    });
  const text = async (args: readonly string[]) => (await run(args, MOST_TEXT)).toString('utf8');
  return {
    text,
    line: async (args) => (await text(args)).replace(/\r?\n$/, ''),
    bytes: (args, input) => run(args, MOST_CONTENT, input),
  };
}

/**
 * Settings in which the filters do nothing. They go into variables and not behind `-c`: the name of a filter may hold an equals
 * sign.
 */
function without(filters: readonly string[]): NodeJS.ProcessEnv {
  if (filters.length === 0) return {};
  const settings = filters.map((key) => [key, key.endsWith('.required') ? 'false' : ''] as const);
  return {
    GIT_CONFIG_COUNT: String(settings.length),
    ...Object.fromEntries(
      settings.flatMap(([key, value], index) => [
        [`GIT_CONFIG_KEY_${index}`, key],
        [`GIT_CONFIG_VALUE_${index}`, value],
      ]),
    ),
  };
}

/**
 * The git of the path. Looked for here, because a system may look into the current folder first, and anybody can put a program of
 * that name into a repository.
 */
function findGit(env: NodeJS.ProcessEnv, checkout: string): string | undefined {
  const name = process.platform === 'win32' ? 'git.exe' : 'git';
  return (env.PATH ?? env.Path ?? '')
    .split(delimiter)
    .filter((one) => isAbsolute(one) && one !== checkout && !isInside(one, checkout))
    .map((one) => join(one, name))
    .find((path) => existsSync(path));
}
