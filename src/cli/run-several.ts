import { basename, resolve } from 'node:path';
import { SETTINGS_FILES } from '../config/find.js';
import type { Settings } from '../config/load.js';
import {
  ConfigError,
  EXIT,
  type ExitCode,
  RepoError,
  type SmokeSetupError,
  UsageError,
  type UserError,
} from '../errors.js';
import { findRepositories } from '../repo/find-repositories.js';
import { realpath } from '../repo/fs.js';
import type { HubAccess } from '../repo/hub-fetch.js';
import { openRepo } from '../repo/open.js';
import type { Repo } from '../repo/repo.js';
import { fails } from '../report/fails.js';
import type { PlacedReport } from '../report/github.js';
import type { FormatName } from '../report/names.js';
import { formatSeveral, forOneOnly, holdsSeveral } from '../report/several/format.js';
import { type Failure, notChecked } from '../report/several/several.js';
import { slashedWay } from '../slashed-path.js';
import { validateAsFarAsPossible } from '../validate.js';
import { judgedBy, smokeOptions } from './engine-options.js';
import type { Host } from './host.js';
import { accessOf } from './hub-access.js';
import { inBatches } from './in-batches.js';
import { judgingOf, settingsOf } from './judging.js';
import { startProgress } from './progress.js';
import { baseOf, withCommandMeant } from './run-one.js';
import { firstGiven, type RunOptions } from './run-options.js';
import { showReport, tell } from './shown.js';
import { canvas } from './terminal.js';

/** Repositories read at the same time. */
const AT_ONCE = 8;

/** A repository that was checked. */
interface Checked {
  readonly kind: 'checked';
  readonly repo: Repo;
  readonly placed: PlacedReport;
  readonly fails: boolean;
  readonly notes: readonly string[];
  readonly setupError?: SmokeSetupError;
}

/** A repository that could not be checked. */
interface Failed {
  readonly kind: 'failed';
  readonly failure: Failure;
  readonly error: UserError;
  readonly notes: readonly string[];
  /** Where it could be opened at least. */
  readonly repo?: Repo;
}

type Outcome = Checked | Failed;

/**
 * Checks several repositories, and writes one report on all. One that cannot be read, or whose own settings are wrong, is told in the
 * report, the others are checked all the same, and the exit code is the one this would have alone. Throws `UserError`.
 */
export async function runSeveral(options: RunOptions, host: Host): Promise<ExitCode> {
  checkPossible(options);
  const progress = startProgress(host, options.quiet, options.color);
  try {
    progress.show({ stage: 'read' });
    const targets = await targetsOf(options, host);
    if (targets.length === 0 && !options.quiet) host.stderr.write('Nothing changed.\n');
    const repos = await inBatches(targets, AT_ONCE, (target) => opened(target, options, host));
    // What would overwrite a card is refused before anything is done.
    await checkFiles(repos, options, host);
    // Models run one at a time, and so is a baseline rewritten.
    const atOnce = options.smoke || options.updateBaseline ? 1 : AT_ONCE;
    const outcomes = await inBatches(repos, atOnce, async (repo) => {
      if (repo.kind === 'failed') return repo;
      progress.show({ stage: 'lint', detail: repo.target });
      return check(repo, options, host);
    });
    host.signal?.throwIfAborted();
    progress.stop();
    const checked = outcomes.filter((outcome) => outcome.kind === 'checked');
    const failed = outcomes.filter((outcome) => outcome.kind === 'failed');
    if (!options.quiet) {
      for (const note of new Set(outcomes.flatMap(({ notes }) => notes))) {
        tell(note, host);
      }
    }
    await writeReports(
      checked,
      failed.map(({ failure }) => failure),
      options,
      host,
    );
    const setup = checked.find(({ setupError }) => setupError !== undefined)?.setupError;
    if (setup !== undefined) throw setup;
    if (failed.length > 0) return Math.max(...failed.map(({ error }) => error.exitCode)) as ExitCode;
    return checked.some((one) => one.fails) ? EXIT.findings : EXIT.ok;
  } finally {
    progress.stop();
  }
}

/** The repositories that are named, and of these those that changed, where that is asked for. */
async function targetsOf(options: RunOptions, host: Host): Promise<readonly string[]> {
  const { targets, changed, config } = options;
  const { cwd } = host;
  if (changed === undefined) return findRepositories(targets, { cwd });
  const { changesIn, checkLocal, onlyChanged } = await import('./changed.js');
  await checkLocal(targets, cwd);
  const changes = await changesIn(host, changed === true ? undefined : changed);
  const found = await (targets.length > 0
    ? findRepositories(targets, { cwd })
    : findRepositories([`${slashedWay(await realpath(cwd), changes.root) || '.'}/**`], { cwd }).catch(
        (error: unknown) => {
          if (error instanceof UsageError && error.code === 'no-repository') return [];
          throw error;
        },
      ));
  return onlyChanged(found, changes, cwd, config);
}

/** Refuses what is about one repository. */
function checkPossible(options: RunOptions): void {
  const only = firstGiven([
    options.dryRun && '--dry-run',
    options.saveOutputs !== undefined && '--save-outputs',
    options.online && '--online',
    options.remoteValidate && '--remote-validate',
    options.hubPr && '--hub-pr',
  ]);
  if (only !== undefined) {
    throw new UsageError('one-repository', `${only} is about one repository.`, {
      hint: `Name one repository for ${only}.`,
    });
  }
  for (const { format } of options.outputs) if (!holdsSeveral(format)) throw forOneOnly(format);
}

