import {
  type ConfigContract,
  headsOf,
  type ModelConfig,
  nameOf,
  numberOf,
  sizeOf,
  tokenOf,
} from './config.js';

/** What differs between the model types of the family. */
interface BertFamily {
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
export const FAMILIES: Readonly<Record<string, BertFamily>> = {
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
export const BUCKETS = 32;
export const FARTHEST = 128;

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

/** What is known of the keys of a model type. */
export function contractOf(type: string): ConfigContract {
  return Object.hasOwn(CONTRACTS, type) ? (CONTRACTS[type] ?? CONTRACT) : CONTRACT;
}

/** Where a model type keeps the weights of a layer. */
export function layerNamesOf(type: string): LayerNames {
  return Object.hasOwn(LAYERS, type) ? (LAYERS[type] ?? BERT_LAYER) : BERT_LAYER;
}

/** How many tokens there are positions for. */
export function positionsLeft({ positions, padding, family }: BertShape): number {
  return family.offsetPositions ? positions - padding - 1 : positions;
}

/** Reads config.json. Throws `Unsupported` and `Contradiction`. */
export function readShape(config: ModelConfig, type: string, family: BertFamily): BertShape {
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
