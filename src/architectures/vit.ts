import { writeGraph } from '../onnx/graph-writer.js';
import { preview } from '../preview.js';
import type { Architecture, BuiltGraph, Head } from './architecture.js';
import {
  type ConfigContract,
  classOf,
  expectKnown,
  flagOf,
  headsOf,
  type ModelConfig,
  nameOf,
  numberOf,
  sizeOf,
} from './config.js';
import { attendAll, type Batch } from './encoder.js';
import { labelCount } from './labels.js';
import { activate, type Building, layerNorm, linear, sizeOfAxis } from './layers.js';
import { Contradiction, Unsupported } from './refusal.js';
import { baseOf, type LocatedTensor, weightsFor } from './weights.js';

/** How the classes begin, and the tokens before those of the picture, by `model_type`. */
const FAMILIES: Readonly<Record<string, { readonly className: string; readonly tokens: readonly string[] }>> =
  {
    vit: { className: 'ViT', tokens: ['cls_token'] },
    deit: { className: 'DeiT', tokens: ['cls_token', 'distillation_token'] },
  };

const CONTRACT: ConfigContract = {
  geometry: [
    'hidden_act',
    'hidden_size',
    'image_size',
    'intermediate_size',
    'layer_norm_eps',
    'num_attention_heads',
    'num_channels',
    'num_hidden_layers',
    'patch_size',
    'qkv_bias',
  ],
  fixed: { is_encoder_decoder: [false] },
  inert: [
    'attention_probs_dropout_prob',
    // Of a head that paints masked pictures, and of the pooler, which no head here uses.
    'encoder_stride',
    'hidden_dropout_prob',
    'pooler_act',
    'pooler_output_size',
  ],
};

/** ViT and DeiT. Source: `ViTModel` and `DeiTModel` of transformers, releases 4.6 to 5. */
export const vit: Architecture = { modelTypes: Object.keys(FAMILIES), build: buildVit };

interface VitShape {
  readonly width: number;
  readonly layers: number;
  readonly heads: number;
  readonly inner: number;
  readonly channels: number;
  /** Width and height of the pictures, and of their patches, in pixels. */
  readonly size: number;
  readonly patch: number;
  readonly biased: boolean;
  readonly activation: string;
  readonly epsilon: number;
}

function readShape(config: ModelConfig): VitShape {
  const width = sizeOf(config, 'hidden_size', 768);
  const heads = headsOf(config, 'num_attention_heads', width, 12);
  const size = sideOf(config, 'image_size', 224);
  const patch = sideOf(config, 'patch_size', 16);
  return {
    width,
    layers: sizeOf(config, 'num_hidden_layers', 12),
    heads,
    inner: sizeOf(config, 'intermediate_size', 3072),
    channels: sizeOf(config, 'num_channels', 3),
    size,
    patch,
    biased: flagOf(config, 'qkv_bias', true),
    activation: nameOf(config, 'hidden_act', 'gelu'),
    epsilon: numberOf(config, 'layer_norm_eps', 1e-12),
  };
}

/** Width and height, which transformers takes as a list as well; then they may differ, and no such graph is built. */
function sideOf(config: ModelConfig, key: 'image_size' | 'patch_size', fallback: number): number {
  if (Array.isArray(config[key])) throw new Unsupported(`${key} is ${preview(config[key])}`);
  return sizeOf(config, key, fallback);
}

