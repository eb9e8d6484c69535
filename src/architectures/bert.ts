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
  tokenOf,
} from './config.js';
import { attendAll, type Batch, paddingBias, textInputs } from './encoder.js';
import { activate, type Building, embed, layerNorm, linear } from './layers.js';
import { missingTensor, Unsupported } from './refusal.js';
import { bucketTable } from './relative-positions.js';
import { baseOf, type LocatedTensor, weightsFor } from './weights.js';

/** What differs between the model types of the family. */
export interface BertFamily {
  /** How its classes begin. */
  readonly className: string;
  /** What the names of tensors begin with where the model has a head. */
  readonly prefix: string;
  /** Whether the graph is told which text each token belongs to. */
  readonly tokenTypes: boolean;
  /** Whether positions count from after the id of the padding token, as fairseq had it. */
  readonly offsetPositions: boolean;
}

const ROBERTA = { prefix: 'roberta', tokenTypes: false, offsetPositions: true } as const;

/** By `model_type`. */
const FAMILIES: Readonly<Record<string, BertFamily>> = {
  bert: { className: 'Bert', prefix: 'bert', tokenTypes: true, offsetPositions: false },
  roberta: { className: 'Roberta', ...ROBERTA },
  'xlm-roberta': { className: 'XLMRoberta', ...ROBERTA },
  camembert: { className: 'Camembert', ...ROBERTA },
  distilbert: { className: 'DistilBert', prefix: 'distilbert', tokenTypes: false, offsetPositions: false },
  electra: { className: 'Electra', prefix: 'electra', tokenTypes: true, offsetPositions: false },
  mpnet: { className: 'MPNet', prefix: 'mpnet', tokenTypes: false, offsetPositions: true },
};

/** Sizes and constants of a model. */
export interface BertShape {
  readonly type: string;
  readonly family: BertFamily;
  readonly vocabulary: number;
  readonly width: number;
  /** Of the embeddings; only ELECTRA has another than `width`. */
  readonly embedded: number;
  readonly layers: number;
  readonly heads: number;
  readonly inner: number;
  readonly positions: number;
  /** Rows of the token types; 0 where there are none. */
  readonly types: number;
  readonly activation: string;
  readonly epsilon: number;
  readonly padding: number;
  /** Whether attention knows how far apart tokens are. */
  readonly relative: boolean;
}

/** Where a model type keeps the weights of a layer, below the name of the layer. */
interface LayerNames {
  readonly layer: string;
  readonly query: string;
  readonly key: string;
  readonly value: string;
  readonly output: string;
  readonly afterAttention: string;
  readonly inner: string;
  readonly outer: string;
  readonly afterAll: string;
}

const BERT_LAYER: LayerNames = {
  layer: 'encoder.layer',
  query: 'attention.self.query',
  key: 'attention.self.key',
  value: 'attention.self.value',
  output: 'attention.output.dense',
  afterAttention: 'attention.output.LayerNorm',
  inner: 'intermediate.dense',
  outer: 'output.dense',
  afterAll: 'output.LayerNorm',
};

const LAYERS: Readonly<Record<string, LayerNames>> = {
  distilbert: {
    layer: 'transformer.layer',
    query: 'attention.q_lin',
    key: 'attention.k_lin',
    value: 'attention.v_lin',
    output: 'attention.out_lin',
    afterAttention: 'sa_layer_norm',
    inner: 'ffn.lin1',
    outer: 'ffn.lin2',
    afterAll: 'output_layer_norm',
  },
  mpnet: {
    ...BERT_LAYER,
    query: 'attention.attn.q',
    key: 'attention.attn.k',
    value: 'attention.attn.v',
    output: 'attention.attn.o',
    afterAttention: 'attention.LayerNorm',
  },
};

const GEOMETRY = [
  'hidden_act',
  'hidden_size',
  'intermediate_size',
  'layer_norm_eps',
  'max_position_embeddings',
  'num_attention_heads',
  'num_hidden_layers',
  'pad_token_id',
  'type_vocab_size',
  'vocab_size',
];

