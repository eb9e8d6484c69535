import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { InferenceSession } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { buildGraph } from '../../src/architectures/index.js';
import type { StoredTensor } from '../../src/safetensors/header.js';
import { readStateDict } from '../../src/torch/state-dict.js';
import { largestDifference, referenceModels, rowsOf, tensorsOf } from '../architectures/reference-models.js';
import { cpuTime } from '../cpu-time.js';
import {
  archive,
  type Described,
  dictOf,
  global,
  int,
  pickle,
  stateDictFile,
  tensor,
  text,
} from './archive.js';

/** Files that PyTorch wrote (files/make.py). */
const FILES = fileURLToPath(new URL('./files/', import.meta.url));

function bytesOf(name: string): Buffer {
  return readFileSync(join(FILES, name));
}

async function read(bytes: Uint8Array) {
  return readStateDict({
    size: bytes.length,
    read: async (start, length) => bytes.subarray(start, start + length),
  });
}

async function tensors(bytes: Uint8Array): Promise<ReadonlyMap<string, StoredTensor>> {
  const found = await read(bytes);
  if (found.kind !== 'tensors') throw new Error(JSON.stringify(found));
  return found.tensors;
}

/** What is said of a file. */
async function verdict(bytes: Uint8Array): Promise<string> {
  const found = await read(bytes);
  return 'detail' in found ? `${found.kind}: ${found.detail}` : found.kind;
}

/** float32 numbers of a tensor, in the order of its own axes. */
function numbers(bytes: Buffer, tensor: StoredTensor | undefined): number[] {
  if (tensor === undefined) throw new Error('no such tensor');
  const { shape, offset, length, axes } = tensor;
  const data = Array.from({ length: length / 4 }, (_, index) => bytes.readFloatLE(offset + 4 * index));
  if (axes === undefined || axes === null) return data;
  const lies = axes.map((axis) => shape[axis] ?? 1);
  return data.map((_, index) => {
    let rest = index;
    const at = shape.map(() => 0);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      at[axis] = rest % (shape[axis] ?? 1);
      rest = Math.floor(rest / (shape[axis] ?? 1));
    }
    const place = axes.reduce((sum, axis, order) => sum * (lies[order] ?? 1) + (at[axis] ?? 0), 0);
    return data[place] ?? Number.NaN;
  });
}

