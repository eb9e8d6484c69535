import { spawn } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { basename, delimiter, dirname, isAbsolute, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { isInside } from '../repo/path.js';

/** Longest an install may take, in milliseconds. */
const TIMEOUT_MS = 10 * 60_000;

const FLAGS = [
  '--ignore-scripts',
  '--omit=dev',
  '--include=optional',
  '--no-audit',
  '--no-fund',
  '--no-progress',
  '--no-update-notifier',
  // Two more attempts, but not minutes apart: somebody waits for the report.
  '--fetch-retry-mintimeout=1000',
  '--fetch-retry-maxtimeout=10000',
];

/** Variables with secrets of the job, which npm has no use for. */
const SECRETS = /^(?:INPUT_|ACTIONS_|(?:GITHUB|GH|HF|HUGGING_FACE_HUB)_TOKEN$)/i;

/** Settings of npm that name a file it would read, or a folder it would work in. */
const PLACES = /^npm_config_(?:userconfig|globalconfig|prefix)$/i;

/**
 * The `npm-cli.js` of the first npm on the path, as that is what every system can start without a shell; null when there is none.
 * Folders of the workspace, and relative ones, are passed over: what lies there came with the repository.
 */
export function findNpm(env: NodeJS.ProcessEnv, workspace: string): string | null {
  const path = env.PATH ?? env.Path ?? '';
  for (const folder of [...path.split(delimiter), dirname(process.execPath)]) {
    if (!isAbsolute(folder)) continue;
    const candidates = [
      join(folder, 'npm'),
      join(folder, 'node_modules/npm/bin/npm-cli.js'),
      join(folder, '../lib/node_modules/npm/bin/npm-cli.js'),
    ];
    for (const candidate of candidates) {
      if (!existsSync(candidate)) continue;
      const real = realpathSync(candidate);
      if (basename(real) === 'npm-cli.js' && !isInside(real, workspace)) return real;
    }
  }
  return null;
}

/**
 * The environment npm runs in: that of the job, with its registry and proxy, without secrets and without settings that the
 * workspace holds.
 */
export function npmEnvironment(env: NodeJS.ProcessEnv, workspace: string): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(([name, value = '']) => {
    if (SECRETS.test(name)) return false;
    return !PLACES.test(name) || !isInside(resolve(workspace, value), workspace);
  });
  return { ...Object.fromEntries(kept), ONNXRUNTIME_NODE_INSTALL: 'skip' };
}

/**
 * Installs what the lockfile in `folder` names, and runs no script of it. `say` gets npm's words line by line.
 * @returns Why it did not work, in words that follow "because"; null when it did.
 */
export async function npmCi(
  npm: string,
  folder: string,
  env: NodeJS.ProcessEnv,
  say: (line: string) => void,
): Promise<string | null> {
  const child = spawn(process.execPath, [npm, 'ci', ...FLAGS], {
    // Settings of a project are looked for here and not in the workspace.
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: TIMEOUT_MS,
    windowsHide: true,
  });
  for (const input of [child.stdout, child.stderr]) createInterface({ input }).on('line', say);
  return new Promise((done) => {
    child.on('error', (error) => done(`npm could not be started (${error.message})`));
    child.on('close', (status, signal) => {
      if (status === 0) done(null);
      else
        done(
          signal === null ? `npm ended with status ${String(status)}` : `npm took longer than ten minutes`,
        );
    });
  });
}