interface Opened {
  readonly kind: 'opened';
  readonly target: string;
  readonly repo: Repo;
  readonly settings: Settings;
  readonly hub: HubAccess;
  /** What a person should know; the Hub adds to it while the repository is read. */
  readonly notes: string[];
}

/** Opens a repository with its settings. A name that is none ends the run; one that cannot be read is told in the report. */
async function opened(target: string, options: RunOptions, host: Host): Promise<Opened | Failed> {
  const notes: string[] = [];
  const hub = accessOf(options, host, (note) => notes.push(note));
  let repo: Repo;
  try {
    repo = await openRepo(target, { cwd: host.cwd, offline: options.offline, hub });
  } catch (error) {
    if (error instanceof RepoError) return lost(target, error, notes);
    throw withCommandMeant(error, target);
  }
  try {
    const settings = await settingsOf(repo, judgedBy(options, host));
    notes.push(...settings.notes);
    return { kind: 'opened', target, repo, settings, hub, notes };
  } catch (error) {
    // The file of --config is that of all.
    if (error instanceof ConfigError && options.config === undefined) return lost(target, error, notes, repo);
    throw error;
  }
}

function lost(target: string, error: UserError, notes: readonly string[], repo?: Repo): Failed {
  return {
    kind: 'failed',
    error,
    failure: notChecked(target, error),
    notes,
    ...(repo === undefined ? {} : { repo }),
  };
}

async function checkFiles(
  repos: readonly (Opened | Failed)[],
  options: RunOptions,
  host: Host,
): Promise<void> {
  if (options.outputs.every(({ file }) => file === undefined) && !options.updateBaseline) return;
  const { checkWrittenFiles } = await import('./report-files.js');
  const named = options.baseline === undefined ? null : resolve(host.cwd, options.baseline);
  for (const one of repos) {
    if (one.repo === undefined) continue;
    const settings = one.kind === 'opened' ? one.settings : undefined;
    await checkWrittenFiles(options.outputs, host.cwd, one.repo, {
      settings: settings === undefined ? likeSettings(options, host) : settings.file,
      baseline: named ?? settings?.baselineFile ?? null,
      updateBaseline: options.updateBaseline,
    });
  }
}

/** A report with the name of a settings file: which one is wrong nobody says, and it is to be mended, not overwritten. */
function likeSettings({ outputs }: RunOptions, { cwd }: Host): string | null {
  const file = outputs.find(
    ({ file }) => file !== undefined && SETTINGS_FILES.includes(basename(file)),
  )?.file;
  return file === undefined ? null : resolve(cwd, file);
}

async function check(
  { target, repo, settings, hub, notes }: Opened,
  options: RunOptions,
  host: Host,
): Promise<Outcome> {
  try {
    const { policy, level, baseline } = await judgingOf(repo, settings, judgedBy(options, host));
    if (options.fix) {
      const { fixRepo } = await import('./fix.js');
      notes.push(`${target}: ${(await fixRepo(repo, policy, false)).summary}`);
    }
    const { report, sources, setupError } = await validateAsFarAsPossible(repo, {
      ...policy,
      offline: options.offline,
      hub,
      // The questions that have a budget are for one repository.
      online: false,
      ...(host.signal === undefined ? {} : { signal: host.signal }),
      ...(options.smoke ? { smoke: await smokeOptions(options, host) } : {}),
    });
    if (baseline !== undefined) {
      const { outdated, writeBaseline } = await import('./baseline.js');
      const note = options.updateBaseline
        ? await writeBaseline(baseline, report)
        : outdated(baseline, report);
      if (note !== undefined) notes.push(`${target}: ${note}`);
    }
    const findings = options.updateBaseline ? [] : report.diagnostics;
    return {
      kind: 'checked',
      repo,
      placed: {
        report,
        options: {
          sources,
          rules: settings.rules,
          failLevel: level,
          smokeNotStarted: setupError !== undefined,
        },
      },
      fails: fails(findings, report.smoke, level, repo.cardPath),
      notes,
      ...(setupError === undefined ? {} : { setupError }),
    };
  } catch (error) {
    // So is the baseline that the settings of one name its own, and that of --baseline the one of all.
    const own =
      error instanceof ConfigError && options.baseline === undefined && options.config === undefined;
    if (own || error instanceof RepoError) return lost(target, error, notes, repo);
    throw error;
  }
}

/** Files first, so that the screen never shows a report whose file could not be written. */
async function writeReports(
  checked: readonly Checked[],
  failures: readonly Failure[],
  options: RunOptions,
  host: Host,
): Promise<void> {
  const several = (format: FormatName) => ({
    reports: checked.map(({ repo, placed: { report, options } }) => ({
      report,
      options: { ...options, base: baseOf(format, repo, host) },
    })),
    failures,
  });
  for (const { format, file } of options.outputs) {
    if (file === undefined) continue;
    const { writeOutput } = await import('./write-file.js');
    await writeOutput(resolve(host.cwd, file), formatSeveral(several(format), format));
  }
  const format = options.outputs.find(({ file }) => file === undefined)?.format ?? 'pretty';
  const text = formatSeveral(several(format), format, {
    ...canvas(host, 'stdout', options.color),
    quiet: options.quiet,
  });
  showReport(text, format, host);
}
