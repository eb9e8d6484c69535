import type { Diagnostic } from '../diagnostic.js';
import type { SilencedDiagnostic } from '../silence/apply.js';
import type { SmokeStage } from '../smoke/report.js';
import type { WidgetState } from '../support/verdict.js';

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

/** How much was found, worst first: `1 error`, `2 warnings`; nothing for what there is none of. */
export function countsInWords({ errors, warnings, infos }: Counts): readonly string[] {
  return [
    ...(errors > 0 ? [counted(errors, 'error')] : []),
    ...(warnings > 0 ? [counted(warnings, 'warning')] : []),
    ...(infos > 0 ? [counted(infos, 'info')] : []),
  ];
}

interface Counts {
  readonly errors: number;
  readonly warnings: number;
  readonly infos: number;
}

/** What the model page shows in the place of the widget, for a person. */
export function widgetInWords(state: WidgetState): string {
  return state === 'examples-only' ? 'examples only' : state;
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