describe('a file that PyTorch wrote', () => {
  it.each(['state-dict.bin', 'plain-dict.bin', 'protocol-4.bin'])('%s: every tensor', async (name) => {
    const bytes = bytesOf(name);
    const found = await tensors(bytes);
    expect([...found].slice(0, 11).map(([type, { dtype, length }]) => [type, dtype, length])).toEqual([
      ['float64', 'F64', 16],
      ['float32', 'F32', 8],
      ['float16', 'F16', 4],
      ['bfloat16', 'BF16', 4],
      ['int64', 'I64', 16],
      ['int32', 'I32', 8],
      ['int16', 'I16', 4],
      ['int8', 'I8', 2],
      ['uint8', 'U8', 2],
      ['bool', 'BOOL', 2],
      ['complex64', 'C64', 16],
    ]);
    const range = (from: number, count: number) => Array.from({ length: count }, (_, index) => from + index);
    expect(numbers(bytes, found.get('float32'))).toEqual([0, 1]);
    expect(numbers(bytes, found.get('grid'))).toEqual(range(0, 24));
    expect(found.get('tied')).toEqual(found.get('grid'));
    expect(found.get('part')?.shape).toEqual([3, 4]);
    expect(numbers(bytes, found.get('part'))).toEqual(range(12, 12));
    expect(found.get('turned')?.shape).toEqual([4, 2, 3]);
    // Element [k, i, j] is element [i, j, k] of the grid.
    const turned = range(0, 24).map((index) => {
      const [k, i, j] = [Math.floor(index / 6), Math.floor(index / 3) % 2, index % 3];
      return i * 12 + j * 4 + k;
    });
    expect(numbers(bytes, found.get('turned'))).toEqual(turned);
    expect(numbers(bytes, found.get('turned.with.ones'))).toEqual([0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11]);
    expect(numbers(bytes, found.get('parameter'))).toEqual([0, 1, 2, 3]);
    expect(found.get('number')).toMatchObject({ shape: [], length: 4 });
    expect(numbers(bytes, found.get('number'))).toEqual([7]);
    expect(found.get('empty')).toMatchObject({ shape: [0, 3], length: 0 });
    // Numbers that lie apart, or are there once for several places, make no range.
    expect(found.get('expanded')).toMatchObject({ shape: [2, 3], length: 0, axes: null });
    expect(found.get('column')).toMatchObject({ shape: [2, 3], length: 0, axes: null });
    expect(found.size).toBe(21);
  });

  it.each([
    ['legacy.bin', 'unsupported: it is in the format of PyTorch before release 1.6'],
    [
      'quantized.bin',
      'unsupported: its pickle has torch._utils._rebuild_qtensor, and only plain tensors are read',
    ],
    ['nested.bin', 'unsupported: its entry "state_dict" is no tensor'],
    ['script.bin', 'unsupported: it holds a TorchScript program'],
    [
      'numpy.bin',
      /^broken: its pickle wants to call numpy\.core\.multiarray\._reconstruct, which is no part/,
    ],
  ] as const)('%s is refused', async (name, wanted) => {
    const said = await verdict(bytesOf(name));
    if (typeof wanted === 'string') expect(said).toBe(wanted);
    else expect(said).toMatch(wanted);
  });

  it('bert.bin: read in place, turned matrices too, it gives what PyTorch gives', async () => {
    const [model] = referenceModels('bert');
    if (model === undefined) throw new Error('no model');
    const found = await tensors(bytesOf('bert.bin'));
    const plain = await tensorsOf(model);
    const shapes = (all: ReadonlyMap<string, StoredTensor>) =>
      [...all].map(([name, { shape }]) => [name, shape]);
    expect(shapes(found)).toEqual(shapes(plain));
    expect([...found.values()].filter(({ axes }) => axes !== undefined).length).toBeGreaterThan(5);
    const located = new Map([...found].map(([name, one]) => [name, { ...one, location: 'bert.bin' }]));
    const built = buildGraph(model.config, located, 'Model');
    if (built.kind !== 'built') throw new Error(built.reason);
    for (const level of ['disabled', 'basic'] as const) {
      const session = await InferenceSession.create(built.graph.graphs.model ?? new Uint8Array(), {
        graphOptimizationLevel: level,
        intraOpNumThreads: 1,
        logSeverityLevel: 3,
        extra: { session: { disable_prepacking: '1', model_external_initializers_file_folder_path: FILES } },
      });
      const feeds = Object.fromEntries(
        session.inputNames.map((name) => [name, rowsOf(model.inputs[name] ?? [])]),
      );
      const { last_hidden_state: states } = await session.run(feeds);
      const [, length = 1, width = 1] = states?.dims ?? [];
      const kept = Array.from(states?.data as Float32Array).filter(
        (_, index) => model.every === 1 || (Math.floor(index / width) % length) % model.every === 0,
      );
      expect(largestDifference(kept, model.outputs.last_hidden_state ?? [])).toBeLessThan(2e-5);
      await session.release();
    }
  });
});

