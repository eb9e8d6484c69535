import { dirname, join, parse, relative } from 'node:path';
import { type Adapter, readAdapterConfig } from '../../architectures/adapter.js';
import { Contradiction, Unsupported } from '../../architectures/refusal.js';
import { isMapping } from '../../mapping.js';
import { preview } from '../../preview.js';
import { openCached } from '../../repo/hub-cache.js';
import { hubCacheFolder } from '../../repo/hub-folders.js';
import { allowedRoots, openFolder } from '../../repo/local.js';
import type { Repo, RepoFile } from '../../repo/repo.js';
import { hasWeightFiles } from '../../safetensors/weight-files.js';
import { findPointer, readJson } from './files.js';

/** The model that an adapter changes, on this machine. */
export interface BaseModel {
  /** As adapter_config.json names it. */
  readonly name: string;
  readonly repo: Repo;
  readonly files: readonly RepoFile[];
  /** Its config.json. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Its generation_config.json; null when there is none. */
  readonly generation: unknown;
  /** The folders that its files lie in, as real paths: itself, then others. */
  readonly fences: readonly [string, ...string[]];
  /** The file of the adapter. */
  readonly weights: RepoFile;
  readonly adapter: Adapter;
}

/** The base model of an adapter, or why there is none; `reason` is a sentence, `fault` when that is the adapter’s fault. */
export type FoundBase =
  | { readonly kind: 'base'; readonly base: BaseModel }
  | {
      readonly kind: 'none';
      readonly reason: string;
      readonly fault: boolean;
      readonly files: readonly RepoFile[];
    };

const CONFIG = 'adapter_config.json';
const WEIGHTS = ['adapter_model.safetensors', 'adapter_model.bin'];
/** Ids of models on the Hub; the oldest have no namespace. */
const HUB_ID = /^(?:[A-Za-z0-9_][\w.-]{0,99}\/)?[A-Za-z0-9_][\w.-]{0,99}$/;
const REVISION = /^[\w][\w./-]{0,99}$/;
const MERGED = 'Or publish the merged model, made with `merge_and_unload`, to have it run without.';

/**
 * Finds the base model of a repository that holds an adapter of PEFT and no weights of its own: in a folder of the repository, or in the cache of the
 * Hub’s clients; nothing is downloaded. Null where it is no such repository. Throws `RepoError`.
 */
export async function findBaseModel(repo: Repo, files: readonly RepoFile[]): Promise<FoundBase | null> {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const settings = byPath.get(CONFIG);
  if (settings === undefined || hasWeightFiles(files)) return null;
  const none = (reason: string, fault: boolean): FoundBase => ({
    kind: 'none',
    reason,
    fault,
    files: [settings],
  });
  const [weights] = WEIGHTS.flatMap((path) => byPath.get(path) ?? []);
  if (weights === undefined) {
    return none(
      `There is ${CONFIG}, but no adapter_model.safetensors. Upload the weights of the adapter, too.`,
      true,
    );
  }
  const unfit = await findPointer(repo, [settings, weights]);
  if (unfit !== null) return none(unfit, true);
  const read = await readJson(repo, settings);
  if (read.kind === 'broken') return none(read.reason, true);
  if (!isMapping(read.value)) return none(`${CONFIG} is no mapping. Save the adapter again.`, true);
  let adapter: Adapter;
  try {
    adapter = readAdapterConfig(read.value);
  } catch (error) {
    if (error instanceof Unsupported) {
      return none(
        `The adapter cannot be added to its base model here: ${error.message} in ${CONFIG}. ${MERGED}`,
        false,
      );
    }
    if (!(error instanceof Contradiction)) throw error;
    return none(`${CONFIG} makes no sense: ${error.message}. Save the adapter again.`, true);
  }
  const { base_model_name_or_path: name, revision } = read.value;
  if (typeof name !== 'string' || name === '') {
    return none(`${CONFIG} names no base model. Write its id on the Hub as base_model_name_or_path.`, true);
  }
  const opened = await open(repo, byPath, name, typeof revision === 'string' ? revision : 'main');
  if (typeof opened === 'string') return none(opened, false);
  const there = (await opened.list()) ?? [];
  const said = (what: string) =>
    none(
      `The base model ${preview(name)} is here, but ${what}. Download it again to have the adapter run.`,
      false,
    );
  const config = await readJson(
    opened,
    there.find(({ path }) => path === 'config.json'),
  );
  if (config.kind === 'broken' || !isMapping(config.value)) return said('its config.json cannot be read');
  if (!hasWeightFiles(there)) return said('without weights that can be read');
  const generation = await readJson(
    opened,
    there.find(({ path }) => path === 'generation_config.json'),
  );
  const fences = await allowedRoots(opened.root ?? '');
  // Weights are named from a folder that holds both.
  if (parse(fences[0]).root !== parse(repo.root ?? fences[0]).root) return said('on another drive');
  const base: BaseModel = {
    name,
    repo: opened,
    files: there,
    config: config.value,
    generation: generation.kind === 'read' ? generation.value : null,
    fences,
    weights,
    adapter,
  };
  return { kind: 'base', base };
}

/** Opens the base model; a sentence when it is not here. */
async function open(
  repo: Repo,
  files: ReadonlyMap<string, RepoFile>,
  name: string,
  revision: string,
): Promise<Repo | string> {
  const inside = name.replace(/^\.\//, '').replace(/\/$/, '');
  // Only what is in the list of files lies in the repository.
  if (repo.root !== null && files.has(`${inside}/config.json`)) {
    const path = join(repo.root, inside);
    return openFolder(path, { kind: 'folder', path });
  }
  if (!HUB_ID.test(name) || !REVISION.test(revision) || revision.includes('..')) {
    return `The base model ${preview(name)} is no folder of the repository and no model on the Hub. Write its id on the Hub as base_model_name_or_path in ${CONFIG}. ${MERGED}`;
  }
  const cached = await openCached({ id: name, revision }, hubCacheFolder(process.env));
  if (cached !== null) return cached.repo;
  const exact = revision === 'main' ? '' : ` --revision ${revision}`;
  return `The base model ${name} is not on this machine. Download it with \`hf download ${name}${exact}\` to have the adapter run. ${MERGED}`;
}

/** The folder that holds all of some folders. */
export function commonFolder(folders: readonly string[]): string {
  let [common = ''] = folders;
  for (const folder of folders) {
    while (relative(common, folder).startsWith('..')) common = dirname(common);
  }
  return common;
}
