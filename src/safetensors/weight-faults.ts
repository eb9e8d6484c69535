import type { TensorFault } from '../architectures/refusal.js';
import { surveyWeights } from '../architectures/survey.js';
import { RepoError } from '../errors.js';
import type { Repo, RepoFile } from '../repo/repo.js';
import { readSafetensorsHeader } from './header.js';
import { missingLayers, surplusLayers, wrapperOf } from './layers.js';
import { readShardIndex, shardsOf } from './shard-index.js';
import type { TensorsFault, WeightFault } from './weight-fault.js';
import { type RepoTensor, readWeightFiles } from './weight-files.js';

/** A Git LFS pointer is at most this long (git-lfs spec). */
const MAX_POINTER_BYTES = 1024;
const POINTER = 'version https://git-lfs.github.com/spec/v1';
/** Most files that are looked into beside those of the model itself, and most shards of it. */
const MOST_FILES = 200;
/** Most files that may turn out to be pointers. */
const MOST_POINTERS = 1000;
/** Most shards that are asked of the Hub: each takes a request or two. */
const MOST_REMOTE_SHARDS = 16;
/** What is read of a file at first, in bytes: most headers are shorter, and one read is enough then. A request to the Hub costs more. */
const FIRST_BYTES = { here: 16_384, onHub: 100_000 };

/** The names transformers saves weights under. */
const WHOLE = 'model.safetensors';
const INDEX = 'model.safetensors.index.json';

/** What is known beside the files. */
export interface ModelAround {
  /** config.json; null when there is none that can be read. */
  readonly config: Readonly<Record<string, unknown>> | null;
  /** Whether the repository holds an adapter, which is loaded onto another model. */
  readonly adapter: boolean;
  /** Whether sentence-transformers loads it, which takes the encoder alone of a model that fills in or writes words. */
  readonly vectors?: boolean;
}

/**
 * Looks for faults in the heads of the safetensors files of a repository: pointers in their place, headers that cannot be read, shards that
 * are missing, tensors that are not those of the class in config.json. Reads no weights. On the Hub it looks at the model’s own files alone.
 * Files that cannot be read are no faults.
 */
export async function readWeightFaults(
  repo: Repo,
  files: readonly RepoFile[],
  around: ModelAround,
): Promise<readonly WeightFault[]> {
  const remote = repo.target.kind === 'hub' && repo.root === null;
  try {
    const ahead = readAhead(repo, files, remote ? FIRST_BYTES.onHub : FIRST_BYTES.here);
    return remote ? await lookOnHub(ahead, files, around) : await lookInto(ahead, files, around);
  } catch (error) {
    // What the network or the disk keeps back says nothing of the model; a link that leads out is for others to tell.
    if (error instanceof RepoError) return [];
    throw error;
  }
}

async function lookOnHub(
  ahead: Repo,
  files: readonly RepoFile[],
  around: ModelAround,
): Promise<readonly WeightFault[]> {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const index = byPath.get(INDEX);
  let own = [WHOLE];
  if (index !== undefined && !byPath.has(WHOLE)) {
    const read = await readShardIndex(ahead, index);
    if (read.kind !== 'places') return read.kind === 'broken' ? broken(INDEX, read.reason) : [];
    const shards = shardsOf(read.places);
    const missing = shards.filter((path) => !byPath.has(path));
    if (missing.length > 0) return [{ kind: 'shard-missing', path: INDEX, shards: missing }];
    if (shards.length > MOST_REMOTE_SHARDS) return [];
    own = [INDEX, ...shards];
  }
  await Promise.all(own.map((path) => ahead.readRange(path, 0, 8)));
  return lookInto(
    ahead,
    own.flatMap((path) => byPath.get(path) ?? []),
    around,
  );
}

/** The repository, with the beginning of each file read once and in one piece. */
function readAhead(repo: Repo, files: readonly RepoFile[], first: number): Repo {
  const sizes = new Map(files.map(({ path, size }) => [path, size]));
  const beginnings = new Map<string, Promise<Uint8Array | null>>();
  return {
    ...repo,
    async readRange(path, start, length) {
      const size = sizes.get(path) ?? 0;
      const end = Math.min(start + length, size);
      if (end > first) return repo.readRange(path, start, length);
      const beginning = beginnings.get(path) ?? repo.readRange(path, 0, first);
      beginnings.set(path, beginning);
      return (await beginning)?.subarray(start, end) ?? null;
    },
  };
}

