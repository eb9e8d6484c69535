import type { ByteSource } from '../onnx/protobuf.js';
import { preview } from '../preview.js';
import type { StoredTensor } from '../safetensors/header.js';
import { readPickle } from './pickle.js';
import { BrokenPickle, isKind, LargePickle, type Pickled, UnknownGlobal } from './pickled.js';
import { readStoredZip, type StoredEntry } from './stored-zip.js';

/** Type and bytes of one element, by the class that PyTorch keeps them in (`_dtype_to_storage_type_map` of torch/storage.py). */
const STORAGES: Readonly<Record<string, readonly [dtype: string, bytes: number]>> = {
  'torch.DoubleStorage': ['F64', 8],
  'torch.FloatStorage': ['F32', 4],
  'torch.HalfStorage': ['F16', 2],
  'torch.BFloat16Storage': ['BF16', 2],
  'torch.LongStorage': ['I64', 8],
  'torch.IntStorage': ['I32', 4],
  'torch.ShortStorage': ['I16', 2],
  'torch.CharStorage': ['I8', 1],
  'torch.ByteStorage': ['U8', 1],
  'torch.BoolStorage': ['BOOL', 1],
  'torch.ComplexFloatStorage': ['C64', 8],
};

const TENSOR = 'torch._utils._rebuild_tensor_v2';
const PARAMETER = 'torch._utils._rebuild_parameter';
/** All names that a pickle may have. */
const ALLOWED: ReadonlySet<string> = new Set([
  'collections.OrderedDict',
  TENSOR,
  PARAMETER,
  ...Object.keys(STORAGES),
]);

/**
 * Names that PyTorch itself takes as data, and that are not read here (`_get_allowed_globals` of torch/_weights_only_unpickler.py, release 2.9):
 * quantized, sparse and other tensors, types, devices.
 */
const DATA =
  /^(?:torch\._utils\._rebuild_\w+|torch\._tensor\._rebuild_from_type_v2|torch\.\w*Storage|torch\.storage\.(?:Typed|Untyped)Storage|torch\.(?:Size|device|Tensor|\w+Tensor)|torch\.(?:b?float|u?int|q?u?int|complex|bool|bits|per_)\w*|torch\.nn\.parameter\.(?:Parameter|Buffer)|torch\.serialization\._get_layout|collections\.Counter|_codecs\.encode|(?:builtins|__builtin__)\.(?:bytearray|set|complex))$/;

/** The longest pickle that is read, in bytes: a tensor takes about 170. */
const MAX_PICKLE_BYTES = 10_000_000;
/** Most axes of a tensor, as in PyTorch. */
const MAX_AXES = 64;

/** How files begin that PyTorch before release 1.6 wrote: a pickle of its magic number. */
const LEGACY = [0x80, 0x02, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19];
const ZIP = [0x50, 0x4b, 0x03, 0x04];

/** What a file turned out to be; each `detail` is the rest of a sentence. */
export type StateDictFile =
  | { readonly kind: 'tensors'; readonly tensors: ReadonlyMap<string, StoredTensor> }
  /** It may be sound, but is not read. */
  | { readonly kind: 'unsupported'; readonly detail: string }
  | { readonly kind: 'truncated' }
  | { readonly kind: 'broken'; readonly detail: string };

/** Ends the reading of tensors. */
class Refused extends Error {
  override readonly name = 'Refused';
  constructor(
    readonly kind: 'unsupported' | 'broken',
    message: string,
  ) {
    super(message);
  }
}

/**
 * Finds the tensors of a file that `torch.save` wrote of a state dict, such as `pytorch_model.bin`, and reads no weights. Its pickle is not unpickled:
 * it is read as a description, in which only tensors have names (`readPickle`). Throws what `source` throws.
 */
