import { dirname, resolve } from 'node:path';
import type { Diagnostic } from '../diagnostic.js';
import { EXIT, type ExitCode, UsageError } from '../errors.js';
import { didYouMean, nearest } from '../hub/nearest.js';
import type { Repo } from '../repo/repo.js';
import { fails } from '../report/fails.js';
import { type FormatOptions, formatReport } from '../report/index.js';
import { type FormatName, showsMedia } from '../report/names.js';
import { style } from '../report/style.js';
import { cardMissing } from '../rules/card-missing.js';
import { slashedWay } from '../slashed-path.js';
import type { SmokeReport } from '../smoke/report.js';
import type { PartialValidation } from '../validate.js';
import { COMMANDS } from './command-options.js';
import { judgedBy, onlineOptions, smokeOptions } from './engine-options.js';
import type { Host } from './host.js';
import { accessOf } from './hub-access.js';
import { OPTIONS } from './option-table.js';
import { startProgress } from './progress.js';
import type { RunOptions } from './run-options.js';
import { inHost, inLog, showReport, tell } from './shown.js';
import { canvas } from './terminal.js';

/**
 * Checks one repository, as `openRepo` names it: reads it, writes the reports that were asked for and returns the exit code.
 * Throws `UserError`.
 */
export async function runOne(target: string, options: RunOptions, host: Host): Promise<ExitCode> {
  const progress = startProgress(host, options.quiet, options.color);
  const say = (line: string) => {
    progress.stop();
    if (!options.quiet) tell(line, host);
  };
  try {
    progress.show({ stage: 'read' });
    const [{ openRepo }, { judgingOf, settingsOf }, engine] = await Promise.all([
      import('../repo/open.js'),
      import('./judging.js'),
      import('../validate.js'),
    ]);
    const hub = accessOf(options, host, say);
    const repo = await openRepo(target, {
      cwd: host.cwd,
      offline: options.offline,
      hub,
    }).catch((error: unknown) => {
      throw withCommandMeant(error, target);
    });
    const pullRequest = options.hubPr ? await import('./hub-pr.js') : null;
    const toFix = pullRequest?.pullRequestTarget(repo, hub);
    const by = judgedBy(options, host);
    const settings = await settingsOf(repo, by);
    for (const note of settings.notes) say(note);
    const { policy, level, baseline } = await judgingOf(repo, settings, by);
    const exitOf = (diagnostics: readonly Diagnostic[], smoke: SmokeReport | undefined) =>
      fails(diagnostics, smoke, level, repo.cardPath) ? EXIT.findings : EXIT.ok;
    if (options.updateBaseline || options.outputs.some((output) => output.file !== undefined)) {
      const { checkWrittenFiles } = await import('./report-files.js');
      await checkWrittenFiles(options.outputs, host.cwd, repo, {
        settings: settings.file,
        baseline: baseline?.path ?? null,
        updateBaseline: options.updateBaseline,
      });
    }

    if (options.dryRun && options.smoke) {
      const [{ planSmokeTest }, { formatPlan, planJson }] = await Promise.all([
        import('../smoke/smoke.js'),
        import('../report/plan.js'),
      ]);
      const plan = await planSmokeTest(repo, {
        ...(settings.config.smoke ?? {}),
        ...(await smokeOptions(options, host)),
        ...(host.signal === undefined ? {} : { signal: host.signal }),
      });
      progress.stop();
      const json = planJson(plan);
      for (const { format, file } of options.outputs) {
        if (file === undefined) continue;
        const { writeOutput } = await import('./write-file.js');
        await writeOutput(resolve(host.cwd, file), format === 'json' ? json : formatPlan(plan));
      }
      const screen = options.outputs.find(({ file }) => file === undefined);
      host.stdout.write(
        screen?.format === 'json'
          ? json
          : inLog(formatPlan(plan, canvas(host, 'stdout', options.color)), host),
      );
      return plan.status === 'failed' ? EXIT.findings : EXIT.ok;
    }
    if (options.fix) {
      const { fixRepo } = await import('./fix.js');
      const fixed = await fixRepo(repo, policy, options.dryRun);
      say(fixed.summary);
      if (options.dryRun) {
        const { paintedDiff } = await import('../report/diff.js');
        const paint = style(canvas(host, 'stdout', options.color).color);
        host.stdout.write(paintedDiff(inHost(fixed.diff, fixed.shownDiff, host), paint));
        return exitOf(fixed.before, undefined);
      }
    }

    const validation = await engine.validateAsFarAsPossible(repo, {
      ...policy,
      offline: options.offline,
      hub,
      online: (options.online || repo.target.kind === 'hub') && onlineOptions(options, host),
      remoteValidate: options.remoteValidate,
      onProgress: progress.show,
      ...(host.signal === undefined ? {} : { signal: host.signal }),
      ...(options.smoke ? { smoke: await smokeOptions(options, host) } : {}),
      keepMedia: options.outputs.some(({ format }) => showsMedia(format)),
    });
    host.signal?.throwIfAborted();
    progress.stop();
    await writeReports(validation, repo, { failLevel: level, rules: settings.rules }, options, host);
    if (validation.setupError !== undefined) throw validation.setupError;
    const { diagnostics, smoke } = validation.report;
    if (repo.root !== null && diagnostics.some(({ rule }) => rule === cardMissing.id)) {
      const { patternMeant } = await import('../repo/pattern-meant.js');
      const pattern = await patternMeant(repo.root, target);
      if (pattern !== null)
        say(`There are model repositories in ${target}: validate-card '${pattern}' checks them.`);
    }
    if (pullRequest !== null && toFix !== undefined) {
      const line = await pullRequest.openFixPullRequest(repo, toFix, policy, validation, hub);
      // The address is what was asked for, with --quiet too. What the findings are, the pull request says.
      tell(line, host);
      return exitOf([], smoke);
    }
    if (baseline !== undefined) {
      const { outdated, writeBaseline } = await import('./baseline.js');
      if (options.updateBaseline) {
        say(await writeBaseline(baseline, validation.report));
        return exitOf([], smoke);
      }
      const note = outdated(baseline, validation.report);
      if (note !== undefined) say(note);
    }
    return exitOf(diagnostics, smoke);
  } finally {
    progress.stop();
  }
}

