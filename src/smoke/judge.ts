import type { Answer, AnsweredCase } from '../tasks/task.js';
import type { Attempt } from './attempt.js';
import { explain } from './causes.js';
import { checkAnswer, checkRepeat, checkVariety } from './checks.js';
import { resolveFiles } from './files.js';
import type { Heard } from './hearing.js';
import { computeType, placed } from './placement.js';
import type { PlannedCase } from './plan/cases.js';
import type { FailPlan, RunPlan, SkipPlan } from './plan/plan.js';
import type { Device, SmokeCase, SmokeCheck, SmokeComparison, SmokeReport, SmokeStage } from './report.js';
import type { SandboxEnd } from './sandbox.js';
import { stopReason } from './stop-reason.js';

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

/** A value for the report: numbers that JSON lacks become texts. */
function printable(value: unknown): unknown {
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (Array.isArray(value)) return value.map(printable);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, printable(item)]));
}
