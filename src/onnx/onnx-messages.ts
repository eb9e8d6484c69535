import { PbfReader } from 'pbf';
import type { GraphValue, TensorType } from '../smoke/session.js';
import { type ElementType, elementOf, tensorBytes } from './elements.js';
import type { ExternalData } from './onnx-graph.js';
import { type MessageType, part } from './protobuf.js';

/** A weight, without its numbers. */
export interface TensorHead {
  readonly name: string;
  readonly type: ElementType | null;
  readonly dims: readonly number[];
}

/** A node, as far as facts are derived from it. */
export interface GraphNode {
  readonly operator: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Attributes that are whole numbers. */
  readonly numbers: ReadonlyMap<string, number>;
  /** Names of the outputs of each graph in an attribute, such as the branches of an If. */
  readonly branches: readonly (readonly string[])[];
}

/** What is gathered while the file is read. */
export interface Gathered {
  irVersion: number;
  producerName: string;
  producerVersion: string;
  readonly opsets: Map<string, number>;
  /** Of the main graph. */
  readonly inputs: GraphValue[];
  readonly outputs: GraphValue[];
  readonly initializers: Set<string>;
  /** Of all graphs. */
  readonly external: ExternalData[];
  readonly weightBytes: Map<ElementType, number>;
  /** Weights by name, those in Constant nodes too. */
  readonly tensors: Map<string, TensorHead>;
  /** Nodes by the names of their outputs: the first and the last of each graph, where embeddings and last layers are. */
  readonly producers: Map<string, GraphNode>;
  /** Nodes that look a table up. */
  readonly lookups: GraphNode[];
  /** Bits of the weights that operators unpack in blocks. */
  readonly blockBits: Set<number>;
  readonly operators: Map<string, { readonly domain: string; readonly name: string }>;
  /** Names of the classes that a classifier of onnx.ml tells apart, in the order of its scores; empty where they are numbers. */
  readonly classes: string[];
  /** Functions that the file defines, by domain and name with a colon between. */
  readonly functions: Map<string, LocalFunction>;
}

/** A function that the file defines: its nodes stand for each node of its name. */
export interface LocalFunction {
  readonly opsets: ReadonlyMap<string, number>;
  readonly operators: Gathered['operators'];
}

/** Most kinds of operators that are told apart; onnxruntime has fewer than 400. */
const MAX_OPERATORS = 1000;
/** How many nodes are kept to derive facts from: nodes stand in the order in which they run. */
const FIRST_NODES = 256;
const LAST_NODES = 1024;
const MAX_LOOKUPS = 10_000;
/** Operators that unpack weights of fewer than eight bits, and the attribute that says how many. */
const BLOCKS = new Set(['MatMulNBits', 'GatherBlockQuantized', 'MatMulNBitsMlp', 'MatMulNBitsQkv']);
const LOOKUPS = new Set(['Gather', 'GatherBlockQuantized', 'EmbedLayerNormalization']);
/** Operators of which attributes are derived from. */
const WITH_NUMBERS = new Set(['Gemm', 'FusedGemm', 'QGemm', 'Transpose', ...BLOCKS]);

/** Operators of onnx.ml that name classes, and the attribute that holds the names. */
const CLASSIFIERS = new Set(['LinearClassifier', 'SVMClassifier', 'TreeEnsembleClassifier', 'ZipMap']);
const CLASS_NAMES = 'classlabels_strings';
const MAX_CLASSES = 10_000;

export function gathered(): Gathered {
  return {
    irVersion: 0,
    producerName: '',
    producerVersion: '',
    opsets: new Map(),
    inputs: [],
    outputs: [],
    initializers: new Set(),
    external: [],
    weightBytes: new Map(),
    tensors: new Map(),
    producers: new Map(),
    lookups: [],
    blockBits: new Set(),
    operators: new Map(),
    classes: [],
    functions: new Map(),
  };
}

/** The name of an operator or function: the domain ai.onnx is also written as the empty text. */
export function operatorKey(domain: string, name: string): string {
  return `${domain === 'ai.onnx' ? '' : domain}:${name}`;
}

// Field numbers below are those of onnx.proto3.

