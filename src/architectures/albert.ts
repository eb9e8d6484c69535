import { writeGraph } from '../onnx/graph-writer.js';
import type { Architecture, BuiltGraph, Head } from './architecture.js';
import { addHead, expectHead, wordTable } from './bert-heads.js';
import {
  type ConfigContract,
  classOf,
  expectKnown,
  headsOf,
  type ModelConfig,
  nameOf,
  numberOf,
  sizeOf,
} from './config.js';
import { attendAll, type Batch, paddingBias, textInputs } from './encoder.js';
import { activate, type Building, embed, layerNorm, linear } from './layers.js';
import { Contradiction, Unsupported } from './refusal.js';
import { baseOf, type LocatedTensor, weightsFor } from './weights.js';

const CONTRACT: ConfigContract = {
  geometry: [
    'embedding_size',
    'hidden_act',
    'hidden_size',
    'inner_group_num',
    'intermediate_size',
    'layer_norm_eps',
    'max_position_embeddings',
    'num_attention_heads',
    'num_hidden_groups',
    'num_hidden_layers',
    'type_vocab_size',
    'vocab_size',
  ],
  fixed: {
    position_embedding_type: ['absolute'],
    is_encoder_decoder: [false],
    tie_word_embeddings: [true],
  },
  inert: [
    'attention_probs_dropout_prob',
    'classifier_dropout_prob',
    // Of the first release, which no class of transformers reads.
    'down_scale_factor',
    'gap_size',
    'hidden_dropout_prob',
    'net_structure_type',
    'num_memory_blocks',
    'pad_token_id',
  ],
};

/** ALBERT: layers that share their weights. Source: the classes of transformers, releases 4.24 to 5. */
export const albert: Architecture = { modelTypes: ['albert'], build: buildAlbert };

interface AlbertShape {
  readonly type: 'albert';
  readonly vocabulary: number;
  readonly width: number;
  readonly embedded: number;
  readonly layers: number;
  /** Sets of weights, each for as many layers in a row. */
  readonly groups: number;
  /** Layers in a set. */
  readonly each: number;
  readonly heads: number;
  readonly inner: number;
  readonly positions: number;
  readonly types: number;
  readonly activation: string;
  readonly epsilon: number;
}

function readShape(config: ModelConfig): AlbertShape {
  const width = sizeOf(config, 'hidden_size', 4096);
  const heads = headsOf(config, 'num_attention_heads', width, 64);
  return {
    type: 'albert',
    vocabulary: sizeOf(config, 'vocab_size', 30_000),
    width,
    embedded: sizeOf(config, 'embedding_size', 128),
    layers: sizeOf(config, 'num_hidden_layers', 12),
    groups: sizeOf(config, 'num_hidden_groups', 1),
    each: sizeOf(config, 'inner_group_num', 1),
    heads,
    inner: sizeOf(config, 'intermediate_size', 16_384),
    positions: sizeOf(config, 'max_position_embeddings', 512),
    types: sizeOf(config, 'type_vocab_size', 2),
    activation: nameOf(config, 'hidden_act', 'gelu_new'),
    epsilon: numberOf(config, 'layer_norm_eps', 1e-12),
  };
}

/** Most layers: they need no weights of their own, so nothing else sets a limit. The largest model has 12. */
const MOST_LAYERS = 200;

/** Builds the graph. Throws `Unsupported` and `Contradiction`. */
function buildAlbert(
  config: ModelConfig,
  tensors: ReadonlyMap<string, LocatedTensor>,
  head: Head,
): BuiltGraph {
  expectKnown(config, CONTRACT);
  const shape = readShape(config);
  expectHead(classOf(config), { className: 'Albert' }, head);
  if (shape.layers * shape.each > MOST_LAYERS) throw new Unsupported(`it has ${shape.layers} layers`);
  if (shape.groups > shape.layers) {
    throw new Contradiction(`num_hidden_groups is ${shape.groups}, and num_hidden_layers is ${shape.layers}`);
  }

  const graph = writeGraph('validate-model-card');
  const weights = weightsFor(graph, tensors);
  const building: Building = { graph, weights };
  const base = baseOf(weights, 'albert.', ['embeddings.LayerNorm.weight']);
  const words = wordTable(weights, base, shape.type, head);
  const { ids, mask, batch, length } = textInputs(building);
  const types = graph.input('token_type_ids', 'int64', ['batch_size', 'sequence_length']);
  const bias = paddingBias(building, mask);

  let x = embeddings(building, shape, base, { words, ids, types, length });
  for (let layer = 0; layer < shape.layers; layer++) {
    const group = Math.trunc(layer / (shape.layers / shape.groups));
    for (let inner = 0; inner < shape.each; inner++) {
      const at = `${base}encoder.albert_layer_groups.${group}.albert_layers.${inner}`;
      x = encoderLayer(building, shape, at, x, { batch, length, bias });
    }
  }
  addHead(head, { building, config, shape, base, states: x, batch, length });
  weights.leaveOut(/(?:^|\.)embeddings\.(?:position_ids|token_type_ids)$|(?:^|\.)pooler\.(?:weight|bias)$/);
  if (head === 'Model') weights.leaveOut(/^predictions\./);
  if (head === 'Model' || head === 'ForMaskedLM') weights.leaveOut(/^sop_classifier\./);
  weights.expectAllUsed();
  return { graphs: { model: graph.finish() }, className: `Albert${head}`, longest: shape.positions };
}

/** The embeddings, as rows of tokens × width. */
function embeddings(
  building: Building,
  { vocabulary, types: kinds, positions, embedded, width, epsilon }: AlbertShape,
  base: string,
  { words, ids, types, length }: Readonly<Record<'words' | 'ids' | 'types' | 'length', string>>,
): string {
  const { graph, weights } = building;
  const at = `${base}embeddings.`;
  const worded = embed(building, words, [vocabulary, embedded], ids);
  const typed = embed(building, `${at}token_type_embeddings.weight`, [kinds, embedded], types);
  const zero = graph.integers([0]);
  const table = weights.take(`${at}position_embeddings.weight`, [positions, embedded]);
  const placed = graph.node('Slice', [table, zero, length, zero]);
  const sum = graph.node('Add', [graph.node('Add', [worded, typed]), placed]);
  const normal = layerNorm(building, sum, `${at}LayerNorm`, embedded, epsilon);
  const rows = graph.node('Reshape', [normal, graph.integers([-1, embedded])]);
  return linear(building, rows, `${base}encoder.embedding_hidden_mapping_in`, width, embedded);
}

/** One layer, on rows of tokens × width. */
function encoderLayer(building: Building, shape: AlbertShape, at: string, x: string, all: Batch): string {
  const { graph } = building;
  const { width, inner, epsilon, activation } = shape;
  const project = (name: string) => linear(building, x, `${at}.attention.${name}`, width, width);
  const projected = { query: project('query'), key: project('key'), value: project('value') };
  const seen = attendAll(building, all, projected, shape);
  const output = linear(building, seen, `${at}.attention.dense`, width, width);
  const middle = layerNorm(
    building,
    graph.node('Add', [output, x]),
    `${at}.attention.LayerNorm`,
    width,
    epsilon,
  );
  const hidden = activate(building, linear(building, middle, `${at}.ffn`, inner, width), activation);
  const outer = linear(building, hidden, `${at}.ffn_output`, width, inner);
  return layerNorm(
    building,
    graph.node('Add', [outer, middle]),
    `${at}.full_layer_layer_norm`,
    width,
    epsilon,
  );
}
