import { writeGraph } from '../onnx/graph-writer.js';
import { preview } from '../preview.js';
import type { Architecture, BuiltGraph, Head } from './architecture.js';
import {
  type ConfigContract,
  classOf,
  expectKnown,
  flagOf,
  type ModelConfig,
  nameOf,
  numberOf,
  sizeOf,
  sizesOf,
} from './config.js';
import { attendAll, type Batch } from './encoder.js';
import { labelCount } from './labels.js';
import { activate, type Building, layerNorm, linear } from './layers.js';
import { Contradiction, Unsupported } from './refusal.js';
import { type LocatedTensor, weightsFor } from './weights.js';

/** How the classes begin, by `model_type`. */
const FAMILIES: Readonly<Record<string, string>> = { wav2vec2: 'Wav2Vec2', hubert: 'Hubert' };

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

const CONTRACTS: Readonly<Record<string, ConfigContract>> = {
  hubert: {
    ...CONTRACT,
    geometry: [...GEOMETRY, 'feat_proj_layer_norm'],
    fixed: { ...CONTRACT.fixed, conv_pos_batch_norm: [false] },
  },
};

/** Classes that a graph is built of, without the name of the model type. */
const HEADS: ReadonlySet<string> = new Set(['ForCTC', 'ForSequenceClassification'] satisfies Head[]);

/** Of the normalizations beside the convolutions, which config.json does not tell (`torch.nn.LayerNorm`). */
const EPSILON = 1e-5;

/** Wav2Vec2 and HuBERT, from samples of sound. Source: `Wav2Vec2Model` and `HubertModel` of transformers, releases 4.11 to 5. */
export const wav2vec2: Architecture = { modelTypes: Object.keys(FAMILIES), build: buildWav2Vec2 };

interface Convolution {
  readonly channels: number;
  readonly kernel: number;
  readonly stride: number;
}

