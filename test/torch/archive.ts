/** An entry of an archive; what its heads say can be bent. */
export interface Entry {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly method?: number;
  readonly flags?: number;
  /** What its own head calls it. */
  readonly alias?: string;
  /** Where the directory says that it begins. */
  readonly at?: number;
  /** What the directory says of its length. */
  readonly length?: number;
}

/** A zip archive of uncompressed entries, as `torch.save` writes it, but for the alignment. */
export function archive(
  entries: readonly Entry[],
  end: Partial<Record<'count' | 'at' | 'length', number>> = {},
) {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const {
    name,
    bytes,
    method = 0,
    flags = 0,
    alias = name,
    at: told = at,
    length = bytes.length,
  } of entries) {
    const head = Buffer.alloc(30);
    head.writeUInt32LE(0x04034b50);
    head.writeUInt16LE(flags, 6);
    head.writeUInt16LE(method, 8);
    head.writeUInt16LE(Buffer.byteLength(alias), 26);
    parts.push(head, Buffer.from(alias), Buffer.from(bytes));
    const listed = Buffer.alloc(46);
    listed.writeUInt32LE(0x02014b50);
    listed.writeUInt16LE(flags, 8);
    listed.writeUInt16LE(method, 10);
    listed.writeUInt32LE(length, 20);
    listed.writeUInt32LE(length, 24);
    listed.writeUInt16LE(Buffer.byteLength(name), 28);
    listed.writeUInt32LE(told, 42);
    directory.push(listed, Buffer.from(name));
    at += 30 + Buffer.byteLength(alias) + bytes.length;
  }
  const list = Buffer.concat(directory);
  const last = Buffer.alloc(22);
  last.writeUInt32LE(0x06054b50);
  last.writeUInt16LE(end.count ?? entries.length, 10);
  last.writeUInt32LE(end.length ?? list.length, 12);
  last.writeUInt32LE(end.at ?? at, 16);
  return Buffer.concat([...parts, list, last]);
}

/** Instructions of a pickle, by hand: numbers are bytes, texts are themselves. */
export function pickle(...parts: readonly (number | string | Uint8Array)[]): Buffer {
  return Buffer.concat(
    parts.map((part) => (typeof part === 'number' ? Buffer.of(part) : Buffer.from(part as Uint8Array))),
  );
}

/** BINUNICODE. */
export function text(value: string): Buffer {
  const length = Buffer.alloc(5);
  length.write('X');
  length.writeUInt32LE(Buffer.byteLength(value), 1);
  return Buffer.concat([length, Buffer.from(value)]);
}

/** BININT. */
export function int(value: number): Buffer {
  const bytes = Buffer.alloc(5);
  bytes.write('J');
  bytes.writeInt32LE(value, 1);
  return bytes;
}

/** GLOBAL. */
export function global(module: string, name: string): Buffer {
  return Buffer.from(`c${module}\n${name}\n`);
}

/** How a tensor is described. */
export interface Described {
  readonly storage?: string;
  readonly key?: string;
  readonly count?: number;
  readonly start?: number;
  readonly shape?: readonly number[];
  readonly stride?: readonly number[];
}

/** A call of `_rebuild_tensor_v2`. */
export function tensor({
  storage = 'FloatStorage',
  key = '0',
  count = 4,
  start = 0,
  shape = [4],
  stride = [1],
}: Described): Buffer {
  const tuple = (values: readonly number[]) => pickle('(', ...values.map(int), 't');
  const outside = pickle(
    '(',
    text('storage'),
    global('torch', storage),
    text(key),
    text('cpu'),
    int(count),
    't',
    'Q',
  );
  const hooks = pickle(global('collections', 'OrderedDict'), ')R');
  return pickle(
    global('torch._utils', '_rebuild_tensor_v2'),
    '(',
    outside,
    int(start),
    tuple(shape),
    tuple(stride),
    0x89,
    hooks,
    't',
    'R',
  );
}

/** A file with one pickle, and sixteen bytes of numbers. */
export function stateDictFile(root: Uint8Array, more: readonly Entry[] = []): Buffer {
  return archive([
    { name: 'a/data.pkl', bytes: pickle(0x80, 2, root, '.') },
    { name: 'a/data/0', bytes: new Uint8Array(16) },
    ...more,
  ]);
}

/** A dict of one tensor with this name. */
export function dictOf(name: string, value: Uint8Array): Buffer {
  return pickle('}', text(name), value, 's');
}

/** A state dict of contiguous tensors in a file, as `torch.save` writes it. */
export function torchFile(
  tensors: readonly {
    readonly name: string;
    readonly storage: string;
    readonly shape: readonly number[];
    readonly bytes: Uint8Array;
  }[],
): Buffer {
  const width: Readonly<Record<string, number>> = {
    FloatStorage: 4,
    HalfStorage: 2,
    BFloat16Storage: 2,
    LongStorage: 8,
  };
  const items = tensors.map(({ name, storage, shape, bytes }, index) => {
    const stride = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
    const count = bytes.length / (width[storage] ?? 1);
    return pickle(text(name), tensor({ storage, key: String(index), count, shape, stride }), 's');
  });
  return archive([
    {
      name: 'model/data.pkl',
      bytes: pickle(0x80, 2, global('collections', 'OrderedDict'), ')R', ...items, '.'),
    },
    ...tensors.map(({ bytes }, index) => ({ name: `model/data/${index}`, bytes })),
  ]);
}
