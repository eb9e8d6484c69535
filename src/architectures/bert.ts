import { writeGraph } from '../onnx/graph-writer.js';
import type { Architecture, BuiltGraph, Head } from './architecture.js';
import { addHead, expectHead, wordTable } from './bert-heads.js';
import {
  type BertShape,
  BUCKETS,
  contractOf,
  FAMILIES,
  FARTHEST,
  layerNamesOf,
  positionsLeft,
  readShape,
} from './bert-shape.js';
import { classOf, expectKnown, type ModelConfig } from './config.js';
import { attendAll, type Batch, paddingBias, textInputs } from './encoder.js';
import { activate, type Building, embed, layerNorm, linear } from './layers.js';
import { missingTensor, Unsupported } from './refusal.js';
import { bucketTable } from './relative-positions.js';
import { baseOf, type LocatedTensor, weightsFor } from './weights.js';

/** BERT and the model types that are built like it, with five heads. Source: the classes of transformers, releases 4.24 to 5. */
export const bert: Architecture = {
  modelTypes: Object.keys(FAMILIES),
  build: buildBert,
};

/** Builds the graph. Throws `Unsupported` and `Contradiction`. */
function buildBert(config: ModelConfig, tensors: ReadonlyMap<string, LocatedTensor>, head: Head): BuiltGraph {
  const type = String(config.model_type);
  const family = Object.hasOwn(FAMILIES, type) ? FAMILIES[type] : undefined;
  if (family === undefined) throw new Unsupported(`its model_type is ${type}`);
  expectKnown(config, contractOf(type));
  const shape = readShape(config, type, family);
  expectHead(classOf(config), family, head);

  const graph = writeGraph('validate-model-card');
  const weights = weightsFor(graph, tensors);
  const building: Building = { graph, weights };
  const base = baseOf(weights, `${family.prefix}.`, ['embeddings.LayerNorm.weight']);
  const words = wordTable(weights, base, type, head);
  const { ids, mask, batch, length } = textInputs(building);
  const types = family.tokenTypes
    ? graph.input('token_type_ids', 'int64', ['batch_size', 'sequence_length'])
    : null;

  let x = embeddings(building, shape, base, { words, ids, types, length });
  const bias = attentionBias(building, shape, base, mask, length);
  for (let layer = 0; layer < shape.layers; layer++) {
    x = encoderLayer(building, shape, base, layer, x, { batch, length, bias });
  }
  addHead(head, { building, config, shape, base, states: x, batch, length });
  weights.leaveOut(/(?:^|\.)embeddings\.(?:position_ids|token_type_ids)$/);
  weights.expectAllUsed();
  return {
    graphs: { model: graph.finish() },
    className: family.className + head,
    longest: positionsLeft(shape),
  };
}

interface Texts {
  /** The name of the table of words. */
  readonly words: string;
  readonly ids: string;
  readonly types: string | null;
  readonly length: string;
}

/** The sum of the embeddings as rows of tokens × width. */
function embeddings(
  building: Building,
  shape: BertShape,
  base: string,
  { words, ids, types, length }: Texts,
): string {
  const { graph, weights } = building;
  const { embedded, width } = shape;
  const at = `${base}embeddings.`;
  let x = embed(building, words, [shape.vocabulary, embedded], ids);
  if (shape.types > 0) {
    const table = `${at}token_type_embeddings.weight`;
    // Models that are not told take all tokens for ones of the first text.
    const rows = embed(building, table, [shape.types, embedded], types ?? graph.integers(0));
    x = graph.node('Add', [x, rows]);
  }
  x = graph.node('Add', [x, positions(building, shape, `${at}position_embeddings.weight`, ids, length)]);
  x = layerNorm(building, x, `${at}LayerNorm`, embedded, shape.epsilon);
  x = graph.node('Reshape', [x, graph.integers([-1, embedded])]);
  if (embedded === width) return x;
  if (!weights.has(`${base}embeddings_project.weight`)) {
    throw missingTensor(`${base}embeddings_project.weight`);
  }
  return linear(building, x, `${base}embeddings_project`, width, embedded);
}

function positions(building: Building, shape: BertShape, name: string, ids: string, length: string): string {
  const { graph, weights } = building;
  const table: readonly [number, number] = [shape.positions, shape.embedded];
  if (!shape.family.offsetPositions) {
    const zero = graph.integers([0]);
    return graph.node('Slice', [weights.take(name, table), zero, length, zero]);
  }
  // `create_position_ids_from_input_ids`: tokens are counted, padding is not.
  const padding = graph.integers(shape.padding);
  const isPadding = graph.node('Equal', [ids, padding]);
  const counted = graph.cast(graph.node('Not', [isPadding]), 'int64');
  const count = graph.node('CumSum', [counted, graph.integers(1)]);
  const offset = graph.node('Add', [graph.node('Mul', [count, counted]), padding]);
  return embed(building, name, table, offset);
}

/** What is added to the scores of attention: nothing, or the lowest number for padding; for MPNet its relative positions too. */
function attentionBias(
  building: Building,
  shape: BertShape,
  base: string,
  mask: string,
  length: string,
): string {
  const { graph } = building;
  const bias = paddingBias(building, mask);
  if (!shape.relative) return bias;
  const table = graph.integers(
    bucketTable(shape.positions, { buckets: BUCKETS, farthest: FARTHEST, both: true }),
  );
  const range = graph.node('Range', [graph.integers(0), graph.node('Squeeze', [length]), graph.integers(1)]);
  const distance = graph.node('Sub', [
    graph.node('Unsqueeze', [range, graph.integers([0])]),
    graph.node('Unsqueeze', [range, graph.integers([1])]),
  ]);
  const index = graph.node('Add', [distance, graph.integers(shape.positions - 1)]);
  const bucket = graph.node('Gather', [table, index], { axis: 0 });
  const name = `${base}encoder.relative_attention_bias.weight`;
  const values = embed(building, name, [BUCKETS, shape.heads], bucket);
  const byHead = graph.node('Transpose', [values], { perm: [2, 0, 1] });
  return graph.node('Add', [bias, graph.node('Unsqueeze', [byHead, graph.integers([0])])]);
}

/** One layer of the encoder, on rows of tokens × width. */
function encoderLayer(
  building: Building,
  shape: BertShape,
  base: string,
  layer: number,
  x: string,
  all: Batch,
): string {
  const { graph } = building;
  const { width, inner, epsilon } = shape;
  const names = layerNamesOf(shape.type);
  const at = `${base}${names.layer}.${layer}.`;
  const project = (name: string) => linear(building, x, `${at}${name}`, width, width);
  const projected = { query: project(names.query), key: project(names.key), value: project(names.value) };
  const attended = attendAll(building, all, projected, shape);
  const output = linear(building, attended, `${at}${names.output}`, width, width);
  const middle = layerNorm(
    building,
    graph.node('Add', [output, x]),
    `${at}${names.afterAttention}`,
    width,
    epsilon,
  );
  const hidden = activate(
    building,
    linear(building, middle, `${at}${names.inner}`, inner, width),
    shape.activation,
  );
  const outer = linear(building, hidden, `${at}${names.outer}`, width, inner);
  return layerNorm(building, graph.node('Add', [outer, middle]), `${at}${names.afterAll}`, width, epsilon);
}