const CONTRACT: ConfigContract = {
  geometry: GEOMETRY,
  fixed: {
    position_embedding_type: ['absolute'],
    is_encoder_decoder: [false],
    tie_word_embeddings: [true],
  },
  inert: [
    'attention_probs_dropout_prob',
    'classifier_dropout',
    'directionality',
    'hidden_dropout_prob',
    'language',
    'pooler_fc_size',
    'pooler_num_attention_heads',
    'pooler_num_fc_layers',
    'pooler_size_per_head',
    'pooler_type',
    // Of ELECTRA: transformers reads these of the heads for sequence summaries, which none of the heads here has.
    'summary_activation',
    'summary_last_dropout',
    'summary_type',
    'summary_use_proj',
  ],
};

/** Buckets that relative positions are counted in, and from which distance on all share one (`MPNetEncoder.relative_position_bucket`). */
const BUCKETS = 32;
const FARTHEST = 128;

const CONTRACTS: Readonly<Record<string, ConfigContract>> = {
  electra: { ...CONTRACT, geometry: [...GEOMETRY, 'embedding_size'] },
  // Distances are counted in 32 buckets whatever config.json says (`MPNetEncoder.compute_position_bias`); it tells the rows of their table alone.
  mpnet: { ...CONTRACT, fixed: { ...CONTRACT.fixed, relative_attention_num_buckets: [BUCKETS] } },
  distilbert: {
    geometry: [
      'activation',
      'dim',
      'hidden_dim',
      'max_position_embeddings',
      'n_heads',
      'n_layers',
      'pad_token_id',
      'vocab_size',
    ],
    fixed: { is_encoder_decoder: [false], tie_weights_: [true], tie_word_embeddings: [true] },
    // Positions that are computed are stored like learned ones.
    inert: ['attention_dropout', 'dropout', 'qa_dropout', 'seq_classif_dropout', 'sinusoidal_pos_embds'],
  },
};

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
  expectKnown(config, Object.hasOwn(CONTRACTS, type) ? (CONTRACTS[type] ?? CONTRACT) : CONTRACT);
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

/** How many tokens there are positions for. */
function positionsLeft({ positions, padding, family }: BertShape): number {
  return family.offsetPositions ? positions - padding - 1 : positions;
}

function readShape(config: ModelConfig, type: string, family: BertFamily): BertShape {
  const distil = type === 'distilbert';
  const electra = type === 'electra';
  const width = sizeOf(config, distil ? 'dim' : 'hidden_size', electra ? 256 : 768);
  const heads = headsOf(config, distil ? 'n_heads' : 'num_attention_heads', width, electra ? 4 : 12);
  const mpnet = type === 'mpnet';
  return {
    type,
    family,
    vocabulary: sizeOf(config, 'vocab_size', distil ? 30_522 : undefined),
    width,
    embedded: electra ? sizeOf(config, 'embedding_size', 128) : width,
    layers: sizeOf(config, distil ? 'n_layers' : 'num_hidden_layers', distil ? 6 : 12),
    heads,
    inner: sizeOf(config, distil ? 'hidden_dim' : 'intermediate_size', electra ? 1024 : 3072),
    positions: sizeOf(config, 'max_position_embeddings', 512),
    types: distil || mpnet ? 0 : sizeOf(config, 'type_vocab_size', 2),
    activation: nameOf(config, distil ? 'activation' : 'hidden_act', 'gelu'),
    epsilon: distil ? 1e-12 : numberOf(config, 'layer_norm_eps', 1e-12),
    // MPNet counts positions from 1 whatever config.json says (`MPNetEmbeddings.padding_idx`).
    padding: mpnet ? 1 : (tokenOf(config, 'pad_token_id', family.offsetPositions ? 1 : 0) ?? 0),
    relative: mpnet,
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
  const names = Object.hasOwn(LAYERS, shape.type) ? (LAYERS[shape.type] ?? BERT_LAYER) : BERT_LAYER;
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
