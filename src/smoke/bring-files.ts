import type { Repo, RepoFile } from '../repo/repo.js';
import type { PlannedVariant } from './plan/plan.js';
import type { SmokeOptions } from './smoke.js';

/** Largest file that is brought because a runtime may read it, in bytes: tokenizers have up to 35 MB. */
const MAX_SMALL_BYTES = 64 * 1024 * 1024;
/** Most of those. */
const MAX_SMALL = 200;
/** What runtimes read beside the weights, and what the check of the card reads: so that it can be repeated offline. */
const SMALL = /(?:\.(?:json|jinja|txt|model|tiktoken|ya?ml|md)|(?:^|\/)(?:\.gitattributes|LICENSE))$/i;
/** What trainings leave behind. */
const LEFT_BEHIND = /(?:^|\/)(?:checkpoint-\d+|runs|logs)\//;

/** The repository with its files on this machine, and how long it took to bring them, in milliseconds. */
export interface Brought {
  readonly repo: Repo;
  readonly tookMs: number;
}

/** Brings what some variants need onto this machine, where the repository is elsewhere. */
export async function bringFiles(
  repo: Repo,
  files: readonly RepoFile[] | null,
  variants: readonly PlannedVariant[],
  { onProgress, signal }: SmokeOptions,
): Promise<Brought> {
  if (repo.root !== null || repo.download === undefined) return { repo, tookMs: 0 };
  const began = performance.now();
  const paths = filesToBring(files ?? [], variants);
  const brought = await repo.download(paths, {
    ...(signal === undefined ? {} : { signal }),
    onProgress: ({ path, done, total }) => onProgress?.({ stage: 'download', detail: path, done, total }),
  });
  return { repo: brought, tookMs: performance.now() - began };
}

/** Paths of the weights of some variants, and of the small files around them. */
function filesToBring(files: readonly RepoFile[], variants: readonly PlannedVariant[]): readonly string[] {
  const depth = ({ path }: RepoFile) => path.split('/').length;
  const small = files
    .filter(({ path, size }) => SMALL.test(path) && !LEFT_BEHIND.test(path) && size <= MAX_SMALL_BYTES)
    .sort((a, b) => depth(a) - depth(b))
    .slice(0, MAX_SMALL);
  return [...new Set([...small, ...variants.flatMap((one) => one.files)].map(({ path }) => path))];
}
