import { PbfWriter } from 'pbf';
import { type OnnxFile, type OnnxGraph, readOnnxGraph } from '../../src/onnx/onnx-graph.js';

/** Numbers of TensorProto.DataType. */
export const FLOAT = 1;
export const UINT8 = 2;
export const INT8 = 3;
export const INT64 = 7;
export const FLOAT16 = 10;
export const UINT4 = 21;

export interface TestTensor {
  readonly name: string;
  readonly dims: readonly number[];
  readonly type?: number;
  readonly raw?: Uint8Array;
  readonly external?: Readonly<Record<string, string>>;
}

export interface TestNode {
  readonly op: string;
  readonly domain?: string;
  readonly in?: readonly string[];
  readonly out?: readonly string[];
  /** Attributes: a number, a list of numbers, a tensor, or a graph. */
  readonly attributes?: Readonly<Record<string, number | readonly number[] | TestTensor | TestGraph>>;
}

export interface TestValue {
  readonly name: string;
  /** Absent: no type at all. */
  readonly shape?: readonly (number | string)[];
  readonly type?: number;
}

export interface TestGraph {
  readonly nodes?: readonly TestNode[];
  readonly inputs?: readonly TestValue[];
  readonly outputs?: readonly TestValue[];
  readonly initializers?: readonly TestTensor[];
}

export interface TestModel extends TestGraph {
  readonly ir?: number;
  readonly producer?: readonly [name: string, version: string];
  readonly opsets?: Readonly<Record<string, number>>;
  readonly functions?: readonly {
    readonly name: string;
    readonly domain: string;
    readonly opsets?: Readonly<Record<string, number>>;
    readonly in?: readonly string[];
    readonly out?: readonly string[];
    readonly nodes: readonly TestNode[];
  }[];
}

/** Writes an ONNX file (ModelProto of onnx.proto3). */
export function onnxModel(model: TestModel): Uint8Array {
  const writer = new PbfWriter();
  writer.writeVarintField(1, model.ir ?? 8);
  if (model.producer !== undefined) {
    writer.writeStringField(2, model.producer[0]);
    writer.writeStringField(3, model.producer[1]);
  }
  writer.writeMessage(7, writeGraph, model);
  for (const opset of Object.entries(model.opsets ?? { '': 14 })) writer.writeMessage(8, writeOpset, opset);
  for (const local of model.functions ?? []) {
    writer.writeMessage(
      25,
      (_, message) => {
        message.writeStringField(1, local.name);
        for (const name of local.in ?? []) message.writeStringField(4, name);
        for (const name of local.out ?? []) message.writeStringField(5, name);
        for (const node of local.nodes) message.writeMessage(7, writeNode, node);
        for (const opset of Object.entries(local.opsets ?? { '': 14 })) {
          message.writeMessage(9, writeOpset, opset);
        }
        message.writeStringField(10, local.domain);
      },
      null,
    );
  }
  return writer.finish().slice();
}

function writeOpset([domain, version]: readonly [string, number], message: PbfWriter): void {
  if (domain !== '') message.writeStringField(1, domain);
  message.writeVarintField(2, version);
}

function writeGraph(graph: TestGraph, message: PbfWriter): void {
  for (const node of graph.nodes ?? []) message.writeMessage(1, writeNode, node);
  message.writeStringField(2, 'test');
  for (const tensor of graph.initializers ?? []) message.writeMessage(5, writeTensor, tensor);
  for (const value of graph.inputs ?? []) message.writeMessage(11, writeValue, value);
  for (const value of graph.outputs ?? []) message.writeMessage(12, writeValue, value);
}

function writeNode(node: TestNode, message: PbfWriter): void {
  for (const name of node.in ?? []) message.writeStringField(1, name);
  for (const name of node.out ?? []) message.writeStringField(2, name);
  message.writeStringField(3, `a node of ${node.op}`);
  message.writeStringField(4, node.op);
  for (const [name, value] of Object.entries(node.attributes ?? {})) {
    message.writeMessage(
      5,
      (_, attribute) => {
        attribute.writeStringField(1, name);
        if (typeof value === 'number') {
          attribute.writeVarintField(3, value);
          attribute.writeVarintField(20, 2);
        } else if (isList(value)) {
          for (const one of value) attribute.writeVarintField(8, one);
          attribute.writeVarintField(20, 7);
        } else if ('dims' in value) {
          attribute.writeMessage(5, writeTensor, value);
          attribute.writeVarintField(20, 4);
        } else {
          attribute.writeMessage(6, writeGraph, value);
          attribute.writeVarintField(20, 5);
        }
      },
      null,
    );
  }
  if (node.domain !== undefined) message.writeStringField(7, node.domain);
}

function isList(value: unknown): value is readonly number[] {
  return Array.isArray(value);
}

function writeTensor(tensor: TestTensor, message: PbfWriter): void {
  message.writePackedVarint(1, [...tensor.dims]);
  message.writeVarintField(2, tensor.type ?? FLOAT);
  message.writeStringField(8, tensor.name);
  if (tensor.raw !== undefined) message.writeBytesField(9, tensor.raw);
  for (const [key, value] of Object.entries(tensor.external ?? {})) {
    message.writeMessage(
      13,
      (_, entry) => {
        entry.writeStringField(1, key);
        entry.writeStringField(2, value);
      },
      null,
    );
  }
}

function writeValue(value: TestValue, message: PbfWriter): void {
  message.writeStringField(1, value.name);
  const { shape } = value;
  if (shape === undefined) return;
  message.writeMessage(
    2,
    (_, type) =>
      type.writeMessage(
        1,
        (__, tensor) => {
          tensor.writeVarintField(1, value.type ?? FLOAT);
          tensor.writeMessage(
            2,
            (___, message) => {
              for (const size of shape) {
                message.writeMessage(
                  1,
                  (____, dimension) => {
                    if (typeof size === 'number') dimension.writeVarintField(1, size);
                    else dimension.writeStringField(2, size);
                  },
                  null,
                );
              }
            },
            null,
          );
        },
        null,
      ),
    null,
  );
}

/** Reads a file from memory. */
export function readBytes(bytes: Uint8Array, atOnce = Number.MAX_SAFE_INTEGER): Promise<OnnxFile> {
  return readOnnxGraph({
    size: bytes.length,
    read: async (start, length) => bytes.subarray(start, start + Math.min(length, atOnce)),
  });
}

/** The graph of a model that is one. */
export async function graphOf(model: TestModel | Uint8Array): Promise<OnnxGraph> {
  const file = await readBytes(model instanceof Uint8Array ? model : onnxModel(model));
  if (file.kind !== 'graph') throw new Error(`It is no graph but ${JSON.stringify(file)}.`);
  return file.graph;
}
