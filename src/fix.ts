import type { Diagnostic, TextEdit } from './diagnostic.js';

/**
 * Applies edits to a text; offsets are UTF-16 units of `text`. Throws when edits overlap, or reach outside the text.
 */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  const sorted = [...edits].sort((a, b) => a.start - b.start || a.end - b.end);
  let result = '';
  let done = 0;
  for (const edit of sorted) {
    if (edit.start < done || edit.end < edit.start || edit.end > text.length) {
      throw new RangeError(`Edit ${edit.start}-${edit.end} overlaps another or lies outside the text.`);
    }
    result += text.slice(done, edit.start) + edit.text;
    done = edit.end;
  }
  return result + text.slice(done);
}

/**
 * Applies the fixes of findings to the text they were found in. A fix that touches the place of one already taken is
 * left for the next run; findings are taken in their order, so the outcome is the same every time. Everything outside
 * the edits stays as it is, byte for byte.
 *
 * `file` keeps to the findings of one file; without it, all findings with a range or fix are about `text`.
 */
export function applyFixes(text: string, diagnostics: readonly Diagnostic[], file?: string): string {
  const taken: TextEdit[] = [];
  for (const diagnostic of diagnostics) {
    if (diagnostic.fix === undefined || (file !== undefined && diagnostic.file !== file)) continue;
    const edits = diagnostic.fix.edits.filter((edit) => !taken.some((other) => sameEdit(edit, other)));
    const fits = edits.every(
      (edit) =>
        edit.start >= 0 &&
        edit.start <= edit.end &&
        edit.end <= text.length &&
        !taken.some((other) => touches(edit, other)),
    );
    if (fits) taken.push(...edits);
  }
  return applyEdits(text, taken);
}

/** True when the edits share a character, or insert at the same place. */
function touches(a: TextEdit, b: TextEdit): boolean {
  if (a.start === a.end && b.start === b.end) return a.start === b.start;
  return a.start < b.end && b.start < a.end;
}

function sameEdit(a: TextEdit, b: TextEdit): boolean {
  return a.start === b.start && a.end === b.end && a.text === b.text;
}