describe('a pickle that wants more than tensors', () => {
  const command = text('touch /tmp/a-pickle-was-run');
  it.each([
    ['os.system', pickle(global('os', 'system'), '(', command, 'tR'), 'os.system'],
    ['posix.system', dictOf('a', pickle(global('posix', 'system'), '(', command, 'tR')), 'posix.system'],
    ['builtins.eval', pickle(global('builtins', 'eval'), '(', command, 'tR'), 'builtins.eval'],
    ['__builtin__.exec', pickle(global('__builtin__', 'exec'), '(', command, 'tR'), '__builtin__.exec'],
    ['a name alone, never called', pickle(global('subprocess', 'Popen'), '0}'), 'subprocess.Popen'],
    [
      'getattr by way of builtins',
      pickle(global('builtins', 'getattr'), '(', global('os', 'system'), 'tR'),
      'builtins.getattr',
    ],
    [
      'copyreg',
      pickle(global('copyreg', '_reconstructor'), '(', global('os', 'system'), 'tR'),
      'copyreg._reconstructor',
    ],
    ['an instance (INST)', pickle('(', command, 'ios\nsystem\n'), 'os.system'],
    [
      'names from the stack (STACK_GLOBAL)',
      pickle(text('os'), text('system'), 0x93, command, 0x85, 'R'),
      'os.system',
    ],
    ['a dotted name', pickle(global('torch', 'os.system'), command, 0x85, 'R'), 'torch.os.system'],
    [
      'a name with a dot in the module',
      pickle(global('torch._utils', '_rebuild_tensor_v2.__globals__'), ')R'),
      'torch._utils._rebuild_tensor_v2.__globals__',
    ],
    ['what torch itself can run', pickle(global('torch.hub', 'load'), ')R'), 'torch.hub.load'],
    ['a name with control characters', pickle(global('o\u001b[2Js', 'system'), ')R'), 'o\\u001b[2Js.system'],
    ['a name of a prototype', pickle(global('constructor', 'prototype'), ')R'), 'constructor.prototype'],
    [
      'hooks of a tensor',
      dictOf('a', pickle(global('torch._utils', '_rebuild_tensor_v2'), '(', global('os', 'system'), 'tR')),
      'os.system',
    ],
  ])('%s is refused by name', async (_, root, name) => {
    expect(await verdict(stateDictFile(root))).toBe(
      `broken: its pickle wants to call ${name}, which is no part of a tensor. Nothing was executed. Whoever loads it with Python may run foreign code`,
    );
  });

  it.each([
    [
      'a text that is called',
      pickle(text('os.system'), command, 0x85, 'R'),
      'its pickle calls what is no function',
    ],
    [
      'a storage as a function',
      pickle('}', text('a'), global('torch', 'FloatStorage'), ')R', 's'),
      'its entry "a" is no tensor',
    ],
    [
      'an object (NEWOBJ)',
      pickle(global('collections', 'OrderedDict'), ')', 0x81),
      'its pickle has the instruction 0x81',
    ],
    [
      'an object (OBJ)',
      pickle('(', global('collections', 'OrderedDict'), 'o'),
      'its pickle has the instruction 0x6f',
    ],
    ['the extension registry', pickle(0x82, 1), 'its pickle has the instruction 0x82'],
    [
      'attributes of a tensor',
      dictOf('a', pickle(tensor({}), '}', 'b')),
      'its pickle sets attributes of what is no dict',
    ],
    [
      'attributes of a class',
      pickle(global('collections', 'OrderedDict'), '}b'),
      'its pickle sets attributes',
    ],
    [
      'a dict of pairs',
      pickle(global('collections', 'OrderedDict'), ']', 0x85, 'R'),
      'its pickle makes a dict of something else',
    ],
    ['a list for a dict', pickle(']'), 'it holds no dict of tensors'],
    [
      'keys that are tensors',
      pickle('}', tensor({}), tensor({}), 's'),
      'its pickle has a key that is neither text nor number',
    ],
    ['keys that are numbers', pickle('}', int(1), tensor({}), 's'), 'its entry 1 has no name'],
    ['the text of a pickle (protocol 0)', pickle("S'a'\n"), 'its pickle has the instruction 0x53'],
    ['a value that is not there', pickle('h', 7), 'its pickle recalls a value that is not there'],
    ['an empty stack', pickle('0'), 'its pickle has the instruction 0x30'],
    ['a mark that is taken', pickle('(', 's'), 'its pickle takes a value that is not there'],
    ['no mark', pickle('t'), 'its pickle takes a mark that is not there'],
    ['a text longer than the file', pickle('X', 0xff, 0xff, 0xff, 0xff), 'its pickle is cut off'],
    ['a longer text still', pickle(0x8d, ...Array<number>(8).fill(0xff)), 'its pickle is cut off'],
    ['a name without an end', pickle('c', 'a'.repeat(300)), 'its pickle has a name without an end'],
    ['an odd number of items', pickle('}(', text('a'), 'u'), 'its pickle sets items of what is no dict'],
    [
      'a number of 255 bytes',
      pickle(0x8a, 255, new Uint8Array(255)),
      'its pickle has a number that no file is long enough for',
    ],
    ['a list inside of itself', pickle(']q', 0, 'h', 0, 'a'), 'it holds no dict of tensors'],
    ['a dict inside of itself', pickle('}q', 0, text('a'), 'h', 0, 's'), 'its entry "a" is no tensor'],
  ])('%s', async (_, root, wanted) => {
    expect(await verdict(stateDictFile(root))).toContain(wanted);
  });
});

