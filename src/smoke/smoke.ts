import type { Card } from '../card/card.js';
import { allowedRoots } from '../repo/local.js';
import type { Repo, RepoFile } from '../repo/repo.js';
import type { SupportVerdict } from '../support/verdict.js';
import { type Attempt, type AttemptInput, attempt, loadedFiles, readInputFiles } from './attempt.js';
import { bringFiles } from './bring-files.js';
import { cardAndTask } from './card-and-task.js';
import { compareAttempts, cutShort, NO_TIME, notRun, notStartedOn } from './compare.js';
import { type ChosenDevice, chooseDevice, devicesOf } from './devices.js';
import { filesOf, type SmokeFile } from './files.js';
import { answeredNothing, failedPlan, judge, skippedPlan, withComparisons } from './judge.js';
import { likelyRunner } from './likely-runner.js';
import { mostMemory, TIMEOUT_MS } from './limits.js';
import { type PlannedVariant, planSmoke } from './plan/plan.js';
import type { Device, DeviceRequest, SmokeComparison, SmokeReport, SmokeStage } from './report.js';
import type { Sandbox } from './sandbox.js';
import { prepareFolder, saveOutputs } from './save.js';
import type { RunnerName } from './session.js';
import { lackOf, setupFailure } from './setup-failure.js';
import { startChild } from './start-child.js';

export { planSmokeTest, type SmokePlanReport } from './dry-run.js';

/** How to run a smoke inference; everything is optional. */
export interface SmokeOptions {
  /** The card of the repository; read from it when absent. */
  readonly card?: Card;
  /** The verdict, for the task; decided from card and files when absent. */
  readonly support?: SupportVerdict;
  /** Pipeline tag that takes the place of the detected one. */
  readonly task?: string;
  /** `auto` when absent: a GPU that works, else the CPU. With several, the answers on the others are compared to those on the first. */
  readonly device?: DeviceRequest | readonly Device[];
  /** Variants to run, such as `fp32` and `q8`; all there are when absent. The others are compared to the most exact one. */
  readonly dtypes?: readonly string[];
  /** Runs the model once more with graph optimization and all cores, and compares answers and times. */
  readonly optimize?: boolean;
  /** Inputs that take the place of the card’s widget examples: texts, or bodies of Inference API requests. */
  readonly inputs?: readonly unknown[];
  /** Time limit of the whole smoke inference, in milliseconds; 5 minutes when absent. */
  readonly timeoutMs?: number;
  /** Time limit of loading the model, in milliseconds; 2 minutes when absent. */
  readonly loadTimeoutMs?: number;
  /** Time limit of each inference, in milliseconds; 1 minute when absent. */
  readonly caseTimeoutMs?: number;
  /**
   * Memory limit of the child process, in bytes. When absent 2 GiB and four times the weights, 2 GiB more on a GPU, but no more
   * than 80 % of the machine’s memory.
   */
  readonly memoryLimitBytes?: number;
  readonly signal?: AbortSignal;
  /** Given each picture and sound of the answers. */
  readonly onFile?: (file: SmokeFile) => void;
  /** Given each picture and sound that the model is shown, as far as a browser can show it too. */
  readonly onInputFile?: (file: SmokeFile) => void;
  /** Folder that answers, pictures and sounds are written to; it is made when it is not there. */
  readonly saveOutputs?: string;
  /** Told when a stage begins; `detail` names a file or a case. */
  readonly onProgress?: (event: SmokeProgress) => void;
}

/** A stage that begins; of a download also how far it is, in bytes. */
export interface SmokeProgress {
  readonly stage: SmokeStage | 'download';
  readonly detail?: string;
  readonly done?: number;
  readonly total?: number;
}

const CPU: ChosenDevice = { device: 'cpu' };

/**
 * Runs a smoke inference of a model repository: plans it, runs it in a child process with limits of time and memory, and
 * checks the answers. Faults of the model are data: a report with status `failed` or `skipped`. Throws `SmokeSetupError`
 * when the runtimes are not installed or the device does not work, `RepoError` when the repository cannot be read, and
 * the reason of `signal`.
 */
export async function smokeTest(repo: Repo, options: SmokeOptions = {}): Promise<SmokeReport> {
  return smokeTestIn(null, repo, options);
}

