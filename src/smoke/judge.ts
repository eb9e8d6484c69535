import { SmokeSetupError } from '../errors.js';
import type { Answer, AnsweredCase } from '../tasks/task.js';
import { explain, explainDeviceError, explainSignal, type KnownFolders } from './causes.js';
import { checkAnswer, checkRepeat, checkVariety } from './checks.js';
import { countPlaced, deviceError, probeDevice } from './devices.js';
import { resolveFiles } from './files.js';
import type { Heard } from './hearing.js';
import type { PlannedCase } from './plan/cases.js';
import type { FailPlan, PlannedVariant, RunPlan, SkipPlan } from './plan/plan.js';
import type {
  Device,
  DeviceRequest,
  SmokeCase,
  SmokeCheck,
  SmokeComparison,
  SmokeReport,
  SmokeStage,
} from './report.js';
import type { SandboxEnd } from './sandbox.js';
import { notStarted } from './spawn-child.js';

/** A run of a plan, as the parent saw it. */
export interface Attempt {
  readonly variant: PlannedVariant;
  readonly device: Device;
  readonly requested: DeviceRequest;
  readonly optimized: boolean;
  readonly heard: Heard;
  readonly end: SandboxEnd;
  readonly limits: { readonly memoryBytes: number; readonly totalMs: number };
  /** How long it took, from the job to the end of the child. */
  readonly tookMs: number;
  readonly peakRssBytes: number | null;
  readonly folders: KnownFolders;
  /** The end of what the child wrote to stdout and stderr. */
  readonly written: string;
}

/**
 * Installs the runtimes where this package finds them: all in one folder, whatever `npx` keeps elsewhere. Without the install
 * script of onnxruntime-node, which on Linux downloads CUDA libraries of several hundred megabytes.
 */
const INSTALL = 'npm install --ignore-scripts validate-model-card onnxruntime-node @huggingface/transformers';

/**
 * Installs what runs GGUF files: without its install script, which could compile llama.cpp, and of its optional packages the one
 * with the binary for this machine's CPU alone.
 */
const INSTALL_LLAMA = `npm install --ignore-scripts --omit=optional validate-model-card node-llama-cpp @node-llama-cpp/${llamaPlatform()}`;

/** What node-llama-cpp calls this machine in the names of its packages. */
function llamaPlatform(): string {
  const { platform, arch } = process;
  if (platform === 'darwin') return arch === 'arm64' ? 'mac-arm64-metal' : 'mac-x64';
  return `${platform === 'win32' ? 'win' : 'linux'}-${arch === 'arm' ? 'armv7l' : arch}`;
}

const LACK_HINT = 'Run another variant (such as --dtype fp32), or use --device cpu.';

const LLAMA_HINT =
  'Install node-llama-cpp with its optional packages, which hold its binaries for GPUs, or use --device cpu.';

const NOTHING = {
  runner: null,
  device: null,
  computeType: null,
  dtype: null,
  files: [],
  loadMs: null,
  latencyMs: null,
  peakRssBytes: null,
  checks: [],
  cases: [],
  comparisons: [],
} as const satisfies Partial<SmokeReport>;

/** The report of a plan that cannot run, through no fault of the model. */
export function skippedPlan({ reason }: SkipPlan): SmokeReport {
  return { ...NOTHING, status: 'skipped', stage: 'plan', reason };
}

/** The report of a model whose files alone show a fault. */
export function failedPlan({ reason, runner, files, checks }: FailPlan): SmokeReport {
  return { ...NOTHING, status: 'failed', stage: 'plan', reason, runner, files, checks };
}

/** Whether an attempt answered nothing at all. */
export function answeredNothing({ heard, end }: Attempt): boolean {
  const answers = [...heard.cases.values()];
  return (
    end.end !== 'finished' ||
    heard.failure !== null ||
    (answers.length > 0 && answers.every(({ type }) => type === 'no-answer'))
  );
}

/**
 * What the model needs and the device does not have, as the rest of a sentence; null when nothing shows that it lacks
 * anything. Another device of the same kind may have it: neither the model nor the installation is at fault.
 */
export function lackOf({ heard, device }: Attempt): string | null {
  if (device === 'cpu') return null;
  const cases = [...heard.cases.values()].flatMap((one) => (one.type === 'no-answer' ? [one.error] : []));
  const errors = [...cases, ...(heard.failure === null ? [] : [heard.failure.error])];
  // Dawn’s feature `shader-f16`.
  return errors.some(({ message }) => /requires f16 but the device does not support it/.test(message))
    ? 'this GPU does not compute in half precision (f16), which these weights need'
    : null;
}

