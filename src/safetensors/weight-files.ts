import type { ByteSource } from '../onnx/protobuf.js';
import { preview } from '../preview.js';
import type { Repo, RepoFile } from '../repo/repo.js';
import { readStateDict } from '../torch/state-dict.js';
import { readSafetensorsHeader, type StoredTensor } from './header.js';
import { readShardIndex, shardsOf } from './shard-index.js';
import type { Misplaced } from './weight-fault.js';

/** A tensor and the file that holds it. */
export interface RepoTensor extends StoredTensor {
  readonly path: string;
}

/** The weights of a repository, as far as the headers of their files tell. */
export type WeightFiles =
  /** There are none that transformers would load. */
  | { readonly kind: 'none' }
  | {
      readonly kind: 'tensors';
      readonly tensors: ReadonlyMap<string, RepoTensor>;
      /** The files that hold them. */
      readonly files: readonly RepoFile[];
      /** Tensors that are not where their index says. */
      readonly misplaced: readonly Misplaced[];
    }
  /** `reason` is a sentence. */
  | { readonly kind: 'broken'; readonly reason: string; readonly files: readonly RepoFile[] }
  /** They may be sound, but are in a format that is not read; `reason` is a sentence. */
  | { readonly kind: 'unsupported'; readonly reason: string; readonly files: readonly RepoFile[] };

/** What weights are saved as. */
interface WeightFormat {
  /** The file that has all of them. */
  readonly whole: string;
  /** The list of the files that they are split into. */
  readonly index: string;
  /** What their files are called. */
  readonly files: RegExp;
  /** The tensors of a file; when there are none to be had, a sentence says why. */
  readonly read: (source: ByteSource, file: RepoFile) => Promise<ReadonlyMap<string, StoredTensor> | Fault>;
}

/** Why weights cannot be read. */
interface Fault {
  readonly kind: 'broken' | 'unsupported';
  /** A sentence. */
  readonly reason: string;
}

/** In the order in which transformers looks for them (`SAFE_WEIGHTS_NAME`, `WEIGHTS_NAME` and their indices). */
const FORMATS: readonly WeightFormat[] = [
  {
    whole: 'model.safetensors',
    index: 'model.safetensors.index.json',
    files: /^model(?:-\d+-of-\d+)?\.safetensors$/,
    read: readSafetensors,
  },
  {
    whole: 'pytorch_model.bin',
    index: 'pytorch_model.bin.index.json',
    files: /^pytorch_model(?:-\d+-of-\d+)?\.bin$/,
    read: readTorch,
  },
];
/** What makes a PyTorch file one that anyone can read. */
const AGAIN = 'Save the model again as safetensors, with `save_pretrained`.';
/** Most files a model is split into. */
const MAX_SHARDS = 1000;
/** Most tensors of a model, over all its files: five times those of the largest there are. */
const MAX_TENSORS = 500_000;

/** Whether these files have weights that transformers would load, and that can be read. */
export function hasWeightFiles(files: readonly RepoFile[]): boolean {
  return formatOf(files) !== undefined;
}

/** The files that hold the weights, as far as names tell. */
export function weightHolders(files: readonly RepoFile[]): readonly RepoFile[] {
  const format = formatOf(files);
  return files.filter(({ path }) => format?.files.test(path) === true);
}

function formatOf(files: readonly RepoFile[]): WeightFormat | undefined {
  return FORMATS.find(({ whole, index }) => files.some(({ path }) => path === whole || path === index));
}

/**
 * Reads the heads of `model.safetensors` or `pytorch_model.bin`, or of the shards that its index names; no weights. Throws `RepoError`.
 */
export async function readWeightFiles(
  repo: Repo,
  files: readonly RepoFile[],
  mostTensors = MAX_TENSORS,
): Promise<WeightFiles> {
  const format = formatOf(files);
  if (format === undefined) return { kind: 'none' };
  const byPath = new Map(files.map((file) => [file.path, file]));
  const whole = byPath.get(format.whole);
  if (whole !== undefined) return readWhole(repo, whole, format);
  const index = byPath.get(format.index);
  return index === undefined ? { kind: 'none' } : readShards(repo, index, byPath, format, mostTensors);
}

/** Reads the head of one file, whatever it is called; no weights. Throws `RepoError`. */
export async function readWeightFile(repo: Repo, file: RepoFile): Promise<WeightFiles> {
  const read = file.path.endsWith('.safetensors') ? readSafetensors : readTorch;
  return readWhole(repo, file, { read });
}

