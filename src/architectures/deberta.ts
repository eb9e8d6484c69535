import { writeGraph } from '../onnx/graph-writer.js';
import { preview } from '../preview.js';
import type { Architecture, BuiltGraph, Head } from './architecture.js';
import { addHead, expectHead, wordTable } from './bert-heads.js';
import { classOf, expectKnown, type ModelConfig } from './config.js';
import { DEBERTA_CONTRACTS, type DebertaShape, readDebertaShape } from './deberta-shape.js';
import {
  attendDisentangled,
  distanceRows,
  projectApart,
  projectTogether,
  rowsOfDistances,
  type Shared,
} from './disentangled-attention.js';
import { textInputs } from './encoder.js';
import { activate, type Building, embed, layerNorm, linear } from './layers.js';
import { Contradiction, Unsupported } from './refusal.js';
import { baseOf, type LocatedTensor, weightsFor } from './weights.js';

/** How the classes begin, by `model_type`. */
const CLASSES: Readonly<Record<string, string>> = { deberta: 'Deberta', 'deberta-v2': 'DebertaV2' };

/** Most tokens that rows of distances are made for, where nothing else sets a limit. */
const MOST_TOKENS = 4096;

/** DeBERTa and DeBERTa-v2 (and v3), with five heads. Source: the classes of transformers, releases 4.48 to 5. */
export const deberta: Architecture = { modelTypes: Object.keys(CLASSES), build: buildDeberta };

/** Builds the graph. Throws `Unsupported` and `Contradiction`. */
function buildDeberta(
  config: ModelConfig,
  tensors: ReadonlyMap<string, LocatedTensor>,
  head: Head,
): BuiltGraph {
  const type = String(config.model_type);
  const className = Object.hasOwn(CLASSES, type) ? CLASSES[type] : undefined;
  const contract = Object.hasOwn(DEBERTA_CONTRACTS, type) ? DEBERTA_CONTRACTS[type] : undefined;
  if (className === undefined || contract === undefined)
    throw new Unsupported(`its model_type is ${preview(type)}`);
  expectKnown(config, contract);
  const shape = readDebertaShape(config, type);
  expectHead(classOf(config), { className }, head);

  const graph = writeGraph('validate-model-card');
  const weights = weightsFor(graph, tensors);
  const building: Building = { graph, weights };
  const base = baseOf(weights, 'deberta.', ['embeddings.LayerNorm.weight']);
  const words = wordTable(weights, base, type, head);
  const { ids, mask, batch, length } = textInputs(building);
  const types =
    shape.types > 0 ? graph.input('token_type_ids', 'int64', ['batch_size', 'sequence_length']) : null;
  const longest = Math.min(shape.placed ? shape.positions : MOST_TOKENS, MOST_TOKENS);

  // What is padding is nothing: 1 for tokens, 0 for padding, as a column.
  const there = graph.node('Reshape', [graph.cast(mask, 'float32'), graph.integers([-1, 1])]);
  const start = embeddings(building, shape, base, { words, ids, types, length, there });
  const all: Shared = {
    batch,
    length,
    bias: null,
    visible: visibility(building, mask),
    ...distances(building, shape, base, { batch, length }, longest),
  };
  let x = start;
  for (let layer = 0; layer < shape.layers; layer++) {
    x = encoderLayer(building, shape, `${base}encoder.layer.${layer}`, x, all);
    if (layer === 0) x = convolve(building, shape, base, { start, x, all, there });
  }
  addHead(head, { building, config, shape, base, states: x, batch, length });
  weights.leaveOut(/(?:^|\.)embeddings\.position_ids$/);
  if (!shape.placed) weights.leaveOut(/(?:^|\.)embeddings\.position_embeddings\.weight$/);
  if (head === 'Model' || head === 'ForMaskedLM') weights.leaveOut(/^(?:lm_predictions|mask_predictions)\./);
  weights.expectAllUsed();
  return { graphs: { model: graph.finish() }, className: className + head, longest };
}

/** Whether tokens see one another, batch × 1 × tokens × tokens: padding sees nothing, and is not seen. */
function visibility({ graph }: Building, mask: string): string {
  const seen = graph.node('Unsqueeze', [mask, graph.integers([1, 2])]);
  const sees = graph.node('Unsqueeze', [mask, graph.integers([1, 3])]);
  return graph.cast(graph.node('Mul', [seen, sees]), 'bool');
}

