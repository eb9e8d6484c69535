import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { Head } from '../../src/architectures/architecture.js';
import { ARCHITECTURES, buildGraph } from '../../src/architectures/index.js';
import type { LocatedTensor, ModelTensors } from '../../src/architectures/weights.js';
import { readSafetensorsHeader } from '../../src/safetensors/header.js';

/** A tiny model and the outputs of a forward pass in PyTorch (references/*.py). */
export interface ReferenceModel {
  readonly name: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly dtype: 'F32' | 'F16' | 'BF16';
  readonly seed: number;
  /** Shape by name, in order. */
  readonly tensors: Readonly<Record<string, readonly number[]>>;
  /** Rows of numbers by name. */
  readonly inputs: Readonly<Record<string, readonly (readonly number[])[]>>;
  /** Each how many tokens of the outputs are kept. */
  readonly every: number;
  readonly outputs: Readonly<Record<string, readonly number[]>>;
}

/** The files in references/: each architecture has one, with the name of its first model type. */
export const REFERENCES: readonly string[] = ARCHITECTURES.map(({ modelTypes: [type = ''] }) => type);

/** The models of a file in references/. */
export function referenceModels(name: string): readonly ReferenceModel[] {
  const path = fileURLToPath(new URL(`./references/${name}.jsonl`, import.meta.url));
  return readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as ReferenceModel);
}

/** The same model with other names for its tensors. */
export function renamed<Model extends ReferenceModel>(model: Model, name: (old: string) => string): Model {
  const tensors = Object.entries(model.tensors).map(([old, shape]) => [name(old), shape] as const);
  return { ...model, tensors: Object.fromEntries(tensors) };
}

/** The numbers of a weight (references/weights.py, `made_of`). */
function numbersOf(name: string, count: number, order: number, seed: number): Float32Array {
  const start = (seed * 1_000_003 + order * 7919) % 2 ** 32;
  return Float32Array.from({ length: count }, (_, index) => {
    let x = (Math.imul(index + 1, 0x9e3779b9) + start) >>> 0;
    x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
    x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
    const value = (((x ^ (x >>> 16)) >>> 25) - 64) / 128;
    return name.toLowerCase().endsWith('norm.weight') ? Math.floor(value * 64) / 128 + 1 : value;
  });
}

/** Bytes of numbers that the type holds exactly. */
function stored(numbers: Float32Array, dtype: ReferenceModel['dtype']): Uint8Array {
  if (dtype === 'F32') return new Uint8Array(numbers.buffer);
  const bits = new Uint32Array(numbers.buffer);
  const halves = Uint16Array.from(bits, (word) => {
    if (dtype === 'BF16') return word >>> 16;
    const exponent = ((word >>> 23) & 0xff) - 127;
    // Nothing here is so small that float16 would store it without a leading one.
    return word === 0 ? 0 : ((word >>> 16) & 0x8000) | ((exponent + 15) << 10) | ((word >>> 13) & 0x3ff);
  });
  return new Uint8Array(halves.buffer);
}

/** The model as a safetensors file. */
export function safetensorsOf(model: Pick<ReferenceModel, 'tensors' | 'dtype' | 'seed'>): Uint8Array {
  const header: Record<string, unknown> = { __metadata__: { format: 'pt' } };
  const parts: Uint8Array[] = [];
  let end = 0;
  for (const [order, [name, shape]] of Object.entries(model.tensors).entries()) {
    const count = shape.reduce((a, b) => a * b, 1);
    const positions = name.endsWith('position_ids');
    const bytes = positions
      ? new Uint8Array(BigInt64Array.from({ length: count }, (_, index) => BigInt(index)).buffer)
      : stored(numbersOf(name, count, order, model.seed), model.dtype);
    const from = end;
    end += bytes.length;
    header[name] = { dtype: positions ? 'I64' : model.dtype, shape, data_offsets: [from, end] };
    parts.push(bytes);
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  const length = new Uint8Array(BigUint64Array.of(BigInt(json.length)).buffer);
  return Buffer.concat([length, json, ...parts]);
}

/** The tensors of a model, as the header of its file tells. */
export async function tensorsOf(
  model: ReferenceModel,
  location = 'model.safetensors',
): Promise<Map<string, LocatedTensor>> {
  const bytes = safetensorsOf(model);
  const file = await readSafetensorsHeader({
    size: bytes.length,
    read: async (start, length) => bytes.subarray(start, start + length),
  });
  if (file.kind !== 'header') throw new Error(file.kind);
  return new Map([...file.header.tensors].map(([name, tensor]) => [name, { ...tensor, location }]));
}

/** What scripts/measure-architectures.ts asks for: the device that models run on, and the file that differences are written to. */
const { ARCHITECTURES_DEVICE: device = 'cpu', ARCHITECTURES_DIFFERENCES: record } = process.env;

/** The largest difference to PyTorch that is allowed, in any number of any output; any where it is measured on another device. */
export const TOLERANCE = device === 'cpu' ? 2e-5 : Number.POSITIVE_INFINITY;

/** The model that was opened last: differences are its. */
let opened: ReferenceModel | undefined;

/** What is made of the tensors of a file before a graph is built of them. */
export type Joined = (all: ReadonlyMap<string, LocatedTensor>) => ModelTensors;

/** Writes the weights of a model into a folder, builds its graphs, and loads one with the weights in place. */
export async function openReference(
  folder: string,
  model: ReferenceModel,
  head: Head,
  role = 'model',
  joined: Joined = (all) => all,
): Promise<InferenceSession> {
  const location = `${model.seed}.safetensors`;
  writeFileSync(join(folder, location), safetensorsOf(model));
  const built = buildGraph(model.config, joined(await tensorsOf(model, location)), head);
  if (built.kind !== 'built') throw new Error(built.reason);
  const graph = built.graph.graphs[role];
  if (graph === undefined) throw new Error(`There is no ${role}.`);
  opened = model;
  return InferenceSession.create(graph, {
    executionProviders: [device],
    graphOptimizationLevel: model.dtype === 'F32' ? 'disabled' : 'basic',
    intraOpNumThreads: 1,
    logSeverityLevel: 3,
    extra: { session: { disable_prepacking: '1', model_external_initializers_file_folder_path: folder } },
  });
}

/** Rows of whole numbers as a tensor. */
export function rowsOf(rows: readonly (readonly number[])[]): Tensor {
  return new Tensor('int64', BigInt64Array.from(rows.flat(), BigInt), [rows.length, rows[0]?.length ?? 0]);
}

/** The largest difference between numbers; not a number when there are not as many. */
export function largestDifference(seen: readonly number[], wanted: readonly number[]): number {
  if (seen.length !== wanted.length) return Number.NaN;
  const difference = wanted.reduce(
    (most, value, index) => Math.max(most, Math.abs(value - (seen[index] ?? Number.NaN))),
    0,
  );
  if (record !== undefined && opened !== undefined) {
    const { config, dtype, name } = opened;
    const { model_type: type, architectures } = config;
    const line = { device, type, class: String(architectures), dtype, name, difference };
    appendFileSync(record, `${JSON.stringify(line)}\n`);
  }
  return difference;
}
