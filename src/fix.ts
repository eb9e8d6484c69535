import { applyEdits } from './apply-edits.js';
import { parseCard } from './card/parse.js';
import { readYaml } from './card/yaml.js';
import type { Diagnostic, TextEdit } from './diagnostic.js';

export { applyEdits };

/**
 * Applies the fixes of findings to the text they were found in. A fix that touches the place of one already taken is
 * left for the next run, and so is one that together with those would make the text unreadable (two fixes that add the same
 * key, each right alone); findings are taken in their order, so the outcome is the same every time. Everything outside the
 * edits stays as it is, byte for byte.
 *
 * `file` keeps to the findings of one file; without it, all findings with a range or fix are about `text`, a card.
 */
export function applyFixes(text: string, diagnostics: readonly Diagnostic[], file?: string): string {
  const fixes = diagnostics.flatMap((diagnostic) =>
    diagnostic.fix === undefined || (file !== undefined && diagnostic.file !== file)
      ? []
      : [diagnostic.fix.edits],
  );
  const all = together(text, [], fixes);
  const fixed = applyEdits(text, all);
  if (fixed === text || isReadable(fixed, file) || !isReadable(text, file)) return fixed;
  return applyEdits(text, readable(text, [], fixes, file));
}

/** The edits taken, and those of further fixes that lie apart from them. */
function together(
  text: string,
  taken: readonly TextEdit[],
  fixes: readonly (readonly TextEdit[])[],
): readonly TextEdit[] {
  const all = [...taken];
  for (const edits of fixes) {
    if (!edits.every((edit) => lies(text, edit) && placeFor(all, edit) !== 'conflict')) continue;
    for (const edit of edits) {
      const place = placeFor(all, edit);
      if (typeof place === 'number') all.splice(place, 0, edit);
    }
  }
  return all;
}

/** As `together`, without the fixes that make the text unreadable; found by halves, since they are few. */
function readable(
  text: string,
  taken: readonly TextEdit[],
  fixes: readonly (readonly TextEdit[])[],
  file: string | undefined,
): readonly TextEdit[] {
  const all = together(text, taken, fixes);
  if (isReadable(applyEdits(text, all), file)) return all;
  if (fixes.length < 2) return taken;
  const middle = fixes.length >> 1;
  const first = readable(text, taken, fixes.slice(0, middle), file);
  return readable(text, first, fixes.slice(middle), file);
}

/** Whether the metadata of a card, or the whole of a YAML file, can be read. Other files are taken as they are. */
function isReadable(text: string, file: string | undefined): boolean {
  if (file !== undefined && /\.ya?ml$/i.test(file)) return readYaml(text).kind === 'value';
  if (file !== undefined && !/\.(?:md|markdown)$/i.test(file)) return true;
  return parseCard(text).metadata !== null;
}

function lies(text: string, { start, end }: TextEdit): boolean {
  return start >= 0 && start <= end && end <= text.length;
}

/**
 * Where an edit belongs among others that are in order and apart. `present` when the very same is there already,
 * `conflict` when it shares a character with another, or inserts where another does.
 */
function placeFor(taken: readonly TextEdit[], edit: TextEdit): number | 'present' | 'conflict' {
  let low = 0;
  let high = taken.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const other = taken[middle];
    if (
      other !== undefined &&
      (other.start < edit.start || (other.start === edit.start && other.end < edit.end))
    ) {
      low = middle + 1;
    } else high = middle;
  }
  const before = taken[low - 1];
  const after = taken[low];
  if (after?.start === edit.start && after.end === edit.end) {
    return after.text === edit.text ? 'present' : 'conflict';
  }
  if (before !== undefined && before.end > edit.start) return 'conflict';
  if (after !== undefined && after.start < edit.end) return 'conflict';
  return low;
}