async function lookInto(
  repo: Repo,
  files: readonly RepoFile[],
  { config, adapter, vectors = false }: ModelAround,
): Promise<readonly WeightFault[]> {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const faults: WeightFault[] = [];
  /** Files of which nothing more is to be told. */
  const done = new Set<string>();
  const all = files.filter(({ path }) => /\.safetensors(?:\.index\.json)?$/.test(path));
  for (const file of all.slice(0, MOST_POINTERS)) {
    const pointer = await pointerIn(repo, file);
    if (pointer === null) continue;
    // A commit has the size of the file itself, and its pointer as it should be.
    if (file.size <= MAX_POINTER_BYTES) faults.push(pointer);
    done.add(file.path);
  }
  const indexes = files.filter(({ path }) => path.endsWith('.safetensors.index.json') && !done.has(path));
  for (const index of indexes) {
    // transformers and diffusers take the file that is whole where both are there.
    if (byPath.has(index.path.slice(0, -'.index.json'.length))) continue;
    const read = await readShardIndex(repo, index);
    const shards = read.kind === 'places' ? shardsOf(read.places) : [];
    const missing = shards.filter((path) => !byPath.has(path));
    if (read.kind === 'broken') faults.push(...broken(index.path, read.reason));
    // The cache of the Hub’s clients holds what was asked for once, maybe not every shard.
    if (missing.length > 0 && repo.target.kind !== 'hub') {
      faults.push({ kind: 'shard-missing', path: index.path, shards: missing });
    }
    const unread = read.kind !== 'places' || missing.length > 0 || shards.length > MOST_FILES;
    if (unread || shards.some((path) => done.has(path))) done.add(index.path);
  }
  const main = byPath.has(WHOLE) ? WHOLE : INDEX;
  if (byPath.has(main) && !done.has(main)) {
    const read = await readOwn(repo, files, main);
    if (read !== null) {
      for (const path of read.paths) done.add(path);
      faults.push(...read.faults);
      if (config !== null && !adapter) faults.push(...faultsBeside(config, read.tensors, main, vectors));
    }
  }
  const others = files.filter(({ path }) => path.endsWith('.safetensors') && !done.has(path));
  for (const file of others.slice(0, MOST_FILES)) faults.push(...(await faultsOfHeader(repo, file)));
  return faults;
}

/** What the files of the model itself hold; null when they are not judged. */
async function readOwn(
  repo: Repo,
  files: readonly RepoFile[],
  main: string,
): Promise<{
  readonly paths: readonly string[];
  readonly tensors: ReadonlyMap<string, RepoTensor>;
  readonly faults: readonly WeightFault[];
} | null> {
  const read = await readWeightFiles(repo, files);
  const none = new Map<string, RepoTensor>();
  if (read.kind === 'none') return null;
  const paths = read.files.map(({ path }) => path);
  if (read.kind === 'tensors') {
    const { tensors, misplaced } = read;
    return {
      paths,
      tensors,
      faults: misplaced.length === 0 ? [] : [{ kind: 'misplaced', path: main, tensors: misplaced }],
    };
  }
  if (read.kind !== 'broken') return null;
  return { paths, tensors: none, faults: broken(main, read.reason) };
}

/** What is wrong with the header of a file that is none of the model’s own. */
async function faultsOfHeader(repo: Repo, file: RepoFile): Promise<readonly WeightFault[]> {
  const { path, size } = file;
  const read = await readSafetensorsHeader({
    size,
    read: async (start, length) => (await repo.readRange(path, start, length)) ?? new Uint8Array(0),
  });
  switch (read.kind) {
    case 'header':
    case 'unsupported':
      return [];
    case 'truncated':
      return broken(
        path,
        `${path} is cut off: it has ${size} bytes, but its content needs at least ${read.bytes}. Upload it again.`,
      );
    case 'not-safetensors':
      return broken(path, `${path} is no safetensors file that can be read: ${read.detail}. Save it again.`);
  }
}

function broken(path: string, reason: string): readonly WeightFault[] {
  return [{ kind: 'broken', path, reason }];
}

async function pointerIn(repo: Repo, { path }: RepoFile): Promise<WeightFault | null> {
  const bytes = await repo.readRange(path, 0, MAX_POINTER_BYTES);
  const text = bytes === null ? '' : new TextDecoder().decode(bytes);
  if (!text.startsWith(POINTER)) return null;
  const stands = /^size (\d{1,15})$/m.exec(text)?.[1];
  return {
    kind: 'pointer',
    path,
    size: stands === undefined ? null : Number(stands),
    served: repo.target.kind === 'hub',
  };
}

/** What does not fit between config.json and the tensors. */
function faultsBeside(
  config: Readonly<Record<string, unknown>>,
  tensors: ReadonlyMap<string, RepoTensor>,
  path: string,
  vectors: boolean,
): readonly TensorsFault[] {
  if (tensors.size === 0) return [];
  const located = new Map([...tensors].map(([name, tensor]) => [name, { ...tensor, location: tensor.path }]));
  const survey = surveyWeights(config, located, vectors);
  if (survey === null) return [];
  const { className, faults, whole } = survey;
  const common = { path, className };
  const missing = faults.flatMap((fault) => (fault.kind === 'missing' ? [fault.tensor] : []));
  const gathered: TensorsFault[] = [];
  for (const fault of faults) {
    if (fault.kind === 'shape' || fault.kind === 'labels') gathered.push({ ...common, ...fault });
  }
  if (missing.length > 0) {
    const layers = whole ? missingLayers(missing, tensors.keys()) : {};
    gathered.push({
      ...common,
      kind: 'missing',
      tensors: missing,
      whole,
      ...layers,
      ...wrapperOf(missing, tensors),
    });
  }
  for (const fault of faults.filter(isUnused)) {
    gathered.push({ ...common, ...fault, ...surplusLayers(fault.tensors, tensors.keys()) });
  }
  return gathered;
}

function isUnused(fault: TensorFault): fault is Extract<TensorFault, { kind: 'unused' }> {
  return fault.kind === 'unused';
}
