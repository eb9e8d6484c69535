import type { GraphValue, TensorType } from '../smoke/session.js';

/** A weight that lies in a file beside the graph. */
export interface ExternalData {
  readonly tensor: string;
  /** Path relative to the graph's folder. */
  readonly location: string;
  /** Bytes of the file that the graph needs, from its start; null when the graph does not say. */
  readonly end: number | null;
}

/** What the head of an ONNX file says, without its weights. */
export interface OnnxGraph {
  readonly irVersion: number;
  /** Opset by domain; the empty string is ai.onnx. */
  readonly opsets: Readonly<Record<string, number>>;
  /** Inputs that are no weights. */
  readonly inputs: readonly GraphValue[];
  readonly outputs: readonly GraphValue[];
  readonly external: readonly ExternalData[];
  /** Rows of the table that the input `input_ids` is looked up in; null when there is none. */
  readonly tokenRows: number | null;
}

/** What a file turned out to be. */
export type OnnxFile =
  | { readonly kind: 'graph'; readonly graph: OnnxGraph }
  /** A part of it is longer than the file; `bytes` is how long the file would have to be at least. */
  | { readonly kind: 'truncated'; readonly bytes: number }
  | { readonly kind: 'not-onnx'; readonly detail: string }
  /** More parts than are worth reading; the runtime must decide. */
  | { readonly kind: 'too-complex' };

/** Random access to a file. `read` may give fewer bytes at the end. */
export interface ByteSource {
  readonly size: number;
  read(start: number, length: number): Promise<Uint8Array>;
}

/** Most fields that are read, all messages together; a graph of 100,000 nodes has about a million. */
const MAX_FIELDS = 3_000_000;
const WINDOW_BYTES = 1 << 20;

/** TensorProto.DataType, by number. */
const TYPES: readonly (TensorType | null)[] = [
  null,
  'float32',
  'uint8',
  'int8',
  'uint16',
  'int16',
  'int32',
  'int64',
  'string',
  'bool',
  'float16',
  'float64',
  'uint32',
  'uint64',
];

class Truncated extends Error {
  constructor(readonly bytes: number) {
    super('truncated');
  }
}
class NotOnnx extends Error {}
class TooComplex extends Error {}

/**
 * Reads the structure of an ONNX file (onnx.proto3, ModelProto): field by field, skipping the weights, so that a graph of
 * gigabytes costs a few small reads. Never throws for what the file holds.
 */
export async function readOnnxGraph(source: ByteSource): Promise<OnnxFile> {
  try {
    return { kind: 'graph', graph: await readModel(new Reader(source)) };
  } catch (error) {
    if (error instanceof Truncated) return { kind: 'truncated', bytes: error.bytes };
    if (error instanceof NotOnnx) return { kind: 'not-onnx', detail: error.message };
    if (error instanceof TooComplex) return { kind: 'too-complex' };
    throw error;
  }
}

/** A field of a protobuf message: its number, its value when it is a number, else where its bytes are. */
interface Field {
  readonly number: number;
  readonly value: number;
  readonly start: number;
  readonly end: number;
  readonly isBytes: boolean;
}

/** Reads protobuf fields through a window on the file. */
class Reader {
  private window: Uint8Array = new Uint8Array(0);
  private windowStart = 0;
  private fields = 0;

  constructor(private readonly source: ByteSource) {}

  get size(): number {
    return this.source.size;
  }

  /** Calls `visit` for each field between two offsets; waits for it only when it has to read itself. */
  async each(start: number, end: number, visit: (field: Field) => Promise<void> | undefined): Promise<void> {
    let position = start;
    while (position < end) {
      if (++this.fields > MAX_FIELDS) throw new TooComplex();
      // A tag and a value take twenty bytes at most.
      if (!this.has(position, Math.min(20, end - position))) await this.load(position, 20);
      const tag = this.varint(position, end);
      const number = Math.floor(tag.value / 8);
      const wire = tag.value % 8;
      if (number === 0) throw new NotOnnx('it is no protobuf message');
      let field: Field;
      if (wire === 0) {
        const { value, next } = this.varint(tag.next, end);
        field = { number, value, start: next, end: next, isBytes: false };
      } else if (wire === 2) {
        const { value, next } = this.varint(tag.next, end);
        field = { number, value, start: next, end: next + value, isBytes: true };
      } else if (wire === 1 || wire === 5) {
        const next = tag.next + (wire === 1 ? 8 : 4);
        field = { number, value: 0, start: tag.next, end: next, isBytes: false };
      } else {
        throw new NotOnnx('it is no protobuf message');
      }
      if (field.end > end) {
        if (field.end > this.size && end === this.size) throw new Truncated(field.end);
        throw new NotOnnx('a part of it is longer than the whole');
      }
      const waiting = visit(field);
      if (waiting !== undefined) await waiting;
      position = field.end;
    }
  }

