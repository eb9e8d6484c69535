import { resolve } from 'node:path';
import { EXIT, type ExitCode, GitError, UsageError } from '../errors.js';
import { type Changes, changesBetween, isTouched } from '../repo/changes.js';
import { type CommittedFile, filesOfTree, objectReader, openCommit, repositoriesIn } from '../repo/commit.js';
import { stat } from '../repo/fs.js';
import { type Git, gitIn } from '../repo/git.js';
import { FRONT_MATTER } from '../repo/model-folder.js';
import { fails } from '../report/fails.js';
import type { PlacedReport } from '../report/github.js';
import { formatSeveral } from '../report/several/format.js';
import { validateAsFarAsPossible } from '../validate.js';
import type { Host } from './host.js';
import { judgingOf, settingsOf } from './judging.js';
import { inLog, tell } from './shown.js';
import { canvas } from './terminal.js';

/** More refs than a person pushes by hand. */
const MOST_REFS = 100;

/** A line that git gives a pre-push hook: what is pushed from, and what the other side has. */
interface Pushed {
  readonly ref: string;
  readonly commit: string;
  /** What the other side has; null for a new branch. */
  readonly there: string | null;
}

/**
 * Checks the model repositories in the commits that are about to be pushed, as git names them on standard input
 * (https://git-scm.com/docs/githooks#_pre_push): the files as they are committed, with the settings on disk. Of a monorepo, those
 * that the push changes, or settings above them. Throws `UsageError`; `GitError` where git cannot read them.
 */
export async function checkPush(host: Host): Promise<ExitCode> {
  const pushed = parsePushed((await host.stdin?.()) ?? '');
  try {
    return await checkCommits(pushed, host);
  } catch (cause) {
    if (!(cause instanceof GitError)) throw cause;
    throw new GitError(cause.code, `The push cannot be checked (${cause.message}).`, {
      hint: 'Run git status in the same folder to see why; git push --no-verify pushes without a check.',
      cause,
    });
  }
}

async function checkCommits(pushed: readonly Pushed[], host: Host): Promise<ExitCode> {
  const cwd = resolve(host.cwd);
  const git = gitIn(cwd, { ...host.env });
  const top = resolve(cwd, await git.line(['rev-parse', '--show-toplevel']));
  const read = objectReader(git);
  const reports: PlacedReport[] = [];
  let failing = false;
  for (const { ref, commit, there } of pushed) {
    const files = filesOfTree(await git.text(['ls-tree', '-r', '-z', '--long', '--full-tree', commit]));
    const cards = files.filter(({ path }) => path === 'README.md' || path.endsWith('/README.md'));
    const texts = await read([...new Set(cards.map(({ object }) => object))]);
    const frontMatter = ({ object }: CommittedFile) =>
      FRONT_MATTER.test(Buffer.from(texts.get(object)?.subarray(0, 4096) ?? []).toString('utf8'));
    const changes = there === null ? null : await changedSince(git, top, there, commit);
    for (const folder of repositoriesIn(files, frontMatter)) {
      const root = resolve(top, folder);
      if (changes !== null && !isTouched(root, changes)) continue;
      const onDisk = await stat(root).then(
        (info) => info.isDirectory(),
        () => false,
      );
      const repo = await openCommit(files, folder, onDisk ? root : null, read);
      const by = { cwd: top, top };
      // Settings above hold also for a folder that is not on disk.
      const { policy, level } = await judgingOf(repo, await settingsOf(repo, by, root), by);
      const { report, sources } = await validateAsFarAsPossible(repo, { ...policy, offline: true });
      failing ||= fails(report.diagnostics, undefined, level);
      const name = folder === '' ? ref.replace(/^refs\/(?:heads|tags)\//, '') : folder;
      reports.push({
        report: { ...report, target: { kind: 'folder', path: name } },
        options: { sources, failLevel: level, base: folder },
      });
    }
  }
  if (!failing) return EXIT.ok;
  const text = formatSeveral({ reports, failures: [] }, 'pretty', {
    ...canvas(host, 'stderr', undefined),
    quiet: true,
  });
  host.stderr.write(inLog(text, host));
  tell(
    'The push was stopped. Mend the card (validate-card --fix), commit and push again; git push --no-verify pushes as it is.',
    host,
  );
  return EXIT.findings;
}

/** The lines of git, without refs that are deleted; each commit once. Throws `UsageError` for what is none, and for too many. */
function parsePushed(text: string): readonly Pushed[] {
  const pushed = new Map<string, Pushed>();
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    const [, ref = '', commit = '', there = ''] =
      /^(\S+) ([0-9a-f]{40,64}) \S+ ([0-9a-f]{40,64})$/.exec(line.trim()) ?? [];
    if (ref === '') {
      throw new UsageError(
        'hook',
        'hook run is what the pre-push hook calls, with the lines of git on standard input.',
        {
          hint: 'Write validate-card hook install, and push; or check the files as they are with validate-card.',
        },
      );
    }
    if (/^0+$/.test(commit)) continue;
    pushed.set(commit, { ref, commit, there: /^0+$/.test(there) ? null : there });
  }
  if (pushed.size > MOST_REFS) {
    throw new UsageError(
      'hook',
      `This push has ${pushed.size} commits at the tips of its refs, and the hook checks ${MOST_REFS} at most.`,
      { hint: 'Push them in parts; git push --no-verify pushes all of them without a check.' },
    );
  }
  return [...pushed.values()];
}

/** What differs from the commit of the other side; null when that is not here. */
async function changedSince(git: Git, top: string, from: string, to: string): Promise<Changes | null> {
  try {
    return await changesBetween(git, top, from, to);
  } catch (error) {
    if (error instanceof GitError) return null;
    throw error;
  }
}
