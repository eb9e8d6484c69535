import { dirname, join } from 'node:path';
import { exists } from './fs.js';

/**
 * The folders above one, nearest first, as far as the root of the git checkout it lies in; none when it lies in none, or is the root.
 * A worktree or a submodule is a checkout too, where .git is a file.
 * @param folder Absolute.
 * @param top No folder above this one is looked at.
 */
export async function foldersAbove(folder: string, top?: string): Promise<readonly string[]> {
  const above: string[] = [];
  for (let at = folder; at !== top && dirname(at) !== at; ) {
    at = dirname(at);
    above.push(at);
  }
  const isRoot = await Promise.all([folder, ...above].map((one) => exists(join(one, '.git'))));
  return above.slice(0, Math.max(0, isRoot.indexOf(true)));
}
