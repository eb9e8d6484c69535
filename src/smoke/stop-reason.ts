import type { Attempt } from './attempt.js';
import { explain, explainSignal } from './causes.js';
import type { SmokeStage } from './report.js';
import type { SandboxEnd } from './sandbox.js';

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

/** How a child ended, as the rest of a sentence. */
export function endInWords(end: SandboxEnd, limits: Attempt['limits']): string {
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
