import type { Diagnostic } from '../diagnostic.js';
import type { Secret } from './find.js';
import { maskDeep, masker } from './mask.js';

/**
 * Hides secrets in what rules found in the texts that hold them. A fix that would write a secret anew is left out: it
 * would show it, and what helps is to delete it. Gives back the very same list when there are none.
 */
export function maskFindings<T extends Diagnostic>(
  diagnostics: readonly T[],
  secrets: readonly Secret[],
): readonly T[] {
  if (secrets.length === 0) return diagnostics;
  const mask = masker(secrets);
  const shows = ({ fix }: Diagnostic) => fix?.edits.some(({ text }) => mask(text) !== text) ?? false;
  return diagnostics.map((diagnostic) => {
    if (!shows(diagnostic)) return maskDeep(diagnostic, mask);
    const { fix: _, ...rest } = diagnostic;
    return maskDeep(rest as T, mask);
  });
}
