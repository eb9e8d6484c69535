import { isMapping, own } from '../mapping.js';
import { preview } from '../preview.js';
import type { Repo, RepoFile } from '../repo/repo.js';

/** An index names each tensor with its shard; the largest models have some 100,000. */
const MAX_INDEX_BYTES = 32 * 1024 * 1024;

/** The list of the files that weights are split into. */
export type ShardIndex =
  /** The file of each tensor, seen from the root. */
  | { readonly kind: 'places'; readonly places: ReadonlyMap<string, string> }
  /** It cannot be read, or is too long to be; `reason` is one sentence or two. */
  | { readonly kind: 'broken' | 'unsupported'; readonly reason: string };

/** Reads an index. Throws `RepoError`. */
export async function readShardIndex(repo: Repo, { path, size }: RepoFile): Promise<ShardIndex> {
  if (size > MAX_INDEX_BYTES) {
    const reason = `${path} has ${size} bytes, more than the ${MAX_INDEX_BYTES} that are read.`;
    return { kind: 'unsupported', reason };
  }
  const bytes = await repo.readRange(path, 0, size);
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes ?? new Uint8Array(0)));
  } catch {
    return broken(`${path} is no JSON. Save the model again.`);
  }
  const map = own(json, 'weight_map');
  if (!isMapping(map) || Object.keys(map).length === 0) {
    return broken(`${path} has no weight_map. Save the model again.`);
  }
  const folder = path.slice(0, path.lastIndexOf('/') + 1);
  const places = new Map<string, string>();
  for (const [name, file] of Object.entries(map)) {
    if (typeof file !== 'string') {
      return broken(`${path} names no file for the tensor ${preview(name)}. Save the model again.`);
    }
    places.set(name, folder + file);
  }
  return { kind: 'places', places };
}

/** The files that an index names, in the order that they are loaded in. */
export function shardsOf(places: ReadonlyMap<string, string>): readonly string[] {
  return [...new Set(places.values())].sort();
}

function broken(reason: string): ShardIndex {
  return { kind: 'broken', reason };
}
