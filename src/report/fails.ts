import type { FailLevel } from '../config/config.js';
import type { Diagnostic } from '../diagnostic.js';
import type { SmokeReport } from '../smoke/report.js';

/** Whether findings at or above the fail level, or a failed smoke inference, make a run fail; `never` forgives both. */
export function fails(
  diagnostics: readonly Diagnostic[],
  smoke: SmokeReport | undefined,
  level: FailLevel,
): boolean {
  if (level === 'never') return false;
  const found = diagnostics.some(
    ({ severity }) => severity === 'error' || (severity === 'warning' && level === 'warning'),
  );
  return found || smoke?.status === 'failed';
}
