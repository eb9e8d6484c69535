import { relative } from 'node:path';
import type { FailLevel } from '../config/config.js';
import { loadSettings, type Settings } from '../config/load.js';
import { type FailLevels, failLevelsOf } from '../config/policy.js';
import { UsageError } from '../errors.js';
import type { Repo } from '../repo/repo.js';
import type { ValidateOptions } from '../validate.js';
import type { BaselineFile } from './baseline.js';

/** What whoever starts a check says of the judging; all else the settings of each repository say. */
export interface JudgedBy {
  /** Absolute; names of files begin here. */
  readonly cwd: string;
  /** The settings file that is named. */
  readonly config?: string;
  /** Whether settings may run code; absent, where they are named. */
  readonly trust?: boolean;
  /** Settings are looked for no higher than this folder. */
  readonly top?: string;
  readonly failLevel?: FailLevel;
  /** The baseline that is named. */
  readonly baseline?: string;
  /** Whether the baseline is about to be written: then no finding is taken for a known one. */
  readonly updateBaseline?: boolean;
}

/** How the findings of a repository are judged. */
export interface Judging {
  /** As `validateRepo` takes it. */
  readonly policy: Pick<ValidateOptions, 'config' | 'basePath' | 'rules' | 'tables' | 'baseline'>;
  readonly level: FailLevels;
  readonly baseline: BaselineFile | undefined;
}

/**
 * The settings that hold for a repository. They are looked for beside a card on this machine, never fetched. Throws `ConfigError`.
 * @param folder Where they are looked for first, absolute; null looks nowhere.
 */
export function settingsOf(
  { target, root }: Repo,
  { cwd, config, trust, top }: JudgedBy,
  folder = target.kind === 'hub' ? null : root,
): Promise<Settings> {
  return loadSettings({
    cwd,
    ...(config === undefined ? {} : { file: config }),
    ...(trust === undefined ? {} : { trust }),
    ...(top === undefined ? {} : { top }),
    ...(folder === null ? {} : { folder }),
  });
}

/** How a repository with these settings is judged; reads the baseline. Throws `ConfigError` and `UsageError`. */
export async function judgingOf(repo: Repo, settings: Settings, by: JudgedBy): Promise<Judging> {
  const { config, basePath, rules, tables } = settings;
  const baseline = await baselineOf(repo, settings, by);
  return {
    policy: {
      config,
      basePath,
      rules,
      ...(tables === undefined ? {} : { tables }),
      ...(baseline === undefined || by.updateBaseline ? {} : { baseline }),
    },
    level: by.failLevel ?? failLevelsOf(config, basePath),
    baseline,
  };
}

async function baselineOf(
  repo: Repo,
  { baselineFile }: Settings,
  { cwd, baseline, updateBaseline = false }: JudgedBy,
): Promise<BaselineFile | undefined> {
  const file = baseline ?? (baselineFile === undefined ? undefined : relative(cwd, baselineFile));
  if (file === undefined) {
    if (!updateBaseline) return undefined;
    throw new UsageError('update-baseline', '--update-baseline does not know which file to write.', {
      hint: 'Write --baseline FILE --update-baseline, or name the file in the settings: "baseline: FILE".',
    });
  }
  // A baseline knows repositories by where they lie.
  if (repo.target.kind !== 'hub' && repo.root === null) return undefined;
  const { readBaseline } = await import('./baseline.js');
  return readBaseline(file, cwd, repo, updateBaseline);
}
