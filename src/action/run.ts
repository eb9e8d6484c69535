import { existsSync } from 'node:fs';
import { mkdtemp, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import * as core from '@actions/core';
import { writeOutput } from '../cli/write-file.js';
import { SmokeSetupError, UserError } from '../errors.js';
import { gitIn } from '../repo/git.js';
import type { HubAccess } from '../repo/hub-fetch.js';
import { formatReport } from '../report/index.js';
import { visible } from '../report/text.js';
import { counted } from '../report/wording.js';
import { RUNTIME_FOLDER } from '../smoke/child-environment.js';
import { annotationsOf } from './annotations.js';
import { onlyTouched } from './changed.js';
import { type Checked, type CheckPlace, checkMetadata, checkSmoke, type Judged } from './check.js';
import { readEvent, type TriggerEvent } from './event.js';
import { errorInWords, failureOf } from './failure.js';
import type { ActionInputs } from './inputs.js';
import { group, print, printNotes, withoutCommands } from './log.js';
import { type Outputs, outputsOf } from './outputs.js';
import { MOST_SUMMARY_BYTES, nameOf, type SummaryParts, summaryOf } from './summary.js';
import { findTargets } from './targets.js';
import { inWorkspace } from './workspace.js';
import { checkReportFiles, checkReportNames, writeReports, writeWhole } from './write-reports.js';

/** What the runner says about itself. */
export interface Runner {
  /** Root of the checkout: `GITHUB_WORKSPACE`. */
  readonly workspace: string;
  /** A folder that is emptied after the job: `RUNNER_TEMP`. */
  readonly temp: string;
  /** The runner's cache of tools, kept from job to job: `RUNNER_TOOL_CACHE`. */
  readonly toolCache: string;
  /** Folder with the action's own lockfile of the runtimes. */
  readonly runtimes: string;
  readonly env: NodeJS.ProcessEnv;
}

/** What a run comes to. */
export interface Outcome {
  readonly outputs: Outputs;
  /** Why the step fails, in one sentence; undefined when it passes. */
  readonly failure: string | undefined;
}

/** Repositories checked at the same time: while files of one are read, another is judged. */
const AT_ONCE = 8;

/**
 * Where a step of the workflow may install other runtimes, below `RUNNER_TEMP`. Not the workspace: what lies there came with
 * the repository, and from a pull request anybody's `node_modules` would be executed.
 */
const OWN_RUNTIMES = 'validate-card';
const INSTALL_RUNTIMES =
  'The action installs onnxruntime and transformers.js alone. Install what else is needed in a step before this one: npm install ' +
  `--ignore-scripts --prefix "\${{ runner.temp }}/${OWN_RUNTIMES}" onnxruntime-node@1 @huggingface/transformers@4 node-llama-cpp@3`;

/**
 * Validates what the inputs name, and writes log, annotations, job summary and report files. Findings are no errors
 * here: they come back in the outcome. Throws `UserError` when the inputs make no sense or something cannot be read.
 */
export async function runAction(inputs: ActionInputs, runner: Runner): Promise<Outcome> {
  const root = await realpath(runner.workspace);
  const config = inputs.config === undefined ? undefined : await inWorkspace(root, 'config', inputs.config);
  const hub = inputs.hubRepo === undefined ? undefined : await hubOf(runner.env);
  const place: CheckPlace = {
    root,
    inputs,
    ...(config === undefined ? {} : { config: config.absolute }),
    ...(hub === undefined ? {} : { hub }),
  };
  const { targets: all, single } =
    inputs.hubRepo === undefined
      ? await findTargets(root, inputs.paths)
      : { targets: [inputs.hubRepo], single: true };
  checkReportNames(inputs.reports, single);

  const event = await readEvent(runner.env);
  const { targets, notes } = inputs.changedOnly
    ? await onlyTouched(all, {
        root,
        event,
        git: (folder) => gitIn(folder, runner.env),
        ...(config === undefined ? {} : { config: config.absolute }),
      })
    : { targets: all, notes: [] };
  await printNotes(notes);

  const judgedFirst = await checkAll(targets, single, place);
  checkReportFiles(judgedFirst.filter((one) => one.kind === 'judged'));
  const checked = inputs.smoke ? await runModels(judgedFirst, single, place, runner) : judgedFirst;

  const proposal = hub !== undefined && inputs.hubPr ? await propose(checked, hub) : undefined;
  const failure = failureOf(checked, single) ?? proposal?.failure;
  process.stdout.write(annotationsOf(checked, failure !== undefined));
  const judged = checked.filter((one) => one.kind === 'judged');
  const fixes = await fixesFor(inputs, judged, runner);
  const said = proposal === undefined ? notes : [...notes, proposal.said];
  const parts: SummaryParts = { checked, single, notes: said, fixes: fixes.shown };
  if (runner.env.GITHUB_STEP_SUMMARY) {
    await core.summary.addRaw(summaryOf(parts, MOST_SUMMARY_BYTES)).write();
  }
  const report = await writeWhole(checked, single, runner.temp);
  for (const one of judged) await writeReports(one);
  if (inputs.comment) await comment(parts, inputs, event, runner.env);
  return { outputs: outputsOf(checked, { report, patch: fixes.patch }), failure };
}

/** How to reach the Hub, as the environment of the job says. Throws `UsageError`. */
async function hubOf(env: NodeJS.ProcessEnv): Promise<HubAccess> {
  const { hubAccess } = await import('../cli/hub-access.js');
  const access = hubAccess(env, { onNote: (note) => print(visible(note)) });
  if (access.token !== undefined) core.setSecret(access.token);
  return access;
}

/** Opens the pull request on the Hub, and prints what became of it; why it could not be opened fails the step. */
async function propose(
  [one]: readonly Checked[],
  hub: HubAccess,
): Promise<{ readonly said: string; readonly failure?: string } | undefined> {
  if (one?.kind !== 'judged') return undefined;
  const { openFixPullRequest, pullRequestTarget } = await import('../cli/hub-pr.js');
  return withoutCommands(async () => {
    try {
      const target = pullRequestTarget(one.repo, hub);
      const said = await openFixPullRequest(one.repo, target, one.options, one.validation, hub);
      print(visible(said));
      return { said };
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      const failure = errorInWords(error);
      print(failure);
      return { said: failure, failure };
    }
  });
}

/** The fixes as the workflow wants them: Markdown to show, or the path of a patch; empty what there is none of. */
async function fixesFor(
  { fix }: ActionInputs,
  judged: readonly Judged[],
  { temp }: Runner,
): Promise<{ readonly shown: string; readonly patch: string }> {
  if (fix === undefined) return { shown: '', patch: '' };
  const { findFixes, patchOf, suggestionOf } = await import('./fixes.js');
  const changes = await withoutCommands(() => findFixes(judged));
  if (fix === 'suggest') return { shown: suggestionOf(changes), patch: '' };
  if (changes.length === 0) return { shown: '', patch: '' };
  const patch = join(await mkdtemp(join(temp, 'validate-card-')), 'fixes.patch');
  await writeOutput(patch, patchOf(changes));
  return { shown: '', patch };
}

/** Writes the comment, and says in the log where it is or why there is none. */
async function comment(
  parts: SummaryParts,
  { token, paths }: ActionInputs,
  { pullRequest }: TriggerEvent,
  env: NodeJS.ProcessEnv,
): Promise<void> {
  const { MOST_COMMENT_BYTES, writeComment } = await import('./comment.js');
  let said = 'No comment was written: the run belongs to no pull request.';
  if (pullRequest !== undefined && token === undefined) {
    said = 'No comment was written: the input token is empty.';
  } else if (pullRequest !== undefined && token !== undefined) {
    const result = await writeComment({
      api: env.GITHUB_API_URL || 'https://api.github.com',
      repository: env.GITHUB_REPOSITORY ?? '',
      number: pullRequest.number,
      token,
      step: [env.GITHUB_WORKFLOW ?? '', env.GITHUB_JOB ?? '', env.GITHUB_ACTION ?? '', ...paths],
      text: summaryOf(parts, MOST_COMMENT_BYTES),
      create: parts.checked.length > 0,
      fetch,
    });
    said = result.kind === 'written' ? `The report is also a comment: ${result.url}` : result.message;
  }
  await withoutCommands(async () => print(said));
}

/** Checks what needs no model, and prints it at once. What stops a single repository is thrown. */
async function checkAll(
  targets: readonly string[],
  single: boolean,
  place: CheckPlace,
): Promise<readonly Checked[]> {
  const checked: Checked[] = [];
  for (let first = 0; first < targets.length; first += AT_ONCE) {
    const batch = await withoutCommands(() =>
      Promise.all(targets.slice(first, first + AT_ONCE).map((target) => checkMetadata(target, place))),
    );
    for (const one of batch) {
      if (single && one.kind === 'unreadable') throw one.error;
      if (single && !place.inputs.smoke) await withoutCommands(() => printCheck(one));
      else await group(titleOf(one), () => printCheck(one));
    }
    checked.push(...batch);
  }
  return checked;
}

/** Runs the models one after the other: each may take all cores and much of the memory. */
async function runModels(
  checked: readonly Checked[],
  single: boolean,
  place: CheckPlace,
  runner: Runner,
): Promise<readonly Checked[]> {
  const problem = checked.some((one) => one.kind === 'judged')
    ? await findRuntimes(place, runner)
    : undefined;
  const done: Checked[] = [];
  for (const one of checked) {
    if (one.kind === 'unreadable') {
      done.push(one);
      continue;
    }
    const run =
      problem === undefined
        ? await withoutCommands(() => checkSmoke(one, place, INSTALL_RUNTIMES))
        : { ...one, smokeProblem: problem };
    if (single) await withoutCommands(() => printCheck(run));
    else await group(titleOf(run), () => printCheck(run));
    done.push(run);
  }
  return done;
}

/** Sees to it that the runtimes are there, and tells the rest of this process; says what is wrong when they cannot be. */
async function findRuntimes({ root }: CheckPlace, runner: Runner): Promise<string | undefined> {
  const own = join(runner.temp, OWN_RUNTIMES);
  if (existsSync(join(own, 'node_modules'))) process.env[RUNTIME_FOLDER] ??= own;
  if (process.env[RUNTIME_FOLDER]) return undefined;
  let problem: string | undefined;
  await group('Runtimes', async () => {
    const { provideRuntimes } = await import('./runtimes.js');
    try {
      process.env[RUNTIME_FOLDER] = await provideRuntimes({
        source: runner.runtimes,
        places: [runner.toolCache, runner.temp],
        workspace: root,
        env: runner.env,
        say: (line) => print(visible(line)),
      });
    } catch (error) {
      if (!(error instanceof SmokeSetupError)) throw error;
      problem = errorInWords(error);
      print(problem);
    }
  });
  return problem;
}

function titleOf(one: Checked): string {
  if (one.kind === 'unreadable') return `${nameOf(one)}: cannot be checked`;
  const { summary, smoke } = one.validation.report;
  const ran = smoke === undefined ? '' : `, smoke inference ${smoke.status}`;
  return `${nameOf(one)}: ${counted(summary.errors, 'error')}, ${counted(summary.warnings, 'warning')}${ran}`;
}

async function printCheck(one: Checked): Promise<void> {
  if (one.kind === 'unreadable') {
    print(errorInWords(one.error));
    return;
  }
  for (const note of one.settings.notes) print(note);
  print(prettyOf(one));
  if (one.smokeProblem !== undefined) print(one.smokeProblem);
}

function prettyOf({ validation: { report, sources }, base }: Judged): string {
  return formatReport(report, 'pretty', { color: true, width: 120, sources, base });
}
