import type { Diagnostic, Severity } from '../diagnostic.js';

const RANK: Readonly<Record<Severity, number>> = { error: 0, warning: 1, info: 2 };

/** A copy with the worst findings first; findings of one severity keep their order (file, position, rule). */
export function worstFirst<One extends Diagnostic>(diagnostics: readonly One[]): readonly One[] {
  return [...diagnostics].sort((a, b) => RANK[a.severity] - RANK[b.severity]);
}
