import { preview } from '../preview.js';
import type { Architecture, BuiltGraph, Head } from './architecture.js';
import { buildCausal, type CausalShape, expectCausal, expectShared, slidingWindow } from './causal.js';
import {
  type ConfigContract,
  expectKnown,
  flagOf,
  type ModelConfig,
  nameOf,
  numberOf,
  sizeOf,
} from './config.js';
import { Unsupported } from './refusal.js';
import { rotaryFrequencies } from './rotary.js';
import type { LocatedTensor } from './weights.js';

const BOTH: ConfigContract = {
  geometry: [
    'attention_bias',
    'head_dim',
    'hidden_act',
    'hidden_activation',
    'hidden_size',
    'intermediate_size',
    'max_position_embeddings',
    'num_attention_heads',
    'num_hidden_layers',
    'num_key_value_heads',
    'rms_norm_eps',
    'rope_parameters',
    'rope_scaling',
    'rope_theta',
    'tie_word_embeddings',
    'vocab_size',
  ],
  fixed: {
    is_encoder_decoder: [false],
    use_bidirectional_attention: [null, false],
  },
  inert: ['attention_dropout', 'pad_token_id', 'unsloth_fixed', 'unsloth_version'],
};

const GEMMA2: ConfigContract = {
  ...BOTH,
  geometry: [
    ...BOTH.geometry,
    'attn_logit_softcapping',
    'final_logit_softcapping',
    'layer_types',
    'query_pre_attn_scalar',
    'sliding_window',
  ],
  // How a cache is kept, not what is in it.
  inert: [...BOTH.inert, 'cache_implementation', 'sliding_window_size'],
};

/** Gemma and Gemma 2. Source: the classes of transformers, releases 4.38 to 5. */
export const gemma: Architecture = { modelTypes: ['gemma', 'gemma2'], build: buildGemma };

/** Builds the graph. Throws `Unsupported` and `Contradiction`. */
function buildGemma(
  config: ModelConfig,
  tensors: ReadonlyMap<string, LocatedTensor>,
  head: Head,
): BuiltGraph {
  const second = config.model_type === 'gemma2';
  expectKnown(config, second ? GEMMA2 : BOTH);
  const className = second ? 'Gemma2ForCausalLM' : 'GemmaForCausalLM';
  expectCausal(config, className, head);
  const built = buildCausal(readShape(config, className, second), tensors);
  if (!isOversight(config)) return built;
  return {
    ...built,
    unchecked: [
      `What releases before 4.39 and after 4.50 of transformers compute: they take hidden_act (gelu) at its word, and the graph has ${TRAINED}, as the model was trained.`,
    ],
  };
}

function readShape(config: ModelConfig, className: string, second: boolean): CausalShape {
  const width = sizeOf(config, 'hidden_size');
  const heads = sizeOf(config, 'num_attention_heads');
  const shared = sizeOf(config, 'num_key_value_heads', second ? 4 : 16);
  const each = sizeOf(config, 'head_dim', 256);
  expectShared(heads, shared, each);
  const biased = flagOf(config, 'attention_bias', false);
  return {
    className,
    vocabulary: sizeOf(config, 'vocab_size'),
    width,
    layers: sizeOf(config, 'num_hidden_layers'),
    heads,
    shared,
    each,
    inner: sizeOf(config, 'intermediate_size'),
    activation: activationOf(config),
    rotary: { frequencies: rotaryFrequencies(config, each), scale: 1 },
    norm: { epsilon: numberOf(config, 'rms_norm_eps', 1e-6), offset: 1, heads: false, after: second },
    biases: { in: biased, out: biased, mlp: false },
    fused: false,
    scales: {
      embedding: width ** 0.5,
      scores: (second ? numberOf(config, 'query_pre_attn_scalar', 256) : each) ** -0.5,
    },
    caps: {
      scores: second ? capOf(config, 'attn_logit_softcapping', 50) : null,
      logits: second ? capOf(config, 'final_logit_softcapping', 30) : null,
    },
    tied: flagOf(config, 'tie_word_embeddings', true),
    longest: Math.min(
      sizeOf(config, 'max_position_embeddings', 8192),
      second ? slidingWindow(config, true, 4096) : Number.POSITIVE_INFINITY,
    ),
  };
}

/** What the models were trained with. */
const TRAINED = 'gelu_pytorch_tanh';

/** The activation: `hidden_activation`, or the one that the models were trained with. */
function activationOf(config: ModelConfig): string {
  const named = nameOf(config, 'hidden_act', TRAINED);
  const trained = nameOf(config, 'hidden_activation', TRAINED);
  if (named !== trained && !isOversight(config) && config.hidden_act !== undefined) {
    throw new Unsupported(`hidden_act is ${preview(named)}`);
  }
  return trained;
}

/**
 * Whether `hidden_act` is the one that the first models were published with by oversight (gelu without its approximation): releases 4.39 to 4.50 of
 * transformers ignore it.
 */
function isOversight(config: ModelConfig): boolean {
  return config.hidden_act === 'gelu' && (config.hidden_activation ?? TRAINED) === TRAINED;
}

function capOf(config: ModelConfig, key: string, fallback: number): number | null {
  return config[key] === null ? null : numberOf(config, key, fallback);
}
