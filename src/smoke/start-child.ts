import { childScript } from './child-script.js';
import type { EarlyChild } from './early-child.js';
import { likelyRunnerIn } from './likely-runner.js';
import { type Sandbox, sandboxOf, startSandbox } from './sandbox.js';
import type { RunnerName } from './session.js';

/**
 * Starts the child process of a smoke inference; it loads its code, and the runtime of `runner` where one is likely to be
 * needed, while the parent still plans.
 */
export function startChild(runner: RunnerName | null = null): Sandbox {
  const { script, nodeOptions } = childScript();
  return startSandbox(script, nodeOptions, runner === null ? [] : [runner]);
}

/** Starts the child for a folder, or the folder of a card, that seems to hold a model; null when it does not seem so. */
export function startEarly(target: string): Sandbox | null {
  const runner = likelyRunnerIn(target);
  const started = typeof earlyChild === 'object' ? earlyChild.take(runner) : null;
  if (started !== null) return sandboxOf(started);
  return runner === null ? null : startChild(runner);
}

/** The child that the command started before its own code was there (cli/early-child.ts); nothing in the library. */
declare const earlyChild: EarlyChild | undefined;
