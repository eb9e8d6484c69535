import { PbfWriter } from 'pbf';

/** Numbers of TensorProto.DataType (onnx.proto3). */
const DATA_TYPE = { float32: 1, int32: 6, int64: 7, bool: 9, float16: 10, bfloat16: 16 } as const;

/** A type that a graph written here has. */
export type DataType = keyof typeof DATA_TYPE;

/** An attribute of an operator: a whole number, whole numbers, a text, or a float as `{ float }`. */
export type Attribute = number | readonly number[] | string | { readonly float: number };

/** A size, or the name of one that is known only at run time. */
export type Dimension = number | string;

/** Where the bytes of a weight lie: a file, named relative to the folder the session is told, and a range of it. */
export interface Place {
  readonly location: string;
  readonly offset: number;
  readonly length: number;
}

/** A graph that is being written; values go by their names. */
export interface GraphWriter {
  /** Declares an input. */
  input(name: string, type: DataType, shape: readonly Dimension[]): string;
  /** Declares an output that has the value `from`. */
  output(name: string, type: DataType, shape: readonly Dimension[], from: string): void;
  /** Adds an operator with one output. An absent optional input is the empty text. */
  node(operator: string, inputs: readonly string[], attributes?: Readonly<Record<string, Attribute>>): string;
  /** Adds an operator with several outputs. */
  nodes(
    operator: string,
    inputs: readonly string[],
    outputs: number,
    attributes?: Readonly<Record<string, Attribute>>,
  ): readonly string[];
  /** The value in another type. */
  cast(value: string, to: DataType): string;
  /** A constant of int64: a scalar, or a list. Equal constants are one. */
  integers(value: number | readonly number[]): string;
  /** A scalar of float32. */
  float(value: number): string;
  /** A constant of float32, row by row. */
  floats(values: ArrayLike<number>, shape: readonly number[]): string;
  /** A weight that stays in its file. */
  weight(name: string, type: DataType, shape: readonly number[], place: Place): string;
  /** The model as an ONNX file (ModelProto), IR version 9. */
  finish(): Uint8Array;
}

/** The opset of ai.onnx that is written: the first with both forms of Gelu. */
const OPSET = 20;
const IR_VERSION = 9;

/** Constants with more bytes are not compared with one another. */
const MOST_COMPARED = 2 ** 16;

/** Begins an empty graph. */
export function writeGraph(producer: string): GraphWriter {
  const body = new PbfWriter();
  const inputs: ValueInfo[] = [];
  const outputs: ValueInfo[] = [];
  const constants = new Map<string, string>();
  let names = 0;

  const fresh = (prefix: string): string => `${prefix}_${names++}`;

  const nodes: GraphWriter['nodes'] = (operator, from, count, attributes = {}) => {
    const made = Array.from({ length: count }, () => fresh(operator));
    body.writeMessage(1, writeNode, {
      operator,
      inputs: from,
      outputs: made,
      name: fresh('node'),
      attributes,
    });
    return made;
  };
  const node: GraphWriter['node'] = (operator, from, attributes = {}) => {
    const [made = ''] = nodes(operator, from, 1, attributes);
    return made;
  };

  function constant(type: DataType, dims: readonly number[], bytes: Uint8Array): string {
    // Tables are large, and written once.
    const key = bytes.length > MOST_COMPARED ? null : `${type} ${dims.join(' ')}: ${bytes.join(' ')}`;
    const known = key === null ? undefined : constants.get(key);
    if (known !== undefined) return known;
    const name = fresh('constant');
    body.writeMessage(5, writeTensor, { name, type, dims, bytes });
    if (key !== null) constants.set(key, name);
    return name;
  }

  return {
    input(name, type, shape) {
      inputs.push({ name, type, shape });
      return name;
    },
    output(name, type, shape, from) {
      body.writeMessage(1, writeNode, {
        operator: 'Identity',
        inputs: [from],
        outputs: [name],
        name: fresh('node'),
        attributes: {},
      });
      outputs.push({ name, type, shape });
    },
    node,
    nodes,
    cast: (value, to) => node('Cast', [value], { to: DATA_TYPE[to] }),
    integers(value) {
      const list = typeof value === 'number' ? [value] : value;
      const data = BigInt64Array.from(list, BigInt);
      return constant('int64', typeof value === 'number' ? [] : [list.length], new Uint8Array(data.buffer));
    },
    float: (value) => constant('float32', [], new Uint8Array(Float32Array.of(value).buffer)),
    floats: (values, dims) => constant('float32', dims, new Uint8Array(Float32Array.from(values).buffer)),
    weight(name, type, dims, place) {
      body.writeMessage(5, writeTensor, { name, type, dims, place });
      return name;
    },
    finish() {
      body.writeStringField(2, 'model');
      for (const value of inputs) body.writeMessage(11, writeValueInfo, value);
      for (const value of outputs) body.writeMessage(12, writeValueInfo, value);
      const model = new PbfWriter();
      model.writeVarintField(1, IR_VERSION);
      model.writeStringField(2, producer);
      model.writeBytesField(7, body.finish());
      model.writeMessage(8, writeOpset, OPSET);
      return model.finish();
    },
  };
}

