import { dirname, isAbsolute, resolve } from 'node:path';
import { ConfigError } from '../errors.js';
import type { Tables } from '../hub/tables.js';
import { realpath } from '../repo/fs.js';
import type { Rule } from '../rules/rule.js';
import { slashedWay } from '../slashed-path.js';
import type { Config } from './config.js';
import { type FoundConfig, findConfig, readText, type SettingsPlace, withSeparator } from './find.js';

/** The settings that hold for a run; `validateRepo` and `lintCard` take them as they are. */
export interface Settings {
  readonly config: Config;
  /** Absolute path of the settings file; null when there is none. */
  readonly file: string | null;
  /** Path of the repository seen from the folder that paths in the settings are relative to; empty for that folder itself. */
  readonly basePath: string;
  /** Rules of the modules that the settings name. */
  readonly rules: readonly Rule[];
  /** Tables that replace those of the package, where the settings name some. */
  readonly tables?: Tables;
  /** Absolute path of the baseline, where the settings name one; command and action read it, the library leaves it. */
  readonly baselineFile?: string;
  /** What is odd without being wrong, one sentence each. */
  readonly notes: readonly string[];
}

/** Where to look for settings, and how far to trust them. */
export interface SettingsOptions extends SettingsPlace {
  /**
   * Whether code that the settings name may run, and limits be raised; when absent, only if the user named the file. What is
   * found in a repository is otherwise data from whoever wrote it.
   */
  readonly trust?: boolean;
}

/**
 * Finds, reads and checks the settings, and loads the rules they name. Code runs only where `trust` says so, and no table
 * outside the folder of the settings file is read.
 * @throws ConfigError when there is something to read that cannot be read or is wrong.
 */
export async function loadSettings(options: SettingsOptions): Promise<Settings> {
  const found = await findConfig(options);
  if (found === null) return { config: {}, file: null, basePath: '', rules: [], notes: [] };
  const { path, shown } = found;
  const trusted = options.trust ?? options.file !== undefined;
  const rules = await rulesOf(found, trusted);
  const { config, notes } =
    trusted || options.file !== undefined
      ? { config: found.config, notes: [] }
      : await lowerLimits(found.config, shown);
  const settings = {
    config,
    file: path,
    basePath: basePathOf(path, options.folder),
    rules,
    notes,
    ...(config.baseline === undefined
      ? {}
      : { baselineFile: (await placeInside(dirname(path), config.baseline, shown, 'baseline')).full }),
  };
  const libraryTasks = config.tables?.libraryTasks;
  if (libraryTasks === undefined) return settings;
  const table = await readInside(dirname(path), libraryTasks, shown, 'tables.libraryTasks');
  const { readLibraryTasks } = await import('../hub/tables.js');
  const read = readLibraryTasks(table, libraryTasks);
  return { ...settings, tables: read.tables, notes: [...notes, ...read.notes] };
}

/** A repository that does not lie below the settings file (`--config ci/card.yaml`) has paths of its own. */
function basePathOf(file: string, folder: string | undefined): string {
  if (folder === undefined) return '';
  const path = slashedWay(dirname(file), folder);
  return isAbsolute(path) || path.split('/')[0] === '..' ? '' : path;
}

async function rulesOf(
  { config, fault, path, shown }: FoundConfig,
  trusted: boolean,
): Promise<readonly Rule[]> {
  const { ruleModules = [] } = config;
  if (ruleModules.length > 0 && !trusted) {
    throw new ConfigError(
      'rule-modules-untrusted',
      `${shown} names modules with rules (ruleModules), and settings that come with a repository run no code unasked.`,
      {
        hint: 'If you trust whoever wrote them, add --trust-config (in the action, trust-config: true); otherwise name settings of your own with --config.',
      },
    );
  }
  const { userRuleFaults } = await import('./parse.js');
  const rules =
    ruleModules.length === 0
      ? []
      : await (await import('./rule-modules.js')).loadRuleModules(ruleModules, path, shown);
  const faults = userRuleFaults(
    config,
    rules.map(({ id }) => id),
  );
  if (faults !== null) throw fault(faults);
  return rules;
}

/** A repository may ask for less time and memory than is usual, never for more: whoever runs it may be somebody else. */
async function lowerLimits(
  config: Config,
  shown: string,
): Promise<{ readonly config: Config; readonly notes: readonly string[] }> {
  if (config.smoke === undefined) return { config, notes: [] };
  const { mostMemory, TIMEOUT_MS } = await import('../smoke/limits.js');
  const { timeoutMs, memoryLimitBytes } = config.smoke;
  const notes: string[] = [];
  const lower = (value: number | undefined, most: number, key: string, option: string) => {
    if (value === undefined || value <= most) return value;
    notes.push(
      `${shown}: smoke.${key} is above the usual limit, which holds instead; only ${option}, --config or --trust-config may raise it.`,
    );
    return most;
  };
  const timeout = lower(timeoutMs, TIMEOUT_MS, 'timeoutMs', '--timeout');
  const memory = lower(memoryLimitBytes, mostMemory(), 'memoryLimitBytes', '--memory-limit');
  if (notes.length === 0) return { config, notes };
  const smoke = {
    ...config.smoke,
    ...(timeout === undefined ? {} : { timeoutMs: timeout }),
    ...(memory === undefined ? {} : { memoryLimitBytes: memory }),
  };
  return { config: { ...config, smoke }, notes };
}

/** Reads a file that a setting names; see `placeInside`. */
async function readInside(folder: string, path: string, config: string, setting: string): Promise<string> {
  const { real } = await placeInside(folder, path, config, setting);
  const text = real === null ? null : await readText(real, path);
  if (text !== null) return text;
  throw new ConfigError('table-not-found', `${config}: ${setting} names ${path}, which does not exist.`);
}

/**
 * Where a file is that a setting names: it must lie in the folder of the settings file, links followed. `real` is null when
 * there is no such file.
 */
async function placeInside(
  folder: string,
  path: string,
  config: string,
  setting: string,
): Promise<{ readonly full: string; readonly real: string | null }> {
  const full = resolve(folder, path);
  const real = await realpath(full).catch(() => null);
  const root = withSeparator(await realpath(folder));
  // Whether a file outside exists is nobody's business either, so the path itself is looked at first.
  const inside = full.startsWith(withSeparator(resolve(folder))) && (real === null || real.startsWith(root));
  if (inside) return { full, real };
  throw new ConfigError(
    'file-outside',
    `${config}: ${setting} leads out of the folder of the settings: ${path}`,
    {
      hint: 'Copy the file into the folder of the settings file.',
    },
  );
}