export async function readStateDict(source: ByteSource): Promise<StateDictFile> {
  const zip = await readStoredZip(source);
  if (zip.kind === 'broken' || zip.kind === 'unsupported') return zip;
  if (zip.kind === 'no-zip') return noZip(await source.read(0, LEGACY.length));
  try {
    const entries = ofArchive(zip.entries);
    await expectLittleEndian(source, entries);
    const pickle = entries.get('data.pkl');
    if (pickle === undefined) throw new Refused('broken', 'it is no archive of torch.save');
    if (pickle.length > MAX_PICKLE_BYTES) {
      const sizes = `${pickle.length} bytes, more than the ${MAX_PICKLE_BYTES} that are read`;
      throw new Refused('unsupported', `its pickle has ${sizes}`);
    }
    const bytes = await source.read(pickle.offset, pickle.length);
    return {
      kind: 'tensors',
      tensors: tensorsOf(
        readPickle(bytes, (name) => ALLOWED.has(name)),
        entries,
      ),
    };
  } catch (error) {
    if (error instanceof Refused) return { kind: error.kind, detail: error.message };
    if (error instanceof LargePickle) return { kind: 'unsupported', detail: error.message };
    if (error instanceof BrokenPickle) return { kind: 'broken', detail: error.message };
    if (!(error instanceof UnknownGlobal)) throw error;
    const name = preview(error.global).slice(1, -1);
    return DATA.test(error.global)
      ? { kind: 'unsupported', detail: `its pickle has ${name}, and only plain tensors are read` }
      : {
          kind: 'broken',
          detail: `its pickle wants to call ${name}, which is no part of a tensor. Nothing was executed. Whoever loads it with Python may run foreign code`,
        };
  }
}

function noZip(first: Uint8Array): StateDictFile {
  const begins = (with_: readonly number[]) => with_.every((byte, index) => first[index] === byte);
  if (begins(LEGACY)) {
    return { kind: 'unsupported', detail: 'it is in the format of PyTorch before release 1.6' };
  }
  return begins(ZIP) ? { kind: 'truncated' } : { kind: 'broken', detail: 'torch.save did not write it' };
}

/** The entries without the name of the archive, which is that of its folder. */
function ofArchive(entries: ReadonlyMap<string, StoredEntry>): ReadonlyMap<string, StoredEntry> {
  const [first = ''] = entries.keys();
  const folder = first.slice(0, first.indexOf('/') + 1);
  const inside = new Map<string, StoredEntry>();
  for (const [name, entry] of entries) {
    if (name.startsWith(folder)) inside.set(name.slice(folder.length), entry);
  }
  if (inside.has('constants.pkl')) throw new Refused('unsupported', 'it holds a TorchScript program');
  for (const [name, { packed }] of inside) {
    if (packed)
      throw new Refused('broken', `its entry ${preview(name)} is compressed, which torch.save never does`);
  }
  return inside;
}

async function expectLittleEndian(
  source: ByteSource,
  entries: ReadonlyMap<string, StoredEntry>,
): Promise<void> {
  const order = entries.get('byteorder');
  if (order === undefined) return;
  const text = new TextDecoder().decode(await source.read(order.offset, Math.min(order.length, 20)));
  if (text !== 'little') {
    throw new Refused('unsupported', `its numbers are stored in another order of bytes (${preview(text)})`);
  }
}

function tensorsOf(
  root: Pickled,
  entries: ReadonlyMap<string, StoredEntry>,
): ReadonlyMap<string, StoredTensor> {
  if (!isKind(root, 'dict')) throw new Refused('unsupported', 'it holds no dict of tensors');
  const tensors = new Map<string, StoredTensor>();
  for (const [name, value] of root.entries) {
    if (typeof name !== 'string') throw new Refused('unsupported', `its entry ${name} has no name`);
    const made = isKind(value, 'call') && value.name === PARAMETER ? value.args[0] : value;
    if (!isKind(made, 'call') || made.name !== TENSOR) {
      throw new Refused('unsupported', `its entry ${preview(name)} is no tensor`);
    }
    tensors.set(name, tensorOf(preview(name), made.args, entries));
  }
  return tensors;
}

