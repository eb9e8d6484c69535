import { writeGraph } from '../onnx/graph-writer.js';
import { preview } from '../preview.js';
import type { Architecture, BuiltGraph, Head } from './architecture.js';
import { classOf, expectKnown, expectWriter, type ModelConfig } from './config.js';
import { byText, paddingBias, textInputs } from './encoder.js';
import { aheadBias, decoderSide, rangeOf } from './encoder-decoder.js';
import { attendByHead, byHead } from './heads.js';
import { activate, type Building, embed, linear, rmsNorm } from './layers.js';
import { Unsupported } from './refusal.js';
import { bucketTable } from './relative-positions.js';
import { CONTRACT, FAMILIES, readShape, type T5Shape } from './t5-shape.js';
import { type LocatedTensor, storedName, type Weights, weightsFor } from './weights.js';

/** T5, mT5 and Flan-T5. Source: `T5ForConditionalGeneration` of transformers, releases 4.0 to 5. */
export const t5: Architecture = { modelTypes: Object.keys(FAMILIES), build: buildT5 };

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
  const shape = readShape(config, type, family, tensors.has('lm_head.weight'));
  const used = new Set<string>();
  const encoder = buildEncoder(shape, tensors, used);
  const decoder = buildDecoder(shape, tensors, used);
  const { weights } = decoder;
  // Copies of the table of words, and a bias that the first releases stored and never used.
  weights.leaveOut(/^(?:encoder|decoder)\.embed_tokens\.weight$/);
  weights.leaveOut(/^decoder\.block\.0\.layer\.1\.EncDecAttention\.relative_attention_bias\.weight$/);
  // Releases before 5 of transformers forget it.
  if (!shape.ownHead) weights.leaveOut(/^lm_head\.weight$/);
  weights.expectAllUsed();
  return {
    graphs: {
      encoder_model: encoder.graph.finish(),
      decoder_model_merged: decoder.graph.finish(),
    },
    className,
    longest: Number.MAX_SAFE_INTEGER,
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
  const { width, epsilon, heads, each } = shape;
  const texts = textInputs(building, 'encoder_sequence_length');
  const positions = relativeBias(building, shape, 'encoder', graph.integers([0]), texts.length);
  const bias = graph.node('Add', [positions, paddingBias(building, texts.mask)]);
  const unscaled = { heads, each, scale: 1 };
  let x = words(building, shape, texts.ids);
  for (let layer = 0; layer < shape.layers.encoder; layer++) {
    const at = `encoder.block.${layer}.layer`;
    const state = rmsNorm(building, x, `${at}.0.layer_norm`, width, epsilon);
    const self = `${at}.0.SelfAttention`;
    const [query, key, value] = (['q', 'k', 'v'] as const).map((name) =>
      byHead(building, texts, project(building, shape, state, `${self}.${name}`), heads, each),
    ) as [string, string, string];
    const seen = attendByHead(building, { query, key, value }, bias, unscaled);
    x = graph.node('Add', [x, giveBack(building, shape, seen, `${self}.o`)]);
    x = graph.node('Add', [x, feedForward(building, shape, x, `${at}.1`)]);
  }
  const last = rmsNorm(building, x, 'encoder.final_layer_norm', width, epsilon);
  const size = ['batch_size', 'encoder_sequence_length', width];
  graph.output('last_hidden_state', 'float32', size, byText(building, texts, last, width));
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
  const side = decoderSide(building, { width, heads, each }, true);
  const { past, total, keysAndValues } = side;
  const bias = graph.node('Add', [
    relativeBias(building, shape, 'decoder', past, total),
    aheadBias(building, past, total),
  ]);
  const unscaled = { heads, each, scale: 1 };

  let x = words(building, shape, side.ids);
  for (let layer = 0; layer < shape.layers.decoder; layer++) {
    const at = `decoder.block.${layer}.layer`;
    const attend = (
      name: string,
      state: string,
      source: string,
      from: 'own' | 'taken',
      added: string | null,
    ) => {
      const query = byHead(building, side, project(building, shape, state, `${name}.q`), heads, each);
      const key = keysAndValues[from](layer, 'key', project(building, shape, source, `${name}.k`));
      const value = keysAndValues[from](layer, 'value', project(building, shape, source, `${name}.v`));
      const seen = attendByHead(building, { query, key, value }, added, unscaled);
      return giveBack(building, shape, seen, `${name}.o`);
    };
    const state = rmsNorm(building, x, `${at}.0.layer_norm`, width, epsilon);
    x = graph.node('Add', [x, attend(`${at}.0.SelfAttention`, state, state, 'own', bias)]);
    const next = rmsNorm(building, x, `${at}.1.layer_norm`, width, epsilon);
    const read = attend(`${at}.1.EncDecAttention`, next, side.states, 'taken', side.padding);
    x = graph.node('Add', [x, read]);
    x = graph.node('Add', [x, feedForward(building, shape, x, `${at}.2`)]);
  }
  x = rmsNorm(building, x, 'decoder.final_layer_norm', width, epsilon);
  if (shape.scaled) x = graph.node('Mul', [x, graph.float(width ** -0.5)]);
  const table = weights.take(shape.ownHead ? 'lm_head.weight' : wordTable(weights, shape), [
    vocabulary,
    width,
  ]);
  const scores = byText(building, side, graph.node('Gemm', [x, table], { transB: 1 }), vocabulary);
  graph.output('logits', 'float32', ['batch_size', 'decoder_sequence_length', vocabulary], scores);
  return building;
}

