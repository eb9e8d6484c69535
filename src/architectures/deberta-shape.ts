import { preview } from '../preview.js';
import {
  type ConfigContract,
  flagOf,
  headsOf,
  type ModelConfig,
  nameOf,
  numberOf,
  sizeOf,
  tokenOf,
} from './config.js';
import { type Disentangled, kindsOf } from './disentangled-attention.js';
import { Contradiction, Unsupported } from './refusal.js';

const GEOMETRY = [
  'attention_head_size',
  'embedding_size',
  'hidden_act',
  'hidden_size',
  'intermediate_size',
  'layer_norm_eps',
  'max_position_embeddings',
  'max_relative_positions',
  'num_attention_heads',
  'num_hidden_layers',
  'pad_token_id',
  'pooler_hidden_act',
  'pooler_hidden_size',
  'pos_att_type',
  'position_biased_input',
  'relative_attention',
  'type_vocab_size',
  'vocab_size',
];
const INERT = [
  'attention_probs_dropout_prob',
  'cls_dropout',
  'hidden_dropout_prob',
  'pooler_dropout',
  'pooling',
];
/** What is known of config.json, by `model_type`. */
export const DEBERTA_CONTRACTS: Readonly<Record<string, ConfigContract>> = {
  deberta: {
    geometry: GEOMETRY,
    fixed: {
      is_encoder_decoder: [false],
      tie_word_embeddings: [true],
      legacy: [true],
      talking_head: [false],
    },
    inert: INERT,
  },
  'deberta-v2': {
    geometry: [
      ...GEOMETRY,
      'conv_act',
      'conv_groups',
      'conv_kernel_size',
      'norm_rel_ebd',
      'position_buckets',
      'share_att_key',
    ],
    fixed: { is_encoder_decoder: [false], tie_word_embeddings: [true], legacy: [true] },
    inert: INERT,
  },
};

/** Sizes and constants of a model. */
export interface DebertaShape extends Disentangled {
  readonly type: string;
  readonly vocabulary: number;
  /** Of the embeddings. */
  readonly embedded: number;
  readonly layers: number;
  readonly inner: number;
  readonly positions: number;
  /** Whether tokens carry their position, beside their distances. */
  readonly placed: boolean;
  /** Rows of the token types; 0 where there are none. */
  readonly types: number;
  readonly activation: string;
  readonly epsilon: number;
  readonly pooled: string;
  readonly buckets: number;
  readonly farthest: number;
  readonly normalized: boolean;
  /** Whether distances go through the layers of the tokens. */
  readonly shared: boolean;
  /** Of the convolution beside the first layer; null where there is none. */
  readonly convolution: {
    readonly kernel: number;
    readonly groups: number;
    readonly activation: string;
  } | null;
}

/** A whole number that counts as none when it is not positive. Throws `Contradiction` for anything else. */
function countOf(config: ModelConfig, key: string): number {
  const value = config[key] ?? -1;
  if (typeof value === 'number' && Number.isSafeInteger(value) && value <= 2 ** 31) return Math.max(value, 0);
  throw new Contradiction(`${key} is ${preview(value)}`);
}

/** Reads them from config.json. Throws `Unsupported` and `Contradiction`. */
export function readDebertaShape(config: ModelConfig, type: string): DebertaShape {
  const second = type === 'deberta-v2';
  const width = sizeOf(config, 'hidden_size', second ? 1536 : 768);
  const heads = headsOf(config, 'num_attention_heads', width, second ? 24 : 12);
  for (const [key, usual] of [
    ['attention_head_size', width / heads],
    ['pooler_hidden_size', width],
  ] as const) {
    if (sizeOf(config, key, usual) !== usual) throw new Unsupported(`${key} is not ${usual}`);
  }
  const positions = sizeOf(config, 'max_position_embeddings', 512);
  const kinds = kindsOf(config);
  const relative = flagOf(config, 'relative_attention', false);
  const farthest = countOf(config, 'max_relative_positions') || positions;
  const buckets = second ? countOf(config, 'position_buckets') : 0;
  const norms = second ? nameOf(config, 'norm_rel_ebd', 'none').toLowerCase().split('|') : ['none'];
  for (const norm of norms.map((one) => one.trim())) {
    if (norm !== 'none' && norm !== 'layer_norm') throw new Unsupported(`norm_rel_ebd has ${preview(norm)}`);
  }
  const kernel = second ? countOf(config, 'conv_kernel_size') : 0;
  if (kernel > 0 && kernel % 2 === 0) throw new Unsupported(`conv_kernel_size is ${kernel}`);
  return {
    type,
    width,
    heads,
    vocabulary: sizeOf(config, 'vocab_size', second ? 128_100 : 50_265),
    embedded: sizeOf(config, 'embedding_size', width),
    layers: sizeOf(config, 'num_hidden_layers', second ? 24 : 12),
    inner: sizeOf(config, 'intermediate_size', second ? 6144 : 3072),
    positions,
    placed: flagOf(config, 'position_biased_input', true),
    types: tokenOf(config, 'type_vocab_size', 0) ?? 0,
    activation: nameOf(config, 'hidden_act', 'gelu'),
    epsilon: numberOf(config, 'layer_norm_eps', 1e-7),
    pooled: nameOf(config, 'pooler_hidden_act', 'gelu'),
    contentToPosition: kinds.has('c2p'),
    positionToContent: kinds.has('p2c'),
    span: relative ? buckets || farthest : 0,
    buckets,
    farthest,
    normalized: norms.some((norm) => norm.trim() === 'layer_norm'),
    shared: second && flagOf(config, 'share_att_key', false),
    convolution:
      kernel === 0
        ? null
        : {
            kernel,
            groups: sizeOf(config, 'conv_groups', 1),
            activation: nameOf(config, 'conv_act', 'tanh'),
          },
  };
}