/**
 * As `smokeTest`, in a child that was started early; null when none was. It is stopped at the end, whatever happens.
 *
 * @internal
 */
export async function smokeTestIn(
  early: Sandbox | null,
  repo: Repo,
  options: SmokeOptions,
): Promise<SmokeReport> {
  try {
    return await testFrom(early, repo, options);
  } finally {
    await early?.stop();
  }
}

async function testFrom(early: Sandbox | null, repo: Repo, options: SmokeOptions): Promise<SmokeReport> {
  const deadline = performance.now() + (options.timeoutMs ?? TIMEOUT_MS);
  options.signal?.throwIfAborted();
  if (options.saveOutputs !== undefined) await prepareFolder(options.saveOutputs, repo.root);
  options.onProgress?.({ stage: 'plan' });
  const files = await repo.list();
  // The child needs a while to start, and most plans need a child: let both happen at once.
  const reachable = repo.root !== null || repo.download !== undefined;
  const runner = reachable ? likelyRunner((files ?? []).map(({ path }) => path)) : null;
  const children = queue(early, runner);
  // A download may take long; the child need not wait for its end.
  if (runner !== null && repo.root !== null) children.prepare();
  try {
    return await planAndRun(repo, files, children, deadline, options);
  } finally {
    await children.stop();
  }
}

/** Children of a smoke inference: one runs, and at most one more starts meanwhile. */
interface Children {
  /** Starts the next one, if none waits. */
  prepare(): void;
  /** The one that waits, or a new one. */
  take(): Sandbox;
  /** Ends the one that waits. */
  stop(): Promise<void>;
  /** Whether a child will be needed, as far as the files tell. */
  readonly expected: boolean;
}

function queue(early: Sandbox | null, runner: RunnerName | null): Children {
  let waiting = early;
  return {
    prepare() {
      waiting ??= startChild(runner);
    },
    take() {
      const child = waiting ?? startChild(runner);
      waiting = null;
      return child;
    },
    stop: async () => waiting?.stop(),
    expected: runner !== null,
  };
}

async function planAndRun(
  repo: Repo,
  files: readonly RepoFile[] | null,
  children: Children,
  deadline: number,
  options: SmokeOptions,
): Promise<SmokeReport> {
  const { signal } = options;
  const { request, others } = devicesOf(options.device);
  const { metadata, task } = await cardAndTask(repo, files, options);
  const [plan, chosen] = await Promise.all([
    planSmoke({
      repo,
      files,
      metadata,
      task,
      inputs: options.inputs ?? [],
      ...(options.dtypes === undefined ? {} : { dtypes: options.dtypes }),
    }),
    // A child that is about to be needed means a graph that is there: only then devices matter.
    children.expected ? chooseDevice(request, signal) : CPU,
  ]);
  signal?.throwIfAborted();
  if (plan.kind === 'skip') return skippedPlan(plan);
  if (plan.kind === 'fail') return failedPlan(plan);

  const [variant] = plan.variants;
  const large = tooLarge(loadedFiles(variant), options.memoryLimitBytes);
  if (large !== null) return skippedPlan({ kind: 'skip', reason: large });
  const fitting = plan.variants.filter(
    (one) => one.fault === undefined && tooLarge(loadedFiles(one), options.memoryLimitBytes) === null,
  );
  const { repo: local, tookMs } = await bringFiles(repo, files, fitting, options);
  const fences = local.root === null ? ([''] as const) : await allowedRoots(local.root);
  const media = await readInputFiles(repo, plan);
  if (options.onInputFile !== undefined) {
    const { inputFilesOf } = await import('./input-files.js');
    for (const file of inputFilesOf(plan, media)) options.onInputFile(file);
  }
  const input: AttemptInput = {
    plan,
    variant,
    repo: local,
    fences,
    device: chosen.device,
    requested: request,
    optimized: false,
    main: true,
    media,
    // The limit is for the model, not for the network.
    deadline: deadline + tookMs,
  };
  const { first, detail } = await firstAttempt(input, chosen, children, others, options);
  options.onProgress?.({ stage: 'check' });
  const made = filesOf(first.heard);
  for (const file of made) options.onFile?.(file);
  const judged = judge(plan, first, detail);
  const { saveOutputs: folder } = options;
  const report = folder === undefined ? judged : await saveOutputs(judged, made, folder);
  // What does not run at all cannot be compared.
  if (first.end.end !== 'finished' || first.heard.failure !== null) return report;
  const next = { ...input, device: first.device, requested: first.device, main: false };
  return withComparisons(report, await runOthers(first, next, others, children, options));
}