/** Where the table of words of both halves is stored. */
function wordTable(weights: Weights, { ownHead }: T5Shape): string {
  const names = ['shared.weight', 'decoder.embed_tokens.weight', 'encoder.embed_tokens.weight'] as const;
  return storedName(weights, ownHead ? names : [...names, 'lm_head.weight']);
}

/** Words as rows of tokens × width. */
function words(building: Building, shape: T5Shape, ids: string): string {
  const { graph, weights } = building;
  const { vocabulary, width } = shape;
  return graph.node('Reshape', [
    embed(building, wordTable(weights, shape), [vocabulary, width], ids),
    graph.integers([-1, width]),
  ]);
}

/** What the distance of two tokens adds to their score, for those from `start` on to all. */
function relativeBias(
  building: Building,
  { buckets, farthest, heads }: T5Shape,
  part: 'encoder' | 'decoder',
  start: string,
  total: string,
): string {
  const { graph } = building;
  const both = part === 'encoder';
  // Whatever is farther shares a bucket with what is that far.
  const table = graph.integers(bucketTable(farthest + 1, { buckets, farthest, both }));
  const keys = graph.node('Unsqueeze', [rangeOf(building, graph.integers([0]), total), graph.integers([0])]);
  const queries = graph.node('Unsqueeze', [rangeOf(building, start, total), graph.integers([1])]);
  const distance = graph.node('Sub', [keys, queries]);
  const near = graph.node('Max', [
    graph.node('Min', [distance, graph.integers(farthest)]),
    graph.integers(-farthest),
  ]);
  const index = graph.node('Add', [near, graph.integers(farthest)]);
  const bucket = graph.node('Gather', [table, index], { axis: 0 });
  const name = `${part}.block.0.layer.0.SelfAttention.relative_attention_bias.weight`;
  const byToken = embed(building, name, [buckets, heads], bucket);
  return graph.node('Unsqueeze', [
    graph.node('Transpose', [byToken], { perm: [2, 0, 1] }),
    graph.integers([0]),
  ]);
}

/** Rows of tokens × width to rows of tokens × (heads · each); no layer of T5 has a bias. */
function project(building: Building, { width, heads, each }: T5Shape, x: string, name: string): string {
  return linear(building, x, name, heads * each, width, false);
}

function giveBack(building: Building, { width, heads, each }: T5Shape, x: string, name: string): string {
  return linear(building, x, name, width, heads * each, false);
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
