import { type FileChange, fixesOf } from '../cli/fix.js';
import { diffLines, unifiedDiff } from '../report/diff.js';
import { diffBlock, inline } from '../report/markdown.js';
import { withoutSecrets } from '../secrets/mask.js';
import type { Judged } from './check.js';

/** Most bytes of the diffs that are shown in a summary or a comment. */
const MOST_SHOWN = 30_000;

/** What the fixes of some repositories would change; paths are relative to the workspace. Nothing is written. */
export async function findFixes(judged: readonly Judged[]): Promise<readonly FileChange[]> {
  const found: FileChange[] = [];
  for (const { repo, options, base, validation } of judged) {
    if (!validation.report.diagnostics.some(({ fix }) => fix !== undefined)) continue;
    const { changes } = await fixesOf(repo, options);
    for (const change of changes) {
      // A patch for a model on the Hub is applied in its own checkout.
      const inside = base === '' || repo.target.kind === 'hub' ? change.path : `${base}/${change.path}`;
      found.push({ ...change, path: inside });
    }
  }
  return found;
}

/** The changes as a patch that `git apply` takes at the root of the workspace; empty when there are none. */
export function patchOf(changes: readonly FileChange[]): string {
  return changes
    .map(({ path, before, after }) => {
      const [from, to] = [quoted(`a/${path}`), quoted(`b/${path}`)];
      const hunks = unifiedDiff(diffLines(before, after), 'x').split('\n').slice(2).join('\n');
      // As git writes it: a tab ends a name with spaces.
      const end = path.includes(' ') ? '\t' : '';
      return `diff --git ${from} ${to}\n--- ${from}${end}\n+++ ${to}${end}\n${hunks}`;
    })
    .join('');
}

/** A path as git quotes it where it has characters that mean something in a patch. */
function quoted(path: string): string {
  if (!/[\p{Cc}"\\]/u.test(path)) return path;
  const bytes = [...Buffer.from(path)].map((byte) => {
    const character = String.fromCharCode(byte);
    if (character === '"' || character === '\\') return `\\${character}`;
    return byte >= 0x20 && byte < 0x7f ? character : `\\${byte.toString(8).padStart(3, '0')}`;
  });
  return `"${bytes.join('')}"`;
}

/** The changes as Markdown with a diff of each file, credentials as stars; empty when there are none. */
export function suggestionOf(changes: readonly FileChange[]): string {
  if (changes.length === 0) return '';
  let text = '### Fixes\n\nWhat `validate-card --fix` would change:\n';
  let left = 0;
  for (const { path, before, after } of changes) {
    const block = diffBlock(withoutSecrets(before), withoutSecrets(after), 2);
    const section = `\n<code>${inline(path)}</code>\n\n${block}`;
    if (Buffer.byteLength(text) + Buffer.byteLength(section) > MOST_SHOWN) left++;
    else text += section;
  }
  return left === 0 ? text : `${text}\n${left} more not shown.\n`;
}
