import type { Repo, RepoFile } from '../repo/repo.js';
import { loadedFiles, usualMemoryLimit } from './attempt.js';
import { type BuiltPlan, builtPlan } from './built-plan.js';
import { cardAndTask } from './card-and-task.js';
import { chooseDevice, devicesOf } from './devices.js';
import { TIMEOUT_MS } from './limits.js';
import { planSmoke } from './plan/plan.js';
import type { Device, SmokeCase, SmokeCheck } from './report.js';
import type { RunnerName } from './session.js';
import type { SmokeOptions } from './smoke.js';

/** What a smoke inference would do: nothing is loaded for it, and no runtime is needed. Sizes in bytes, times in milliseconds. */
export interface SmokePlanReport {
  /** `runs` when it would run; else why not. */
  readonly status: 'runs' | 'skipped' | 'failed';
  readonly reason?: string;
  readonly task: string | null;
  readonly runner: RunnerName | null;
  /** What would run it; `auto` is tried out on this machine. */
  readonly devices: readonly Device[];
  readonly deviceDetail?: string;
  /** The variants, each with the files that are loaded; the first is the one that the others are compared to. */
  readonly variants: readonly {
    readonly dtype: string;
    readonly files: readonly { readonly path: string; readonly size: number }[];
    readonly bytes: number;
    readonly memoryLimitBytes: number;
    /** Why it cannot be loaded. */
    readonly fault?: string;
    /** Where there is no graph, and one is built. */
    readonly built?: BuiltPlan;
  }[];
  readonly cases: readonly Pick<SmokeCase, 'source' | 'title' | 'input'>[];
  /** Widget examples that are not run, and why. */
  readonly unrun: readonly { readonly example: unknown; readonly check: SmokeCheck }[];
  /** What the files show already. */
  readonly checks: readonly SmokeCheck[];
  readonly timeoutMs: number;
  /** How long the planning took. */
  readonly planMs: number;
}

/** Plans a smoke inference and runs nothing. Throws `RepoError` when the repository cannot be read. */
export async function planSmokeTest(repo: Repo, options: SmokeOptions = {}): Promise<SmokePlanReport> {
  const start = performance.now();
  const files = await repo.list();
  const { metadata, task } = await cardAndTask(repo, files, options);
  const plan = await planSmoke({
    repo,
    files,
    metadata,
    task,
    inputs: options.inputs ?? [],
    ...(options.dtypes === undefined ? {} : { dtypes: options.dtypes }),
  });
  const planMs = performance.now() - start;
  const common = { task, timeoutMs: options.timeoutMs ?? TIMEOUT_MS, planMs, cases: [], unrun: [] };
  if (plan.kind === 'skip') {
    return {
      ...common,
      status: 'skipped',
      reason: plan.reason,
      runner: null,
      devices: [],
      variants: [],
      checks: [],
    };
  }
  if (plan.kind === 'fail') {
    const { reason, runner, checks } = plan;
    return { ...common, status: 'failed', reason, runner, devices: [], variants: [], checks };
  }
  const { request, others } = devicesOf(options.device);
  const chosen = await chooseDevice(request, options.signal);
  const failed = plan.checks.find(({ status }) => status === 'failed');
  return {
    ...common,
    status: failed === undefined ? 'runs' : 'failed',
    ...(failed === undefined ? {} : { reason: failed.message }),
    runner: plan.runner,
    devices: [chosen.device, ...others],
    ...(chosen.detail === undefined ? {} : { deviceDetail: chosen.detail }),
    variants: plan.variants.map(({ dtype, files: loaded, fault, built }) => ({
      dtype,
      files: loaded.map(({ path, size }) => ({ path, size })),
      bytes: bytesOf(loaded),
      memoryLimitBytes:
        options.memoryLimitBytes ??
        usualMemoryLimit(
          loadedFiles({ files: loaded, ...(built === undefined ? {} : { built }) }),
          chosen.device,
        ),
      ...(fault === undefined ? {} : { fault }),
      ...(built === undefined ? {} : { built: builtPlan(built, plan.config) }),
    })),
    cases: plan.cases.map(({ source, title, input }) => ({
      source,
      ...(title === undefined ? {} : { title }),
      input,
    })),
    unrun: plan.unrun,
    checks: plan.checks,
  };
}

function bytesOf(files: readonly RepoFile[]): number {
  return files.reduce((sum, { size }) => sum + size, 0);
}
