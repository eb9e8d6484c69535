import type { Socket } from 'node:net';
import { join } from 'node:path';
import { likelyRunnerIn } from './likely-runner.js';
import type { RunnerName } from './session.js';
import { NODE_OPTIONS, type SpawnedChild, spawnChild } from './spawn-child.js';

/** A child process that starts while the code of the command is still loaded. */
export interface EarlyChild {
  /** The child, if it was started for this runner; any other is ended. */
  take(runner: RunnerName | null): SpawnedChild | null;
}

/**
 * Starts the child process of `validate-card --smoke` when an argument is a folder, or a card in one, that seems to hold a model.
 * What the arguments really say is found out later: a child that nobody takes has no job, keeps nothing waiting, and is ended with
 * this process. Undefined where none was started; what went wrong goes wrong again, and is told, when one is started later.
 * @param folder Of the bundles.
 */
export function startEarlyChild(argv: readonly string[], folder: string): EarlyChild | undefined {
  if (!argv.includes('--smoke') || argv.includes('--dry-run')) return undefined;
  const targets = argv.filter((argument) => !argument.startsWith('-'));
  for (const target of targets.length === 0 ? ['.'] : targets) {
    const runner = likelyRunnerIn(target);
    if (runner === null) continue;
    try {
      return waiting(spawnChild(join(folder, 'smoke-child.cjs'), NODE_OPTIONS, [runner]), runner);
    } catch {
      return undefined;
    }
  }
  return undefined;
}

function waiting(spawned: SpawnedChild, runner: RunnerName): EarlyChild {
  const { process: child } = spawned;
  const pipes = child.stdio as readonly (Socket | null | undefined)[];
  child.unref();
  for (const pipe of pipes) pipe?.unref();
  let untaken: SpawnedChild | null = spawned;
  return {
    take(wanted) {
      const taken = untaken;
      untaken = null;
      if (taken === null) return null;
      if (wanted !== runner) {
        taken.kill();
        return null;
      }
      child.ref();
      for (const pipe of pipes) pipe?.ref();
      return taken;
    },
  };
}
