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
import { activate, type Building, embed, LOWEST, linear, rmsNorm } from './layers.js';
import { Contradiction, Unsupported } from './refusal.js';
import { bucketTable } from './relative-positions.js';
import { type LocatedTensor, weightsFor } from './weights.js';

/** How the classes of a model type begin, and what it takes keys for that are absent from config.json. */
interface T5Family {
  readonly className: string;
  readonly projection: string;
  readonly tied: boolean;
  readonly vocabulary: number;
  readonly inner: number;
  readonly layers: number;
  readonly heads: number;
}

/** By `model_type`, after the configuration classes of transformers 4.57. */
const FAMILIES: Readonly<Record<string, T5Family>> = {
  t5: {
    className: 'T5',
    projection: 'relu',
    tied: true,
    vocabulary: 32_128,
    inner: 2048,
    layers: 6,
    heads: 8,
  },
  mt5: {
    className: 'MT5',
    projection: 'gated-gelu',
    tied: false,
    vocabulary: 250_112,
    inner: 1024,
    layers: 8,
    heads: 6,
  },
};

const CONTRACT: ConfigContract = {
  geometry: [
    'd_ff',
    'd_kv',
    'd_model',
    'feed_forward_proj',
    'layer_norm_epsilon',
    'num_decoder_layers',
    'num_heads',
    'num_layers',
    'relative_attention_max_distance',
    'relative_attention_num_buckets',
    'tie_word_embeddings',
    'vocab_size',
  ],
  fixed: { is_encoder_decoder: [true] },
  inert: [
    'classifier_dropout',
    // Both follow from `feed_forward_proj`.
    'dense_act_fn',
    'is_gated_act',
    'dropout_rate',
    // The length that the first models were trained with; positions are relative and go on.
    'n_positions',
    'pad_token_id',
  ],
};

/** The activation of each kind of feed-forward layer that is built (`feed_forward_proj`). */
const ACTIVATIONS: Readonly<Record<string, string>> = {
  relu: 'relu',
  'gated-gelu': 'gelu_new',
  'gated-silu': 'silu',
};

/** Most tokens; nothing in the model says, and the table of distances has an end. */
const LONGEST = 4096;

/** T5, mT5 and Flan-T5. Source: `T5ForConditionalGeneration` of transformers, releases 4.0 to 5. */
export const t5: Architecture = { modelTypes: Object.keys(FAMILIES), build: buildT5 };

interface T5Shape {
  readonly vocabulary: number;
  readonly width: number;
  readonly heads: number;
  readonly each: number;
  readonly inner: number;
  readonly layers: { readonly encoder: number; readonly decoder: number };
  readonly epsilon: number;
  readonly buckets: number;
  readonly farthest: number;
  readonly gated: boolean;
  readonly activation: string;
  readonly tied: boolean;
}

/** Builds the graphs. Throws `Unsupported` and `Contradiction`. */
function buildT5(config: ModelConfig, tensors: ReadonlyMap<string, LocatedTensor>, head: Head): BuiltGraph {
  const type = String(config.model_type);
  const family = Object.hasOwn(FAMILIES, type) ? FAMILIES[type] : undefined;
  if (family === undefined) throw new Unsupported(`its model_type is ${preview(type)}`);
  expectKnown(config, CONTRACT);
  const className = classOf(config);
  if (className !== `${family.className}ForConditionalGeneration`) {
    throw new Unsupported(`its class is ${preview(className)}`);
  }
  expectWriter(className, head, 'ForConditionalGeneration');
  const projection = nameOf(config, 'feed_forward_proj', family.projection);
  const activation = Object.hasOwn(ACTIVATIONS, projection) ? ACTIVATIONS[projection] : undefined;
  if (activation === undefined) throw new Unsupported(`feed_forward_proj is ${preview(projection)}`);
  const layers = sizeOf(config, 'num_layers', family.layers);
  const shape: T5Shape = {
    vocabulary: sizeOf(config, 'vocab_size', family.vocabulary),
    width: sizeOf(config, 'd_model', 512),
    heads: sizeOf(config, 'num_heads', family.heads),
    each: sizeOf(config, 'd_kv', 64),
    inner: sizeOf(config, 'd_ff', family.inner),
    layers: { encoder: layers, decoder: sizeOf(config, 'num_decoder_layers', layers) },
    epsilon: numberOf(config, 'layer_norm_epsilon', 1e-6),
    buckets: sizeOf(config, 'relative_attention_num_buckets', 32),
    farthest: sizeOf(config, 'relative_attention_max_distance', 128),
    gated: projection.startsWith('gated-'),
    activation,
    tied: flagOf(config, 'tie_word_embeddings', family.tied),
  };
  const used = new Set<string>();
  const encoder = buildEncoder(shape, tensors, used);
  const decoder = buildDecoder(shape, tensors, used);
  const { weights } = decoder;
  // Copies of the table of words, and a bias that the first releases stored and never used.
  weights.leaveOut(/^(?:encoder|decoder)\.embed_tokens\.weight$/);
  weights.leaveOut(/^decoder\.block\.0\.layer\.1\.EncDecAttention\.relative_attention_bias\.weight$/);
  if (shape.tied) weights.leaveOut(/^lm_head\.weight$/);
  weights.expectAllUsed();
  return {
    graphs: {
      encoder_model: encoder.graph.finish(),
      decoder_model_merged: decoder.graph.finish(),
    },
    className,
    longest: LONGEST,
  };
}

