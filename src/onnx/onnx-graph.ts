import type { GraphValue } from '../smoke/session.js';
import { type Embedding, findCache, findEmbedding, type KvCache, lastAxes } from './derive.js';
import type { ElementType } from './elements.js';
import { type Gathered, gathered, type LocalFunction, MODEL } from './onnx-messages.js';
import {
  type ByteSource,
  NotProtobufError,
  readMessage,
  TooComplexError,
  TruncatedError,
} from './protobuf.js';

/** A weight that lies in a file beside the graph. */
export interface ExternalData {
  readonly tensor: string;
  /** Path relative to the graph's folder. */
  readonly location: string;
  /** Bytes of the file that the graph needs, from its start; null when the graph does not say. */
  readonly end: number | null;
}

/** An operator that is used, and the opset that says what it means. */
export interface OperatorUse {
  /** The empty string is ai.onnx. */
  readonly domain: string;
  readonly name: string;
  /** Null when the file states no opset of the domain. */
  readonly opset: number | null;
}

/** What the head of an ONNX file says, without its weights. */
export interface OnnxGraph {
  readonly irVersion: number;
  /** What wrote the file; empty texts where it does not say. */
  readonly producer: { readonly name: string; readonly version: string };
  /** Opset by domain; the empty string is ai.onnx. */
  readonly opsets: Readonly<Record<string, number>>;
  /**
   * Operators that are used, each once, by domain and name; those in branches, loops and functions of the file too. What
   * the file itself defines is left out.
   */
  readonly operators: readonly OperatorUse[];
  /** Inputs that are no weights. */
  readonly inputs: readonly GraphValue[];
  readonly outputs: readonly GraphValue[];
  /** Size of the last axis of each output, as its shape or the last layer shows it; null where neither does. */
  readonly lastAxis: Readonly<Record<string, number | null>>;
  readonly external: readonly ExternalData[];
  /** Bytes of all weights by element type, those in other files and in Constant nodes too. */
  readonly weightBytes: Readonly<Partial<Record<ElementType, number>>>;
  /** Bits of weights that operators unpack in blocks (MatMulNBits), fewest first. */
  readonly blockBits: readonly number[];
  /** The table that the input `input_ids` is looked up in; null when there is none. */
  readonly embedding: Embedding | null;
  /** Rows of the embedding. */
  readonly tokenRows: number | null;
  readonly kvCache: KvCache | null;
  /** Names of the classes that a classifier of onnx.ml tells apart, in the order of its scores; empty where they are numbers. */
  readonly classes: readonly string[];
}

/** What a file turned out to be. */
export type OnnxFile =
  | { readonly kind: 'graph'; readonly graph: OnnxGraph }
  /** A part of it is longer than the file; `bytes` is how long the file would have to be at least. */
  | { readonly kind: 'truncated'; readonly bytes: number }
  | { readonly kind: 'not-onnx'; readonly detail: string }
  /** More parts than are worth reading; the runtime must decide. */
  | { readonly kind: 'too-complex' };

/**
 * Reads the structure of an ONNX file (onnx.proto3, ModelProto): field by field, skipping the weights, so that a graph of
 * gigabytes costs a few small reads. Never throws for what the file holds; throws what `source` throws.
 */
export async function readOnnxGraph(source: ByteSource): Promise<OnnxFile> {
  const model = { ...gathered(), graphs: 0 };
  try {
    await readMessage(source, MODEL, model);
  } catch (error) {
    if (error instanceof TruncatedError) return { kind: 'truncated', bytes: error.bytes };
    if (error instanceof NotProtobufError) return { kind: 'not-onnx', detail: error.message };
    if (error instanceof TooComplexError) return { kind: 'too-complex' };
    throw error;
  }
  if (model.graphs === 0) {
    return { kind: 'not-onnx', detail: source.size === 0 ? 'it is empty' : 'it holds no graph' };
  }
  return { kind: 'graph', graph: assemble(model) };
}

function assemble(model: Gathered): OnnxGraph {
  const inputs = model.inputs.filter(({ name }) => !model.initializers.has(name));
  const embedding = findEmbedding(model);
  return {
    irVersion: model.irVersion,
    producer: { name: model.producerName, version: model.producerVersion },
    opsets: Object.fromEntries(model.opsets),
    operators: operatorsInUse(model),
    inputs,
    outputs: model.outputs,
    lastAxis: lastAxes(model),
    external: model.external,
    weightBytes: Object.fromEntries(model.weightBytes),
    blockBits: [...model.blockBits].sort((a, b) => a - b),
    embedding,
    tokenRows: embedding?.rows ?? null,
    kvCache: findCache(inputs, model.outputs),
    classes: model.classes,
  };
}

/** The operators of the graph and of the functions it uses, without these functions themselves. */
function operatorsInUse(model: Gathered): readonly OperatorUse[] {
  const found = new Map<string, OperatorUse>();
  const entered = new Set<string>();
  const places: LocalFunction[] = [model];
  for (let place = places.pop(); place !== undefined; place = places.pop()) {
    for (const [key, { domain, name }] of place.operators) {
      const local = model.functions.get(key);
      // onnxruntime looks for functions in domains of their own only.
      if (local !== undefined && domain !== '') {
        if (!entered.has(key)) places.push(local);
        entered.add(key);
        continue;
      }
      const opset = place.opsets.get(domain) ?? null;
      found.set(`${key}:${opset}`, { domain, name, opset });
    }
  }
  return [...found.values()].sort((a, b) => compare(a.domain, b.domain) || compare(a.name, b.name));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
