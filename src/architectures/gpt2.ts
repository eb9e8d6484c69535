import { writeGraph } from '../onnx/graph-writer.js';
import { preview } from '../preview.js';
import type { Architecture, BuiltGraph, Head } from './architecture.js';
import {
  type ConfigContract,
  classOf,
  expectKnown,
  expectWriter,
  flagOf,
  headsOf,
  type ModelConfig,
  nameOf,
  numberOf,
  sizeOf,
} from './config.js';
import { attend, type DecoderInputs, decoderInputs, logits, remember } from './decoder.js';
import { byHead } from './heads.js';
import { activate, adapted, type Building, embed, layerNorm } from './layers.js';
import { missingTensor, Unsupported } from './refusal.js';
import { baseOf, type LocatedTensor, storedName, weightsFor } from './weights.js';

const CONTRACT: ConfigContract = {
  geometry: [
    'activation_function',
    'layer_norm_epsilon',
    'n_embd',
    'n_head',
    'n_inner',
    'n_layer',
    'n_positions',
    'tie_word_embeddings',
    'vocab_size',
  ],
  fixed: {
    is_encoder_decoder: [false],
    reorder_and_upcast_attn: [false],
    scale_attn_by_inverse_layer_idx: [false],
    scale_attn_weights: [true],
  },
  inert: [
    'attn_pdrop',
    'embd_pdrop',
    // The length that the model was trained with, in old releases; `n_positions` says how many there are.
    'n_ctx',
    'pad_token_id',
    'resid_pdrop',
    'summary_activation',
    'summary_first_dropout',
    'summary_proj_to_labels',
    'summary_type',
    'summary_use_proj',
  ],
};

/** GPT-2. Source: `GPT2LMHeadModel` of transformers, releases 4.0 to 5. */
export const gpt2: Architecture = { modelTypes: ['gpt2'], build: buildGpt2 };

interface Gpt2Shape {
  readonly vocabulary: number;
  readonly width: number;
  readonly heads: number;
  readonly inner: number;
  readonly epsilon: number;
  readonly activation: string;
}

/** Builds the graph. Throws `Unsupported` and `Contradiction`. */
function buildGpt2(config: ModelConfig, tensors: ReadonlyMap<string, LocatedTensor>, head: Head): BuiltGraph {
  expectKnown(config, CONTRACT);
  const className = classOf(config);
  if (className !== 'GPT2LMHeadModel') throw new Unsupported(`its class is ${preview(className)}`);
  expectWriter(className, head, 'ForCausalLM');
  const width = sizeOf(config, 'n_embd', 768);
  const heads = headsOf(config, 'n_head', width, 12);
  const shape: Gpt2Shape = {
    vocabulary: sizeOf(config, 'vocab_size', 50_257),
    width,
    heads,
    inner: sizeOf(config, 'n_inner', 4 * width),
    epsilon: numberOf(config, 'layer_norm_epsilon', 1e-5),
    activation: nameOf(config, 'activation_function', 'gelu_new'),
  };
  const positions = sizeOf(config, 'n_positions', 1024);
  const graph = writeGraph('validate-model-card');
  const weights = weightsFor(graph, tensors);
  const building: Building = { graph, weights };
  const inputs = decoderInputs(building);
  // The models that OpenAI published are stored without the name of the decoder.
  const base = baseOf(weights, 'transformer.', ['wpe.weight']);
  const own = 'lm_head.weight';
  const tied = flagOf(config, 'tie_word_embeddings', true);
  const words = tied ? storedName(weights, [`${base}wte.weight`, own]) : `${base}wte.weight`;
  const token = embed(building, words, [shape.vocabulary, width], inputs.ids);
  const place = embed(building, `${base}wpe.weight`, [positions, width], inputs.positions);
  let x = graph.node('Reshape', [graph.node('Add', [token, place]), graph.integers([-1, width])]);
  for (let layer = 0; layer < sizeOf(config, 'n_layer', 12); layer++) {
    const at = `${base}h.${layer}`;
    x = graph.node('Add', [x, attention(building, shape, at, layer, x, inputs)]);
    x = graph.node('Add', [x, feedForward(building, shape, at, x)]);
  }
  x = layerNorm(building, x, `${base}ln_f`, width, shape.epsilon);
  if (!tied && !weights.has(own)) {
    throw missingTensor(own, ', and tie_word_embeddings is false');
  }
  // Releases before 5 of transformers tie and forget a table that the file has as well; release 5 keeps it where its numbers differ.
  if (tied) weights.leaveOut(/^lm_head\.weight$/);
  const table = weights.take(tied ? words : own, [shape.vocabulary, width]);
  logits(building, inputs, x, table, shape);
  // Masks, which old releases stored.
  weights.leaveOut(/\.attn\.(?:bias|masked_bias)$/);
  weights.expectAllUsed();
  return { graphs: { model: graph.finish() }, className, longest: positions };
}

/** `Conv1D` of transformers: a linear layer whose weight is stored the other way round. */
function conv1d(building: Building, x: string, name: string, to: number, from: number): string {
  const { graph, weights } = building;
  const given = graph.node('Gemm', [
    x,
    weights.take(`${name}.weight`, [from, to]),
    weights.take(`${name}.bias`, [to]),
  ]);
  return adapted(building, given, x, name, to, from);
}

function attention(
  building: Building,
  { width, heads, epsilon }: Gpt2Shape,
  at: string,
  layer: number,
  x: string,
  inputs: DecoderInputs,
): string {
  const each = width / heads;
  const state = layerNorm(building, x, `${at}.ln_1`, width, epsilon);
  const all = conv1d(building, state, `${at}.attn.c_attn`, 3 * width, width);
  const [query = '', key = '', value = ''] = building.graph
    .nodes('Split', [all], 3, { axis: -1, num_outputs: 3 })
    .map((rows) => byHead(building, inputs, rows, heads, each));
  const cache = { heads, each };
  const keys = remember(building, layer, 'key', key, cache);
  const values = remember(building, layer, 'value', value, cache);
  const seen = attend(building, inputs, query, keys, values, { heads, shared: heads, each });
  return conv1d(building, seen, `${at}.attn.c_proj`, width, width);
}

function feedForward(building: Building, shape: Gpt2Shape, at: string, x: string): string {
  const { width, inner, epsilon, activation } = shape;
  const state = layerNorm(building, x, `${at}.ln_2`, width, epsilon);
  const hidden = activate(building, conv1d(building, state, `${at}.mlp.c_fc`, inner, width), activation);
  return conv1d(building, hidden, `${at}.mlp.c_proj`, width, inner);
}
