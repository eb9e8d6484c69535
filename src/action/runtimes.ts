import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { SmokeSetupError } from '../errors.js';
import { own } from '../mapping.js';
import { isInside } from '../repo/path.js';
import { writeFault } from '../write-fault.js';
import { findNpm, npmCi, npmEnvironment } from './npm.js';

/** What says which packages are installed: exact versions, each with its integrity. */
const SOURCES = ['package.json', 'package-lock.json'] as const;

/** Written last: without it an install was cut off. */
const MARKER = '.complete';

/** Drafts older than this were left by a run that was killed, in milliseconds. */
const STALE_MS = 60 * 60_000;

/** What an install needs to know. */
export interface RuntimeSources {
  /** Folder with the action's own `package.json` and `package-lock.json`. */
  readonly source: string;
  /** The runner's tool cache, and the folder to take where it cannot be written to. */
  readonly places: readonly string[];
  /** Root of the workspace, absolute and real; nothing in it is executed. */
  readonly workspace: string;
  readonly env: NodeJS.ProcessEnv;
  /** Gets a line of progress. */
  readonly say: (line: string) => void;
}

/**
 * The folder below which the runtimes are installed. The first run installs them, at the versions of the lockfile and without
 * running their scripts; later ones find them, as do other jobs on the same machine.
 * @throws SmokeSetupError (`runtime-install`) when they cannot be installed.
 */
export async function provideRuntimes(sources: RuntimeSources): Promise<string> {
  const { source, say } = sources;
  const packages = await packagesOf(source);
  const key = join('validate-model-card', await lockHash(source), platformName());
  const folders = (await usable(sources)).map((place) => join(place, key));
  const found = folders.find((folder) => isComplete(folder, packages));
  if (found !== undefined) {
    say(`The runtimes are in ${found}.`);
    return found;
  }
  const faults: string[] = [];
  for (const folder of folders) {
    try {
      await mkdir(dirname(folder), { recursive: true });
      await install(folder, packages, sources);
      return folder;
    } catch (error) {
      if (error instanceof SmokeSetupError) throw error;
      faults.push(`${folder} cannot be written to (${writeFault(error)})`);
      say(`${faults.at(-1)}.`);
    }
  }
  throw failed(faults.join('; ') || 'there is no folder outside the workspace to install them into');
}

/** Folders that exist or can be made, and do not come with the repository. */
async function usable({ places, workspace, say }: RuntimeSources): Promise<readonly string[]> {
  const found: string[] = [];
  for (const place of places) {
    const real = await mkdir(place, { recursive: true }).then(
      () => realpath(place),
      () => null,
    );
    if (real === null) continue;
    if (real === workspace || isInside(real, workspace))
      say(`${place} is part of the workspace, and is not used.`);
    else found.push(real);
  }
  return found;
}

/** Installs into a folder of its own, which gets its name only when it is whole: what has the name can be relied on. */
async function install(
  folder: string,
  packages: readonly string[],
  { source, workspace, env, say }: RuntimeSources,
): Promise<void> {
  const npm = findNpm(env, workspace);
  if (npm === null)
    throw failed('there is no npm on the path', 'Run actions/setup-node in a step before this one.');
  await removeStale(folder);
  const draft = `${folder}.${process.pid}-${Math.random().toString(36).slice(2)}`;
  const start = Date.now();
  say(`Installing ${packages.join(', ')} into ${folder}...`);
  try {
    await mkdir(draft);
    for (const name of SOURCES) await copyFile(join(source, name), join(draft, name));
    const fault = await npmCi(npm, draft, npmEnvironment(env, workspace), say);
    if (fault !== null) throw failed(fault);
    const missing = packages.find((name) => !existsSync(manifestOf(draft, name)));
    if (missing !== undefined) throw failed(`npm left out ${missing}`);
    await writeFile(join(draft, MARKER), '');
    await moveInto(folder, draft, packages);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  say(`Installed in ${((Date.now() - start) / 1000).toFixed(1)} s.`);
}

/** Takes the place of what was cut off, unless another job was faster. */
async function moveInto(folder: string, draft: string, packages: readonly string[]): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    if (isComplete(folder, packages)) return;
    await rm(folder, { recursive: true, force: true });
    try {
      await rename(draft, folder);
      return;
    } catch (error) {
      // A virus scanner may hold new files for a moment, and another job may have come in between.
      if (attempt === 4) throw error;
      await setTimeout(500);
    }
  }
}

async function removeStale(folder: string): Promise<void> {
  const parent = dirname(folder);
  for (const name of await readdir(parent)) {
    if (!name.startsWith(`${basename(folder)}.`)) continue;
    const path = join(parent, name);
    const age = await stat(path).then(
      ({ mtimeMs }) => Date.now() - mtimeMs,
      () => 0,
    );
    if (age > STALE_MS) await rm(path, { recursive: true, force: true });
  }
}

function isComplete(folder: string, packages: readonly string[]): boolean {
  return existsSync(join(folder, MARKER)) && packages.every((name) => existsSync(manifestOf(folder, name)));
}

function manifestOf(folder: string, name: string): string {
  return join(folder, 'node_modules', name, 'package.json');
}

async function packagesOf(source: string): Promise<readonly string[]> {
  const manifest: unknown = JSON.parse(await readFile(join(source, 'package.json'), 'utf8'));
  const dependencies = Object.entries(own(manifest, 'dependencies') ?? {});
  return dependencies.map(([name]) => name);
}

async function lockHash(source: string): Promise<string> {
  const hash = createHash('sha256');
  for (const name of SOURCES) hash.update(await readFile(join(source, name)));
  return hash.digest('hex').slice(0, 16);
}

/** Binaries differ by it; those of Alpine by its C library. */
function platformName(): string {
  const libc = existsSync('/etc/alpine-release') ? '-musl' : '';
  return `${process.platform}${libc}-${process.arch}`;
}

function failed(because: string, hint?: string): SmokeSetupError {
  return new SmokeSetupError('runtime-install', `The runtimes could not be installed: ${because}.`, {
    hint:
      hint ??
      'What npm said is in the log. A registry of your own is taken from .npmrc of the user or npm_config_registry.',
  });
}