/** A target that is not there may be a command with a slip of the pen. */
export function withCommandMeant(error: unknown, target: string): unknown {
  if (!(error instanceof UsageError) || error.code !== 'target-not-found') return error;
  const meant = wordMeant(target);
  if (meant === undefined) return error;
  return new UsageError(error.code, error.message, {
    hint: `${didYouMean(`validate-card ${meant}`)}${error.hint ?? ''}`,
  });
}

/** What other linters have commands for: an option here, or what is done anyway. */
function wordMeant(word: string): string | undefined {
  if (CHECKING.has(word)) return 'FOLDER';
  if (Object.hasOwn(OPTIONS, word)) return `FOLDER --${word}`;
  return nearest(word, COMMANDS);
}

const CHECKING: ReadonlySet<string> = new Set(['check', 'lint', 'validate', 'run']);

/** Files first, so that the screen never shows a report whose file could not be written. */
async function writeReports(
  { report, sources, media, setupError }: PartialValidation,
  repo: Repo,
  policy: Pick<FormatOptions, 'failLevel' | 'rules'>,
  options: RunOptions,
  host: Host,
): Promise<void> {
  const files = options.outputs.filter((output) => output.file !== undefined);
  const screen = options.outputs.find((output) => output.file === undefined);
  for (const { format, file } of files) {
    if (file === undefined) continue;
    const text = formatReport(report, format, {
      sources,
      base: baseOf(format, repo, host),
      ...policy,
      linksFrom: dirname(resolve(host.cwd, file)),
      ...(media === undefined ? {} : { media }),
    });
    const { writeOutput } = await import('./write-file.js');
    await writeOutput(resolve(host.cwd, file), text);
  }
  const format = screen?.format ?? 'pretty';
  const text = formatReport(report, format, {
    ...canvas(host, 'stdout', options.color),
    quiet: options.quiet,
    ...policy,
    linksFrom: host.cwd,
    smokeNotStarted: setupError !== undefined,
    sources,
    base: baseOf(format, repo, host),
    ...(media === undefined ? {} : { media }),
  });
  showReport(text, format, host);
}

/**
 * The repository's folder as the reader of a format sees it: from the working directory for people, from the root of the
 * checkout for GitHub. Empty for a model on the Hub.
 */
export function baseOf(format: FormatName, repo: Repo, host: Host): string {
  if (repo.target.kind === 'hub' || repo.root === null || format === 'json') return '';
  const onGithub = format === 'github' || format === 'sarif';
  const from = (onGithub ? host.env.GITHUB_WORKSPACE : undefined) ?? host.cwd;
  return slashedWay(from, repo.root);
}
