import { isMapping, own } from '../mapping.js';
import { preview } from '../preview.js';
import type { Repo, RepoFile } from '../repo/repo.js';
import { readSafetensorsHeader, type StoredTensor } from './header.js';

/** A tensor and the file that holds it. */
export interface RepoTensor extends StoredTensor {
  readonly path: string;
}

/** The weights of a repository, as far as the headers of their files tell. */
export type WeightFiles =
  /** There is no `model.safetensors`, whole or in shards. */
  | { readonly kind: 'none' }
  | {
      readonly kind: 'tensors';
      readonly tensors: ReadonlyMap<string, RepoTensor>;
      /** The files that hold them. */
      readonly files: readonly RepoFile[];
    }
  /** `reason` is a sentence. */
  | { readonly kind: 'broken'; readonly reason: string; readonly files: readonly RepoFile[] };

/** The names transformers saves weights under (`SAFE_WEIGHTS_NAME`, `SAFE_WEIGHTS_INDEX_NAME`). */
const WHOLE = 'model.safetensors';
const INDEX = 'model.safetensors.index.json';
/** An index names each tensor with its shard; the largest models have some 100,000. */
const MAX_INDEX_BYTES = 32 * 1024 * 1024;
/** Most files a model is split into. */
const MAX_SHARDS = 1000;

/** Whether these files have weights in safetensors files that transformers would load. */
export function hasWeightFiles(files: readonly RepoFile[]): boolean {
  return files.some(({ path }) => path === WHOLE || path === INDEX);
}

/** Reads the headers of `model.safetensors`, or of the shards that its index names. Throws `RepoError`. */
export async function readWeightFiles(repo: Repo, files: readonly RepoFile[]): Promise<WeightFiles> {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const whole = byPath.get(WHOLE);
  if (whole !== undefined) {
    const tensors = new Map<string, RepoTensor>();
    const reason = await readInto(tensors, repo, whole);
    return reason === null ? { kind: 'tensors', tensors, files: [whole] } : broken(reason, [whole]);
  }
  const index = byPath.get(INDEX);
  return index === undefined ? { kind: 'none' } : readShards(repo, index, byPath);
}

async function readShards(
  repo: Repo,
  index: RepoFile,
  byPath: ReadonlyMap<string, RepoFile>,
): Promise<WeightFiles> {
  const places = await readIndex(repo, index);
  if (typeof places === 'string') return broken(places, [index]);
  const names = [...new Set(places.values())];
  if (names.length > MAX_SHARDS) {
    return broken(`${index.path} names ${names.length} files, more than the ${MAX_SHARDS} that are read.`, [
      index,
    ]);
  }
  const missing = names.filter((name) => !byPath.has(name));
  if (missing.length > 0) {
    const some = missing.slice(0, 3).map((name) => preview(name));
    return broken(
      `${index.path} names ${some.join(', ')}${missing.length > 3 ? ', …' : ''}, which ${missing.length === 1 ? 'is' : 'are'} missing. Upload all of its files.`,
      [index],
    );
  }
  const shards = names.flatMap((name) => byPath.get(name) ?? []);
  const tensors = new Map<string, RepoTensor>();
  for (const shard of shards) {
    const reason = await readInto(tensors, repo, shard);
    if (reason !== null) return broken(reason, shards);
  }
  for (const [name, place] of places) {
    const there = tensors.get(name)?.path;
    if (there === place) continue;
    const seen = there === undefined ? 'it is not there' : `it is in ${there}`;
    return broken(
      `${index.path} says that the tensor ${preview(name)} is in ${place}, but ${seen}. Save the model again and upload all of its files together.`,
      shards,
    );
  }
  return { kind: 'tensors', tensors, files: shards };
}

/** The shard of each tensor; a sentence when the index cannot be read. */
async function readIndex(
  repo: Repo,
  { path, size }: RepoFile,
): Promise<ReadonlyMap<string, string> | string> {
  if (size > MAX_INDEX_BYTES)
    return `${path} has ${size} bytes, more than the ${MAX_INDEX_BYTES} that are read.`;
  const bytes = await repo.read(path, MAX_INDEX_BYTES + 1);
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes ?? new Uint8Array(0)));
  } catch {
    return `${path} is no JSON. Save the model again.`;
  }
  const map = own(json, 'weight_map');
  if (!isMapping(map) || Object.keys(map).length === 0) {
    return `${path} has no weight_map. Save the model again.`;
  }
  const places = new Map<string, string>();
  for (const [name, file] of Object.entries(map)) {
    if (typeof file !== 'string')
      return `${path} names no file for the tensor ${preview(name)}. Save the model again.`;
    places.set(name, file);
  }
  return places;
}

/** Reads the header of one file; a sentence when it cannot be read, or when a tensor is there already. */
async function readInto(
  tensors: Map<string, RepoTensor>,
  repo: Repo,
  file: RepoFile,
): Promise<string | null> {
  const { path, size } = file;
  const read = await readSafetensorsHeader({
    size,
    read: async (start, length) => (await repo.readRange(path, start, length)) ?? new Uint8Array(0),
  });
  switch (read.kind) {
    case 'truncated':
      return `${path} is cut off: it has ${size} bytes, but its content needs at least ${read.bytes}. Upload it again.`;
    case 'not-safetensors':
      return `${path} is no safetensors file that can be read: ${read.detail}. Save the model again.`;
    case 'header':
      for (const [name, tensor] of read.header.tensors) {
        const before = tensors.get(name);
        if (before !== undefined) {
          return `The tensor ${preview(name)} is in ${before.path} and in ${path}. Save the model again.`;
        }
        tensors.set(name, { ...tensor, path });
      }
      return null;
  }
}

function broken(reason: string, files: readonly RepoFile[]): WeightFiles {
  return { kind: 'broken', reason, files };
}