function begin(tensors: ReadonlyMap<string, LocatedTensor>, used: Set<string>): Building {
  const graph = writeGraph('validate-model-card');
  return { graph, weights: weightsFor(graph, tensors, used) };
}

/** The encoder: texts to hidden states. */
function buildEncoder(
  shape: T5Shape,
  tensors: ReadonlyMap<string, LocatedTensor>,
  used: Set<string>,
): Building {
  const building = begin(tensors, used);
  const { graph } = building;
  const { width, epsilon } = shape;
  const text = ['batch_size', 'encoder_sequence_length'];
  const ids = graph.input('input_ids', 'int64', text);
  const mask = graph.input('attention_mask', 'int64', text);
  const batch = sizeOfAxis(building, ids, 0);
  const length = sizeOfAxis(building, ids, 1);
  const positions = relativeBias(building, shape, 'encoder', graph.integers([0]), length);
  const bias = graph.node('Add', [positions, paddingBias(building, mask)]);
  let x = words(building, shape, ids);
  for (let layer = 0; layer < shape.layers.encoder; layer++) {
    const at = `encoder.block.${layer}.layer`;
    const state = rmsNorm(building, x, `${at}.0.layer_norm`, width, epsilon);
    const self = `${at}.0.SelfAttention`;
    const [query, key, value] = (['q', 'k', 'v'] as const).map((name) =>
      byHead(building, shape, project(building, shape, state, `${self}.${name}`), batch, length),
    ) as [string, string, string];
    const seen = attend(building, shape, query, key, value, bias);
    x = graph.node('Add', [x, giveBack(building, shape, seen, `${self}.o`)]);
    x = graph.node('Add', [x, feedForward(building, shape, x, `${at}.1`)]);
  }
  const last = rmsNorm(building, x, 'encoder.final_layer_norm', width, epsilon);
  const whole = graph.node('Concat', [batch, length, graph.integers([width])], { axis: 0 });
  graph.output('last_hidden_state', 'float32', [...text, width], graph.node('Reshape', [last, whole]));
  return building;
}