/** ModelProto. */
export const MODEL: MessageType<Gathered & { graphs: number }> = {
  fields: { 1: 'number', 2: 'text', 3: 'text', 7: 'message', 8: 'message', 25: 'message' },
  number(model, _, value) {
    model.irVersion = value;
  },
  text(model, field, value) {
    if (field === 2) model.producerName = value;
    else model.producerVersion = value;
  },
  message(model, field) {
    if (field === 8) return part(OPSET, { opsets: model.opsets, domain: '', version: 0 });
    if (field === 25) {
      return part(FUNCTION, { model, name: '', domain: '', opsets: new Map(), operators: new Map() });
    }
    model.graphs++;
    return part(GRAPH, {
      model,
      operators: model.operators,
      outputs: model.outputs,
      main: true,
      first: [],
      last: [],
    });
  },
};

/** OperatorSetIdProto. */
const OPSET: MessageType<{ opsets: Map<string, number>; domain: string; version: number }> = {
  fields: { 1: 'text', 2: 'number' },
  text(opset, _, value) {
    opset.domain = value;
  },
  number(opset, _, value) {
    opset.version = value;
  },
  end({ opsets, domain, version }) {
    opsets.set(domain === 'ai.onnx' ? '' : domain, version);
  },
};

/** FunctionProto. */
const FUNCTION: MessageType<{
  model: Gathered;
  name: string;
  domain: string;
  opsets: Map<string, number>;
  operators: Gathered['operators'];
}> = {
  fields: { 1: 'text', 7: 'message', 9: 'message', 10: 'text' },
  text(local, field, value) {
    if (field === 1) local.name = value;
    else local.domain = value;
  },
  message(local, field) {
    if (field === 9) return part(OPSET, { opsets: local.opsets, domain: '', version: 0 });
    return part(NODE, nodeIn(local.model, local.operators, null, null));
  },
  end({ model, name, domain, opsets, operators }) {
    model.functions.set(operatorKey(domain, name), { opsets, operators });
  },
};

interface GraphTarget {
  readonly model: Gathered;
  readonly operators: Gathered['operators'];
  readonly outputs: GraphValue[];
  readonly main: boolean;
  readonly first: GraphNode[];
  /** At least the last nodes, each with the bytes its names are in. */
  readonly last: KeptNode[];
}

interface KeptNode {
  readonly node: GraphNode;
  /** Null when it has its names already. */
  readonly bytes: Uint8Array | null;
}

/** GraphProto. */
const GRAPH: MessageType<GraphTarget> = {
  fields: { 1: 'message-and-bytes', 5: 'message', 11: 'message', 12: 'message', 15: 'message' },
  message(graph, field, bytes) {
    const { model, outputs, main } = graph;
    switch (field) {
      case 1:
        return part(bytes === null ? LARGE_NODE : NODE, nodeIn(model, graph.operators, graph, bytes));
      case 5:
        return part(TENSOR, tensorIn(model, main));
      case 11:
        return main ? part(VALUE, { into: model.inputs, name: '', type: null, shape: null }) : null;
      case 12:
        return part(VALUE, { into: outputs, name: '', type: null, shape: null });
      default:
        return part(SPARSE_TENSOR, model);
    }
  },
  end({ model, first, last }) {
    for (const node of [...first, ...last.slice(-LAST_NODES).map(withNames)]) {
      for (const output of node.outputs) model.producers.set(output, node);
    }
  },
};

interface NodeTarget {
  readonly model: Gathered;
  readonly operators: Gathered['operators'];
  /** The graph whose names its names are; null inside a function. */
  readonly graph: GraphTarget | null;
  /** Its bytes, unless they are many. */
  readonly bytes: Uint8Array | null;
  operator: string;
  domain: string;
  readonly inputs: string[];
  readonly outputs: string[];
  numbers: Map<string, number>;
  branches: GraphValue[][];
}

const NO_NUMBERS: Map<string, number> = new Map();
const NO_BRANCHES: GraphValue[][] = [];

function nodeIn(
  model: Gathered,
  operators: Gathered['operators'],
  graph: GraphTarget | null,
  bytes: Uint8Array | null,
): NodeTarget {
  return {
    model,
    operators,
    graph,
    bytes,
    operator: '',
    domain: '',
    inputs: [],
    outputs: [],
    numbers: NO_NUMBERS,
    branches: NO_BRANCHES,
  };
}