/** The error that stopped an attempt and is not the model’s fault: runtime or device; null when there is none. */
export async function setupFailure(attempt: Attempt, signal?: AbortSignal): Promise<SmokeSetupError | null> {
  const { heard, end, limits, device, requested, written, folders } = attempt;
  const { failure } = heard;
  if (end.end === 'not-started') return notStarted(end.error);
  if (failure?.error.code === 'not-for-device') {
    return deviceError(device, failure.error.message, LLAMA_HINT);
  }
  if (failure?.stage === 'setup') return runtimeError(failure.error.code, failure.error.message);
  if (heard.stage === 'setup' && end.end !== 'finished' && end.end !== 'aborted') {
    return new SmokeSetupError(
      'runtime-broken',
      `The runtime cannot be loaded: ${endInWords(end, limits)}.`,
      {
        hint: lastLines(written, folders) || afterSetup(end),
      },
    );
  }
  const broke = failure !== null || (end.end === 'exited' && heard.stage === 'load');
  if (device === 'cpu' || requested === 'auto') return null;
  const lack = lackOf(attempt);
  if (lack !== null) return deviceError(device, lack, LACK_HINT);
  if (!broke) return null;
  // The model may be at fault, or the device: a graph that adds two numbers tells.
  const known = failure === null ? '' : explainDeviceError(device, failure.error.message);
  const why = /finds no GPU|has no|are not installed/.test(known) ? known : await probeDevice(device, signal);
  return why === null ? null : deviceError(device, why);
}

function runtimeError(code: string | undefined, message: string): SmokeSetupError {
  // What a GGUF file needs is not what graphs need.
  const llama = message.startsWith('node-llama-cpp');
  const install = llama ? INSTALL_LLAMA : INSTALL;
  if (code === 'not-installed') {
    return new SmokeSetupError(
      'runtime-missing',
      `A smoke inference ${llama ? 'of a GGUF file ' : ''}needs ${message}, which is not installed.`,
      {
        hint: `Install ${llama ? 'it in a folder of its own' : 'both runtimes in one place'} with this command, then run validate-card from there:\n  ${install}`,
      },
    );
  }
  return new SmokeSetupError(
    'runtime-broken',
    `The runtime for the smoke inference cannot be loaded: ${message}.`,
    {
      hint: `Install it again: ${install}`,
    },
  );
}

/** The report of an attempt whose setup worked. */
export function judge(plan: RunPlan, attempt: Attempt, deviceDetail: string | undefined): SmokeReport {
  const { heard, end, device } = attempt;
  const where = placed(attempt);
  const cases = plan.cases.map((planned, index) => caseReport(plan, planned, index, attempt));
  for (const { example, check } of plan.unrun) {
    cases.push({ source: 'widget', input: example, latencyMs: null, checks: [check] });
  }
  const seen = [...heard.checks, ...modelChecks(plan, heard, device), ...where.checks];
  const ids = new Set(seen.map(({ id }) => id));
  // What the run has shown again need not be said from the files.
  const checks = [...plan.checks.filter(({ id }) => !ids.has(id)), ...seen];
  const stop = stopReason(attempt);
  const all = [...checks, ...cases.flatMap((one) => one.checks)];
  const failed = all.filter(({ status }) => status === 'failed');
  const details = [deviceDetail, where.detail].filter((detail) => detail !== undefined);
  return {
    ...outcome(stop, failed, all.length, end),
    runner: plan.runner,
    device: where.device,
    ...(details.length === 0 ? {} : { deviceDetail: details.join(' ') }),
    computeType: computeType(attempt),
    dtype: attempt.variant.dtype,
    files: attempt.variant.files,
    loadMs: heard.loadMs,
    latencyMs: latency(heard),
    peakRssBytes: attempt.peakRssBytes,
    checks,
    cases,
    comparisons: [],
  };
}

/** The report with what became of the other variants and devices; one that fails makes the whole fail. */
export function withComparisons(report: SmokeReport, comparisons: readonly SmokeComparison[]): SmokeReport {
  const failed = comparisons.filter(({ status }) => status === 'failed');
  const [first] = failed;
  if (first === undefined || report.status === 'failed') return { ...report, comparisons };
  const names = failed.map(({ dtype, device }) =>
    device === null || device === report.device ? dtype : device,
  );
  return {
    ...report,
    comparisons,
    status: 'failed',
    stage: first.stage ?? 'check',
    reason: `${[...new Set(names)].join(', ')}: ${first.reason ?? 'not the same answers.'}`,
  };
}