  /** The text of a field. */
  async text({ start, end }: Field, limit = 4096): Promise<string> {
    const length = Math.min(end - start, limit);
    if (!this.has(start, length)) await this.load(start, length);
    return new TextDecoder().decode(this.bytes(start, length));
  }

  /** The numbers of a packed field. */
  async numbers({ start, end }: Field): Promise<readonly number[]> {
    const length = end - start;
    if (length > 4096) throw new TooComplex();
    if (!this.has(start, length)) await this.load(start, length);
    const values: number[] = [];
    for (let position = start; position < end; ) {
      const { value, next } = this.varint(position, end);
      values.push(value);
      position = next;
    }
    return values;
  }

  private has(start: number, length: number): boolean {
    return start >= this.windowStart && start + length <= this.windowStart + this.window.length;
  }

  private bytes(start: number, length: number): Uint8Array {
    return this.window.subarray(start - this.windowStart, start - this.windowStart + length);
  }

  private async load(start: number, length: number): Promise<void> {
    this.window = await this.source.read(start, Math.max(length, WINDOW_BYTES));
    this.windowStart = start;
  }

  /** A base-128 number. Values beyond 2^53 lose their low digits; negative ones come as large ones. */
  private varint(start: number, end: number): { value: number; next: number } {
    let value = 0;
    let scale = 1;
    for (let position = start; position < start + 10; position++) {
      const byte = this.window[position - this.windowStart];
      if (byte === undefined || position >= end) {
        if (position >= this.size) throw new Truncated(position + 1);
        throw new NotOnnx('a number in it is cut off');
      }
      value += (byte & 127) * scale;
      if (byte < 128) return { value, next: position + 1 };
      scale *= 128;
    }
    throw new NotOnnx('a number in it is too long');
  }
}

interface Initializer {
  readonly name: string;
  readonly dims: readonly number[];
}

async function readModel(reader: Reader): Promise<OnnxGraph> {
  let irVersion = 0;
  const opsets: Record<string, number> = {};
  let graph: Omit<OnnxGraph, 'irVersion' | 'opsets'> | undefined;
  await reader.each(0, reader.size, (field) => {
    if (field.number === 1) irVersion = field.value;
    else if (field.number === 7 && field.isBytes) {
      return readGraph(reader, field).then((read) => {
        graph = read;
      });
    } else if (field.number === 8 && field.isBytes) {
      return readOpset(reader, field).then(({ domain, version }) => {
        opsets[domain] = version;
      });
    }
    return undefined;
  });
  if (graph === undefined) throw new NotOnnx(reader.size === 0 ? 'it is empty' : 'it holds no graph');
  return { irVersion, opsets, ...graph };
}

async function readOpset(
  reader: Reader,
  { start, end }: Field,
): Promise<{ domain: string; version: number }> {
  let domain = '';
  let version = 0;
  await reader.each(start, end, (field) => {
    if (field.number === 2) version = field.value;
    if (field.number !== 1) return undefined;
    return reader.text(field).then((text) => {
      domain = text;
    });
  });
  return { domain, version };
}

async function readGraph(
  reader: Reader,
  { start, end }: Field,
): Promise<Omit<OnnxGraph, 'irVersion' | 'opsets'>> {
  const inputs: GraphValue[] = [];
  const outputs: GraphValue[] = [];
  const external: ExternalData[] = [];
  const initializers = new Map<string, Initializer>();
  /** Tables that input_ids is looked up in. */
  const tables: string[] = [];
  await reader.each(start, end, (field) => {
    if (!field.isBytes) return undefined;
    switch (field.number) {
      case 1:
        return readNode(reader, field).then(({ operator, inputs: names }) => {
          const [table] = names;
          if (operator === 'Gather' && names[1] === 'input_ids' && table !== undefined) tables.push(table);
        });
      case 5:
        return readTensor(reader, field).then((tensor) => {
          initializers.set(tensor.name, tensor);
          if (tensor.external !== null) external.push(tensor.external);
        });
      case 11:
        return readValue(reader, field).then((value) => void inputs.push(value));
      case 12:
        return readValue(reader, field).then((value) => void outputs.push(value));
      default:
        return undefined;
    }
  });
  const table = tables.map((name) => initializers.get(name)).find((found) => found !== undefined);
  return {
    inputs: inputs.filter(({ name }) => !initializers.has(name)),
    outputs,
    external,
    tokenRows: table?.dims[0] ?? null,
  };
}

