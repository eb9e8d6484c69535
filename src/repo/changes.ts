import { dirname, join } from 'node:path';
import { SETTINGS_FILES } from '../config/find.js';
import type { Git } from './git.js';
import { placeOf } from './model-folder.js';
import { isInside } from './path.js';

/** What changed in a git checkout. */
export interface Changes {
  /** Absolute real path of the root of the checkout. */
  readonly root: string;
  /** Absolute paths of what changed, and of every folder above it up to the root. */
  readonly touched: ReadonlySet<string>;
}

/** Changes in the checkout at `root`, absolute, from paths as git gives them; empty ones are none. */
export function changesAt(root: string, paths: readonly string[]): Changes {
  const touched = new Set<string>();
  for (const path of paths) {
    if (path === '') continue;
    for (let part = join(root, ...path.split('/')); !touched.has(part); part = dirname(part)) {
      touched.add(part);
      if (!isInside(part, root)) break;
    }
  }
  return { root, touched };
}

/** What differs between two commits of the checkout at `root`. Throws `GitError`. */
export async function changesBetween(git: Git, root: string, from: string, to: string): Promise<Changes> {
  const listed = await git.text(['diff-tree', '-r', ...ONLY_NAMES, from, to, '--']);
  return changesAt(root, listed.split('\0'));
}

/** Options of `git diff` and its kin for the paths alone, a NUL byte after each, with no program run on any content. */
export const ONLY_NAMES: readonly string[] = [
  '-z',
  '--name-only',
  '--no-renames',
  '--no-ext-diff',
  '--no-textconv',
];

/**
 * Whether something changed in a repository, or in settings that hold for it.
 * @param target Absolute real path of its folder or card.
 * @param config The settings file that the user named, likewise.
 */
export function isTouched(target: string, { root, touched }: Changes, config?: string): boolean {
  const place = placeOf(target);
  if (touched.has(place) || (config !== undefined && touched.has(config))) return true;
  for (let folder = place; isInside(folder, root); ) {
    folder = dirname(folder);
    const above = folder;
    if (SETTINGS_FILES.some((name) => touched.has(join(above, name)))) return true;
  }
  return false;
}
