import type { Repo } from './repo/repo.js';
import type { SmokeReport } from './smoke/report.js';
import type { SmokeOptions, SmokePlanReport } from './smoke/smoke.js';

/**
 * Runs a smoke inference of a model repository: plans it, runs it in a child process with limits of time and memory, and
 * checks the answers. Faults of the model are data: a report with status `failed` or `skipped`. Throws `SmokeSetupError`
 * when the runtimes are not installed or the device does not work, `RepoError` when the repository cannot be read, and
 * the reason of `signal`.
 */
export async function smokeTest(repo: Repo, options: SmokeOptions = {}): Promise<SmokeReport> {
  // Most users of the library only lint; the tasks are loaded with the first model that is run.
  const engine = await import('./smoke/smoke.js');
  return engine.smokeTest(repo, options);
}

/** Plans a smoke inference and runs nothing. Throws `RepoError` when the repository cannot be read. */
export async function planSmokeTest(repo: Repo, options: SmokeOptions = {}): Promise<SmokePlanReport> {
  const engine = await import('./smoke/smoke.js');
  return engine.planSmokeTest(repo, options);
}