interface Node {
  readonly operator: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly name: string;
  readonly attributes: Readonly<Record<string, Attribute>>;
}

/** NodeProto. */
function writeNode({ operator, inputs, outputs, name, attributes }: Node, out: PbfWriter): void {
  for (const input of inputs) out.writeStringField(1, input);
  for (const output of outputs) out.writeStringField(2, output);
  out.writeStringField(3, name);
  out.writeStringField(4, operator);
  for (const entry of Object.entries(attributes)) out.writeMessage(5, writeAttribute, entry);
}

/** Numbers of AttributeProto.AttributeType. */
const ATTRIBUTE_TYPE = { float: 1, int: 2, string: 3, ints: 7 } as const;

/** AttributeProto. */
function writeAttribute([name, value]: readonly [string, Attribute], out: PbfWriter): void {
  out.writeStringField(1, name);
  if (typeof value === 'number') {
    out.writeVarintField(3, value);
    out.writeVarintField(20, ATTRIBUTE_TYPE.int);
  } else if (typeof value === 'string') {
    out.writeBytesField(4, new TextEncoder().encode(value));
    out.writeVarintField(20, ATTRIBUTE_TYPE.string);
  } else if ('float' in value) {
    out.writeFloatField(2, value.float);
    out.writeVarintField(20, ATTRIBUTE_TYPE.float);
  } else {
    for (const one of value) out.writeVarintField(8, one);
    out.writeVarintField(20, ATTRIBUTE_TYPE.ints);
  }
}

interface Tensor {
  readonly name: string;
  readonly type: DataType;
  readonly dims: readonly number[];
  readonly bytes?: Uint8Array;
  readonly place?: Place;
}

/** TensorProto.DataLocation. */
const EXTERNAL = 1;

/** TensorProto, with its bytes inside or in another file. */
function writeTensor({ name, type, dims, bytes, place }: Tensor, out: PbfWriter): void {
  for (const size of dims) out.writeVarintField(1, size);
  out.writeVarintField(2, DATA_TYPE[type]);
  out.writeStringField(8, name);
  if (bytes !== undefined) out.writeBytesField(9, bytes);
  if (place === undefined) return;
  out.writeMessage(13, writeEntry, ['location', place.location]);
  out.writeMessage(13, writeEntry, ['offset', String(place.offset)]);
  out.writeMessage(13, writeEntry, ['length', String(place.length)]);
  out.writeVarintField(14, EXTERNAL);
}

/** StringStringEntryProto. */
function writeEntry([key, value]: readonly [string, string], out: PbfWriter): void {
  out.writeStringField(1, key);
  out.writeStringField(2, value);
}

interface ValueInfo {
  readonly name: string;
  readonly type: DataType;
  readonly shape: readonly Dimension[];
}

/** ValueInfoProto; its type is a TypeProto with a TypeProto.Tensor in it, whose shape is a TensorShapeProto. */
function writeValueInfo({ name, type, shape }: ValueInfo, out: PbfWriter): void {
  out.writeStringField(1, name);
  out.writeMessage(2, (_, typeProto) => typeProto.writeMessage(1, writeTensorType, { type, shape }), null);
}

function writeTensorType(
  { type, shape }: { readonly type: DataType; readonly shape: readonly Dimension[] },
  out: PbfWriter,
): void {
  out.writeVarintField(1, DATA_TYPE[type]);
  out.writeMessage(2, writeShape, shape);
}

function writeShape(shape: readonly Dimension[], out: PbfWriter): void {
  for (const size of shape) out.writeMessage(1, writeDimension, size);
}

function writeDimension(size: Dimension, out: PbfWriter): void {
  if (typeof size === 'number') out.writeVarintField(1, size);
  else out.writeStringField(2, size);
}

/** OperatorSetIdProto of ai.onnx, whose domain is the empty text. */
function writeOpset(version: number, out: PbfWriter): void {
  out.writeStringField(1, '');
  out.writeVarintField(2, version);
}