function distances(
  building: Building,
  { width, heads, span, buckets, farthest, normalized, epsilon, type }: DebertaShape,
  base: string,
  texts: Pick<Shared, 'batch' | 'length'>,
  longest: number,
): Pick<Shared, 'distances' | 'rows'> {
  const { weights } = building;
  if (span === 0) {
    weights.leaveOut(/(?:^|\.)encoder\.LayerNorm\.(?:weight|bias)$/);
    return { distances: null, rows: null };
  }
  let table = weights.take(`${base}encoder.rel_embeddings.weight`, [2 * span, width]);
  if (normalized && type === 'deberta-v2') {
    table = layerNorm(building, table, `${base}encoder.LayerNorm`, width, epsilon);
  }
  const rows = distanceRows(longest, span, { buckets, farthest });
  return { distances: table, rows: rowsOfDistances(building, texts, heads, rows) };
}

interface Texts {
  /** The name of the table of words. */
  readonly words: string;
  readonly ids: string;
  readonly types: string | null;
  readonly length: string;
  readonly there: string;
}

/** The embeddings as rows of tokens × width. */
function embeddings(
  building: Building,
  shape: DebertaShape,
  base: string,
  { words, ids, types, length, there }: Texts,
): string {
  const { graph, weights } = building;
  const { embedded, width, epsilon } = shape;
  const at = `${base}embeddings.`;
  let x = embed(building, words, [shape.vocabulary, embedded], ids);
  if (shape.placed) {
    const zero = graph.integers([0]);
    const table = weights.take(`${at}position_embeddings.weight`, [shape.positions, embedded]);
    x = graph.node('Add', [x, graph.node('Slice', [table, zero, length, zero])]);
  }
  if (types !== null) {
    const table = `${at}token_type_embeddings.weight`;
    x = graph.node('Add', [x, embed(building, table, [shape.types, embedded], types)]);
  }
  x = graph.node('Reshape', [x, graph.integers([-1, embedded])]);
  if (embedded !== width) x = linear(building, x, `${at}embed_proj`, width, embedded, false);
  return graph.node('Mul', [layerNorm(building, x, `${at}LayerNorm`, width, epsilon), there]);
}

/** One layer, on rows of tokens × width. */
function encoderLayer(building: Building, shape: DebertaShape, at: string, x: string, all: Shared): string {
  const { graph } = building;
  const { width, inner, epsilon } = shape;
  const projected =
    shape.type === 'deberta'
      ? projectTogether(building, shape, all, x, `${at}.attention.self`)
      : projectApart(building, shape, all, x, `${at}.attention.self`, shape.shared);
  const seen = attendDisentangled(building, shape, all, projected);
  const output = linear(building, seen, `${at}.attention.output.dense`, width, width);
  const middle = layerNorm(
    building,
    graph.node('Add', [output, x]),
    `${at}.attention.output.LayerNorm`,
    width,
    epsilon,
  );
  const hidden = activate(
    building,
    linear(building, middle, `${at}.intermediate.dense`, inner, width),
    shape.activation,
  );
  const outer = linear(building, hidden, `${at}.output.dense`, width, inner);
  return layerNorm(building, graph.node('Add', [outer, middle]), `${at}.output.LayerNorm`, width, epsilon);
}

interface Convolved {
  /** What the first layer began with, and what came out of it. */
  readonly start: string;
  readonly x: string;
  readonly all: Shared;
  readonly there: string;
}

/** The convolution beside the first layer (`ConvLayer`); nothing where there is none. */
function convolve(
  building: Building,
  { width, convolution, epsilon }: DebertaShape,
  base: string,
  { start, x, all, there }: Convolved,
): string {
  if (convolution === null) return x;
  const { graph, weights } = building;
  const { kernel, groups, activation } = convolution;
  if (width % groups !== 0)
    throw new Contradiction(`its width of ${width} cannot be shared out among ${groups} groups`);
  const shape = graph.node('Concat', [all.batch, all.length, graph.integers([width])], { axis: 0 });
  const channels = graph.node('Transpose', [graph.node('Reshape', [start, shape])], { perm: [0, 2, 1] });
  const side = (kernel - 1) / 2;
  const made = graph.node(
    'Conv',
    [
      channels,
      weights.take(`${base}encoder.conv.conv.weight`, [width, width / groups, kernel]),
      weights.take(`${base}encoder.conv.conv.bias`, [width]),
    ],
    { kernel_shape: [kernel], pads: [side, side], group: groups },
  );
  const rows = graph.node('Reshape', [
    graph.node('Transpose', [made], { perm: [0, 2, 1] }),
    graph.integers([-1, width]),
  ]);
  const out = activate(building, graph.node('Mul', [rows, there]), activation);
  const sum = layerNorm(
    building,
    graph.node('Add', [x, out]),
    `${base}encoder.conv.LayerNorm`,
    width,
    epsilon,
  );
  return graph.node('Mul', [sum, there]);
}