interface SpeechShape {
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

function readShape(config: ModelConfig, type: string): SpeechShape {
  const width = sizeOf(config, 'hidden_size', 768);
  const heads = sizeOf(config, 'num_attention_heads', 12);
  const groups = sizeOf(config, 'num_conv_pos_embedding_groups', 16);
  if (width % heads !== 0) {
    throw new Contradiction(`its width of ${width} cannot be shared out among ${heads} attention heads`);
  }
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

/** Builds the graph. Throws `Unsupported` and `Contradiction`. */
function buildWav2Vec2(
  config: ModelConfig,
  tensors: ReadonlyMap<string, LocatedTensor>,
  head: Head,
): BuiltGraph {
  const type = String(config.model_type);
  const family = Object.hasOwn(FAMILIES, type) ? FAMILIES[type] : undefined;
  if (family === undefined) throw new Unsupported(`its model_type is ${preview(type)}`);
  expectKnown(config, Object.hasOwn(CONTRACTS, type) ? (CONTRACTS[type] ?? CONTRACT) : CONTRACT);
  const className = classOf(config);
  const kind = className.startsWith(family) ? className.slice(family.length) : '';
  if (!HEADS.has(kind)) throw new Unsupported(`its class is ${preview(className)}`);
  if (kind !== head) {
    throw new Contradiction(`config.json names the class ${className}, and the task needs ${family}${head}`);
  }
  const shape = readShape(config, type);
  const graph = writeGraph('validate-model-card');
  const weights = weightsFor(graph, tensors);
  const building: Building = { graph, weights };
  const { width, epsilon, layers, stable } = shape;
  const samples = graph.input('input_values', 'float32', ['batch_size', 'samples']);
  const features = extractFeatures(building, shape, `${type}.feature_extractor.conv_layers`, samples);
  const size = graph.node('Shape', [features]);
  const all: Batch = {
    batch: graph.node('Gather', [size, graph.integers([0])], { axis: 0 }),
    length: graph.node('Gather', [size, graph.integers([1])], { axis: 0 }),
    bias: null,
  };
  let x = projectFeatures(building, shape, `${type}.feature_projection`, features);
  x = graph.node('Add', [x, positions(building, shape, `${type}.encoder.pos_conv_embed.conv`, x, all)]);
  const finish = (rows: string) => layerNorm(building, rows, `${type}.encoder.layer_norm`, width, epsilon);
  if (!stable) x = finish(x);
  const states = [x];
  for (let layer = 0; layer < layers; layer++) {
    const at = `${type}.encoder.layers.${layer}`;
    x = encoderLayer(building, shape, at, x, all);
    if (stable && layer === layers - 1) x = finish(x);
    states.push(x);
  }
  if (head === 'ForCTC') {
    const vocabulary = sizeOf(config, 'vocab_size', 32);
    const logits = byRecording(building, linear(building, x, 'lm_head', vocabulary, width), all, vocabulary);
    graph.output('logits', 'float32', ['batch_size', 'frames', vocabulary], logits);
  } else {
    const weighted = flagOf(config, 'use_weighted_layer_sum', false);
    const state = weighted ? weightedSum(building, states) : x;
    const projected = sizeOf(config, 'classifier_proj_size', 256);
    const rows = linear(building, state, 'projector', projected, width);
    const whole = byRecording(building, rows, all, projected);
    const mean = graph.node('ReduceMean', [whole, graph.integers([1])], { keepdims: 0 });
    const labels = labelCount(config, weights, 'classifier');
    const logits = linear(building, mean, 'classifier', labels, projected);
    graph.output('logits', 'float32', ['batch_size', labels], logits);
  }
  // What hides frames while the model is trained.
  weights.leaveOut(new RegExp(`^${type}\\.masked_spec_embed$`));
  weights.expectAllUsed();
  return { graphs: { model: graph.finish() }, className, longest: Number.MAX_SAFE_INTEGER };
}

/** Samples (batch × samples) as frames (batch × frames × channels of the last convolution). */
function extractFeatures(building: Building, shape: SpeechShape, at: string, samples: string): string {
  const { graph, weights } = building;
  let x = graph.node('Unsqueeze', [samples, graph.integers([1])]);
  let from = 1;
  for (const [layer, { channels, kernel, stride }] of shape.convolutions.entries()) {
    const weight = weights.take(`${at}.${layer}.conv.weight`, [channels, from, kernel]);
    const bias = shape.convolutionBias ? [weights.take(`${at}.${layer}.conv.bias`, [channels])] : [];
    x = graph.node('Conv', [x, weight, ...bias], { kernel_shape: [kernel], strides: [stride] });
    const norm = `${at}.${layer}.layer_norm`;
    if (shape.normalizesEach) {
      x = turn(building, layerNorm(building, turn(building, x), norm, channels, EPSILON));
    } else if (layer === 0) {
      // A group for each channel.
      const scale = weights.take(`${norm}.weight`, [channels]);
      const shift = weights.take(`${norm}.bias`, [channels]);
      x = graph.node('InstanceNormalization', [x, scale, shift], { epsilon: { float: EPSILON } });
    }
    x = activate(building, x, shape.convolutionActivation);
    from = channels;
  }
  return turn(building, x);
}

/** Batch × channels × frames as batch × frames × channels, and back. */
function turn({ graph }: Building, x: string): string {
  return graph.node('Transpose', [x], { perm: [0, 2, 1] });
}

/** Frames as rows of frames × width. */
function projectFeatures(building: Building, shape: SpeechShape, at: string, features: string): string {
  const channels = shape.convolutions.at(-1)?.channels ?? 0;
  const rows = building.graph.node('Reshape', [features, building.graph.integers([-1, channels])]);
  const even = shape.normalizesFeatures
    ? layerNorm(building, rows, `${at}.layer_norm`, channels, shape.epsilon)
    : rows;
  return linear(building, even, `${at}.projection`, shape.width, channels);
}

/** Where frames lie, told from those around them; rows of frames × width in and out. */
function positions(building: Building, shape: SpeechShape, at: string, x: string, all: Batch): string {
  const { graph, weights } = building;
  const { width, positions: kernel, groups } = shape;
  // A length and a direction for each place of the kernel (`torch.nn.utils.weight_norm`), under its old names or its new ones.
  const old = weights.has(`${at}.weight_g`);
  const length = weights.take(old ? `${at}.weight_g` : `${at}.parametrizations.weight.original0`, [
    1,
    1,
    kernel,
  ]);
  const direction = weights.take(old ? `${at}.weight_v` : `${at}.parametrizations.weight.original1`, [
    width,
    width / groups,
    kernel,
  ]);
  const norm = graph.node('ReduceL2', [direction, graph.integers([0, 1])], { keepdims: 1 });
  const weight = graph.node('Mul', [direction, graph.node('Div', [length, norm])]);
  const bias = weights.take(`${at}.bias`, [width]);
  const before = Math.floor(kernel / 2);
  const around = graph.node('Conv', [turn(building, byRecording(building, x, all, width)), weight, bias], {
    group: groups,
    kernel_shape: [kernel],
    // There are as many frames as before: with an even kernel the last one is dropped.
    pads: [before, kernel - 1 - before],
  });
  const active = activate(building, around, shape.convolutionActivation);
  return graph.node('Reshape', [turn(building, active), graph.integers([-1, width])]);
}

/** Rows of frames × `width` as batch × frames × `width`. */
function byRecording({ graph }: Building, rows: string, { batch, length }: Batch, width: number): string {
  const shape = graph.node('Concat', [batch, length, graph.integers([width])], { axis: 0 });
  return graph.node('Reshape', [rows, shape]);
}

/** One layer of the encoder, on rows of frames × width. */
function encoderLayer(building: Building, shape: SpeechShape, at: string, x: string, all: Batch): string {
  const { graph } = building;
  const { width, epsilon } = shape;
  const norm = (rows: string, name: string) => layerNorm(building, rows, `${at}.${name}`, width, epsilon);
  if (!shape.stable) {
    const middle = norm(graph.node('Add', [x, attention(building, shape, at, x, all)]), 'layer_norm');
    const outer = feedForward(building, shape, at, middle);
    return norm(graph.node('Add', [middle, outer]), 'final_layer_norm');
  }
  const seen = attention(building, shape, at, norm(x, 'layer_norm'), all);
  const middle = graph.node('Add', [x, seen]);
  const outer = feedForward(building, shape, at, norm(middle, 'final_layer_norm'));
  const last = graph.node('Add', [middle, outer]);
  return shape.adapter === 0 ? last : adapt(building, shape, `${at}.adapter_layer`, last);
}

function attention(building: Building, shape: SpeechShape, at: string, x: string, all: Batch): string {
  const { width } = shape;
  const project = (rows: string, name: string) =>
    linear(building, rows, `${at}.attention.${name}`, width, width);
  const projected = { query: project(x, 'q_proj'), key: project(x, 'k_proj'), value: project(x, 'v_proj') };
  return project(attendAll(building, all, projected, shape), 'out_proj');
}

function feedForward(building: Building, shape: SpeechShape, at: string, x: string): string {
  const { width, inner, activation } = shape;
  const hidden = linear(building, x, `${at}.feed_forward.intermediate_dense`, inner, width);
  return linear(
    building,
    activate(building, hidden, activation),
    `${at}.feed_forward.output_dense`,
    width,
    inner,
  );
}

/** What a language has of its own in each layer (`Wav2Vec2AttnAdapterLayer`). */
function adapt(building: Building, { width, adapter }: SpeechShape, at: string, x: string): string {
  const even = layerNorm(building, x, `${at}.norm`, width, EPSILON);
  const narrow = activate(building, linear(building, even, `${at}.linear_1`, adapter, width), 'relu');
  return building.graph.node('Add', [x, linear(building, narrow, `${at}.linear_2`, width, adapter)]);
}

/** The states before, between and behind the layers, each with its share. */
function weightedSum({ graph, weights }: Building, states: readonly string[]): string {
  const shares = graph.node('Softmax', [weights.take('layer_weights', [states.length])], { axis: 0 });
  const spread = graph.node('Reshape', [shares, graph.integers([-1, 1, 1])]);
  const zero = graph.integers([0]);
  const stack = graph.node(
    'Concat',
    states.map((state) => graph.node('Unsqueeze', [state, zero])),
    { axis: 0 },
  );
  return graph.node('ReduceSum', [graph.node('Mul', [stack, spread]), zero], { keepdims: 0 });
}
