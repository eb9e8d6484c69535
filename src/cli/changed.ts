import { resolve } from 'node:path';
import { GitError, UsageError } from '../errors.js';
import { type Changes, changesAt, isTouched, ONLY_NAMES } from '../repo/changes.js';
import { realpath } from '../repo/fs.js';
import { type Git, gitIn } from '../repo/git.js';
import type { Host } from './host.js';
import { checkOnDisk } from './on-disk.js';

/**
 * What changed in the git checkout around the working directory: staged, unstaged, untracked and not ignored, since the last commit;
 * with `ref` since the last commit that this branch shares with it. Git runs without filters, hooks, monitors and network: the
 * settings in `.git` may be anybody's.
 * @throws UsageError `changed` where there is no checkout, no such commit, or git gives no answer.
 */
export async function changesIn(host: Host, ref: string | undefined): Promise<Changes> {
  if (ref !== undefined && (/^-|^$/.test(ref) || ref.length > 250 || /[\p{Cc}\s]/u.test(ref))) {
    throw wrong(
      `--changed cannot be ${JSON.stringify(ref.slice(0, 60))}.`,
      'Write a branch, a tag or a commit: --changed=origin/main.',
    );
  }
  const at = await realpath(host.cwd);
  const bare = gitIn(at, { ...host.env });
  const root = await bare.line(['rev-parse', '--show-toplevel']).catch((cause: unknown) => {
    throw wrong(
      `--changed needs a git checkout, and git finds none here (${cause instanceof Error ? cause.message : String(cause)}).`,
      'Run it in a checkout, with git installed; or leave out --changed.',
      cause,
    );
  });
  const git = gitIn(resolve(root), { ...host.env }, { filters: await filtersOf(bare) });
  try {
    const head = await commitOf(git, 'HEAD');
    const other = ref === undefined ? undefined : await commitOf(git, ref);
    if (ref !== undefined && other === undefined) {
      throw wrong(
        `--changed=${ref}: there is no such commit here.`,
        'Fetch it first, or name another branch, tag or commit.',
      );
    }
    const from = other === undefined || head === undefined ? head : await commonCommit(git, other, head);
    const lists = await Promise.all([
      from === undefined
        ? git.text(['ls-files', '-z', '--'])
        : git.text(['diff', ...ONLY_NAMES, '--ignore-submodules=dirty', from, '--']),
      git.text(['ls-files', '--others', '--exclude-standard', '-z', '--']),
    ]);
    return changesAt(resolve(root), lists.join('').split('\0'));
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    throw wrong(`git cannot tell what changed: ${error.message}`, 'Run git status to see why.', error);
  }
}

function wrong(message: string, hint: string, cause?: unknown): UsageError {
  return new UsageError('changed', message, { hint, cause });
}

/**
 * The targets in which something changed: the folder of the repository, or settings that hold for it.
 * @param config The settings file that the user named.
 */
export async function onlyChanged(
  targets: readonly string[],
  changes: Changes,
  cwd: string,
  config: string | undefined,
): Promise<readonly string[]> {
  const named = config === undefined ? undefined : await real(resolve(cwd, config));
  const kept: string[] = [];
  for (const target of targets) {
    if (isTouched(await real(resolve(cwd, target)), changes, named)) kept.push(target);
  }
  return kept;
}

/** Refuses a target that lies on no disk: git knows nothing of it. */
export function checkLocal(targets: readonly string[], cwd: string): Promise<void> {
  return checkOnDisk(targets, cwd, (target) =>
    wrong(
      `--changed is about folders of a git checkout, and ${target} is none.`,
      'Name folders or patterns, or leave out --changed.',
    ),
  );
}

function real(path: string): Promise<string> {
  return realpath(path).catch(() => path);
}

/** The id of a commit; undefined when there is none of that name, or none yet. */
async function commitOf(git: Git, name: string): Promise<string | undefined> {
  const id = await git.line(['rev-parse', '--verify', '--quiet', `${name}^{commit}`]).catch(() => '');
  return /^[0-9a-f]{40,64}$/.test(id) ? id : undefined;
}

/** The last commit of both; the other one itself where they share none, or history is cut off. */
async function commonCommit(git: Git, other: string, head: string): Promise<string> {
  const id = await git.line(['merge-base', other, head]).catch(() => '');
  return /^[0-9a-f]{40,64}$/.test(id) ? id : other;
}

/** Keys of settings that name programs which git would run on the content of files. */
async function filtersOf(git: Git): Promise<readonly string[]> {
  const keys = await git.text(['config', '-z', '--name-only', '--get-regexp', '^filter\\.']).catch(() => '');
  return [...new Set(keys.split('\0').filter(Boolean))];
}
