import { basename, join, resolve, sep } from 'node:path';
import { errorCode, isMissing } from '../error-code.js';
import { ConfigError } from '../errors.js';
import { foldersAbove } from '../repo/checkout.js';
import { realpath } from '../repo/fs.js';
import { openRegular } from '../repo/regular-file.js';
import { slashedWay } from '../slashed-path.js';
import { utf8 } from '../utf8.js';
import type { ConfigText } from './parse.js';

/** Names a settings file may have. */
export const CONFIG_FILES = ['.validate-card.yaml', '.validate-card.yml', '.validate-card.json'] as const;

/** Holds settings under a key, and mostly other things. */
const PACKAGE_FILE = 'package.json';

/** Names of all files that settings can stand in. */
export const SETTINGS_FILES: readonly string[] = [...CONFIG_FILES, PACKAGE_FILE];

/** The key with a value that settings can be; a command of that name (`bin`) is none. */
const KEY = /"validate-card"\s*:(?!\s*")/;

/** Largest settings file or table that is read, in bytes. */
const MAX_BYTES = 1024 * 1024;

/** Where to look for settings. */
export interface SettingsPlace {
  readonly cwd: string;
  /** The file the user named; nothing else is looked at then. */
  readonly file?: string;
  /** Folder of the repository; absent for a model on the Hub. */
  readonly folder?: string;
  /** Settings are looked for no higher than this folder. */
  readonly top?: string;
}

/** Settings that were found and checked. */
export interface FoundConfig extends ConfigText {
  /** Absolute path of the file. */
  readonly path: string;
  /** Its name for messages. */
  readonly shown: string;
}

/**
 * The settings that hold: those of the file the user named, else the nearest ones from the folder of the repository up to the
 * root of the git checkout around it. Null when there are none.
 * @throws ConfigError when there is something to read that cannot be read or is wrong.
 */
export async function findConfig({ cwd, file, folder, top }: SettingsPlace): Promise<FoundConfig | null> {
  if (file !== undefined) return namedConfig(resolve(cwd, file), file);
  if (folder === undefined) return null;
  const start = resolve(folder);
  for (const place of [start, ...(await foldersAbove(start, top))]) {
    const found = await configIn(place, slashedWay(cwd, place));
    if (found !== null) return found;
  }
  return null;
}

/** Files that may hold settings for a folder, absolute, whether they are there or not: those above it. */
export async function settingsAbove(folder: string): Promise<readonly string[]> {
  return (await foldersAbove(folder)).flatMap((above) => SETTINGS_FILES.map((name) => join(above, name)));
}

async function namedConfig(path: string, shown: string): Promise<FoundConfig> {
  const text = await readText(path, shown);
  if (text === null) {
    throw new ConfigError('config-not-found', `There is no settings file ${shown}.`, {
      hint: `Name a YAML or JSON file, or leave out --config: ${CONFIG_FILES.join(' or ')} of the target is found by itself.`,
    });
  }
  const { readConfig, readPackageConfig } = await import('./parse.js');
  if (basename(path) !== PACKAGE_FILE) return { path, shown, ...readConfig(text, shown) };
  const parsed = readPackageConfig(text, shown);
  if (parsed === null) {
    throw new ConfigError(
      'config-not-found',
      `${shown} has no key "validate-card", which would hold settings.`,
    );
  }
  return { path, shown, ...parsed };
}

/** @param prefix Path of the folder in messages. */
async function configIn(folder: string, prefix: string): Promise<FoundConfig | null> {
  const shownAs = (name: string) => (prefix === '' ? name : `${prefix}/${name}`);
  const [inPackage, ...texts] = await Promise.all([
    packageConfig(folder, shownAs(PACKAGE_FILE)),
    ...CONFIG_FILES.map((name) => readFound(folder, name, shownAs(name))),
  ]);
  const found = CONFIG_FILES.flatMap((name, index) => {
    const text = texts[index] ?? null;
    return text === null ? [] : [{ path: join(folder, name), shown: shownAs(name), text }];
  });
  const names = [...found.map(({ shown }) => shown), ...(inPackage === null ? [] : [inPackage.shown])];
  if (names.length > 1) {
    throw new ConfigError(
      'config-twice',
      `There are two places with settings, ${names[0]} and ${names[1]}.`,
      {
        hint: 'Keep one of them, or name one with --config.',
      },
    );
  }
  const [first] = found;
  if (first === undefined) return inPackage;
  const { readConfig } = await import('./parse.js');
  return { path: first.path, shown: first.shown, ...readConfig(first.text, first.shown) };
}

/** The settings in a package.json. One that cannot be read as a text of the repository is nothing of ours. */
async function packageConfig(folder: string, shown: string): Promise<FoundConfig | null> {
  const text = await readFound(folder, PACKAGE_FILE, shown).catch((error: unknown) => {
    if (error instanceof ConfigError) return null;
    throw error;
  });
  // Most mention nothing of the kind, and the parser need not be loaded.
  if (text === null || !KEY.test(text)) return null;
  const { readPackageConfig } = await import('./parse.js');
  const parsed = readPackageConfig(text, shown);
  return parsed === null ? null : { path: join(folder, PACKAGE_FILE), shown, ...parsed };
}

/** A file of a folder; one that is a link out of it is refused. */
async function readFound(folder: string, name: string, shown: string): Promise<string | null> {
  const path = join(folder, name);
  let real: string;
  try {
    real = await realpath(path);
  } catch (cause) {
    if (isMissing(cause)) return null;
    // A circular link, say: settings that were meant and do not hold would go unnoticed.
    throw new ConfigError('config-read', `${shown} cannot be read (${errorCode(cause) ?? String(cause)}).`, {
      cause,
    });
  }
  if (!real.startsWith(withSeparator(await realpath(folder)))) {
    throw new ConfigError('config-outside', `${shown} is a symbolic link that leads out of the repository.`, {
      hint: 'Put the settings file itself into the repository, or name one with --config.',
    });
  }
  return readText(real, shown);
}

/** A folder as the beginning of the paths inside it. */
export function withSeparator(folder: string): string {
  return folder.endsWith(sep) ? folder : folder + sep;
}

/** The text of a settings file or table; null when there is none. Throws `ConfigError`. */
export async function readText(path: string, shown: string): Promise<string | null> {
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
    throw new ConfigError('config-read', `${shown} cannot be read (${errorCode(cause) ?? String(cause)}).`, {
      cause,
    });
  }
  const text = utf8(bytes);
  if (text === null) throw new ConfigError('config-read', `${basename(shown)} is not UTF-8 text.`);
  return text;
}
