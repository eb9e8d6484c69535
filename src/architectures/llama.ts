import { writeGraph } from '../onnx/graph-writer.js';
import { preview } from '../preview.js';
import type { Architecture, BuiltGraph, Head } from './architecture.js';
import {
  type ConfigContract,
  classOf,
  expectKnown,
  expectWriter,
  flagOf,
  type ModelConfig,
  nameOf,
  numberOf,
  sizeOf,
} from './config.js';
import { attend, decoderInputs, logits, remember } from './decoder.js';
import { byHead } from './heads.js';
import { activate, type Building, embed, linear, rmsNorm } from './layers.js';
import { Contradiction, missingTensor, Unsupported } from './refusal.js';
import { rotaryFrequencies, rotate, rotation } from './rotary.js';
import { type LocatedTensor, weightsFor } from './weights.js';

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

interface LlamaShape {
  readonly vocabulary: number;
  readonly width: number;
  readonly layers: number;
  readonly heads: number;
  /** Heads of keys and values. */
  readonly shared: number;
  readonly each: number;
  readonly inner: number;
  readonly activation: string;
  readonly epsilon: number;
  /** Whether queries, keys and values have a bias; the output; the layers of the MLP. */
  readonly biases: { readonly in: boolean; readonly out: boolean; readonly mlp: boolean };
  /** Whether queries and keys are normalized by head. */
  readonly normalized: boolean;
  readonly tied: boolean;
  readonly longest: number;
}

function readShape(config: ModelConfig, type: string, family: LlamaFamily): LlamaShape {
  const width = sizeOf(config, 'hidden_size');
  const heads = sizeOf(config, 'num_attention_heads');
  const shared = sizeOf(config, 'num_key_value_heads', family.shared ?? heads);
  const each = sizeOf(config, 'head_dim', family.each ?? width / heads);
  if (heads % shared !== 0) {
    throw new Contradiction(`${heads} attention heads cannot share ${shared} heads of keys and values`);
  }
  if (each % 2 !== 0) throw new Contradiction(`head_dim is ${each}, which cannot be halved`);
  const biased = flagOf(config, 'attention_bias', false);
  return {
    vocabulary: sizeOf(config, 'vocab_size'),
    width,
    layers: sizeOf(config, 'num_hidden_layers'),
    heads,
    shared,
    each,
    inner: sizeOf(config, 'intermediate_size'),
    activation: nameOf(config, 'hidden_act', 'silu'),
    epsilon: numberOf(config, 'rms_norm_eps', 1e-6),
    biases: {
      in: type === 'qwen2' || (type !== 'mistral' && biased),
      out: (type === 'llama' || type === 'qwen3') && biased,
      mlp: type === 'llama' && flagOf(config, 'mlp_bias', false),
    },
    normalized: type === 'qwen3',
    tied: flagOf(config, 'tie_word_embeddings', false),
    longest: Math.min(sizeOf(config, 'max_position_embeddings', 2048), slidingWindow(config, type, family)),
  };
}

