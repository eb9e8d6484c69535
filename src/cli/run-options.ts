import type { FailLevel } from '../config/config.js';
import { UsageError } from '../errors.js';
import type { FormatName } from '../report/names.js';
import type { Device, DeviceRequest } from '../smoke/report.js';
import { SEE_HELP } from './option-table.js';

/** Where one format goes: a file, or stdout when `file` is undefined. */
export interface Output {
  readonly format: FormatName;
  readonly file?: string;
}

/** What the arguments ask for, checked. What is undefined was not said: the settings file or a default decides. */
export interface RunOptions {
  readonly kind: 'run';
  /** Folders, cards, patterns or models on the Hub, as written; none stands for the repository around the working directory. */
  readonly targets: readonly string[];
  readonly smoke: boolean;
  /** Several to compare them with the first. */
  readonly device?: DeviceRequest | readonly Device[];
  /** Variants of the model, such as `fp32` and `q8`. */
  readonly dtypes?: readonly string[];
  /** Whether the model runs once more as a server would run it, for the speed-up. */
  readonly optimize: boolean;
  /** Folder for the outputs of the model. */
  readonly saveOutputs?: string;
  /** As written: a text, JSON, or `@file`. */
  readonly inputs: readonly string[];
  readonly timeoutMs?: number;
  readonly memoryLimitBytes?: number;
  readonly outputs: readonly Output[];
  readonly fix: boolean;
  readonly dryRun: boolean;
  readonly failLevel?: FailLevel;
  readonly config?: string;
  /** Whether settings found in the repository may run code and raise limits. */
  readonly trustConfig: boolean;
  /** File of the findings that are known already. */
  readonly baseline?: string;
  /** Writes that file instead of comparing with it. */
  readonly updateBaseline: boolean;
  /** Checks again on every change, until interrupted. */
  readonly watch: boolean;
  /** Only repositories in which something changed: since the last commit (true), or since a branch, tag or commit. */
  readonly changed?: true | string;
  /** Access token of the Hub. */
  readonly token?: string;
  readonly offline: boolean;
  /** Whether the Hub is asked about a folder too. */
  readonly online: boolean;
  /** Most requests that are made for it. */
  readonly onlineBudget?: number;
  /** Whether the Hub's own validator is asked about the card. */
  readonly remoteValidate: boolean;
  /** Whether the fixes become a pull request on the Hub. */
  readonly hubPr: boolean;
  readonly quiet: boolean;
  readonly color?: boolean;
  readonly debug: boolean;
}

/** The first of some options that was given; false stands for one that was not. */
export function firstGiven(options: readonly (string | false)[]): string | undefined {
  return options.find((name): name is string => name !== false);
}

/** The error for two options that cannot go together. */
export function contradiction(one: string, other: string): UsageError {
  return new UsageError('contradiction', `${one} and ${other} exclude each other.`, { hint: SEE_HELP });
}

/** How the plan of a smoke inference can be shown. */
const PLAN_FORMATS: ReadonlySet<FormatName> = new Set(['pretty', 'json']);

/** Refuses what makes no sense together, rather than ignoring half of it. Throws `UsageError`. */
export function checkTogether(options: RunOptions): void {
  const screens = options.outputs.filter((one) => one.file === undefined);
  if (screens.length > 1) {
    throw new UsageError('two-formats', `Only one format can go to stdout, not ${screens.length}.`, {
      hint: `Send the others to files: --format ${screens[1]?.format}=FILE.`,
    });
  }
  const against = firstGiven([
    options.fix && '--fix',
    options.dryRun && '--dry-run',
    options.updateBaseline && '--update-baseline',
  ]);
  if (options.hubPr && against !== undefined) throw contradiction('--hub-pr', against);
  if (options.dryRun && options.fix === options.smoke) {
    throw new UsageError(
      'dry-run',
      '--dry-run shows what --fix would change, or what --smoke would run; it needs one of the two.',
      { hint: 'Write --fix --dry-run, or --smoke --dry-run.' },
    );
  }
  if (options.dryRun && options.fix && options.outputs.length > 0) {
    throw new UsageError('dry-run', 'With --fix --dry-run only the changes are shown: leave out --format.');
  }
  if (options.dryRun && options.smoke && options.outputs.some(({ format }) => !PLAN_FORMATS.has(format))) {
    throw new UsageError('dry-run', 'With --smoke --dry-run only the plan is shown, as pretty or json.');
  }
  const smokeOnly = firstGiven([
    options.device !== undefined && '--device',
    options.dtypes !== undefined && '--dtype',
    options.optimize && '--optimize',
    options.saveOutputs !== undefined && '--save-outputs',
    options.inputs.length > 0 && '--input',
    options.timeoutMs !== undefined && '--timeout',
    options.memoryLimitBytes !== undefined && '--memory-limit',
  ]);
  if (!options.smoke && smokeOnly !== undefined) {
    throw new UsageError('needs-smoke', `${smokeOnly} is about the smoke inference; it needs --smoke.`, {
      hint: `Write --smoke ${smokeOnly} ...`,
    });
  }
}