async function readNode(
  reader: Reader,
  { start, end }: Field,
): Promise<{ operator: string; inputs: readonly string[] }> {
  let operator = '';
  const inputs: string[] = [];
  await reader.each(start, end, (field) => {
    if (field.number === 1) return reader.text(field).then((text) => void inputs.push(text));
    if (field.number !== 4) return undefined;
    return reader.text(field).then((text) => {
      operator = text;
    });
  });
  return { operator, inputs };
}

async function readTensor(
  reader: Reader,
  { start, end }: Field,
): Promise<Initializer & { external: ExternalData | null }> {
  let name = '';
  const dims: number[] = [];
  const entries = new Map<string, string>();
  await reader.each(start, end, (field) => {
    if (field.number === 1) {
      if (!field.isBytes) dims.push(field.value);
      else return reader.numbers(field).then((values) => void dims.push(...values));
    } else if (field.number === 8) {
      return reader.text(field).then((text) => {
        name = text;
      });
    } else if (field.number === 13) {
      return readEntry(reader, field).then(([key, value]) => void entries.set(key, value));
    }
    return undefined;
  });
  const location = entries.get('location');
  if (location === undefined) return { name, dims, external: null };
  const offset = Number(entries.get('offset') ?? 0);
  const length = entries.get('length');
  const last = length === undefined ? null : offset + Number(length);
  return { name, dims, external: { tensor: name, location, end: Number.isSafeInteger(last) ? last : null } };
}

async function readEntry(reader: Reader, { start, end }: Field): Promise<readonly [string, string]> {
  let key = '';
  let value = '';
  await reader.each(start, end, (field) => {
    if (field.number !== 1 && field.number !== 2) return undefined;
    return reader.text(field).then((text) => {
      if (field.number === 1) key = text;
      else value = text;
    });
  });
  return [key, value];
}

/** ValueInfoProto. */
async function readValue(reader: Reader, { start, end }: Field): Promise<GraphValue> {
  let name = '';
  let tensor: { type: TensorType | null; shape: (number | string)[] | null } = { type: null, shape: null };
  await reader.each(start, end, (field) => {
    if (field.number === 1) {
      return reader.text(field).then((text) => {
        name = text;
      });
    }
    if (field.number !== 2) return undefined;
    // TypeProto: only tensors (1) have a type and a shape here.
    return reader.each(field.start, field.end, (kind) =>
      kind.number !== 1
        ? undefined
        : readTensorType(reader, kind).then((read) => {
            tensor = read;
          }),
    );
  });
  return { name, ...tensor };
}

async function readTensorType(
  reader: Reader,
  { start, end }: Field,
): Promise<{ type: TensorType | null; shape: (number | string)[] | null }> {
  let type: TensorType | null = null;
  let shape: (number | string)[] | null = null;
  await reader.each(start, end, (field) => {
    if (field.number === 1) type = TYPES[field.value] ?? null;
    if (field.number !== 2) return undefined;
    const dims: (number | string)[] = [];
    shape = dims;
    return reader.each(field.start, field.end, (dimension) =>
      dimension.number !== 1
        ? undefined
        : readDimension(reader, dimension).then((read) => void dims.push(read)),
    );
  });
  return { type, shape };
}

async function readDimension(reader: Reader, { start, end }: Field): Promise<number | string> {
  let size: number | string = '';
  await reader.each(start, end, (field) => {
    // A negative size, which some exporters write for a free one, comes as a number beyond 2^63.
    if (field.number === 1) size = field.value < 2 ** 53 ? field.value : '';
    if (field.number !== 2) return undefined;
    return reader.text(field).then((text) => {
      size = text;
    });
  });
  return size;
}
