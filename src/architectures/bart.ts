import { writeGraph } from '../onnx/graph-writer.js';
import { preview } from '../preview.js';
import type { Architecture, BuiltGraph, Head } from './architecture.js';
import { type BartShape, contractOf, FAMILIES, type Half, readShape } from './bart-shape.js';
import { classOf, expectKnown, expectNoVectors, type ModelConfig, tokenOf } from './config.js';
import { type Batch, byText, paddingBias, textInputs } from './encoder.js';
import { type DecoderSide, decoderSide, rangeOf } from './encoder-decoder.js';
import { decoderLayers, EPSILON, encoderLayers, type FairseqShape, fairseqBase } from './fairseq-layers.js';
import { byHead } from './heads.js';
import { labelCount } from './labels.js';
import { activate, type Building, embed, layerNorm, linear } from './layers.js';
import { Contradiction, Unsupported } from './refusal.js';
import { sinusoids } from './sinusoids.js';
import { type LocatedTensor, storedName, weightsFor } from './weights.js';

/** BART, mBART and Marian. Source: the classes of transformers, releases 4.4 to 5. */
export const bart: Architecture = { modelTypes: Object.keys(FAMILIES), build: buildBart };

/** Builds the graphs. Throws `Unsupported` and `Contradiction`. */
function buildBart(config: ModelConfig, tensors: ReadonlyMap<string, LocatedTensor>, head: Head): BuiltGraph {
  const type = String(config.model_type);
  const family = Object.hasOwn(FAMILIES, type) ? FAMILIES[type] : undefined;
  if (family === undefined) throw new Unsupported(`its model_type is ${preview(type)}`);
  expectKnown(config, contractOf(type, family));
  const className = classOf(config);
  const kind = Object.hasOwn(family.classes, className) ? family.classes[className] : undefined;
  if (kind === undefined) throw new Unsupported(`its class is ${preview(className)}`);
  expectNoVectors(className, head);
  if (kind !== head) {
    throw new Contradiction(`config.json names the class ${className}, and the task needs one ${head}`);
  }
  const shape = readShape(config, family);
  const used = new Set<string>();
  const begin = (): Building => {
    const graph = writeGraph('validate-model-card');
    return { graph, weights: weightsFor(graph, tensors, used) };
  };
  const first = begin();
  const graphs: Record<string, Uint8Array> = {};
  if (head === 'ForSequenceClassification') {
    writeClassifier(first, shape, config);
    first.weights.leaveOut(/^final_logits_bias$/);
    graphs.model = first.graph.finish();
  } else {
    const second = begin();
    writeEncoder(first, shape);
    writeDecoder(second, shape);
    graphs.encoder_model = first.graph.finish();
    graphs.decoder_model_merged = second.graph.finish();
  }
  // Copies of the table of words, and what fairseq numbered its formats with.
  first.weights.leaveOut(/^(?:lm_head|(?:model\.)?(?:shared|(?:encoder|decoder)\.embed_tokens))\.weight$/);
  first.weights.leaveOut(/^(?:model\.)?(?:encoder|decoder)\.version$/);
  first.weights.expectAllUsed();
  return { graphs, className, longest: shape.positions };
}

/** The table of words of one half. */
function wordTable({ weights }: Building, { shared }: BartShape, { part }: Half): string {
  const base = fairseqBase(weights);
  const own = `${base}${part}.embed_tokens.weight`;
  if (!shared) return part === 'encoder' ? own : storedName(weights, [own, 'lm_head.weight']);
  return storedName(weights, [
    `${base}shared.weight`,
    `${base}decoder.embed_tokens.weight`,
    `${base}encoder.embed_tokens.weight`,
    'lm_head.weight',
  ]);
}

/** Words and their positions, as rows of tokens × width; `start` and `end` are the positions, as lists of one number. */
function embeddings(
  building: Building,
  shape: BartShape,
  half: Half,
  ids: string,
  [start, end]: readonly [start: string, end: string],
): string {
  const { graph, weights } = building;
  const { family, width, positions, scale } = shape;
  const at = fairseqBase(weights) + half.part;
  const words = embed(building, wordTable(building, shape, half), [half.vocabulary, width], ids);
  const scaled = scale === 1 ? words : graph.node('Mul', [words, graph.float(scale)]);
  const name = `${at}.embed_positions.weight`;
  const { offset } = family;
  // Gather, unlike Slice, refuses positions that the table does not have.
  const range = rangeOf(building, start, end);
  const places =
    offset === null && !weights.has(name)
      ? graph.node('Gather', [sinusoids(building, positions, width), range], { axis: 0 })
      : embed(
          building,
          name,
          [positions + (offset ?? 0), width],
          offset === null ? range : graph.node('Add', [range, graph.integers(offset)]),
        );
  const sum = graph.node('Add', [scaled, places]);
  const rows = graph.node('Reshape', [sum, graph.integers([-1, width])]);
  return family.normalizesEmbeddings
    ? layerNorm(building, rows, `${at}.layernorm_embedding`, width, EPSILON)
    : rows;
}

