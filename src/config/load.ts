import { basename, dirname, join, resolve, sep } from 'node:path';
import { ConfigError } from '../errors.js';
import type { Tables } from '../hub/tables.js';
import { realpath } from '../repo/fs.js';
import { openRegular } from '../repo/regular-file.js';
import type { Config } from './config.js';

/** Names a settings file may have in the folder of the repository; one of them at most may be there. */
export const CONFIG_FILES = ['.validate-card.yaml', '.validate-card.yml', '.validate-card.json'] as const;

/** Largest settings file or table that is read, in bytes. */
const MAX_BYTES = 1024 * 1024;

/** The settings that hold for a run. */
export interface Settings {
  readonly config: Config;
  /** Absolute path of the settings file; null when there is none. */
  readonly file: string | null;
  /** Tables that replace those of the package, where the settings name some. */
  readonly tables?: Tables;
  /** What is odd without being wrong, one sentence each. */
  readonly notes: readonly string[];
}

/** Where to look for settings. */
export interface SettingsPlace {
  readonly cwd: string;
  /** The file the user named; nothing else is looked at then. */
  readonly file?: string;
  /** Folder of the repository; absent for a model on the Hub. */
  readonly folder?: string;
}

/**
 * Finds, reads and checks the settings. Those found in a repository are data from whoever wrote it: nothing in them is
 * run, and no file outside the folder of the settings file is read.
 * @throws ConfigError when there is something to read that cannot be read or is wrong.
 */
export async function loadSettings(place: SettingsPlace): Promise<Settings> {
  const found =
    place.file === undefined ? await findConfig(place.folder) : await named(place.file, place.cwd);
  if (found === null) return { config: {}, file: null, notes: [] };
  const { parseConfig } = await import('./parse.js');
  const parsed = parseConfig(found.text, found.shown);
  const { config, notes: lowered } =
    place.file === undefined ? await lowerLimits(parsed, found.shown) : { config: parsed, notes: [] };
  const libraryTasks = config.tables?.libraryTasks;
  if (libraryTasks === undefined) return { config, file: found.path, notes: lowered };
  const table = await readInside(dirname(found.path), libraryTasks, found.shown);
  const { readLibraryTasks } = await import('../hub/tables.js');
  const { tables, notes } = readLibraryTasks(table, libraryTasks);
  return { config, file: found.path, tables, notes: [...lowered, ...notes] };
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
      `${shown}: smoke.${key} is above the usual limit, which holds instead; only ${option} or --config may raise it.`,
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

interface ConfigText {
  readonly path: string;
  /** The name for messages. */
  readonly shown: string;
  readonly text: string;
}

async function named(file: string, cwd: string): Promise<ConfigText> {
  const path = resolve(cwd, file);
  const text = await readText(path, file);
  if (text === null) {
    throw new ConfigError('config-not-found', `There is no settings file ${file}.`, {
      hint: `Name a YAML or JSON file, or leave out --config: ${CONFIG_FILES.join(' or ')} of the target is found by itself.`,
    });
  }
  return { path, shown: file, text };
}

async function findConfig(folder: string | undefined): Promise<ConfigText | null> {
  if (folder === undefined) return null;
  const texts = await Promise.all(
    CONFIG_FILES.map(async (name) => ({ name, text: await readFound(folder, name) })),
  );
  const [first, second] = texts.flatMap(({ name, text }) =>
    text === null ? [] : [{ path: join(folder, name), shown: name, text }],
  );
  if (first && second) {
    throw new ConfigError(
      'config-twice',
      `There are two settings files, ${first.shown} and ${second.shown}.`,
      {
        hint: 'Keep one of them, or name one with --config.',
      },
    );
  }
  return first ?? null;
}

/** A settings file of the repository; one that is a link out of it is refused. */
async function readFound(folder: string, name: string): Promise<string | null> {
  const path = join(folder, name);
  let real: string;
  try {
    real = await realpath(path);
  } catch (cause) {
    if (isMissing(cause)) return null;
    // A circular link, say: settings that were meant and do not hold would go unnoticed.
    throw new ConfigError('config-read', `${name} cannot be read (${codeOf(cause)}).`, { cause });
  }
  if (!real.startsWith(withSeparator(await realpath(folder)))) {
    throw new ConfigError('config-outside', `${name} is a symbolic link that leads out of the repository.`, {
      hint: 'Put the settings file itself into the repository, or name one with --config.',
    });
  }
  return readText(real, name);
}

/** Reads a file that settings name; it must lie in the folder of the settings file, links followed. */
async function readInside(folder: string, path: string, config: string): Promise<string> {
  const full = resolve(folder, path);
  const real = await realpath(full).catch(() => null);
  const root = withSeparator(await realpath(folder));
  // Whether a file outside exists is nobody's business either, so the path itself is looked at first.
  const inside = full.startsWith(withSeparator(resolve(folder))) && (real === null || real.startsWith(root));
  if (!inside) {
    throw new ConfigError(
      'table-outside',
      `${config}: tables.libraryTasks leads out of the folder of the settings: ${path}`,
      {
        hint: 'Copy the table into the folder of the settings file.',
      },
    );
  }
  const text = real === null ? null : await readText(real, path);
  if (text === null) {
    throw new ConfigError(
      'table-not-found',
      `${config}: tables.libraryTasks names ${path}, which does not exist.`,
    );
  }
  return text;
}

function withSeparator(folder: string): string {
  return folder.endsWith(sep) ? folder : folder + sep;
}

async function readText(path: string, shown: string): Promise<string | null> {
  let bytes: Uint8Array;
  try {
    const file = await openRegular(path);
    if (file === null) throw new ConfigError('config-read', `${shown} is not a file.`);
    try {
      bytes = await file.bytes(0, MAX_BYTES + 1);
      if (bytes.byteLength > MAX_BYTES) {
        throw new ConfigError('config-read', `${shown} is larger than a megabyte; settings never are.`);
      }
    } finally {
      await file.close();
    }
  } catch (cause) {
    if (cause instanceof ConfigError) throw cause;
    if (isMissing(cause)) return null;
    throw new ConfigError('config-read', `${shown} cannot be read (${codeOf(cause)}).`, { cause });
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new ConfigError('config-read', `${basename(shown)} is not UTF-8 text.`, { cause });
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}

function isMissing(error: unknown): boolean {
  return codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR';
}
