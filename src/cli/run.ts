import { relative, resolve, sep } from 'node:path';
import type { ExitCode } from '../errors.js';
import { isPattern } from '../repo/pattern.js';
import type { Host } from './host.js';
import { runOne } from './run-one.js';
import type { RunOptions } from './run-options.js';
import { tell } from './shown.js';

/** Checks what the arguments name: one repository, or several with one report on all. Throws `UserError`. */
export async function run(options: RunOptions, host: Host): Promise<ExitCode> {
  const { targets } = options;
  const [first] = targets;
  if (options.changed !== undefined) {
    const { runSeveral } = await import('./run-several.js');
    return runSeveral(options, host);
  }
  if (first === undefined) return runOne(await around(options, host), options, host);
  if (targets.length === 1 && !isPattern(first)) return runOne(first, options, host);
  const { runSeveral } = await import('./run-several.js');
  return runSeveral(options, host);
}

/** The repository that is meant where none is named. Not where one works, it is told. */
async function around({ quiet }: RunOptions, host: Host): Promise<string> {
  const { repositoryAround } = await import('../repo/find-repositories.js');
  const folder = await repositoryAround(host.cwd);
  if (folder === resolve(host.cwd)) return '.';
  const target = relative(host.cwd, folder).split(sep).join('/');
  if (!quiet) tell(`Checking ${folder}, which this folder is part of.`, host);
  return target;
}
