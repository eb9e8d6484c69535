import { dirname, resolve } from 'node:path';
import { errorCode, isMissing } from '../error-code.js';
import { ConfigError } from '../errors.js';
import { realpath } from '../repo/fs.js';
import { openRegular } from '../repo/regular-file.js';
import type { Repo } from '../repo/repo.js';
import type { Report } from '../report/report.js';
import { counted } from '../report/wording.js';
import { RULES } from '../rules/index.js';
import {
  type Baseline,
  baselineText,
  compareWithBaseline,
  parseBaseline,
  updatedBaseline,
} from '../silence/baseline.js';
import { slashedWay } from '../slashed-path.js';
import { writeOutput } from './write-file.js';

/** Largest baseline that is read, in bytes: more than 100,000 findings. */
const MAX_BYTES = 64 * 1024 * 1024;

/** A baseline file and what it knows. */
export interface BaselineFile {
  /** Absolute. */
  readonly path: string;
  /** As the user named it. */
  readonly shown: string;
  readonly entries: Baseline;
  /** Name of the repository in the baseline. */
  readonly repository: string;
}

/**
 * Reads a baseline file. One that does not exist is empty when it is about to be written.
 * @throws ConfigError (`baseline-not-found`, `baseline`).
 */
export async function readBaseline(
  shown: string,
  cwd: string,
  repo: Repo,
  update: boolean,
): Promise<BaselineFile> {
  const path = resolve(cwd, shown);
  const text = await readText(path, shown);
  if (text === null && !update) {
    throw new ConfigError('baseline-not-found', `There is no baseline ${shown}.`, {
      hint: `Write it with --baseline ${shown} --update-baseline.`,
    });
  }
  const entries = text === null ? [] : parseBaseline(text, shown);
  return { path, shown, entries, repository: await nameOf(repo, path) };
}

/** Writes the findings of a report into the baseline; those of other repositories in it stay. */
export async function writeBaseline(file: BaselineFile, report: Report): Promise<string> {
  const entries = updatedBaseline(file.entries, report.diagnostics, file.repository);
  await writeOutput(file.path, baselineText(entries));
  return `${file.shown} knows ${counted(report.diagnostics.length, 'finding')} of this repository from now on.`;
}

/** One line on findings the baseline knows that are no more; undefined when it is up to date. */
export function outdated(file: BaselineFile, report: Report): string | undefined {
  const known = (report.silenced ?? []).filter(({ silencedBy }) => silencedBy === 'baseline');
  const { gone: missing } = compareWithBaseline(known, file.entries, file.repository);
  // What the Hub was not asked this time may be there all the same.
  const gone = missing.filter(
    ({ rule }) => !RULES.some(({ id, needs }) => id === rule && needs === 'hubFacts'),
  );
  const count = gone.reduce((sum, entry) => sum + entry.count, 0);
  if (count === 0) return undefined;
  return `${file.shown}: ${counted(count, 'finding')} of it ${count === 1 ? 'is' : 'are'} gone; --update-baseline takes ${count === 1 ? 'it' : 'them'} out.`;
}

/** The repository as the baseline names it: its folder from that of the baseline, or its id on the Hub. */
async function nameOf(repo: Repo, baseline: string): Promise<string> {
  if (repo.target.kind === 'hub') return repo.target.id;
  if (repo.root === null) return '.';
  const folder = dirname(baseline);
  const from = await realpath(folder).catch(() => folder);
  return slashedWay(from, await realpath(repo.root)) || '.';
}

async function readText(path: string, shown: string): Promise<string | null> {
  try {
    const file = await openRegular(path);
    if (file === null) throw new ConfigError('baseline', `${shown} is not a file.`);
    try {
      const bytes = await file.bytes(0, MAX_BYTES + 1);
      if (bytes.byteLength > MAX_BYTES)
        throw new ConfigError('baseline', `${shown} is too large for a baseline.`);
      return new TextDecoder().decode(bytes);
    } finally {
      await file.close();
    }
  } catch (cause) {
    if (cause instanceof ConfigError) throw cause;
    if (isMissing(cause)) return null;
    throw new ConfigError('baseline', `${shown} cannot be read (${errorCode(cause) ?? String(cause)}).`, {
      cause,
    });
  }
}
