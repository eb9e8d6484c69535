import { realpath } from 'node:fs/promises';
import type { Card, Metadata } from '../card/card.js';
import { parseCard } from '../card/parse.js';
import { readCard } from '../repo/card-file.js';
import { readModelConfig } from '../repo/model-config.js';
import type { Repo, RepoFile } from '../repo/repo.js';
import { decideSupport } from '../support/decide.js';
import type { SupportVerdict } from '../support/verdict.js';
import { type ChosenDevice, chooseDevice } from './devices.js';
import { type Heard, hear, isLast, NOTHING_HEARD } from './hearing.js';
import { type Attempt, failedPlan, judge, setupFailure, skippedPlan } from './judge.js';
import { mostMemory, TIMEOUT_MS } from './limits.js';
import { type PlannedCase, planSmoke, type RunPlan } from './plan.js';
import { isMessage, type Job, type Message } from './protocol.js';
import type { Device, DeviceRequest, SmokeReport, SmokeStage } from './report.js';
import type { Sandbox } from './sandbox.js';
import { startChild } from './start-child.js';

/** How to run a smoke inference; everything is optional. */
export interface SmokeOptions {
  /** The card of the repository; read from it when absent. */
  readonly card?: Card;
  /** The verdict, for the task; decided from card and files when absent. */
  readonly support?: SupportVerdict;
  /** Pipeline tag that takes the place of the detected one. */
  readonly task?: string;
  /** `auto` when absent: a GPU that works, else the CPU. */
  readonly device?: DeviceRequest;
  /** Variant of the graph, such as `q8`; the one of full precision when absent. */
  readonly dtype?: string;
  /** Inputs that take the place of the card's widget examples: texts, or bodies of Inference API requests. */
  readonly inputs?: readonly unknown[];
  /** Time limit of the whole smoke inference, in milliseconds; 5 minutes when absent. */
  readonly timeoutMs?: number;
  /** Time limit of loading the model, in milliseconds; 2 minutes when absent. */
  readonly loadTimeoutMs?: number;
  /** Time limit of each inference, in milliseconds; 1 minute when absent. */
  readonly caseTimeoutMs?: number;
  /**
   * Memory limit of the child process, in bytes. When absent 2 GiB and four times the weights, 2 GiB more on a GPU, but no more
   * than 80 % of the machine's memory.
   */
  readonly memoryLimitBytes?: number;
  readonly signal?: AbortSignal;
  /** Told when a stage begins; `detail` names a file or a case. */
  readonly onProgress?: (event: SmokeProgress) => void;
}

/** A stage that begins. */
export interface SmokeProgress {
  readonly stage: SmokeStage;
  readonly detail?: string;
}

const LOAD_TIMEOUT_MS = 120_000;
const CASE_TIMEOUT_MS = 60_000;
/** How long the runtime may take to be imported, in milliseconds. */
const SETUP_TIMEOUT_MS = 60_000;
const GIB = 1024 ** 3;
const CPU: ChosenDevice = { device: 'cpu' };

/**
 * Runs a smoke inference of a model repository: plans it, runs it in a child process with limits of time and memory, and
 * checks the answers. Faults of the model are data: a report with status `failed` or `skipped`. Throws `SmokeSetupError`
 * when the runtimes are not installed or the device does not work, `RepoError` when the repository cannot be read, and
 * the reason of `signal`.
 */
export async function smokeTest(repo: Repo, options: SmokeOptions = {}): Promise<SmokeReport> {
  const deadline = performance.now() + (options.timeoutMs ?? TIMEOUT_MS);
  options.signal?.throwIfAborted();
  options.onProgress?.({ stage: 'plan' });
  const files = await repo.list();
  // The child needs a while to start, and most plans need a child: let both happen at once.
  const promising = repo.root !== null && files?.some(({ path }) => path.endsWith('.onnx'));
  const child = promising ? startChild() : null;
  try {
    return await planAndRun(repo, files, child, deadline, options);
  } finally {
    await child?.stop();
  }
}

async function planAndRun(
  repo: Repo,
  files: readonly RepoFile[] | null,
  child: Sandbox | null,
  deadline: number,
  options: SmokeOptions,
): Promise<SmokeReport> {
  const { signal } = options;
  const request = options.device ?? 'auto';
  const { metadata, task } = await cardAndTask(repo, files, options);
  const [plan, chosen, root] = await Promise.all([
    planSmoke({
      repo,
      files,
      metadata,
      task,
      inputs: options.inputs ?? [],
      ...(options.dtype === undefined ? {} : { dtype: options.dtype }),
    }),
    // A child that is about to be needed means a graph that is there: only then devices matter.
    child === null ? CPU : chooseDevice(request, signal),
    repo.root === null ? '' : realpath(repo.root),
  ]);
  signal?.throwIfAborted();
  if (plan.kind === 'skip') return skippedPlan(plan);
  if (plan.kind === 'fail') return failedPlan(plan);

  const first = await attempt(plan, repo, root, chosen.device, child ?? startChild(), deadline, options);
  if (
    request === 'auto' &&
    chosen.device !== 'cpu' &&
    (first.end.end !== 'finished' || first.heard.failure)
  ) {
    // What `auto` chose was a guess; the model may still be sound.
    const second = await attempt(plan, repo, root, 'cpu', startChild(), deadline, options);
    return judge(plan, second, `auto took cpu: the model did not run on ${chosen.device}.`);
  }
  const failure = await setupFailure(first, signal);
  if (failure !== null) throw failure;
  options.onProgress?.({ stage: 'check' });
  return judge(plan, first, chosen.detail);
}

