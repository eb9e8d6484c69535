import { join } from 'node:path';
import type { Card } from '../card/card.js';
import { findConfig } from '../config/find.js';
import { loadSettings, type Settings } from '../config/load.js';
import { ConfigError, UserError } from '../errors.js';
import { type CardFile, readCard } from '../repo/card-file.js';
import { openFolder } from '../repo/local.js';
import type { Repo } from '../repo/repo.js';
import { NO_SURROUNDINGS, readSurroundings, type Surroundings } from '../repo/surroundings.js';

/** What the disk says about a model of which documents are open. */
export interface OnDisk {
  readonly surroundings: Surroundings;
  readonly cardFile: CardFile;
  readonly settings: Pick<Settings, 'config' | 'basePath' | 'rules' | 'tables'>;
  /** What a person should know: settings that do not hold, a folder that cannot be read. */
  readonly complaints: readonly string[];
}

/** Nothing is known: a document that was never saved. */
export const NOT_ON_DISK: OnDisk = {
  surroundings: NO_SURROUNDINGS,
  cardFile: { source: 'missing' },
  settings: { config: {}, basePath: '', rules: [] },
  complaints: [],
};

/** More files than this are not listed on every save: whoever opens a README.md need not have opened a model. */
const MOST_FILES = 20_000;

/**
 * Reads what lies around a card. What cannot be read is left out and complained about; nothing of the folder is run unless the
 * settings in it are trusted.
 * @param folder Absolute path of the repository.
 * @param cardPath Its card; another name than README.md is a card that stands alone.
 * @param card The card as it is in the editor, whose widget examples name files.
 */
export async function readDisk(
  folder: string,
  cardPath: string,
  card: Card,
  trust: boolean,
): Promise<OnDisk> {
  const complaints: string[] = [];
  const complain = (error: unknown) => {
    if (!(error instanceof UserError)) throw error;
    complaints.push(error.hint === undefined ? error.message : `${error.message}\n${error.hint}`);
  };
  const settings = await readSettings(folder, trust, complain);
  try {
    const target = { kind: 'card', path: join(folder, cardPath) } as const;
    const repo = await openFolder(folder, target, cardPath, cardPath === 'README.md', MOST_FILES);
    const files = await listed(repo, complain);
    const [surroundings, cardFile] = await Promise.all([readSurroundings(repo, card, files), readCard(repo)]);
    return { surroundings, cardFile, settings, complaints };
  } catch (error) {
    complain(error);
    return { ...NOT_ON_DISK, settings, complaints };
  }
}

async function listed(repo: Repo, complain: (error: unknown) => void): ReturnType<Repo['list']> {
  try {
    return await repo.list();
  } catch (error) {
    complain(error);
    return null;
  }
}

async function readSettings(
  folder: string,
  trust: boolean,
  complain: (error: unknown) => void,
): Promise<OnDisk['settings']> {
  const place = { cwd: folder, folder };
  try {
    return await loadSettings({ ...place, trust });
  } catch (error) {
    complain(error);
    if (!(error instanceof ConfigError && error.code === 'rule-modules-untrusted'))
      return NOT_ON_DISK.settings;
    // All the rest of the settings holds: a card is being written, and nothing is let through by it.
    const found = await findConfig(place).catch(() => null);
    return found === null ? NOT_ON_DISK.settings : { ...NOT_ON_DISK.settings, config: found.config };
  }
}