describe('a tensor that is not where it says', () => {
  it.each<[string, Described, string]>([
    ['beyond its storage', { shape: [5] }, 'tensor "a" has 5 numbers from 0 on, but its storage 4'],
    [
      'beyond its storage, from the middle',
      { start: 1 },
      'tensor "a" has 4 numbers from 1 on, but its storage 4',
    ],
    ['before its storage', { start: -1 }, 'tensor "a" has no place or shape'],
    ['of a negative length', { shape: [-4] }, 'tensor "a" has no place or shape'],
    ['backwards', { stride: [-1] }, 'tensor "a" has no place or shape'],
    ['with fewer strides', { shape: [2, 2] }, 'tensor "a" has no place or shape'],
    [
      'with more axes than there are',
      { shape: Array(65).fill(1), stride: Array(65).fill(1) },
      'tensor "a" has no place or shape',
    ],
    [
      'of a size that overflows',
      { shape: [2 ** 30, 2 ** 30], stride: [2 ** 30, 1] },
      'tensor "a" has 1152921504606847000 numbers from 0 on, but its storage 4',
    ],
    [
      'in a storage that is not there',
      { key: '../data.pkl' },
      'the storage "../data.pkl" of tensor "a" is not there',
    ],
    [
      'in a storage of another size',
      { count: 5 },
      'the storage "0" of tensor "a" has 16 bytes instead of 20',
    ],
    [
      'in a storage of another type',
      { storage: 'DoubleStorage' },
      'the storage "0" of tensor "a" has 16 bytes instead of 32',
    ],
  ])('%s', async (_, described, wanted) => {
    expect(await verdict(stateDictFile(dictOf('a', tensor(described))))).toBe(`broken: ${wanted}`);
  });

  it('but two may share one, and overlap', async () => {
    const root = pickle('}(', text('a'), tensor({}), text('b'), tensor({ start: 1, shape: [3] }), 'u');
    expect([...(await tensors(stateDictFile(root))).values()].map(({ length }) => length)).toEqual([16, 12]);
  });

  it('and numbers that are to be conjugated are refused', async () => {
    const plain = tensor({}).subarray(0, -2);
    const root = dictOf('a', pickle(plain, '}', text('conj'), 0x88, 's', 'tR'));
    expect(await verdict(stateDictFile(root))).toBe(
      'unsupported: tensor "a" has properties beside its numbers',
    );
  });
});