/** Texts as the last states of the encoder: rows of tokens × width. */
function encode(building: Building, shape: BartShape, texts: Batch & { readonly ids: string }): string {
  const start = building.graph.integers([0]);
  const x = embeddings(building, shape, shape.encoder, texts.ids, [start, texts.length]);
  return encoderLayers(building, layersOf(building, shape), shape.encoder, x, texts);
}

/** What is written as the last states of the decoder: rows of tokens × width. */
function decode(building: Building, shape: BartShape, side: DecoderSide): string {
  const x = embeddings(building, shape, shape.decoder, side.ids, [side.past, side.total]);
  return decoderLayers(building, layersOf(building, shape), shape.decoder, x, side);
}

function layersOf({ weights }: Building, { width, activation, family: { before } }: BartShape): FairseqShape {
  return { base: fairseqBase(weights), width, activation, before, keyBias: true };
}

function readTexts(building: Building): Batch & { readonly ids: string } {
  const texts = textInputs(building, 'encoder_sequence_length');
  return { ...texts, bias: paddingBias(building, texts.mask) };
}

/** The graph of the encoder. */
function writeEncoder(building: Building, shape: BartShape): void {
  const { width } = shape;
  const texts = readTexts(building);
  const states = byText(building, texts, encode(building, shape, texts), width);
  const size = ['batch_size', 'encoder_sequence_length', width];
  building.graph.output('last_hidden_state', 'float32', size, states);
}

/** The graph of the decoder, with its caches. */
function writeDecoder(building: Building, shape: BartShape): void {
  const { graph, weights } = building;
  const { width, decoder: half } = shape;
  const { heads, vocabulary } = half;
  const side = decoderSide(building, { width, heads, each: width / heads }, true);
  const x = decode(building, shape, side);
  const own = !shape.shared && weights.has('lm_head.weight');
  const table = weights.take(own ? 'lm_head.weight' : wordTable(building, shape, half), [vocabulary, width]);
  const biased = weights.has('final_logits_bias');
  const bias = biased ? [weights.take('final_logits_bias', [1, vocabulary])] : [];
  const logits = graph.node('Gemm', [x, table, ...bias], { transB: 1 });
  const size = ['batch_size', 'decoder_sequence_length', vocabulary];
  graph.output('logits', 'float32', size, byText(building, side, logits, vocabulary));
}

/** The graph of a classifier: the decoder reads the text once more, and its state at the last end of a sentence is judged. */
function writeClassifier(building: Building, shape: BartShape, config: ModelConfig): void {
  const { graph, weights } = building;
  const { width, decoder: half } = shape;
  const { heads } = half;
  const end = tokenOf(config, 'eos_token_id', 2);
  const start = tokenOf(config, 'decoder_start_token_id', 2);
  if (end === null || start === null) throw new Unsupported('it has no token for the end of a text');
  const texts = readTexts(building);
  const states = encode(building, shape, texts);
  const column = graph.node('Concat', [texts.batch, graph.integers([1])], { axis: 0 });
  const shifted = graph.node(
    'Concat',
    [
      graph.node('Expand', [graph.integers(start), column]),
      graph.node('Slice', [texts.ids, graph.integers([0]), graph.integers([-1]), graph.integers([1])]),
    ],
    { axis: 1 },
  );
  const split = (_: number, __: 'key' | 'value', rows: string) =>
    byHead(building, texts, rows, heads, width / heads);
  const x = decode(building, shape, {
    ids: shifted,
    batch: texts.batch,
    length: texts.length,
    past: graph.integers([0]),
    total: texts.length,
    padding: texts.bias,
    states,
    keysAndValues: { own: split, taken: split },
  });
  const ends = graph.cast(graph.node('Equal', [texts.ids, graph.integers(end)]), 'int64');
  const places = graph.node('Mul', [ends, rangeOf(building, graph.integers([0]), texts.length)]);
  const last = graph.node('ReduceMax', [places, graph.integers([1])], { keepdims: 1 });
  const state = graph.node('GatherND', [byText(building, texts, x, width), last], { batch_dims: 1 });
  const dense = linear(building, state, 'classification_head.dense', width, width);
  const labels = labelCount({ num_labels: 3, ...config }, weights, 'classification_head.out_proj');
  const judged = activate(building, dense, 'tanh');
  const logits = linear(building, judged, 'classification_head.out_proj', labels, width);
  graph.output('logits', 'float32', ['batch_size', labels], logits);
}
