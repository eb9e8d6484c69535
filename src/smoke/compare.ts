import type { SmokeSetupError } from '../errors.js';
import type { Comparison } from '../tasks/task.js';
import type { Attempt, AttemptInput } from './attempt.js';
import { explain } from './causes.js';
import { checkFinite } from './checks.js';
import { guarded, latency } from './judge.js';
import { computeType, placed } from './placement.js';
import type { RunPlan } from './plan/plan.js';
import type { SmokeCheck, SmokeComparison } from './report.js';
import { stopReason } from './stop-reason.js';

/** A variant that was not run. */
export function notRun(
  { variant, device, optimized }: AttemptInput,
  { fault, reason }: { readonly fault: boolean; readonly reason: string },
): SmokeComparison {
  return {
    dtype: variant.dtype,
    device,
    computeType: device === 'cpu' ? (optimized ? 'cpu+optimized' : 'cpu') : 'gpu',
    status: fault ? 'failed' : 'skipped',
    stage: 'plan',
    reason,
    files: variant.files,
    loadMs: null,
    latencyMs: null,
    peakRssBytes: null,
    drift: null,
    checks: [],
  };
}

/** A device, asked for by name, that nothing could be run on. */
export function notStartedOn(input: AttemptInput, { message, hint }: SmokeSetupError): SmokeComparison {
  const reason = hint === undefined ? message : `${message} ${hint}`;
  return { ...notRun(input, { fault: true, reason }), stage: 'setup' };
}

/** Compares another variant, another device or optimized execution with the first attempt, case by case. */
export function compareAttempts(plan: RunPlan, first: Attempt, other: Attempt): SmokeComparison {
  const { heard, variant } = other;
  const stop = stopReason(other);
  const cut = cutShort(first, other);
  const where = placed(other);
  // Where nothing of the same graphs ran on the other device, their answers show nothing.
  const elsewhere =
    stop === null && variant === first.variant && !other.optimized && where.device !== other.device;
  const { checks: compared, drift } = elsewhere
    ? { checks: where.checks, drift: null }
    : compareAnswers(plan, first, other);
  // The first attempt has its own; of another variant only what is wrong with it matters.
  const wrong =
    variant === first.variant
      ? []
      : variant.checks.filter(({ status }) => status === 'failed' || status === 'warning');
  const checks = [...wrong, ...compared];
  const failed = checks.find(({ status }) => status === 'failed');
  const stage = stop?.stage ?? (failed === undefined ? undefined : failed.id === 'run' ? 'run' : 'check');
  const skipped = cut || (elsewhere && failed === undefined);
  const reason = cut ? NO_TIME : (stop?.reason ?? failed?.message ?? (elsewhere ? where.detail : undefined));
  return {
    dtype: variant.dtype,
    device: where.device ?? other.device,
    ...(where.detail === undefined ? {} : { deviceDetail: where.detail }),
    computeType: computeType(other),
    status: reason === undefined ? 'passed' : skipped ? 'skipped' : 'failed',
    ...(stage === undefined ? {} : { stage }),
    ...(reason === undefined ? {} : { reason }),
    files: variant.files,
    loadMs: heard.loadMs,
    latencyMs: latency(heard),
    peakRssBytes: other.peakRssBytes,
    drift,
    checks,
  };
}

/** Why the variants that the total time limit does not reach are not run. */
export const NO_TIME =
  'There was no time left for it. Raise the limit with --timeout, or name the variants to run with --dtype.';

/**
 * Whether the limit of the whole smoke inference ended an attempt before it had twice the time that the first one took, or
 * before the model was loaded at all: the others had used it up, and it is not at fault.
 */
export function cutShort(first: Attempt, { end, heard, tookMs }: Attempt): boolean {
  if (end.end !== 'over-time' || !end.total) return false;
  return heard.stage === 'setup' || tookMs <= 2 * first.tookMs;
}

function compareAnswers(
  { task, cases }: RunPlan,
  first: Attempt,
  other: Attempt,
): { readonly checks: readonly SmokeCheck[]; readonly drift: number | null } {
  const { id, than } = kindOf(first, other);
  const seen: Comparison[] = [];
  const faults: SmokeCheck[] = [];
  for (const [index] of cases.entries()) {
    const full = first.heard.cases.get(index);
    const answer = other.heard.cases.get(index);
    if (full?.type !== 'answer' || answer === undefined) continue;
    if (answer.type === 'no-answer') {
      const message = explain(answer.error.message, other.folders);
      faults.push({ id: 'run', status: 'failed', message });
      continue;
    }
    const finite = checkFinite(answer.tensors);
    if (finite.status === 'failed') faults.push(finite);
    else {
      faults.push(
        ...guarded(() => {
          seen.push(task.compare(full, answer));
          return [];
        }),
      );
    }
  }
  const apart = seen.filter(({ agrees }) => !agrees);
  const drifts = seen.flatMap(({ drift }) => (drift === null ? [] : [drift]));
  const drift = drifts.length === 0 ? null : Math.max(...drifts);
  if (seen.length === 0) return { checks: faults, drift };
  const [worst = [...seen].sort((a, b) => (b.drift ?? 0) - (a.drift ?? 0))[0]] = apart;
  const check: SmokeCheck = {
    id,
    status: apart.length === 0 ? 'passed' : 'failed',
    message:
      apart.length === 0
        ? `The answers are those ${than}: ${worst?.seen ?? ''}.`
        : `${apart.length} of ${seen.length} answers ${apart.length === 1 ? 'is' : 'are'} not ${apart.length === 1 ? 'that' : 'those'} ${than}: ${worst?.seen ?? ''}. ${remedy(id)}`,
  };
  return { checks: [...faults, check], drift };
}

type ComparisonId = 'same-as-full-precision' | 'same-as-first-device' | 'same-when-optimized';

/** What an attempt differs in from the first one. */
function kindOf(first: Attempt, other: Attempt): { readonly id: ComparisonId; readonly than: string } {
  if (other.optimized) return { id: 'same-when-optimized', than: 'of plain execution' };
  if (other.variant === first.variant) {
    return { id: 'same-as-first-device', than: `of ${first.device}` };
  }
  return { id: 'same-as-full-precision', than: `of ${first.variant.dtype}` };
}

function remedy(id: ComparisonId): string {
  switch (id) {
    case 'same-as-full-precision':
      return 'Quantize again from the full-precision model, leave sensitive layers out of it, or take the variant down.';
    case 'same-as-first-device':
      return 'Look for operators that overflow in half precision, and report it to onnxruntime when there are none.';
    case 'same-when-optimized':
      return 'Graph optimization changes the result; report it to onnxruntime, with the graph.';
  }
}