/** NodeProto, without the names of its inputs and outputs: of a hundred thousand nodes, few are asked for them. */
const NODE: MessageType<NodeTarget> = {
  fields: { 4: 'text', 5: 'message', 7: 'text' },
  text(node, field, value) {
    if (field === 1) node.inputs.push(value);
    else if (field === 2) node.outputs.push(value);
    else if (field === 4) node.operator = value;
    else node.domain = value;
  },
  message(node) {
    if (CLASSIFIERS.has(node.operator)) {
      return part(CLASS_ATTRIBUTE, { classes: node.model.classes, name: '', texts: [] });
    }
    return WITH_NUMBERS.has(node.operator)
      ? part(NUMBER_ATTRIBUTE, { node, name: '', values: [] })
      : part(ATTRIBUTE, node);
  },
  end(node) {
    const { model, operators, operator, domain, inputs, outputs, numbers, branches } = node;
    const key = operatorKey(domain, operator);
    if (!operators.has(key) && operators.size < MAX_OPERATORS) {
      operators.set(key, { domain: domain === 'ai.onnx' ? '' : domain, name: operator });
    }
    if (BLOCKS.has(operator)) {
      const bits = numbers.get('bits') ?? 4;
      if (bits >= 1 && bits <= 8) model.blockBits.add(bits);
    }
    const { graph, bytes } = node;
    if (graph === null) return;
    const kept: KeptNode = {
      node: {
        operator,
        inputs,
        outputs,
        numbers,
        branches: branches.length === 0 ? [] : branches.map((values) => values.map(({ name }) => name)),
      },
      bytes,
    };
    const looksUp = LOOKUPS.has(operator) && model.lookups.length < MAX_LOOKUPS;
    if (graph.first.length < FIRST_NODES) graph.first.push(withNames(kept));
    else if (graph.last.push(kept) >= 2 * LAST_NODES) graph.last.splice(0, LAST_NODES);
    if (looksUp) model.lookups.push(withNames(kept));
  },
};

/** NodeProto of many bytes, such as an If. */
const LARGE_NODE: MessageType<NodeTarget> = {
  ...NODE,
  fields: { ...NODE.fields, 1: 'text', 2: 'text' },
};

function outputOf({ bytes, outputs, operator, inputs, numbers }: NodeTarget): string | undefined {
  return withNames({ node: { operator, inputs, outputs, numbers, branches: [] }, bytes }).outputs[0];
}

/** Reads the names of inputs and outputs. */
function withNames({ node, bytes }: KeptNode): GraphNode {
  if (bytes === null) return node;
  const inputs: string[] = [];
  const outputs: string[] = [];
  new PbfReader(bytes).readFields((field, _, reader) => {
    if (field === 1) inputs.push(reader.readString());
    else if (field === 2) outputs.push(reader.readString());
  }, null);
  return { ...node, inputs, outputs };
}

/** AttributeProto, for the tensors and graphs in it. */
const ATTRIBUTE: MessageType<NodeTarget> = {
  fields: { 5: 'message', 6: 'message', 10: 'message', 11: 'message' },
  message(node, field) {
    const { model, operators, graph } = node;
    if (field === 5 || field === 10) {
      // The value of a Constant is known by the name of the node's output.
      const named = graph !== null && node.operator === 'Constant';
      return part(TENSOR, tensorIn(model, false, named ? (outputOf(node) ?? '') : ''));
    }
    const outputs: GraphValue[] = [];
    if (node.branches === NO_BRANCHES) node.branches = [];
    node.branches.push(outputs);
    return part(graph === null ? FUNCTION_GRAPH : GRAPH, {
      model,
      operators,
      outputs,
      main: false,
      first: [],
      last: [],
    });
  },
};

/** GraphProto inside a function: its names are not those of the main graph. */
const FUNCTION_GRAPH: MessageType<GraphTarget> = {
  fields: { 1: 'message', 5: 'message' },
  message: ({ model, operators }, field) =>
    field === 1 ? part(NODE, nodeIn(model, operators, null, null)) : part(TENSOR, tensorIn(model, false)),
};

/** AttributeProto, for the whole numbers in it: one, or the last of a list. */
const NUMBER_ATTRIBUTE: MessageType<{ node: NodeTarget; name: string; values: number[] }> = {
  fields: { 1: 'text', 3: 'number', 8: 'number' },
  text(attribute, _, value) {
    attribute.name = value;
  },
  number(attribute, _, value) {
    if (attribute.values.length < 8) attribute.values.push(value);
  },
  end({ node, name, values }) {
    if (node.numbers === NO_NUMBERS) node.numbers = new Map();
    const value = values.at(-1);
    if (value !== undefined) node.numbers.set(name, value);
    // A permutation of two axes is told by its first number; of more axes it is of no use here.
    if (name === 'perm') node.numbers.set(name, values.length === 2 ? (values[0] ?? -1) : -1);
  },
};