/** The device of an attempt in the words of the Inference API; null when nothing was loaded. */
export function computeType(attempt: Attempt): SmokeReport['computeType'] {
  const { device } = placed(attempt);
  if (device === null) return null;
  if (device !== 'cpu') return 'gpu';
  return attempt.optimized ? 'cpu+optimized' : 'cpu';
}

/** The median time of the first case after its first run, in milliseconds; null when it did not run again. */
export function latency({ repeats }: Heard): number | null {
  const times = repeats
    .flatMap((one) => (one.type === 'answer' ? [one.latencyMs] : []))
    .sort((a, b) => a - b);
  const middle = times.length / 2;
  const low = times[Math.ceil(middle) - 1];
  const high = times[Math.floor(middle)];
  return low === undefined || high === undefined ? null : (low + high) / 2;
}

function outcome(
  stop: { readonly stage: SmokeStage; readonly reason: string } | null,
  failed: readonly SmokeCheck[],
  count: number,
  end: SandboxEnd,
): Pick<SmokeReport, 'status' | 'stage' | 'reason'> {
  if (stop !== null) return { status: 'failed', ...stop };
  if (failed.length === 0 && end.end === 'finished') return { status: 'passed' };
  const run = failed.find(({ id }) => id === 'run');
  if (run !== undefined) return { status: 'failed', stage: 'run', reason: run.message };
  const ids = [...new Set(failed.map(({ id }) => id))].join(', ');
  return {
    status: 'failed',
    stage: 'check',
    reason: `${failed.length} of ${count} checks failed: ${ids}.`,
  };
}

/** Why the child stopped before it was done, and at which stage; null when it was done. */
export function stopReason(attempt: Attempt): { readonly stage: SmokeStage; readonly reason: string } | null {
  const { heard, end, limits, folders } = attempt;
  if (heard.failure !== null) {
    return { stage: heard.failure.stage, reason: explain(heard.failure.error.message, folders) };
  }
  if (end.end === 'finished') return null;
  const { stage } = heard;
  const what = stage === 'load' ? 'Loading the model' : 'The inference';
  const memory = (bytes: number) =>
    `${what} took ${megabytes(bytes)} MB of memory, more than the limit of ${megabytes(limits.memoryBytes)} MB. Raise it with --memory-limit if the model needs that much.`;
  if (heard.overMemory !== null) return { stage, reason: memory(heard.overMemory) };
  if (end.end === 'over-memory') return { stage, reason: memory(end.rssBytes) };
  if (end.end === 'over-time') {
    const limit = `${Number((Math.max(end.limitMs, 1) / 1000).toFixed(1))} s`;
    return {
      stage,
      reason: end.total
        ? `${what} did not finish within ${Number((limits.totalMs / 1000).toFixed(1))} s, the limit of the whole smoke inference. Raise it with --timeout if the model needs longer.`
        : `${what} did not finish within ${limit}: the graph may hold an endless loop, or the model is too slow to be served.`,
    };
  }
  if (end.end === 'over-output') return { stage, reason: `${what} gave more than can be read.` };
  return { stage, reason: `${what} did not come to an end: ${endInWords(end, limits)}.` };
}

/** What to do when a runtime that said nothing did not load. */
function afterSetup(end: SandboxEnd): string {
  if (end.end === 'over-time' && end.total) return 'Allow it more time, as in --timeout 2m.';
  if (end.end === 'over-memory') return 'Allow it more memory, as in --memory-limit 4GB.';
  return `Install it again: ${INSTALL}`;
}

function endInWords(end: SandboxEnd, limits: Attempt['limits']): string {
  switch (end.end) {
    case 'exited':
      return end.signal === null ? `the process ended with exit code ${end.code}` : explainSignal(end.signal);
    case 'over-time':
      return `no end within ${end.limitMs / 1000} s`;
    case 'over-memory':
      return `it took ${megabytes(end.rssBytes)} MB of memory, more than the limit of ${megabytes(limits.memoryBytes)} MB`;
    default:
      return end.end;
  }
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 1e6);
}

