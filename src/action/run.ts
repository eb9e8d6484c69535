import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, realpath } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import * as core from '@actions/core';
import { readBaseline } from '../cli/baseline.js';
import type { Host } from '../cli/host.js';
import { readInputs } from '../cli/inputs.js';
import { startProgress } from '../cli/progress.js';
import { checkWrittenFiles } from '../cli/report-files.js';
import { writeOutput } from '../cli/write-file.js';
import { loadSettings, type Settings } from '../config/load.js';
import { failLevelsOf } from '../config/policy.js';
import { UsageError } from '../errors.js';
import { openRepo } from '../repo/open.js';
import type { Repo } from '../repo/repo.js';
import { fails } from '../report/fails.js';
import { formatReport } from '../report/index.js';
import { counted } from '../report/order.js';
import type { Report } from '../report/report.js';
import { RUNTIME_FOLDER } from '../smoke/runtime-place.js';
import {
  type ValidateOptions,
  type Validation,
  validateAsFarAsPossible,
  validateWithSources,
} from '../validate.js';
import type { ActionInputs, ReportFile } from './inputs.js';
import { print, withoutCommands } from './log.js';
import { type Outputs, outputsOf } from './outputs.js';
import { inWorkspace } from './workspace.js';

/** Folders the runner prepared. */
export interface RunnerFolders {
  /** Root of the checkout: `GITHUB_WORKSPACE`. */
  readonly workspace: string;
  /** A folder that is emptied after the job: `RUNNER_TEMP`. */
  readonly temp: string;
}

/**
 * Where a step of the workflow may install the runtimes, below `RUNNER_TEMP`. Not the workspace: what lies there came with the
 * repository, and from a pull request anybody's `node_modules` would be executed.
 */
const RUNTIMES = 'validate-card';
const INSTALL_RUNTIMES =
  'Install the runtimes in a step before this one: ' +
  `npm install --ignore-scripts --prefix "\${{ runner.temp }}/${RUNTIMES}" onnxruntime-node@1 @huggingface/transformers@4`;

/** What a run comes to. */
export interface Outcome {
  readonly outputs: Outputs;
  /** Why the step fails, in one sentence; undefined when it passes. */
  readonly failure: string | undefined;
}

/**
 * Validates what the inputs name, and writes log, annotations, job summary and report files. Findings are no errors
 * here: they come back in the outcome. Throws `UserError` when the inputs make no sense or something cannot be read.
 */
export async function runAction(inputs: ActionInputs, folders: RunnerFolders): Promise<Outcome> {
  const root = await realpath(folders.workspace);
  const runtimes = join(folders.temp, RUNTIMES);
  if (existsSync(join(runtimes, 'node_modules'))) process.env[RUNTIME_FOLDER] ??= runtimes;
  const places = await resolveInputs(inputs, root);

  const found = await withoutCommands(async () => {
    // The path as the workflow knows it: it stands in the report, which may be read elsewhere.
    const repo = await openRepo(places.target, { cwd: root, offline: true });
    const settings = await loadSettings({
      cwd: root,
      ...(places.config === undefined ? {} : { file: places.config }),
      // Also a file that the workflow names came with the checkout.
      trust: inputs.trustConfig,
      top: root,
      ...(repo.root === null ? {} : { folder: repo.root }),
    });
    for (const note of settings.notes) print(note);
    await checkWrittenFiles(places.reports, root, repo, {
      settings: settings.file,
      baseline: settings.baselineFile ?? null,
      updateBaseline: false,
    });
    const result = await validate(repo, settings, inputs, root);
    const base = repo.root === null ? '' : relative(root, repo.root).split(sep).join('/');
    const { report, sources } = result.validation;
    print(formatReport(report, 'pretty', { color: true, width: 120, sources, base }));
    return {
      ...result,
      base,
      level: inputs.failLevel ?? failLevelsOf(settings.config, settings.basePath),
      cardPath: repo.cardPath,
    };
  });

  const { report, sources } = found.validation;
  const options = { sources, base: found.base };
  process.stdout.write(formatReport(report, 'github', options));
  if (process.env.GITHUB_STEP_SUMMARY) {
    await core.summary.addRaw(formatReport(report, 'markdown', options)).write();
  }
  const file = join(await mkdtemp(join(folders.temp, 'validate-card-')), 'report.json');
  await writeOutput(file, formatReport(report, 'json', options));
  for (const { format, file } of places.reports) {
    await mkdir(dirname(file), { recursive: true });
    await writeOutput(file, formatReport(report, format, options));
  }
  const failed =
    found.smokeProblem !== undefined || fails(report.diagnostics, report.smoke, found.level, found.cardPath);
  return {
    outputs: outputsOf(report, file, found.smokeProblem !== undefined),
    failure: failed ? (found.smokeProblem ?? inOneSentence(report)) : undefined,
  };
}