/** A tensor of `_rebuild_tensor_v2(storage, storage_offset, size, stride, requires_grad, backward_hooks, metadata)`. */
function tensorOf(
  name: string,
  args: readonly Pickled[],
  entries: ReadonlyMap<string, StoredEntry>,
): StoredTensor {
  const [storage, start, size, stride, , , metadata] = args;
  const shape = countsOf(size);
  const steps = countsOf(stride);
  if (!isCount(start) || shape === null || steps === null || shape.length !== steps.length) {
    throw new Refused('broken', `tensor ${name} has no place or shape`);
  }
  // Bits that say that numbers are to be negated or conjugated when they are read.
  if (isKind(metadata, 'dict') ? metadata.entries.size > 0 : metadata !== undefined && metadata !== null) {
    throw new Refused('unsupported', `tensor ${name} has properties beside its numbers`);
  }
  const { dtype, bytes, count, entry } = storageOf(name, storage, entries);
  const numbers = shape.reduce((a, b) => a * b, 1);
  const axes = axesOf(shape, steps);
  // Of numbers that lie apart no range is made, so nothing of them is read.
  if (axes === null) return { dtype, shape, offset: entry.offset, length: 0, axes };
  if (!Number.isSafeInteger(numbers) || start + numbers > count) {
    throw new Refused(
      'broken',
      `tensor ${name} has ${numbers} numbers from ${start} on, but its storage ${count}`,
    );
  }
  const inOrder = axes.every((axis, index) => axis === index);
  return {
    dtype,
    shape,
    offset: entry.offset + start * bytes,
    length: numbers * bytes,
    ...(inOrder ? {} : { axes }),
  };
}

/** What a tensor is kept in: `('storage', type, key, location, count)`. */
function storageOf(name: string, storage: Pickled | undefined, entries: ReadonlyMap<string, StoredEntry>) {
  const id = isKind(storage, 'outside') ? storage.id : undefined;
  const [kind, type, key, , count] = isKind(id, 'tuple') ? id.items : [];
  if (kind !== 'storage' || !isKind(type, 'global') || typeof key !== 'string' || !isCount(count)) {
    throw new Refused('broken', `tensor ${name} has no storage`);
  }
  const known = Object.hasOwn(STORAGES, type.name) ? STORAGES[type.name] : undefined;
  const entry = entries.get(`data/${key}`);
  if (known === undefined || entry === undefined) {
    throw new Refused('broken', `the storage ${preview(key)} of tensor ${name} is not there`);
  }
  const [dtype, bytes] = known;
  if (count * bytes !== entry.length) {
    throw new Refused(
      'broken',
      `the storage ${preview(key)} of tensor ${name} has ${entry.length} bytes instead of ${count * bytes}`,
    );
  }
  return { dtype, bytes, count, entry };
}

/**
 * In which order the axes of a tensor lie in the file, the outermost first; null where its numbers do not lie behind one another without gaps,
 * whatever the order.
 */
function axesOf(shape: readonly number[], stride: readonly number[]): readonly number[] | null {
  const axes = [...shape.keys()];
  if (shape.includes(0)) return axes;
  const long = axes.filter((axis) => shape[axis] !== 1);
  const sorted = [...long].sort((a, b) => (stride[b] ?? 0) - (stride[a] ?? 0));
  let step = 1;
  for (const axis of sorted.toReversed()) {
    if (stride[axis] !== step) return null;
    step *= shape[axis] ?? 1;
  }
  // Where an axis of length one lies makes no difference: it stays.
  let next = 0;
  return axes.map((axis) => (shape[axis] === 1 ? axis : (sorted[next++] ?? axis)));
}

function countsOf(value: Pickled | undefined): readonly number[] | null {
  if (!isKind(value, 'tuple') || value.items.length > MAX_AXES) return null;
  return value.items.every(isCount) ? value.items : null;
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