function lastLines(written: string, folders: KnownFolders): string {
  const lines = written.trim().split('\n').slice(-3).join('\n');
  return lines === '' ? '' : explain(lines, folders);
}

function caseReport(plan: RunPlan, planned: PlannedCase, index: number, attempt: Attempt): SmokeCase {
  const { heard, folders } = attempt;
  const base = {
    source: planned.source,
    ...(planned.title === undefined ? {} : { title: planned.title }),
    input: planned.input,
  };
  const answer = heard.cases.get(index);
  if (answer?.type === 'answer') {
    const answered: AnsweredCase = {
      inference: planned,
      output: resolveFiles(answer.output),
      facts: answer.facts,
      tensors: answer.tensors,
      ...(planned.output === undefined ? {} : { expected: planned.output }),
    };
    return {
      ...base,
      output: printable(answered.output),
      latencyMs: answer.latencyMs,
      checks: guarded(() => checkAnswer(plan.task, answered)),
    };
  }
  const stopped = heard.running?.role === 'case' && heard.running.index === index;
  const check: SmokeCheck =
    answer?.type === 'no-answer'
      ? { id: 'run', status: 'failed', message: explain(answer.error.message, folders) }
      : stopped
        ? {
            id: 'run',
            status: 'failed',
            message: stopReason(attempt)?.reason ?? 'The inference did not end.',
          }
        : { id: 'run', status: 'skipped', message: 'It was not run.' };
  return { ...base, latencyMs: null, checks: [check] };
}

/** Checks of the model as a whole. */
function modelChecks(plan: RunPlan, heard: Heard, device: Device): readonly SmokeCheck[] {
  const { task } = plan;
  const answers = [...heard.cases.values()].filter((message) => message.type === 'answer');
  const [first] = answers;
  if (first === undefined) return [];
  const finite = answers.every(({ tensors }) => tensors.every(({ nan, infinite }) => nan + infinite === 0));
  return guarded(() => {
    const labels = task.checkLabels({
      inference: plan.cases[first.index] ?? { input: null, parameters: {} },
      output: resolveFiles(first.output),
      facts: first.facts,
      tensors: first.tensors,
    });
    if (!finite) return labels;
    const checks = [...labels, checkVariety(task, [...answers, ...heard.probes], heard.probes.length > 0)];
    const [repeat] = heard.repeats;
    if (repeat?.type === 'answer') {
      const original = heard.cases.get(repeat.index);
      const twin: Answer = original?.type === 'answer' ? original : first;
      checks.push(checkRepeat(task, twin, repeat, device));
    }
    return checks;
  });
}

/** Checks over what a child said, which may have another shape than promised when native code was taken over. */
export function guarded(check: () => readonly SmokeCheck[]): readonly SmokeCheck[] {
  try {
    return check();
  } catch {
    return [
      {
        id: 'output-schema',
        status: 'failed',
        message: 'The answer has a shape that cannot be checked. Look at the outputs of the graph.',
      },
    ];
  }
}

/** Where the operators really ran. */
export function placed({ device, requested, heard }: Attempt): {
  readonly device: Device | null;
  readonly detail?: string;
  readonly checks: readonly SmokeCheck[];
} {
  if (heard.loadMs === null) return { device: null, checks: [] };
  if (device === 'cpu') return { device, checks: [] };
  const { placement } = heard;
  if (placement === null) {
    return { device, detail: `The runtime does not say which operators ran on ${device}.`, checks: [] };
  }
  const { there, total, unit, on } = countPlaced(placement, device);
  // llama.cpp has other names for devices than onnxruntime: then it is told even where all ran there.
  if (there === total && on === device) return { device, checks: [] };
  if (there > 0) {
    const rest = there === total ? '' : ', the others on cpu';
    return { device, detail: `${there} of ${total} ${unit}s ran on ${on}${rest}.`, checks: [] };
  }
  const none =
    total === 1
      ? `The one ${unit} has no implementation on ${on}; it`
      : `None of the ${total} ${unit}s has an implementation on ${on}; they`;
  const detail =
    unit === 'layer' ? `llama.cpp found no GPU for ${on}; all ran on cpu.` : `${none} ran on cpu.`;
  return {
    device: 'cpu',
    detail,
    checks: requested === 'auto' ? [] : [{ id: 'device', status: 'warning', message: detail }],
  };
}

/** A value for the report: numbers that JSON lacks become texts. */
function printable(value: unknown): unknown {
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (Array.isArray(value)) return value.map(printable);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, printable(item)]));
}
