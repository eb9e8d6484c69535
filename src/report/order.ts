import type { Diagnostic, Severity } from '../diagnostic.js';
import type { SilencedDiagnostic } from '../silence/apply.js';
import type { SmokeStage } from '../smoke/report.js';

const RANK: Readonly<Record<Severity, number>> = { error: 0, warning: 1, info: 2 };

/** A copy with the worst findings first; findings of one severity keep their order (file, position, rule). */
export function worstFirst<One extends Diagnostic>(diagnostics: readonly One[]): readonly One[] {
  return [...diagnostics].sort((a, b) => RANK[a.severity] - RANK[b.severity]);
}

/** What the Hub does with a finding on push, for a person; undefined when it stays silent. */
export function hubReaction(diagnostic: Diagnostic): string | undefined {
  if (diagnostic.hub === 'error') return 'the Hub rejects this push';
  if (diagnostic.hub === 'warning') return 'the Hub warns';
  return undefined;
}

/** Words as a sentence: a capital in front, a full stop behind. */
export function sentence(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}

/** A count with its noun: `1 error`, `3 warnings`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** How many findings are silenced, if any; those that the Hub rejects are counted apart, as the push will fail. */
export function silencedInWords(silenced: readonly SilencedDiagnostic[]): readonly string[] {
  if (silenced.length === 0) return [];
  const rejected = silenced.filter(({ hub }) => hub === 'error').length;
  const words = `${silenced.length} silenced`;
  return [rejected === 0 ? words : `${words} (${rejected} rejected by the Hub)`];
}

/** Where a smoke inference failed, for a person. */
export const STAGE_IN_WORDS = {
  plan: 'before anything was loaded',
  setup: 'while setting up the runtime',
  load: 'while loading the model',
  run: 'while running the model',
  check: 'in the checks',
} as const satisfies Readonly<Record<SmokeStage, string>>;
