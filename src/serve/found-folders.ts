import { basename, resolve } from 'node:path';
import { UsageError } from '../errors.js';
import { findRepositories } from '../repo/find-repositories.js';
import { realpath } from '../repo/fs.js';
import { patternBase } from '../repo/pattern.js';
import { slashedWay } from '../slashed-path.js';

/** A model repository that a pattern matches. */
export interface FoundFolder {
  /** As `openRepo` takes it. */
  readonly target: string;
  /** Its real path. */
  readonly place: string;
  /** Its path below the folder in which the pattern begins, with at most one slash; the name of that folder where it is the folder itself. */
  readonly id: string;
}

/** The model repositories that a pattern matches, from `cwd` on. Throws `UsageError`, also where there is none, and `RepoError`. */
export async function foldersOf(pattern: string, cwd: string): Promise<readonly FoundFolder[]> {
  // First what matches: where the pattern begins in no folder, this says so.
  const matching = await findRepositories([pattern], { cwd });
  const base = await realpath(patternBase(pattern, cwd));
  const found: FoundFolder[] = [];
  for (const target of matching) {
    const place = await realpath(resolve(cwd, target));
    found.push({ target, place, id: idIn(base, place) });
  }
  return found;
}

/** The same of several patterns, which may match nothing now. Throws `RepoError`. */
export async function foldersNow(patterns: readonly string[], cwd: string): Promise<readonly FoundFolder[]> {
  const found: FoundFolder[] = [];
  for (const pattern of patterns) {
    try {
      found.push(...(await foldersOf(pattern, cwd)));
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
    }
  }
  return found;
}

function idIn(base: string, place: string): string {
  // As `**` matches where it begins, too.
  return slashedWay(base, place).split('/').slice(-2).join('/') || basename(place);
}
