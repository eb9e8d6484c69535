import { type FailLevels, failLevelOf } from '../config/policy.js';
import type { Diagnostic } from '../diagnostic.js';
import type { SmokeReport } from '../smoke/report.js';

/**
 * Whether findings at or above the fail level of their file, or a failed smoke inference, make a run fail; `never` forgives
 * both. The smoke inference belongs to the card.
 */
export function fails(
  diagnostics: readonly Diagnostic[],
  smoke: SmokeReport | undefined,
  levels: FailLevels,
  cardPath = 'README.md',
): boolean {
  if (diagnostics.some((diagnostic) => failsAt(diagnostic, levels))) return true;
  return smoke?.status === 'failed' && failLevelOf(levels, cardPath) !== 'never';
}

/** Whether one finding makes a run fail. */
export function failsAt({ severity, file }: Diagnostic, levels: FailLevels): boolean {
  const level = failLevelOf(levels, file);
  return level !== 'never' && (severity === 'error' || (severity === 'warning' && level === 'warning'));
}
