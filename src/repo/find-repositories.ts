import { join, resolve } from 'node:path';
import { compileGlobs, globFault } from '../config/glob.js';
import { RepoError, UsageError } from '../errors.js';
import { slashed, slashedWay } from '../slashed-path.js';
import { foldersAbove } from './checkout.js';
import { realpath } from './fs.js';
import { type FolderTraits, isModelFolder, placeOf, traitsOf } from './model-folder.js';
import { isInside } from './path.js';
import { isPattern, patternBase } from './pattern.js';

/** Most folders a pattern looks into. */
const MOST_FOLDERS = 100_000;

/** Folders looked into at the same time. */
const AT_ONCE = 64;

/** Where patterns begin, and how far they reach. */
export interface FindOptions {
  /** Absolute; relative patterns begin here. */
  readonly cwd: string;
  /** Absolute real path: what lies outside, links followed, is refused. Without it every place is allowed. */
  readonly top?: string;
}

/**
 * Expands what a person names, in the order it was named and each repository once: a folder, a card or a model on the Hub stands
 * for itself; a pattern (`models/*`, `**`, `{a,b}`, `?`) for the model repositories among the folders it matches, sorted; `!`
 * before a pattern takes out again what it matches, and all below.
 *
 * A folder is a model repository when its README.md begins with front matter, or when weights or settings of a model lie in it.
 * What lies inside a model repository is part of it. Patterns follow no links, and match no folder that begins with a dot and no
 * `node_modules`. What exists under the very name of a pattern is no pattern.
 *
 * @returns Targets as `openRepo` takes them: paths relative to `cwd` with forward slashes, absolute where they were named so.
 * @throws UsageError `outside`, `target-not-found`, `pattern` or `no-repository`; RepoError `too-many-files`.
 */
export async function findRepositories(
  patterns: readonly string[],
  options: FindOptions,
): Promise<readonly string[]> {
  const { cwd, top } = options;
  const named = patterns.map(slashed);
  const takesOut = excluded(named.filter((pattern) => pattern.startsWith('!')).map((one) => one.slice(1)));
  const wanted = named.filter((pattern) => !pattern.startsWith('!'));
  const found = new Map<string, string>();
  let expanded = false;
  for (const pattern of wanted) {
    const place = resolve(cwd, pattern);
    const real = await realpath(place).catch(() => null);
    if (real !== null || !isPattern(pattern)) {
      if (real !== null) checkInside(real, top, pattern);
      else if (top !== undefined) throw notFound(pattern);
      if (!takesOut(shown(cwd, place))) add(found, pattern, real ?? pattern);
      continue;
    }
    expanded = true;
    for (const folder of await expand(pattern, options, takesOut)) {
      add(found, targetOf(cwd, folder, pattern), await realpath(folder).catch(() => folder));
    }
  }
  if (found.size === 0 && (expanded || wanted.length < named.length)) {
    throw new UsageError('no-repository', `No model repository matches ${named.join(' ')}.`, {
      hint: 'A pattern matches folders with a model card or the files of a model. A folder that has neither is checked when it is named without a pattern.',
    });
  }
  return [...found.values()];
}

/** A repository that is named twice, by its folder and by its card too, is checked once. */
function add(found: Map<string, string>, target: string, real: string): void {
  const key = placeOf(real);
  if (!found.has(key)) found.set(key, target);
}

function shown(cwd: string, path: string): string {
  return slashedWay(cwd, path);
}

function targetOf(cwd: string, folder: string, pattern: string): string {
  if (resolve(pattern) === pattern || pattern.startsWith('/')) return slashed(folder);
  return shown(cwd, folder) || '.';
}

function checkInside(real: string, top: string | undefined, pattern: string): void {
  if (top === undefined || real === top || isInside(real, top)) return;
  throw new UsageError('outside', `${JSON.stringify(pattern)} leads out of the folder that may be checked.`, {
    hint: 'Name a path inside it; links that lead out of it are not followed.',
  });
}

function notFound(pattern: string): UsageError {
  return new UsageError('target-not-found', `There is nothing at ${JSON.stringify(pattern)}.`, {
    hint: 'Name the folder of a model repository, its card, or a pattern such as models/*.',
  });
}