describe('a hostile archive', () => {
  const good = { name: 'a/data.pkl', bytes: pickle(0x80, 2, dictOf('a', tensor({})), '.') };
  const data = { name: 'a/data/0', bytes: new Uint8Array(16) };
  it.each<[string, Uint8Array, string]>([
    ['nothing', new Uint8Array(), 'broken: torch.save did not write it'],
    ['a text', Buffer.from('version https://git-lfs'), 'broken: torch.save did not write it'],
    ['cut off', archive([good, data]).subarray(0, -30), 'truncated'],
    ['something behind it', Buffer.concat([archive([good, data]), Buffer.of(0)]), 'truncated'],
    [
      'an end inside of something',
      Buffer.concat([Buffer.alloc(5), archive([good, data])]),
      'broken: its directory does not end where the archive does',
    ],
    ['no entries', archive([]), 'broken: it is no archive of torch.save'],
    ['no pickle', archive([data]), 'broken: it is no archive of torch.save'],
    ['a name twice', archive([good, data, data]), 'broken: its entry "a/data/0" is there twice'],
    ['compressed', archive([good, { ...data, method: 8 }]), 'broken: its entry "data/0" is compressed'],
    [
      'a compressed pickle',
      archive([{ ...good, method: 8 }, data]),
      'broken: its entry "data.pkl" is compressed',
    ],
    ['encrypted', archive([good, { ...data, flags: 1 }]), 'broken: its entry "a/data/0" is encrypted'],
    [
      'other names in other places',
      archive([good, { ...data, alias: 'a/data/1' }]),
      'broken: its entry "a/data/0" is another one than the directory says',
    ],
    [
      'entries over one another',
      archive([good, { ...data, length: 100 }, { ...data, name: 'a/data/1' }]),
      'broken: its entry "a/data/0" runs into what follows',
    ],
    [
      'entries in the directory',
      archive([good, { ...data, length: 100 }]),
      'broken: its entry "a/data/0" runs into what follows',
    ],
    [
      'one entry under two names',
      archive([good, data, { ...data, name: 'a/data/1', at: 0 }]),
      'broken: its entry "a/data/1" is another one than the directory says',
    ],
    [
      'an entry behind the end',
      archive([good, { ...data, at: 0x7fffffff }]),
      'broken: its entry "a/data/0" begins behind the others',
    ],
    [
      'an entry that is no entry',
      archive([good, { ...data, at: 1 }]),
      'broken: its entry "a/data/0" is not where the directory says',
    ],
    [
      'a length of 64 bits that is missing',
      archive([good, { ...data, length: 0xffffffff }]),
      'broken: its entry "a/data/0" has no size that can be read',
    ],
    ['more entries than it has', archive([good, data], { count: 3 }), 'broken: its directory is cut off'],
    [
      'fewer entries than it has',
      archive([good, data], { count: 1 }),
      'broken: its directory has more bytes than entries',
    ],
    [
      'a directory elsewhere',
      archive([good, data], { at: 0 }),
      'broken: its directory does not end where the archive does',
    ],
    [
      'many entries',
      archive([good, data], { count: 65535 }),
      'unsupported: it has 65535 entries, more than the 50000 that are read',
    ],
    [
      'big numbers first',
      archive([good, data, { name: 'a/byteorder', bytes: Buffer.from('big') }]),
      'unsupported: its numbers are stored in another order of bytes ("big")',
    ],
  ])('%s', async (_, bytes, wanted) => {
    expect(await verdict(bytes)).toContain(wanted);
  });

  it('is refused at once, however its pickle nests, recalls or repeats', async () => {
    const million = 1_000_000;
    const many = (byte: string) => Buffer.alloc(9 * million, byte);
    const recall = Buffer.concat(Array.from({ length: million }, () => pickle('h', 1)));
    for (const root of [
      many('('),
      many(']'),
      pickle(many('('), many('t')),
      pickle(many(')'), many(String.fromCharCode(0x85))),
      // A list of a list of …, each several times.
      pickle(
        ...Array.from({ length: 250 }, (_, index) =>
          pickle(']q', index, '(', ...Array<Buffer>(20).fill(pickle('h', Math.max(index - 1, 0))), 'e'),
        ),
      ),
      // A long list, and again and again what is made of it.
      pickle(']q', 1, '(', ...Array<string>(9000).fill('N'), 'e', recall),
      Buffer.concat([
        pickle('}'),
        ...Array.from({ length: 300_000 }, (_, index) => pickle(int(index), 'Ns')),
      ]),
    ]) {
      const computed = cpuTime();
      expect(await verdict(stateDictFile(root))).toMatch(/^(?:broken|unsupported): /);
      expect(computed()).toBeLessThan(3000);
    }
    expect(await verdict(stateDictFile(Buffer.alloc(10_000_001)))).toBe(
      'unsupported: its pickle has 10000004 bytes, more than the 10000000 that are read',
    );
  });

  it('is refused before its bytes become a gigabyte of values', async () => {
    // Each byte makes a map, a tuple, or something to remember: a hundred times its size.
    const unit = (...bytes: readonly number[]) => Buffer.alloc(2_200_000, Buffer.from(bytes));
    for (const root of [
      pickle(']', unit(0x7d, 0x61)),
      pickle('N', unit(0x85)),
      pickle('N', unit(0x51)),
      pickle(']', unit(0x94)),
    ]) {
      expect(await verdict(stateDictFile(root))).toBe(
        'unsupported: its pickle makes more than the 1000000 values that are read',
      );
    }
  });
});

describe('whatever a stranger changes', () => {
  it.each(['state-dict.bin', 'bert.bin'])('in %s is read, or refused; it never throws', async (name) => {
    const whole = bytesOf(name);
    const pickleAt = whole.indexOf('collections');
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.tuple(
            fc.oneof(
              fc.nat(whole.length - 1),
              fc.integer({ min: pickleAt, max: pickleAt + 1500 }),
              fc.integer({ min: whole.length - 900, max: whole.length - 1 }),
            ),
            fc.nat(255),
          ),
          { maxLength: 5 },
        ),
        fc.option(fc.nat(whole.length), { freq: 10 }),
        async (changes, end) => {
          const bytes = Uint8Array.from(end === null ? whole : whole.subarray(0, end));
          for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
          const found = await read(bytes);
          if (found.kind !== 'tensors') return;
          for (const { offset, length, shape } of found.tensors.values()) {
            expect(offset + length).toBeLessThanOrEqual(bytes.length);
            expect(shape.every((one) => Number.isSafeInteger(one) && one >= 0)).toBe(true);
          }
        },
      ),
      { numRuns: 1500 },
    );
  });
});