async function readWhole(
  repo: Repo,
  file: RepoFile,
  format: Pick<WeightFormat, 'read'>,
): Promise<WeightFiles> {
  const tensors = new Map<string, RepoTensor>();
  const fault = await readInto(tensors, repo, file, format);
  const files = [file];
  return fault === null ? { kind: 'tensors', tensors, files, misplaced: [] } : { ...fault, files };
}

async function readShards(
  repo: Repo,
  index: RepoFile,
  byPath: ReadonlyMap<string, RepoFile>,
  format: WeightFormat,
  mostTensors: number,
): Promise<WeightFiles> {
  const read = await readShardIndex(repo, index);
  if (read.kind !== 'places') return { ...read, files: [index] };
  const { places } = read;
  // Each of them is loaded whole, in this order, wherever the index says that a tensor is.
  const names = shardsOf(places);
  if (names.length > MAX_SHARDS) {
    const reason = `${index.path} names ${names.length} files, more than the ${MAX_SHARDS} that are read.`;
    return { kind: 'unsupported', reason, files: [index] };
  }
  const missing = names.filter((name) => !byPath.has(name));
  if (missing.length > 0) {
    const some = missing.slice(0, 3).map((name) => preview(name));
    const reason = `${index.path} names ${some.join(', ')}${missing.length > 3 ? ', …' : ''}, which ${missing.length === 1 ? 'is' : 'are'} missing. Upload all of its files.`;
    return { ...broken(reason), files: [index] };
  }
  const shards = names.flatMap((name) => byPath.get(name) ?? []);
  const tensors = new Map<string, RepoTensor>();
  for (const shard of shards) {
    const fault = await readInto(tensors, repo, shard, format);
    if (fault !== null) return { ...fault, files: shards };
    if (tensors.size > mostTensors) {
      const reason = `Up to ${shard.path} the model has more than the ${mostTensors} tensors that are read.`;
      return { kind: 'unsupported', reason, files: shards };
    }
  }
  const misplaced = [...places].flatMap(([tensor, told]) => {
    const held = tensors.get(tensor)?.path;
    // Converters leave out a tensor that is tied to another, and name it in the index all the same: what is nowhere need not be missing.
    return held === undefined || held === told ? [] : [{ tensor, told, held }];
  });
  return { kind: 'tensors', tensors, files: shards, misplaced };
}

/** Reads the head of one file; says why when it cannot be read. Its tensors take the place of those before. */
async function readInto(
  tensors: Map<string, RepoTensor>,
  repo: Repo,
  file: RepoFile,
  { read }: Pick<WeightFormat, 'read'>,
): Promise<Fault | null> {
  const { path, size } = file;
  const source: ByteSource = {
    size,
    read: async (start, length) => (await repo.readRange(path, start, length)) ?? new Uint8Array(0),
  };
  const found = await read(source, file);
  if ('reason' in found) return found;
  for (const [name, tensor] of found) tensors.set(name, { ...tensor, path });
  return null;
}

async function readSafetensors(
  source: ByteSource,
  { path, size }: RepoFile,
): Promise<ReadonlyMap<string, StoredTensor> | Fault> {
  const read = await readSafetensorsHeader(source);
  switch (read.kind) {
    case 'truncated':
      return broken(
        `${path} is cut off: it has ${size} bytes, but its content needs at least ${read.bytes}. Upload it again.`,
      );
    case 'not-safetensors':
      return broken(`${path} is no safetensors file that can be read: ${read.detail}. Save the model again.`);
    case 'unsupported':
      return { kind: 'unsupported', reason: `${path} is not read: ${read.detail}.` };
    case 'header':
      return read.header.tensors;
  }
}

async function readTorch(
  source: ByteSource,
  { path, size }: RepoFile,
): Promise<ReadonlyMap<string, StoredTensor> | Fault> {
  const read = await readStateDict(source);
  switch (read.kind) {
    case 'truncated':
      return broken(
        `${path} is cut off: it has ${size} bytes, and the list of its entries is missing. Upload it again.`,
      );
    case 'broken':
      return broken(`${path} is no PyTorch file that can be read: ${read.detail}. ${AGAIN}`);
    case 'unsupported':
      return { kind: 'unsupported', reason: `${path} is not read: ${read.detail}. ${AGAIN}` };
    case 'tensors':
      return read.tensors;
  }
}

function broken(reason: string): Fault & { readonly kind: 'broken' } {
  return { kind: 'broken', reason };
}
