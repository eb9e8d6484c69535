import { writeGraph } from '../onnx/graph-writer.js';
import { preview } from '../preview.js';
import type { Architecture, BuiltGraph, Head } from './architecture.js';
import { classOf, expectKnown, expectNoVectors, flagOf, type ModelConfig, sizeOf } from './config.js';
import { attendAll, type Batch, byText } from './encoder.js';
import { labelCount } from './labels.js';
import { activate, type Building, layerNorm, linear, sizeOfAxis } from './layers.js';
import { Contradiction, Unsupported } from './refusal.js';
import { contractOf, readShape, type SpeechShape } from './wav2vec2-shape.js';
import { baseOf, type LocatedTensor, weightsFor } from './weights.js';

/** How the classes begin, by `model_type`. */
const FAMILIES: Readonly<Record<string, string>> = { wav2vec2: 'Wav2Vec2', hubert: 'Hubert' };

/** Classes that a graph is built of, without the name of the model type. */
const HEADS: ReadonlySet<string> = new Set(['ForCTC', 'ForSequenceClassification'] satisfies Head[]);

/** Of the normalizations beside the convolutions, which config.json does not tell (`torch.nn.LayerNorm`). */
const EPSILON = 1e-5;

/** Wav2Vec2 and HuBERT, from samples of sound. Source: `Wav2Vec2Model` and `HubertModel` of transformers, releases 4.11 to 5. */
export const wav2vec2: Architecture = { modelTypes: Object.keys(FAMILIES), build: buildWav2Vec2 };

/** Builds the graph. Throws `Unsupported` and `Contradiction`. */
function buildWav2Vec2(
  config: ModelConfig,
  tensors: ReadonlyMap<string, LocatedTensor>,
  head: Head,
): BuiltGraph {
  const type = String(config.model_type);
  const family = Object.hasOwn(FAMILIES, type) ? FAMILIES[type] : undefined;
  if (family === undefined) throw new Unsupported(`its model_type is ${preview(type)}`);
  expectKnown(config, contractOf(type));
  const className = classOf(config);
  const kind = className.startsWith(family) ? className.slice(family.length) : '';
  if (!HEADS.has(kind)) throw new Unsupported(`its class is ${preview(className)}`);
  expectNoVectors(className, head);
  if (kind !== head) {
    throw new Contradiction(`config.json names the class ${className}, and the task needs ${family}${head}`);
  }
  const shape = readShape(config, type);
  const graph = writeGraph('validate-model-card');
  const weights = weightsFor(graph, tensors);
  const building: Building = { graph, weights };
  const { width, epsilon, layers, stable } = shape;
  const base = baseOf(weights, `${type}.`, ['feature_projection.projection.weight']);
  const samples = graph.input('input_values', 'float32', ['batch_size', 'samples']);
  const features = extractFeatures(building, shape, `${base}feature_extractor.conv_layers`, samples);
  const all: Batch = {
    batch: sizeOfAxis(building, features, 0),
    length: sizeOfAxis(building, features, 1),
    bias: null,
  };
  let x = projectFeatures(building, shape, `${base}feature_projection`, features);
  x = graph.node('Add', [x, positions(building, shape, `${base}encoder.pos_conv_embed.conv`, x, all)]);
  const finish = (rows: string) => layerNorm(building, rows, `${base}encoder.layer_norm`, width, epsilon);
  if (!stable) x = finish(x);
  const states = [x];
  for (let layer = 0; layer < layers; layer++) {
    const at = `${base}encoder.layers.${layer}`;
    x = encoderLayer(building, shape, at, x, all);
    if (stable && layer === layers - 1) x = finish(x);
    states.push(x);
  }
  if (head === 'ForCTC') {
    const vocabulary = sizeOf(config, 'vocab_size', 32);
    const logits = byText(building, all, linear(building, x, 'lm_head', vocabulary, width), vocabulary);
    graph.output('logits', 'float32', ['batch_size', 'frames', vocabulary], logits);
  } else {
    const weighted = flagOf(config, 'use_weighted_layer_sum', false);
    const state = weighted ? weightedSum(building, states) : x;
    const projected = sizeOf(config, 'classifier_proj_size', 256);
    const rows = linear(building, state, 'projector', projected, width);
    const whole = byText(building, all, rows, projected);
    const mean = graph.node('ReduceMean', [whole, graph.integers([1])], { keepdims: 0 });
    const labels = labelCount(config, weights, 'classifier');
    const logits = linear(building, mean, 'classifier', labels, projected);
    graph.output('logits', 'float32', ['batch_size', labels], logits);
  }
  // What hides frames while the model is trained.
  weights.leaveOut(new RegExp(`^(?:${type}\\.)?masked_spec_embed$`));
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
  const around = graph.node('Conv', [turn(building, byText(building, all, x, width)), weight, bias], {
    group: groups,
    kernel_shape: [kernel],
    // There are as many frames as before: with an even kernel the last one is dropped.
    pads: [before, kernel - 1 - before],
  });
  const active = activate(building, around, shape.convolutionActivation);
  return graph.node('Reshape', [turn(building, active), graph.integers([-1, width])]);
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