/** AttributeProto, for the names of classes; the first operator that has some is believed. */
const CLASS_ATTRIBUTE: MessageType<{ classes: string[]; name: string; texts: string[] }> = {
  fields: { 1: 'text', 9: 'text' },
  text(attribute, field, value) {
    if (field === 1) attribute.name = value;
    else if (attribute.texts.length < MAX_CLASSES) attribute.texts.push(value);
  },
  end({ classes, name, texts }) {
    if (name === CLASS_NAMES && classes.length === 0) classes.push(...texts);
  },
};

interface TensorTarget {
  readonly model: Gathered;
  /** Whether it is an initializer of the main graph. */
  readonly main: boolean;
  name: string;
  dataType: number;
  readonly dims: number[];
  external: Map<string, string> | null;
}

function tensorIn(model: Gathered, main: boolean, name = ''): TensorTarget {
  return { model, main, name, dataType: 0, dims: [], external: null };
}

/** TensorProto. */
const TENSOR: MessageType<TensorTarget> = {
  fields: { 1: 'number', 2: 'number', 8: 'text', 13: 'message' },
  number(tensor, field, value) {
    if (field === 1) tensor.dims.push(value);
    else tensor.dataType = value;
  },
  text(tensor, _, value) {
    // The name of a Constant's output goes before one that its tensor has.
    if (tensor.name === '') tensor.name = value;
  },
  message(tensor) {
    tensor.external ??= new Map();
    return part(ENTRY, { entries: tensor.external, key: '', value: '' });
  },
  end({ model, main, name, dataType, dims, external }) {
    const element = elementOf(dataType);
    const type = element?.type ?? null;
    if (name !== '') model.tensors.set(name, { name, type, dims });
    if (main) model.initializers.add(name);
    if (type !== null) {
      const bytes = tensorBytes(dims, element?.bits ?? 0);
      if (bytes > 0) model.weightBytes.set(type, (model.weightBytes.get(type) ?? 0) + bytes);
    }
    const location = external?.get('location');
    if (external === null || location === undefined) return;
    const offset = Number(external.get('offset') ?? 0);
    const length = external.get('length');
    const last = length === undefined ? null : offset + Number(length);
    model.external.push({ tensor: name, location, end: Number.isSafeInteger(last) ? last : null });
  },
};

/** SparseTensorProto: its values are a tensor. */
const SPARSE_TENSOR: MessageType<Gathered> = {
  fields: { 1: 'message' },
  message: (model) => part(TENSOR, tensorIn(model, true)),
};

/** StringStringEntryProto. */
const ENTRY: MessageType<{ entries: Map<string, string>; key: string; value: string }> = {
  fields: { 1: 'text', 2: 'text' },
  text(entry, field, value) {
    if (field === 1) entry.key = value;
    else entry.value = value;
  },
  end({ entries, key, value }) {
    entries.set(key, value);
  },
};

interface ValueTarget {
  readonly into: GraphValue[];
  name: string;
  type: TensorType | null;
  shape: (number | string)[] | null;
}

/** ValueInfoProto. */
const VALUE: MessageType<ValueTarget> = {
  fields: { 1: 'text', 2: 'message' },
  text(value, _, name) {
    value.name = name;
  },
  message: (value) => part(VALUE_TYPE, value),
  end({ into, name, type, shape }) {
    into.push({ name, type, shape });
  },
};

/** TypeProto: only tensors have a type and a shape here. */
const VALUE_TYPE: MessageType<ValueTarget> = {
  fields: { 1: 'message' },
  message: (value) => part(TENSOR_TYPE, value),
};

/** TypeProto.Tensor. */
const TENSOR_TYPE: MessageType<ValueTarget> = {
  fields: { 1: 'number', 2: 'message' },
  number(value, _, dataType) {
    value.type = elementOf(dataType)?.tensor ?? null;
  },
  message(value) {
    value.shape = [];
    return part(SHAPE, value.shape);
  },
};

/** TensorShapeProto. */
const SHAPE: MessageType<(number | string)[]> = {
  fields: { 1: 'message' },
  message: (shape) => part(DIMENSION, { shape, size: '' }),
};

/** TensorShapeProto.Dimension: a size, or the name of a free one. */
const DIMENSION: MessageType<{ shape: (number | string)[]; size: number | string }> = {
  fields: { 1: 'number', 2: 'text' },
  number(dimension, _, value) {
    // A negative size is what some exporters write for a free one.
    dimension.size = value >= 0 ? value : '';
  },
  text(dimension, _, value) {
    dimension.size = value;
  },
  end({ shape, size }) {
    shape.push(size);
  },
};
