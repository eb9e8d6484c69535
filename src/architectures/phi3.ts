import type { Architecture, BuiltGraph, Head } from './architecture.js';
import {
  buildCausal,
  type CausalShape,
  expectCausal,
  expectShared,
  LIKE_LLAMA,
  slidingWindow,
} from './causal.js';
import {
  type ConfigContract,
  expectKnown,
  flagOf,
  headsOf,
  type ModelConfig,
  nameOf,
  numberOf,
  sizeOf,
} from './config.js';
import { longRotary } from './rotary.js';
import type { LocatedTensor } from './weights.js';

const CONTRACT: ConfigContract = {
  geometry: [
    'hidden_act',
    'hidden_size',
    'intermediate_size',
    'max_position_embeddings',
    'num_attention_heads',
    'num_hidden_layers',
    'num_key_value_heads',
    'original_max_position_embeddings',
    'partial_rotary_factor',
    'rms_norm_eps',
    'rope_parameters',
    'rope_scaling',
    'rope_theta',
    'sliding_window',
    'tie_word_embeddings',
    'vocab_size',
  ],
  fixed: {
    attention_bias: [false],
    is_encoder_decoder: [false],
    lm_head_bias: [false],
    mlp_bias: [false],
  },
  inert: [
    'attention_dropout',
    'embd_pdrop',
    'full_attn_mod',
    'interpolate_factor',
    'pad_token_id',
    'resid_pdrop',
    'unsloth_fixed',
    'unsloth_version',
  ],
  // Published with the first models, before transformers had the class.
  code: /^(?:[\w.-]+\/[\w.-]+--)?(?:configuration|modeling)_phi3\.Phi3[A-Za-z]*$/,
};

/** Phi-3, and Phi-4, which is built like it. Source: the classes of transformers, releases 4.41 to 5. */
export const phi3: Architecture = { modelTypes: ['phi3'], build: buildPhi3 };

/** Builds the graph. Throws `Unsupported` and `Contradiction`. */
function buildPhi3(config: ModelConfig, tensors: ReadonlyMap<string, LocatedTensor>, head: Head): BuiltGraph {
  expectKnown(config, CONTRACT);
  expectCausal(config, 'Phi3ForCausalLM', head);
  return buildCausal(readShape(config), tensors);
}

function readShape(config: ModelConfig): CausalShape {
  const width = sizeOf(config, 'hidden_size');
  const heads = headsOf(config, 'num_attention_heads', width);
  const shared = sizeOf(config, 'num_key_value_heads', heads);
  const each = width / heads;
  expectShared(heads, shared, each);
  const { rotary, longest } = longRotary(config, each);
  return {
    ...LIKE_LLAMA,
    className: 'Phi3ForCausalLM',
    vocabulary: sizeOf(config, 'vocab_size'),
    width,
    layers: sizeOf(config, 'num_hidden_layers'),
    heads,
    shared,
    each,
    inner: sizeOf(config, 'intermediate_size'),
    activation: nameOf(config, 'hidden_act', 'silu'),
    rotary,
    norm: { epsilon: numberOf(config, 'rms_norm_eps', 1e-5), offset: 0, heads: false, after: false },
    biases: { in: false, out: false, mlp: false },
    fused: true,
    scales: { embedding: 1, scores: each ** -0.5 },
    tied: flagOf(config, 'tie_word_embeddings', false),
    // Within the window, every token sees all before it.
    longest: Math.min(
      sizeOf(config, 'max_position_embeddings', 4096),
      longest,
      slidingWindow(config, true, null),
    ),
  };
}