/** Tells of a path whether it, or a folder it lies in, matches one of the patterns. */
function excluded(patterns: readonly string[]): (path: string) => boolean {
  if (patterns.length === 0) return () => false;
  for (const pattern of patterns) checkPattern(pattern, `!${pattern}`);
  const matches = compileGlobs(patterns.map((pattern) => pattern.replace(/\/+$/, '')));
  return (path) => {
    const steps = path.split('/');
    return steps.some((_, index) => matches(steps.slice(0, index + 1).join('/')));
  };
}

function checkPattern(pattern: string, whole: string): void {
  const fault = globFault(pattern);
  if (fault === undefined) return;
  const why = pattern.split('/').includes('..') ? 'has .. behind a wildcard' : fault;
  throw new UsageError('pattern', `The pattern ${JSON.stringify(whole)} ${why}.`, {
    hint: 'A pattern holds * and ? inside a name, ** for any folders, and {a,b} for one of these.',
  });
}

/** The model repositories a pattern matches, as absolute paths, sorted. */
async function expand(
  pattern: string,
  { cwd, top }: FindOptions,
  takesOut: (path: string) => boolean,
): Promise<readonly string[]> {
  const steps = pattern.split('/');
  const wild = steps.findIndex(isPattern);
  const rest = steps.slice(wild).join('/').replace(/\/+$/, '');
  checkPattern(rest, pattern);
  const matches = compileGlobs([rest]);
  const deepest = rest.includes('**') ? Number.POSITIVE_INFINITY : rest.split('/').length;
  const base = patternBase(pattern, cwd);
  const real = await realpath(base).catch(() => null);
  if (real === null) return [];
  checkInside(real, top, pattern);

  const found: string[] = [];
  let seen = 0;
  /** Looks into a folder, notes it when it is meant, and gives the folders in it that may be. */
  const look = async (path: string): Promise<readonly string[]> => {
    if (path !== '' && takesOut(shown(cwd, join(base, path)))) return [];
    const traits = await traitsOf(join(base, path));
    if (traits === null) return [];
    const isRepository = isModelFolder(traits);
    const meant = matches(path) || (traits.card && matches(path === '' ? 'README.md' : `${path}/README.md`));
    if (isRepository && meant) found.push(join(base, path));
    // Where the pattern begins was named, and is looked into whatever it is, unless it is meant itself.
    if ((isRepository && (path !== '' || meant)) || depthOf(path) >= deepest) return [];
    return traits.folders
      .filter((name) => !name.startsWith('.') && name !== 'node_modules')
      .map((name) => (path === '' ? name : `${path}/${name}`));
  };
  for (let level: readonly string[] = ['']; level.length > 0; ) {
    seen += level.length;
    if (seen > MOST_FOLDERS) {
      throw new RepoError('too-many-files', `${pattern} looks into more than ${MOST_FOLDERS} folders.`, {
        hint: 'Begin the pattern further down, as in models/*.',
      });
    }
    const next: (readonly string[])[] = [];
    for (let first = 0; first < level.length; first += AT_ONCE) {
      next.push(...(await Promise.all(level.slice(first, first + AT_ONCE).map(look))));
    }
    level = next.flat();
  }
  return found.sort();
}

function depthOf(path: string): number {
  return path === '' ? 0 : path.split('/').length;
}

/**
 * The repository that a command without a target means, seen from a folder `cwd`: as far up as the git checkout reaches (and
 * nowhere else, where there is none), the nearest folder with a README.md that begins with front matter or has files of a model
 * beside it; else the nearest with files of a model, or the one above that while that has some too (`onnx/` is part of its model);
 * else the root of the checkout, when README.md lies there; else `cwd`.
 * @returns An absolute path.
 */
export async function repositoryAround(cwd: string): Promise<string> {
  const here = resolve(cwd);
  const folders = [here, ...(await foldersAbove(here))];
  const seen: FolderTraits[] = [];
  for (const folder of folders) {
    const traits = await traitsOf(folder);
    if (traits === null) break;
    // Nearest first: nothing further up can be meant.
    if (traits.frontMatter || (traits.card && traits.model)) return folder;
    seen.push(traits);
  }
  const nearest = seen.findIndex(({ model }) => model);
  if (nearest >= 0) {
    const end = seen.findIndex(({ model }, index) => index > nearest && !model);
    return folders[(end < 0 ? seen.length : end) - 1] ?? here;
  }
  return seen.at(-1)?.card ? (folders[seen.length - 1] ?? here) : here;
}

/** The same as a target: its path from `cwd` on, `.` where that is the repository. */
export async function targetAround(cwd: string): Promise<string> {
  return shown(cwd, await repositoryAround(cwd)) || '.';
}
