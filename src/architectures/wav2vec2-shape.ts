import { preview } from '../preview.js';
import {
  type ConfigContract,
  flagOf,
  headsOf,
  type ModelConfig,
  nameOf,
  numberOf,
  sizeOf,
  sizesOf,
} from './config.js';
import { Contradiction, Unsupported } from './refusal.js';

const GEOMETRY = [
  'adapter_attn_dim',
  'classifier_proj_size',
  'conv_bias',
  'conv_dim',
  'conv_kernel',
  'conv_stride',
  'do_stable_layer_norm',
  'feat_extract_activation',
  'feat_extract_norm',
  'hidden_act',
  'hidden_size',
  'intermediate_size',
  'layer_norm_eps',
  'num_attention_heads',
  'num_conv_pos_embedding_groups',
  'num_conv_pos_embeddings',
  'num_hidden_layers',
  'use_weighted_layer_sum',
  'vocab_size',
];

const CONTRACT: ConfigContract = {
  geometry: GEOMETRY,
  fixed: { add_adapter: [false], is_encoder_decoder: [false] },
  inert: [
    'activation_dropout',
    // Of the adapter behind the encoder, which is refused.
    'adapter_kernel_size',
    'adapter_stride',
    'num_adapter_layers',
    'output_hidden_size',
    'apply_spec_augment',
    'attention_dropout',
    // As the first releases called dropouts.
    'attention_probs_dropout_prob',
    'hidden_dropout_prob',
    // Of the quantizer that pretraining alone has.
    'codevector_dim',
    'contrastive_logits_temperature',
    'diversity_loss_weight',
    'feat_quantizer_dropout',
    'num_codevector_groups',
    'num_codevectors_per_group',
    'num_negatives',
    'proj_codevector_dim',
    'ctc_loss_reduction',
    'ctc_zero_infinity',
    'feat_extract_dropout',
    'feat_proj_dropout',
    'final_dropout',
    'freeze_feat_extract_train',
    'hidden_dropout',
    'layerdrop',
    'mask_channel_length',
    'mask_channel_min_space',
    'mask_channel_other',
    'mask_channel_prob',
    'mask_channel_selection',
    'mask_feature_length',
    'mask_feature_min_masks',
    'mask_feature_prob',
    'mask_time_length',
    'mask_time_min_masks',
    'mask_time_min_space',
    'mask_time_other',
    'mask_time_prob',
    'mask_time_selection',
    'no_mask_channel_overlap',
    'no_mask_time_overlap',
    // Follows from `conv_dim`.
    'num_feat_extract_layers',
    'pad_token_id',
    // Of the head that tells speakers apart.
    'tdnn_dilation',
    'tdnn_dim',
    'tdnn_kernel',
    'xvector_output_dim',
    // There is no table of words to tie.
    'tie_word_embeddings',
  ],
};

/** By `model_type`, where it has keys of its own. */
const CONTRACTS: Readonly<Record<string, ConfigContract>> = {
  hubert: {
    ...CONTRACT,
    geometry: [...GEOMETRY, 'feat_proj_layer_norm'],
    fixed: { ...CONTRACT.fixed, conv_pos_batch_norm: [false] },
  },
};

interface Convolution {
  readonly channels: number;
  readonly kernel: number;
  readonly stride: number;
}

/** What is known of the keys of a model type. */
export function contractOf(type: string): ConfigContract {
  return Object.hasOwn(CONTRACTS, type) ? (CONTRACTS[type] ?? CONTRACT) : CONTRACT;
}

/** Sizes and kinds of a model. */
export interface SpeechShape {
  readonly convolutions: readonly Convolution[];
  readonly convolutionBias: boolean;
  /** Whether each convolution is normalized, or the first alone, over all samples. */
  readonly normalizesEach: boolean;
  readonly convolutionActivation: string;
  readonly normalizesFeatures: boolean;
  readonly width: number;
  readonly layers: number;
  readonly heads: number;
  readonly inner: number;
  readonly activation: string;
  readonly epsilon: number;
  /** Frames that a position is told from, and groups of channels that it is told in. */
  readonly positions: number;
  readonly groups: number;
  /** Whether layers normalize before they work. */
  readonly stable: boolean;
  /** Width of the adapter of each layer; 0 where there is none. */
  readonly adapter: number;
}

/** Reads config.json. Throws `Unsupported` and `Contradiction`. */
export function readShape(config: ModelConfig, type: string): SpeechShape {
  const width = sizeOf(config, 'hidden_size', 768);
  const heads = headsOf(config, 'num_attention_heads', width, 12);
  const groups = sizeOf(config, 'num_conv_pos_embedding_groups', 16);
  if (width % groups !== 0) {
    throw new Contradiction(`its width of ${width} cannot be shared out among ${groups} groups`);
  }
  const norm = nameOf(config, 'feat_extract_norm', 'group');
  if (norm !== 'group' && norm !== 'layer') throw new Unsupported(`feat_extract_norm is ${preview(norm)}`);
  const stable = flagOf(config, 'do_stable_layer_norm', false);
  return {
    convolutions: readConvolutions(config),
    convolutionBias: flagOf(config, 'conv_bias', false),
    normalizesEach: norm === 'layer',
    convolutionActivation: nameOf(config, 'feat_extract_activation', 'gelu'),
    normalizesFeatures: type === 'wav2vec2' || flagOf(config, 'feat_proj_layer_norm', true),
    width,
    layers: sizeOf(config, 'num_hidden_layers', 12),
    heads,
    inner: sizeOf(config, 'intermediate_size', 3072),
    activation: nameOf(config, 'hidden_act', 'gelu'),
    epsilon: numberOf(config, 'layer_norm_eps', 1e-5),
    positions: sizeOf(config, 'num_conv_pos_embeddings', 128),
    groups,
    stable,
    // Layers that normalize afterwards have none, whatever config.json says.
    adapter: stable && (config.adapter_attn_dim ?? null) !== null ? sizeOf(config, 'adapter_attn_dim') : 0,
  };
}

function readConvolutions(config: ModelConfig): readonly Convolution[] {
  const channels = sizesOf(config, 'conv_dim', [512, 512, 512, 512, 512, 512, 512]);
  const kernels = sizesOf(config, 'conv_kernel', [10, 3, 3, 3, 3, 2, 2]);
  const strides = sizesOf(config, 'conv_stride', [5, 2, 2, 2, 2, 2, 2]);
  if (kernels.length !== channels.length || strides.length !== channels.length) {
    throw new Contradiction('conv_dim, conv_kernel and conv_stride have different lengths');
  }
  return channels.map((count, index) => ({
    channels: count,
    kernel: kernels[index] ?? 1,
    stride: strides[index] ?? 1,
  }));
}
