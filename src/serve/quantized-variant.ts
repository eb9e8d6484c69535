import type { Repo } from '../repo/repo.js';
import type { PlannedVariant, RunPlan } from '../smoke/plan/plan.js';

/** Number types of variants that are made to run faster on a CPU. */
const QUANTIZED: ReadonlySet<string> = new Set(['q8', 'int8', 'uint8', 'q4', 'bnb4']);

/** What was found out of plans before. */
const known = new WeakMap<RunPlan, Promise<PlannedVariant>>();

/**
 * The smallest quantized variant whose answers to the card’s examples are those of the full one, as the smoke inference compares them; the full one where there
 * is none. Each plan is looked at once: that runs the variants.
 */
export function quantizedVariant(repo: Repo, plan: RunPlan, signal: AbortSignal): Promise<PlannedVariant> {
  let found = known.get(plan);
  if (found === undefined) {
    found = compare(repo, plan, signal);
    known.set(plan, found);
    found.catch(() => known.delete(plan));
  }
  return found;
}

async function compare(repo: Repo, plan: RunPlan, signal: AbortSignal): Promise<PlannedVariant> {
  const [full, ...others] = plan.variants;
  const smaller = others
    .filter(
      (one) => one.fault === undefined && QUANTIZED.has(one.dtype) && variantBytes(one) < variantBytes(full),
    )
    .sort((a, b) => variantBytes(a) - variantBytes(b));
  if (smaller.length === 0) return full;
  const { smokeTest } = await import('../smoke/smoke.js');
  const { comparisons } = await smokeTest(repo, {
    task: plan.task.tag,
    device: 'cpu',
    dtypes: [full.dtype, ...smaller.map(({ dtype }) => dtype)],
    signal,
  });
  const agrees = (dtype: string) =>
    comparisons.some(
      (one) =>
        one.dtype === dtype &&
        one.status === 'passed' &&
        one.checks.some(({ id, status }) => id === SAME && status === 'passed'),
    );
  return smaller.find(({ dtype }) => agrees(dtype)) ?? full;
}

/** The check that compares a variant with full precision (smoke/compare.ts). */
const SAME = 'same-as-full-precision';

function variantBytes({ files }: PlannedVariant): number {
  return files.reduce((sum, { size }) => sum + size, 0);
}