/** Runs a plan on a device, in a child that has been started. */
async function attempt(
  plan: RunPlan,
  repo: Repo,
  root: string,
  device: Device,
  child: Sandbox,
  deadline: number,
  options: SmokeOptions,
): Promise<Attempt> {
  const { signal } = options;
  const memoryLimitBytes = options.memoryLimitBytes ?? usualMemoryLimit(plan.files, device);
  const loadMs = options.loadTimeoutMs ?? LOAD_TIMEOUT_MS;
  const caseMs = options.caseTimeoutMs ?? CASE_TIMEOUT_MS;
  const job: Job = {
    kind: 'inference',
    runner: plan.runner,
    task: plan.task.tag,
    root,
    model: plan.model,
    dtype: plan.dtype,
    device,
    config: plan.config,
    cases: plan.cases.map(({ input, parameters }) => ({ input, parameters })),
    probes: plan.probes,
    json: plan.json,
    tokenRows: plan.tokenRows,
    memoryLimitBytes,
  };
  let heard: Heard = NOTHING_HEARD;
  const end = await child.run(job, {
    memoryLimitBytes,
    totalMs: Math.max(1, deadline - performance.now()),
    ...(signal === undefined ? {} : { signal }),
    onMessage(value, allow) {
      if (!isMessage(value)) return false;
      heard = hear(heard, value);
      if (value.type === 'stage') allow(value.stage === 'setup' ? SETUP_TIMEOUT_MS : loadMs);
      else if (value.type === 'running') allow(caseMs);
      tell(value, plan, options.onProgress);
      return isLast(value);
    },
  });
  signal?.throwIfAborted();
  const peaks = [child.peakRssBytes(), heard.peakRssBytes].filter((peak) => peak !== null);
  return {
    device,
    requested: options.device ?? 'auto',
    heard,
    end,
    limits: { memoryBytes: memoryLimitBytes, totalMs: options.timeoutMs ?? TIMEOUT_MS },
    peakRssBytes: peaks.length === 0 ? null : Math.max(...peaks),
    folders: { root, others: [...(repo.root === null ? [] : [repo.root]), child.folder] },
    written: child.written(),
  };
}

function tell(message: Message, plan: RunPlan, onProgress: SmokeOptions['onProgress']): void {
  if (message.type === 'stage') {
    onProgress?.({ stage: message.stage, ...(message.stage === 'load' ? { detail: plan.model } : {}) });
  } else if (message.type === 'running') {
    const detail =
      message.role === 'case' ? caseName(plan.cases[message.index], message.index) : message.role;
    onProgress?.({ stage: 'run', detail });
  }
}

function caseName(planned: PlannedCase | undefined, index: number): string {
  return planned?.title ?? `${planned?.source ?? 'case'} ${index + 1}`;
}

/** The card's metadata and the task of the model, from what the caller knows or else from the repository. */
async function cardAndTask(
  repo: Repo,
  files: readonly RepoFile[] | null,
  options: SmokeOptions,
): Promise<{ readonly metadata: Metadata | null; readonly task: string | null }> {
  let { card } = options;
  if (card === undefined) {
    const file = await readCard(repo);
    card = parseCard(file.source === 'text' ? file.text : '');
  }
  const { metadata } = card;
  if (options.task !== undefined) return { metadata, task: options.task };
  if (options.support !== undefined) return { metadata, task: options.support.task.name };
  const listed = files?.some(({ path }) => path === 'config.json') ?? false;
  const modelConfig = listed ? await readModelConfig(repo, 'config.json') : undefined;
  const support = decideSupport({
    metadata,
    ...(files === null ? {} : { files }),
    ...(modelConfig === undefined ? {} : { modelConfig }),
  });
  return { metadata, task: support.task.name };
}

function usualMemoryLimit(files: readonly RepoFile[], device: Device): number {
  const weights = files.reduce((sum, { size }) => sum + size, 0);
  const wanted = 2 * GIB + 4 * weights + (device === 'cpu' ? 0 : 2 * GIB);
  return Math.min(wanted, mostMemory());
}