/** The decoder, with a cache for its own tokens and one for what it took from the encoder. */
function buildDecoder(
  shape: T5Shape,
  tensors: ReadonlyMap<string, LocatedTensor>,
  used: Set<string>,
): Building {
  const building = begin(tensors, used);
  const { graph, weights } = building;
  const { width, heads, each, epsilon, vocabulary } = shape;
  const ids = graph.input('input_ids', 'int64', ['batch_size', 'decoder_sequence_length']);
  const mask = graph.input('encoder_attention_mask', 'int64', ['batch_size', 'encoder_sequence_length']);
  const states = graph.input('encoder_hidden_states', 'float32', [
    'batch_size',
    'encoder_sequence_length',
    width,
  ]);
  const cached = (layer: number, part: 'decoder' | 'encoder', kind: 'key' | 'value') =>
    graph.input(`past_key_values.${layer}.${part}.${kind}`, 'float32', [
      'batch_size',
      heads,
      `past_${part}_sequence_length`,
      each,
    ]);
  const caches = Array.from({ length: shape.layers.decoder }, (_, layer) => ({
    decoder: { key: cached(layer, 'decoder', 'key'), value: cached(layer, 'decoder', 'value') },
    encoder: { key: cached(layer, 'encoder', 'key'), value: cached(layer, 'encoder', 'value') },
  }));
  const [before] = caches;
  if (before === undefined) throw new Contradiction('num_decoder_layers is 0');
  const batch = sizeOfAxis(building, ids, 0);
  const length = sizeOfAxis(building, ids, 1);
  const past = sizeOfAxis(building, before.decoder.key, 2);
  const total = graph.node('Add', [past, length]);
  const bias = relativeBias(building, shape, 'decoder', past, total);
  const padding = paddingBias(building, mask);

  // What is in the cache already is cut off: nothing is left from the second step on, and no branch is needed.
  const fresh = graph.node('Slice', [
    states,
    sizeOfAxis(building, before.encoder.key, 2),
    graph.integers([Number.MAX_SAFE_INTEGER]),
    graph.integers([1]),
  ]);
  const freshLength = sizeOfAxis(building, fresh, 1);
  const freshRows = graph.node(
    'Reshape',
    [
      fresh,
      graph.node('Concat', [graph.node('Mul', [batch, freshLength]), graph.integers([width])], { axis: 0 }),
    ],
    { allowzero: 1 },
  );
  const remember = (past: string, rows: string, name: string, part: 'decoder' | 'encoder', size: string) => {
    const all = graph.node('Concat', [past, byHead(building, shape, rows, batch, size)], { axis: 2 });
    graph.output(name, 'float32', ['batch_size', heads, `${part}_sequence_length_so_far`, each], all);
    return all;
  };

  let x = words(building, shape, ids);
  for (const [layer, cache] of caches.entries()) {
    const at = `decoder.block.${layer}.layer`;
    const self = `${at}.0.SelfAttention`;
    const state = rmsNorm(building, x, `${at}.0.layer_norm`, width, epsilon);
    const own = (kind: 'key' | 'value', name: string) =>
      remember(
        cache.decoder[kind],
        project(building, shape, state, `${self}.${name}`),
        `present.${layer}.decoder.${kind}`,
        'decoder',
        length,
      );
    const query = byHead(building, shape, project(building, shape, state, `${self}.q`), batch, length);
    const seen = attend(building, shape, query, own('key', 'k'), own('value', 'v'), bias);
    x = graph.node('Add', [x, giveBack(building, shape, seen, `${self}.o`)]);

    const cross = `${at}.1.EncDecAttention`;
    const next = rmsNorm(building, x, `${at}.1.layer_norm`, width, epsilon);
    const taken = (kind: 'key' | 'value', name: string) =>
      remember(
        cache.encoder[kind],
        project(building, shape, freshRows, `${cross}.${name}`),
        `present.${layer}.encoder.${kind}`,
        'encoder',
        freshLength,
      );
    const asked = byHead(building, shape, project(building, shape, next, `${cross}.q`), batch, length);
    const read = attend(building, shape, asked, taken('key', 'k'), taken('value', 'v'), padding);
    x = graph.node('Add', [x, giveBack(building, shape, read, `${cross}.o`)]);
    x = graph.node('Add', [x, feedForward(building, shape, x, `${at}.2`)]);
  }
  x = rmsNorm(building, x, 'decoder.final_layer_norm', width, epsilon);
  if (shape.tied) x = graph.node('Mul', [x, graph.float(width ** -0.5)]);
  const table = weights.take(shape.tied ? 'shared.weight' : 'lm_head.weight', [vocabulary, width]);
  const whole = graph.node('Concat', [batch, length, graph.integers([vocabulary])], { axis: 0 });
  const scores = graph.node('Reshape', [graph.node('Gemm', [x, table], { transB: 1 }), whole]);
  graph.output('logits', 'float32', ['batch_size', 'decoder_sequence_length', vocabulary], scores);
  return building;
}

function sizeOfAxis({ graph }: Building, value: string, axis: number): string {
  return graph.node('Gather', [graph.node('Shape', [value]), graph.integers([axis])], { axis: 0 });
}