/** Builds the graph. Throws `Unsupported` and `Contradiction`. */
function buildVit(config: ModelConfig, tensors: ReadonlyMap<string, LocatedTensor>, head: Head): BuiltGraph {
  const type = String(config.model_type);
  const family = Object.hasOwn(FAMILIES, type) ? FAMILIES[type] : undefined;
  if (family === undefined) throw new Unsupported(`its model_type is ${preview(type)}`);
  expectKnown(config, CONTRACT);
  const className = classOf(config);
  const classifies = className === `${family.className}ForImageClassification`;
  if (!classifies && className !== `${family.className}Model`) {
    throw new Unsupported(`its class is ${preview(className)}`);
  }
  if (head !== 'Model' && !(head === 'ForImageClassification' && classifies)) {
    throw new Contradiction(`config.json names the class ${className}, and the task needs one ${head}`);
  }
  const shape = readShape(config);
  const graph = writeGraph('validate-model-card');
  const weights = weightsFor(graph, tensors);
  const building: Building = { graph, weights };
  const { width, epsilon, size } = shape;
  const pixels = graph.input('pixel_values', 'float32', ['batch_size', shape.channels, size, size]);
  const batch = sizeOfAxis(building, pixels, 0);
  const base = baseOf(weights, `${type}.`, ['embeddings.cls_token']);
  const count = Math.floor(size / shape.patch) ** 2 + family.tokens.length;
  const all: Batch = { batch, length: graph.integers([count]), bias: null };
  let x = embeddings(building, shape, `${base}embeddings`, family.tokens, pixels, batch, count);
  for (let layer = 0; layer < shape.layers; layer++) {
    x = encoderLayer(building, shape, `${base}encoder.layer.${layer}`, x, all);
  }
  x = layerNorm(building, x, `${base}layernorm`, width, epsilon);
  const byPicture = graph.node('Concat', [batch, graph.integers([count, width])], { axis: 0 });
  const states = graph.node('Reshape', [x, byPicture]);
  weights.leaveOut(/(?:^|\.)pooler\.dense\./);
  if (head === 'Model') {
    graph.output('last_hidden_state', 'float32', ['batch_size', count, width], states);
    weights.leaveOut(/^classifier\./);
  } else {
    const labels = labelCount(config, weights, 'classifier');
    const first = graph.node('Gather', [states, graph.integers(0)], { axis: 1 });
    graph.output(
      'logits',
      'float32',
      ['batch_size', labels],
      linear(building, first, 'classifier', labels, width),
    );
  }
  weights.expectAllUsed();
  return {
    graphs: { model: graph.finish() },
    className: family.className + head,
    longest: Number.MAX_SAFE_INTEGER,
  };
}

/** Patches and the tokens before them, with their positions, as rows of tokens × width. */
function embeddings(
  building: Building,
  { width, channels, patch }: VitShape,
  at: string,
  tokens: readonly string[],
  pixels: string,
  batch: string,
  count: number,
): string {
  const { graph, weights } = building;
  const kernel = weights.take(`${at}.patch_embeddings.projection.weight`, [width, channels, patch, patch]);
  const bias = weights.take(`${at}.patch_embeddings.projection.bias`, [width]);
  const patches = graph.node('Conv', [pixels, kernel, bias], {
    kernel_shape: [patch, patch],
    strides: [patch, patch],
  });
  const flat = graph.node('Concat', [batch, graph.integers([width, -1])], { axis: 0 });
  const rows = graph.node('Transpose', [graph.node('Reshape', [patches, flat])], { perm: [0, 2, 1] });
  const one = graph.node('Concat', [batch, graph.integers([1, width])], { axis: 0 });
  const before = tokens.map((name) =>
    graph.node('Expand', [weights.take(`${at}.${name}`, [1, 1, width]), one]),
  );
  const sequence = graph.node('Concat', [...before, rows], { axis: 1 });
  const places = weights.take(`${at}.position_embeddings`, [1, count, width]);
  return graph.node('Reshape', [graph.node('Add', [sequence, places]), graph.integers([-1, width])]);
}

/** One layer, which normalizes before it works, on rows of tokens × width. */
function encoderLayer(building: Building, shape: VitShape, at: string, x: string, all: Batch): string {
  const { graph } = building;
  const { width, inner, epsilon, biased } = shape;
  const state = layerNorm(building, x, `${at}.layernorm_before`, width, epsilon);
  const project = (name: string) =>
    linear(building, state, `${at}.attention.attention.${name}`, width, width, biased);
  const projected = { query: project('query'), key: project('key'), value: project('value') };
  const seen = attendAll(building, all, projected, shape);
  const middle = graph.node('Add', [linear(building, seen, `${at}.attention.output.dense`, width, width), x]);
  const next = layerNorm(building, middle, `${at}.layernorm_after`, width, epsilon);
  const hidden = activate(
    building,
    linear(building, next, `${at}.intermediate.dense`, inner, width),
    shape.activation,
  );
  return graph.node('Add', [linear(building, hidden, `${at}.output.dense`, width, inner), middle]);
}
