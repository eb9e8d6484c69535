import type { Host } from '../cli/host.js';
import { readInputs } from '../cli/inputs.js';
import { judgingOf, settingsOf } from '../cli/judging.js';
import { startProgress } from '../cli/progress.js';
import { checkWrittenFiles } from '../cli/report-files.js';
import type { Settings } from '../config/load.js';
import type { FailLevels } from '../config/policy.js';
import { UsageError, UserError } from '../errors.js';
import { preview } from '../preview.js';
import type { HubAccess } from '../repo/hub-fetch.js';
import { openRepo } from '../repo/open.js';
import type { Repo } from '../repo/repo.js';
import { fails } from '../report/fails.js';
import { showsMedia } from '../report/names.js';
import { slashedWay } from '../slashed-path.js';
import {
  type ValidateOptions,
  type Validation,
  validateAsFarAsPossible,
  validateWithSources,
} from '../validate.js';
import type { ActionInputs, ReportFile } from './inputs.js';
import { placeReports } from './write-reports.js';

/** What a check needs beside the target. */
export interface CheckPlace {
  /** Root of the workspace, absolute and real. */
  readonly root: string;
  /** Settings file that the workflow names, absolute. */
  readonly config?: string;
  readonly inputs: ActionInputs;
  /** How to reach the Hub, where the target is a model there. */
  readonly hub?: HubAccess;
}

/** A repository with a report. */
export interface Judged {
  readonly kind: 'judged';
  /** Folder in the workspace, with forward slashes, empty for the workspace itself; of a model on the Hub its id. */
  readonly base: string;
  readonly repo: Repo;
  readonly settings: Settings;
  readonly options: ValidateOptions;
  readonly level: FailLevels;
  readonly validation: Validation;
  /** Why no smoke inference could be tried, when one was asked for. */
  readonly smokeProblem: string | undefined;
  /** Reports to write, absolute. */
  readonly files: readonly ReportFile[];
}

/** A repository that could not be read, or whose settings are wrong. */
export interface Unreadable {
  readonly kind: 'unreadable';
  readonly base: string;
  readonly error: UserError;
}

/** What came of checking one repository. */
export type Checked = Judged | Unreadable;

/** Checks what needs no model: card, files, API and widget. What a person has to mend comes back as `unreadable`. */
export async function checkMetadata(target: string, place: CheckPlace): Promise<Checked> {
  try {
    return await judge(target, place);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { kind: 'unreadable', base: target === '.' ? '' : target, error };
  }
}

async function judge(target: string, { root, config, inputs, hub }: CheckPlace): Promise<Judged> {
  // The path as the workflow knows it: it stands in the report, which may be read elsewhere.
  const repo =
    hub === undefined ? await openRepo(target, { cwd: root, offline: true }) : await openModel(target, hub);
  const by = {
    cwd: root,
    top: root,
    ...(config === undefined ? {} : { config }),
    // Also a file that the workflow names came with the checkout.
    trust: inputs.trustConfig,
    ...(inputs.failLevel === undefined ? {} : { failLevel: inputs.failLevel }),
  };
  const settings = await settingsOf(repo, by);
  const base = baseOf(repo, root);
  const files = await placeReports(inputs.reports, base, root);
  await checkWrittenFiles(files, root, repo, {
    settings: settings.file,
    baseline: settings.baselineFile ?? null,
    updateBaseline: false,
  });
  const { policy, level } = await judgingOf(repo, settings, by);
  const options: ValidateOptions = {
    ...policy,
    ...(hub === undefined ? { offline: true } : { hub, online: true }),
  };
  return {
    kind: 'judged',
    base,
    repo,
    files,
    settings,
    options,
    level,
    validation: await validateWithSources(repo, options),
    smokeProblem: undefined,
  };
}

function baseOf({ target, root: folder }: Repo, root: string): string {
  if (target.kind === 'hub') return target.id;
  return folder === null ? '' : slashedWay(root, folder);
}

/** Opens a model on the Hub, whatever the workspace holds. Throws `UsageError`. */
async function openModel(name: string, hub: HubAccess): Promise<Repo> {
  const { parseHubTarget } = await import('../repo/hub-target.js');
  const target = parseHubTarget(name, hub.endpoint);
  if (target === null) {
    throw new UsageError('input', `The input hub-repo cannot be ${preview(name)}.`, {
      hint: 'Write org/name, or org/name@revision.',
    });
  }
  const { openHub } = await import('../repo/hub.js');
  return openHub(target, hub);
}

/** Runs the model of a repository that was judged. `hint` says what to do where the runtimes are missing. */
export async function checkSmoke(
  judged: Judged,
  { root, inputs }: CheckPlace,
  hint: string | undefined,
): Promise<Judged> {
  const progress = startProgress(actionHost(root), false, false);
  try {
    const smoke = {
      ...(inputs.device === undefined ? {} : { device: inputs.device }),
      ...(inputs.input === undefined ? {} : { inputs: await readInputs([inputs.input], root) }),
    };
    const { setupError, ...validation } = await validateAsFarAsPossible(judged.repo, {
      ...judged.options,
      smoke,
      keepMedia: inputs.reports.some(({ format }) => showsMedia(format)),
      onProgress: progress.show,
    });
    if (setupError === undefined) return { ...judged, validation };
    const next = setupError.code === 'runtime-missing' ? (hint ?? setupError.hint) : setupError.hint;
    return {
      ...judged,
      validation,
      smokeProblem: [setupError.message, next].filter((part) => part !== undefined).join(' '),
    };
  } finally {
    progress.stop();
  }
}

/** Whether a repository makes the step fail. */
export function isFailure(checked: Checked): boolean {
  if (checked.kind === 'unreadable' || checked.smokeProblem !== undefined) return true;
  const { diagnostics, smoke } = checked.validation.report;
  return fails(diagnostics, smoke, checked.level, checked.repo.cardPath);
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