function words(building: Building, { vocabulary, width }: T5Shape, ids: string): string {
  const { graph } = building;
  return graph.node('Reshape', [
    embed(building, 'shared.weight', [vocabulary, width], ids),
    graph.integers([-1, width]),
  ]);
}

/** Nothing for tokens, the lowest number for padding. */
function paddingBias({ graph }: Building, mask: string): string {
  const hidden = graph.node('Sub', [graph.float(1), graph.cast(mask, 'float32')]);
  return graph.node('Unsqueeze', [graph.node('Mul', [hidden, graph.float(LOWEST)]), graph.integers([1, 2])]);
}

/** What the distance of two tokens adds to their score, for those from `start` on to all; in the decoder nobody looks ahead. */
function relativeBias(
  building: Building,
  { buckets, farthest, heads }: T5Shape,
  part: 'encoder' | 'decoder',
  start: string,
  total: string,
): string {
  const { graph } = building;
  const both = part === 'encoder';
  const table = graph.integers(bucketTable(LONGEST, { buckets, farthest, both }));
  const end = graph.node('Squeeze', [total]);
  const range = (from: string) => graph.node('Range', [from, end, graph.integers(1)]);
  const keys = graph.node('Unsqueeze', [range(graph.integers(0)), graph.integers([0])]);
  const queries = graph.node('Unsqueeze', [range(graph.node('Squeeze', [start])), graph.integers([1])]);
  const distance = graph.node('Sub', [keys, queries]);
  const index = graph.node('Add', [distance, graph.integers(LONGEST - 1)]);
  const bucket = graph.node('Gather', [table, index], { axis: 0 });
  const name = `${part}.block.0.layer.0.SelfAttention.relative_attention_bias.weight`;
  const byToken = embed(building, name, [buckets, heads], bucket);
  const bias = graph.node('Unsqueeze', [
    graph.node('Transpose', [byToken], { perm: [2, 0, 1] }),
    graph.integers([0]),
  ]);
  if (both) return bias;
  const ahead = graph.node('Greater', [distance, graph.integers(0)]);
  return graph.node('Add', [bias, graph.node('Where', [ahead, graph.float(LOWEST), graph.float(0)])]);
}

/** Rows of tokens × width to rows of tokens × (heads · each); no layer of T5 has a bias. */
function project(building: Building, { width, heads, each }: T5Shape, x: string, name: string): string {
  return linear(building, x, name, heads * each, width, false);
}

function giveBack(building: Building, { width, heads, each }: T5Shape, x: string, name: string): string {
  return linear(building, x, name, width, heads * each, false);
}

function byHead({ graph }: Building, { heads, each }: T5Shape, rows: string, batch: string, length: string) {
  const split = graph.node('Concat', [batch, length, graph.integers([heads, each])], { axis: 0 });
  // There may be no tokens: a zero is a size, not "as before".
  return graph.node('Transpose', [graph.node('Reshape', [rows, split], { allowzero: 1 })], {
    perm: [0, 2, 1, 3],
  });
}

/** Attention without a scale: T5 has it in its weights. */
function attend(
  { graph }: Building,
  { heads, each }: T5Shape,
  query: string,
  keys: string,
  values: string,
  bias: string,
): string {
  const scores = graph.node('MatMul', [query, graph.node('Transpose', [keys], { perm: [0, 1, 3, 2] })]);
  const shares = graph.node('Softmax', [graph.node('Add', [scores, bias])], { axis: -1 });
  const seen = graph.node('Transpose', [graph.node('MatMul', [shares, values])], { perm: [0, 2, 1, 3] });
  return graph.node('Reshape', [seen, graph.integers([-1, heads * each])]);
}

function feedForward(building: Building, shape: T5Shape, x: string, at: string): string {
  const { width, inner, epsilon, activation, gated } = shape;
  const state = rmsNorm(building, x, `${at}.layer_norm`, width, epsilon);
  const layer = (name: string) =>
    linear(building, state, `${at}.DenseReluDense.${name}`, inner, width, false);
  const hidden = gated
    ? building.graph.node('Mul', [activate(building, layer('wi_0'), activation), layer('wi_1')])
    : activate(building, layer('wi'), activation);
  return linear(building, hidden, `${at}.DenseReluDense.wo`, width, inner, false);
}
