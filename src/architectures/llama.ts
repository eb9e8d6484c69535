import { preview } from '../preview.js';
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
  type ModelConfig,
  nameOf,
  numberOf,
  sizeOf,
} from './config.js';
import { Unsupported } from './refusal.js';
import { rotaryFrequencies } from './rotary.js';
import type { LocatedTensor } from './weights.js';

/** How the classes of a model type begin, and what it takes keys for that are absent from config.json. */
interface LlamaFamily {
  readonly className: string;
  /** Heads of keys and values; as many as of queries when null. */
  readonly shared: number | null;
  /** Width of a head; a share of the whole width when null. */
  readonly each: number | null;
  /** How many tokens a layer sees; all when null. */
  readonly window: number | null;
}

/** By `model_type`, after the configuration classes of transformers 4.57. */
const FAMILIES: Readonly<Record<string, LlamaFamily>> = {
  llama: { className: 'Llama', shared: null, each: null, window: null },
  mistral: { className: 'Mistral', shared: 8, each: null, window: 4096 },
  qwen2: { className: 'Qwen2', shared: 32, each: null, window: 4096 },
  qwen3: { className: 'Qwen3', shared: 32, each: 128, window: 4096 },
};

const CONTRACT: ConfigContract = {
  geometry: [
    'attention_bias',
    'head_dim',
    'hidden_act',
    'hidden_size',
    'intermediate_size',
    'layer_types',
    'max_position_embeddings',
    'mlp_bias',
    'num_attention_heads',
    'num_hidden_layers',
    'num_key_value_heads',
    'rms_norm_eps',
    'rope_parameters',
    'rope_scaling',
    'rope_theta',
    'sliding_window',
    'tie_word_embeddings',
    'use_sliding_window',
    'vocab_size',
  ],
  fixed: {
    // Layers of the Llama family are decoders whatever it says.
    is_decoder: [false, true],
    is_encoder_decoder: [false],
    partial_rotary_factor: [1],
    pretraining_tp: [1],
    rope_interleaved: [false],
    use_mrope: [false],
  },
  inert: [
    'attention_dropout',
    'embd_pdrop',
    'max_window_layers',
    'pad_token_id',
    'resid_pdrop',
    // Written by a trainer; transformers reads neither.
    'unsloth_fixed',
    'unsloth_version',
  ],
};

/** Llama and the model types that are built like it. Source: the classes of transformers, releases 4.31 to 5. */
export const llama: Architecture = { modelTypes: Object.keys(FAMILIES), build: buildLlama };

function readShape(config: ModelConfig, type: string, family: LlamaFamily): CausalShape {
  const width = sizeOf(config, 'hidden_size');
  const heads = sizeOf(config, 'num_attention_heads');
  const shared = sizeOf(config, 'num_key_value_heads', family.shared ?? heads);
  const each = sizeOf(config, 'head_dim', family.each ?? width / heads);
  expectShared(heads, shared, each);
  const biased = flagOf(config, 'attention_bias', false);
  return {
    ...LIKE_LLAMA,
    className: `${family.className}ForCausalLM`,
    vocabulary: sizeOf(config, 'vocab_size'),
    width,
    layers: sizeOf(config, 'num_hidden_layers'),
    heads,
    shared,
    each,
    inner: sizeOf(config, 'intermediate_size'),
    activation: nameOf(config, 'hidden_act', 'silu'),
    rotary: { frequencies: rotaryFrequencies(config, each), scale: 1 },
    norm: {
      epsilon: numberOf(config, 'rms_norm_eps', 1e-6),
      offset: 0,
      heads: type === 'qwen3',
      after: false,
    },
    biases: {
      in: type === 'qwen2' || (type !== 'mistral' && biased),
      out: (type === 'llama' || type === 'qwen3') && biased,
      mlp: type === 'llama' && flagOf(config, 'mlp_bias', false),
    },
    scales: { embedding: 1, scores: each ** -0.5 },
    tied: flagOf(config, 'tie_word_embeddings', false),
    longest: Math.min(
      sizeOf(config, 'max_position_embeddings', 2048),
      slidingWindow(config, type === 'mistral' || flagOf(config, 'use_sliding_window', false), family.window),
    ),
  };
}

/** Builds the graph. Throws `Unsupported` and `Contradiction`. */
function buildLlama(
  config: ModelConfig,
  tensors: ReadonlyMap<string, LocatedTensor>,
  head: Head,
): BuiltGraph {
  const type = String(config.model_type);
  const family = Object.hasOwn(FAMILIES, type) ? FAMILIES[type] : undefined;
  if (family === undefined) throw new Unsupported(`its model_type is ${preview(type)}`);
  expectKnown(config, CONTRACT);
  expectCausal(config, `${family.className}ForCausalLM`, head);
  return buildCausal(readShape(config, type, family), tensors);
}
