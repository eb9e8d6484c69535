import { resolve } from 'node:path';
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
  const { targetAround } = await import('../repo/find-repositories.js');
  const target = await targetAround(host.cwd);
  if (target !== '.' && !quiet) {
    tell(`Checking ${resolve(host.cwd, target)}, which this folder is part of.`, host);
  }
  return target;
}