/** How many tokens each layer sees at least: below that, windows make no difference, and none are built. */
function slidingWindow(config: ModelConfig, type: string, family: LlamaFamily): number {
  const { layer_types: layers } = config;
  if (layers !== undefined && layers !== null) {
    const known =
      Array.isArray(layers) && layers.every((one) => one === 'full_attention' || one === 'sliding_attention');
    if (!known) throw new Unsupported(`layer_types is ${preview(layers)}`);
  }
  const slides =
    (Array.isArray(layers) && layers.includes('sliding_attention')) ||
    (type === 'mistral' ? true : flagOf(config, 'use_sliding_window', false));
  const window = config.sliding_window === undefined ? family.window : config.sliding_window;
  if (!slides || window === null) return Number.POSITIVE_INFINITY;
  return sizeOf(config, 'sliding_window', family.window ?? undefined);
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
  const className = classOf(config);
  const wanted = `${family.className}ForCausalLM`;
  if (className !== wanted) throw new Unsupported(`its class is ${preview(className)}`);
  expectWriter(className, head, 'ForCausalLM');
  const shape = readShape(config, type, family);
  const graph = writeGraph('validate-model-card');
  const weights = weightsFor(graph, tensors);
  const building: Building = { graph, weights };
  const inputs = decoderInputs(building);
  const turns = rotation(building, inputs.positions, rotaryFrequencies(config, shape.each));
  const { width, vocabulary } = shape;
  const words = 'model.embed_tokens.weight';
  let x = graph.node('Reshape', [
    embed(building, words, [vocabulary, width], inputs.ids),
    graph.integers([-1, width]),
  ]);
  for (let layer = 0; layer < shape.layers; layer++) {
    x = graph.node('Add', [x, attention(building, shape, layer, x, inputs, turns)]);
    x = graph.node('Add', [x, feedForward(building, shape, layer, x)]);
  }
  x = rmsNorm(building, x, 'model.norm', width, shape.epsilon);
  const own = 'lm_head.weight';
  if (!shape.tied && !weights.has(own)) {
    throw missingTensor(own, ', and tie_word_embeddings is false');
  }
  // transformers ties and forgets a copy that the file has.
  if (shape.tied) weights.leaveOut(/^lm_head\.weight$/);
  const table = weights.take(shape.tied ? words : own, [vocabulary, width]);
  logits(building, inputs, x, table, { width, vocabulary });
  weights.leaveOut(/\.rotary_emb\.inv_freq$/);
  weights.expectAllUsed();
  return { graphs: { model: graph.finish() }, className, longest: shape.longest };
}

function attention(
  building: Building,
  shape: LlamaShape,
  layer: number,
  x: string,
  inputs: ReturnType<typeof decoderInputs>,
  turns: ReturnType<typeof rotation>,
): string {
  const { width, heads, shared, each, epsilon, biases } = shape;
  const at = `model.layers.${layer}`;
  const state = rmsNorm(building, x, `${at}.input_layernorm`, width, epsilon);
  const project = (name: string, count: number) =>
    linear(building, state, `${at}.self_attn.${name}`, count * each, width, biases.in);
  const normed = (rows: string, name: string, count: number) => {
    if (!shape.normalized) return rows;
    const { graph } = building;
    const single = graph.node('Reshape', [rows, graph.integers([-1, each])]);
    const norm = rmsNorm(building, single, `${at}.self_attn.${name}`, each, epsilon);
    return graph.node('Reshape', [norm, graph.integers([-1, count * each])]);
  };
  const query = byHead(building, inputs, normed(project('q_proj', heads), 'q_norm', heads), heads, each);
  const key = byHead(building, inputs, normed(project('k_proj', shared), 'k_norm', shared), shared, each);
  const value = byHead(building, inputs, project('v_proj', shared), shared, each);
  const cache = { heads: shared, each };
  const keys = remember(building, layer, 'key', rotate(building, key, turns), cache);
  const values = remember(building, layer, 'value', value, cache);
  const seen = attend(building, inputs, rotate(building, query, turns), keys, values, {
    heads,
    shared,
    each,
  });
  return linear(building, seen, `${at}.self_attn.o_proj`, width, heads * each, biases.out);
}

function feedForward(building: Building, shape: LlamaShape, layer: number, x: string): string {
  const { width, inner, epsilon, activation, biases } = shape;
  const at = `model.layers.${layer}`;
  const state = rmsNorm(building, x, `${at}.post_attention_layernorm`, width, epsilon);
  const gate = activate(
    building,
    linear(building, state, `${at}.mlp.gate_proj`, inner, width, biases.mlp),
    activation,
  );
  const up = linear(building, state, `${at}.mlp.up_proj`, inner, width, biases.mlp);
  const both = building.graph.node('Mul', [gate, up]);
  return linear(building, both, `${at}.mlp.down_proj`, width, inner, biases.mlp);
}
