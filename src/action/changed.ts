import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { GitError } from '../errors.js';
import { type Changes, changesBetween, isTouched } from '../repo/changes.js';
import type { Git } from '../repo/git.js';
import type { TriggerEvent } from './event.js';

/** What `changed-only` leaves of the targets. */
export interface Touched {
  readonly targets: readonly string[];
  /** What a reader of the log should know, one sentence each. */
  readonly notes: readonly string[];
}

/** What a filter of targets needs beside them. */
export interface ChangeSource {
  /** Root of the workspace, absolute and real. */
  readonly root: string;
  readonly event: TriggerEvent;
  /** Settings file that the workflow names, absolute. */
  readonly config?: string;
  /** Opens git in a checkout. */
  readonly git: (folder: string) => Git;
}

/**
 * Keeps the targets (relative to the workspace) that the push or pull request touched: a file in the folder, or settings that
 * hold for it. Where that cannot be told, all are kept, and a note says why.
 */
export async function onlyTouched(targets: readonly string[], source: ChangeSource): Promise<Touched> {
  const notes = new Set<string>();
  const changes = new Map<string, Changes | null>();
  const kept: string[] = [];
  for (const target of targets) {
    const checkout = checkoutOf(source.root, target);
    if (checkout === null) {
      notes.add(
        'All repositories are checked: there is no git checkout. Run actions/checkout in a step before this one.',
      );
      kept.push(target);
      continue;
    }
    let changed = changes.get(checkout);
    if (changed === undefined) {
      changed = await changedIn(checkout, source, notes);
      changes.set(checkout, changed);
    }
    if (changed === null || isTouched(join(source.root, target), changed, source.config)) kept.push(target);
  }
  if (notes.size === 0) {
    notes.add(
      `The ${source.event.pullRequest ? 'pull request' : 'push'} touched ${kept.length} of ${targets.length === 1 ? '1 repository' : `${targets.length} repositories`}.`,
    );
  }
  return { targets: kept, notes: [...notes] };
}

/** The nearest folder with `.git` from the target up to the workspace, relative to it; null when there is none. */
function checkoutOf(root: string, target: string): string | null {
  for (let folder = target; ; folder = dirname(folder)) {
    if (existsSync(join(root, folder, '.git'))) return folder;
    if (folder === '.') return null;
  }
}

/** What changed in a checkout (relative to the workspace); null when that cannot be told. */
async function changedIn(
  checkout: string,
  { root, event, git }: ChangeSource,
  notes: Set<string>,
): Promise<Changes | null> {
  const folder = join(root, checkout);
  try {
    const run = git(folder);
    const range = await rangeOf(event, run);
    if (typeof range !== 'string') return await changesBetween(run, folder, range.from, range.to);
    notes.add(range);
    return null;
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    notes.add(`All repositories are checked: git cannot tell what changed (${error.message}).`);
    return null;
  }
}

const NO_HISTORY =
  'All repositories are checked: the history that would tell what changed is not in the checkout. Give actions/checkout fetch-depth: 0.';

/** The two commits to compare, or a sentence that says why there are none. */
async function rangeOf(
  event: TriggerEvent,
  git: Git,
): Promise<{ readonly from: string; readonly to: string } | string> {
  const { pushed, pullRequest } = event;
  if (pushed !== undefined) {
    if (/^0+$/.test(pushed.before)) return 'All repositories are checked: the push made a new branch.';
    const there = (await hasCommit(git, pushed.before)) && (await hasCommit(git, pushed.after));
    return there ? { from: pushed.before, to: pushed.after } : NO_HISTORY;
  }
  if (pullRequest !== undefined && event.name === 'pull_request') {
    // The checkout is a merge of head into base; its first parent is the base, later perhaps than the event knew.
    const parents = await git.line(['rev-list', '--parents', '--max-count=1', 'HEAD']);
    const [head = '', first, second, ...more] = parents.split(' ');
    if (first !== undefined && second !== undefined && second === pullRequest.head && more.length === 0) {
      return (await hasCommit(git, first)) ? { from: first, to: head } : NO_HISTORY;
    }
    const { base } = pullRequest;
    if (base === undefined || !(await hasCommit(git, base))) return NO_HISTORY;
    try {
      return { from: await git.line(['merge-base', base, 'HEAD']), to: head };
    } catch (error) {
      if (error instanceof GitError) return NO_HISTORY;
      throw error;
    }
  }
  return 'All repositories are checked: only a push or a pull request says what changed.';
}

async function hasCommit(git: Git, id: string): Promise<boolean> {
  try {
    await git.text(['cat-file', '-e', `${id}^{commit}`]);
    return true;
  } catch (error) {
    if (error instanceof GitError) return false;
    throw error;
  }
}