/** What the inputs name, resolved: `target` relative to the workspace, the files absolute. */
interface Places {
  readonly target: string;
  readonly config: string | undefined;
  readonly reports: readonly ReportFile[];
}

async function resolveInputs(inputs: ActionInputs, root: string): Promise<Places> {
  const target = await inWorkspace(root, 'path', inputs.path);
  if (!target.exists) {
    throw new UsageError(
      'target-not-found',
      `There is nothing at ${JSON.stringify(inputs.path)} in the workspace.`,
      {
        hint: 'Name the folder of a model repository or its card, and run actions/checkout in a step before this one.',
      },
    );
  }
  const config = inputs.config === undefined ? undefined : await inWorkspace(root, 'config', inputs.config);
  const reports = await Promise.all(
    inputs.reports.map(async ({ format, file }) => ({
      format,
      file: (await inWorkspace(root, 'format', file)).absolute,
    })),
  );
  return { target: target.shown === '' ? '.' : target.shown, config: config?.absolute, reports };
}

interface Result {
  readonly validation: Validation;
  /** Why no smoke inference could be tried, when one was asked for. */
  readonly smokeProblem: string | undefined;
}

/** Validates, and where the runtimes are missing reports all the same what needs none. */
async function validate(repo: Repo, settings: Settings, inputs: ActionInputs, cwd: string): Promise<Result> {
  const progress = startProgress(actionHost(cwd), false, false);
  const options: ValidateOptions = {
    config: settings.config,
    basePath: settings.basePath,
    rules: settings.rules,
    offline: true,
    onProgress: progress.show,
    ...(settings.tables === undefined ? {} : { tables: settings.tables }),
    ...(settings.baselineFile === undefined
      ? {}
      : { baseline: await readBaseline(settings.baselineFile, cwd, repo, false) }),
  };
  try {
    if (!inputs.smoke) {
      return { validation: await validateWithSources(repo, options), smokeProblem: undefined };
    }
    const smoke = {
      ...(inputs.device === undefined ? {} : { device: inputs.device }),
      ...(inputs.input === undefined ? {} : { inputs: await readInputs([inputs.input], cwd) }),
    };
    const { setupError, ...validation } = await validateAsFarAsPossible(repo, { ...options, smoke });
    if (setupError === undefined) return { validation, smokeProblem: undefined };
    const hint = setupError.code === 'runtime-missing' ? INSTALL_RUNTIMES : setupError.hint;
    const smokeProblem = [setupError.message, hint].filter((part) => part !== undefined).join(' ');
    return { validation, smokeProblem };
  } finally {
    progress.stop();
  }
}

function actionHost(cwd: string): Host {
  return {
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    cwd,
    platform: process.platform,
    isTTY: { stdout: false, stderr: false },
    columns: undefined,
  };
}

function inOneSentence({ summary, smoke }: Report): string {
  const reasons = [
    ...(summary.errors > 0 ? [counted(summary.errors, 'error')] : []),
    ...(summary.warnings > 0 ? [counted(summary.warnings, 'warning')] : []),
    ...(smoke?.status === 'failed' ? ['a failed smoke inference'] : []),
  ];
  return `The model repository does not pass: ${reasons.join(', ')}.`;
}