/** The attempt that the report is about; where `auto` chose a GPU that the model does not run on, on the CPU. */
async function firstAttempt(
  input: AttemptInput,
  chosen: ChosenDevice,
  children: Children,
  others: readonly Device[],
  options: SmokeOptions,
): Promise<{ readonly first: Attempt; readonly detail: string | undefined }> {
  const child = children.take();
  if (othersOf(input, others, options).length > 0) children.prepare();
  const first = await attempt(input, child, options);
  if (input.requested === 'auto' && chosen.device !== 'cpu' && answeredNothing(first)) {
    // What `auto` chose was a guess; the model may still be sound.
    const second = await attempt({ ...input, device: 'cpu' }, children.take(), options);
    return { first: second, detail: `auto took cpu: the model did not run on ${chosen.device}.` };
  }
  const failure = await setupFailure(first, options.signal);
  if (failure !== null) throw failure;
  return { first, detail: chosen.detail };
}

/** What is run beside the first attempt: the model on the other devices, in its other variants, and optimized. */
function othersOf(
  input: AttemptInput,
  devices: readonly Device[],
  options: SmokeOptions,
): readonly AttemptInput[] {
  const [, ...variants] = input.plan.variants;
  return [
    ...devices.map((device) => ({ ...input, device, requested: device })),
    ...variants.map((variant) => ({ ...input, variant })),
    ...(options.optimize === true ? [{ ...input, device: 'cpu' as const, optimized: true }] : []),
  ];
}

/** Runs the model on the other devices, in its other variants, and optimized; compares each with the first attempt. */
async function runOthers(
  first: Attempt,
  input: AttemptInput,
  devices: readonly Device[],
  children: Children,
  options: SmokeOptions,
): Promise<readonly SmokeComparison[]> {
  const { plan, deadline } = input;
  const wanted = othersOf(input, devices, options);
  const comparisons: SmokeComparison[] = [];
  for (const [index, other] of wanted.entries()) {
    const why = whyNot(other.variant, deadline, options.memoryLimitBytes);
    if (why !== null) {
      comparisons.push(notRun(other, why));
      continue;
    }
    options.onProgress?.({ stage: 'load', detail: Object.values(other.variant.graphs).join(', ') });
    const child = children.take();
    if (index + 1 < wanted.length) children.prepare();
    const second = await attempt(other, child, options);
    const lack = lackOf(second);
    if (lack !== null) {
      comparisons.push(
        notRun(other, { fault: false, reason: `On ${other.device} it was not run: ${lack}.` }),
      );
      continue;
    }
    const failure = cutShort(first, second) ? null : await setupFailure(second, options.signal);
    // What the first attempt showed is worth its report all the same.
    comparisons.push(failure === null ? compareAttempts(plan, first, second) : notStartedOn(other, failure));
  }
  return comparisons;
}

/** Why a model cannot be loaded here through no fault of its own; null when its weights fit into the memory. */
function tooLarge(files: readonly RepoFile[], memoryLimitBytes: number | undefined): string | null {
  const weights = files.reduce((sum, { size }) => sum + size, 0);
  const most = memoryLimitBytes ?? mostMemory();
  if (weights <= most) return null;
  const gigabytes = (bytes: number) => `${Number((bytes / 1e9).toPrecision(2))} GB`;
  return `Its files have ${gigabytes(weights)}, more than the ${gigabytes(most)} of memory that may be used here. Run it on a machine with more memory${memoryLimitBytes === undefined ? '' : ', or raise the limit with --memory-limit'}.`;
}

function whyNot(
  variant: PlannedVariant,
  deadline: number,
  memoryLimitBytes: number | undefined,
): { readonly fault: boolean; readonly reason: string } | null {
  if (variant.fault !== undefined) return { fault: true, reason: variant.fault };
  const large = tooLarge(loadedFiles(variant), memoryLimitBytes);
  if (large !== null) return { fault: false, reason: large };
  if (performance.now() < deadline) return null;
  return { fault: false, reason: NO_TIME };
}
