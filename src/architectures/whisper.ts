import { writeGraph } from '../onnx/graph-writer.js';
import { preview } from '../preview.js';
import type { Architecture, BuiltGraph, Head } from './architecture.js';
import {
  type ConfigContract,
  classOf,
  expectKnown,
  expectWriter,
  type ModelConfig,
  nameOf,
  sizeOf,
} from './config.js';
import { byText } from './encoder.js';
import { decoderSide, rangeOf } from './encoder-decoder.js';
import {
  decoderLayers,
  encoderLayers,
  type FairseqHalf,
  type FairseqShape,
  fairseqBase,
  readHalf,
} from './fairseq-layers.js';
import { activate, type Building, embed, sizeOfAxis } from './layers.js';
import { Unsupported } from './refusal.js';
import { type LocatedTensor, storedName, weightsFor } from './weights.js';

const CLASS = 'WhisperForConditionalGeneration';

const CONTRACT: ConfigContract = {
  geometry: [
    'activation_function',
    'd_model',
    'decoder_attention_heads',
    'decoder_ffn_dim',
    'decoder_layers',
    'encoder_attention_heads',
    'encoder_ffn_dim',
    'encoder_layers',
    'max_source_positions',
    'max_target_positions',
    'num_mel_bins',
    'vocab_size',
  ],
  fixed: { is_encoder_decoder: [true], scale_embedding: [false], tie_word_embeddings: [true] },
  inert: [
    'activation_dropout',
    'apply_spec_augment',
    'attention_dropout',
    // Of the head that tells sounds apart.
    'classifier_proj_size',
    'use_weighted_layer_sum',
    'decoder_layerdrop',
    'dropout',
    'encoder_layerdrop',
    'forced_decoder_ids',
    'init_std',
    'mask_feature_length',
    'mask_feature_min_masks',
    'mask_feature_prob',
    'mask_time_length',
    'mask_time_min_masks',
    'mask_time_prob',
    // Of the times of words.
    'median_filter_width',
    // That of the encoder once more.
    'num_hidden_layers',
    'pad_token_id',
  ],
};

/** What each position of the encoder is made of, in frames: the stride of the second convolution. */
const FRAMES = 2;

/** Whisper. Source: `WhisperForConditionalGeneration` of transformers, releases 4.23 to 5. */
export const whisper: Architecture = { modelTypes: ['whisper'], build: buildWhisper };

interface WhisperShape extends Omit<FairseqShape, 'base'> {
  readonly vocabulary: number;
  /** Bands of the spectrogram. */
  readonly bands: number;
  /** Positions of the encoder; a recording has exactly as many. */
  readonly heard: number;
  /** Positions of the decoder. */
  readonly written: number;
  readonly encoder: FairseqHalf;
  readonly decoder: FairseqHalf;
}

function readShape(config: ModelConfig): WhisperShape {
  const width = sizeOf(config, 'd_model', 384);
  const usual = { layers: 4, heads: 6, inner: 1536 };
  return {
    width,
    activation: nameOf(config, 'activation_function', 'gelu'),
    before: true,
    keyBias: false,
    vocabulary: sizeOf(config, 'vocab_size', 51_865),
    bands: sizeOf(config, 'num_mel_bins', 80),
    heard: sizeOf(config, 'max_source_positions', 1500),
    written: sizeOf(config, 'max_target_positions', 448),
    encoder: readHalf(config, 'encoder', width, usual),
    decoder: readHalf(config, 'decoder', width, usual),
  };
}

/** Builds the graphs. Throws `Unsupported` and `Contradiction`. */
function buildWhisper(
  config: ModelConfig,
  tensors: ReadonlyMap<string, LocatedTensor>,
  head: Head,
): BuiltGraph {
  expectKnown(config, CONTRACT);
  const className = classOf(config);
  if (className !== CLASS) throw new Unsupported(`its class is ${preview(className)}`);
  expectWriter(className, head, 'ForConditionalGeneration');
  const shape = readShape(config);
  const used = new Set<string>();
  const begin = (): Building => {
    const graph = writeGraph('validate-model-card');
    return { graph, weights: weightsFor(graph, tensors, used) };
  };
  const encoder = begin();
  writeEncoder(encoder, shape);
  const decoder = begin();
  writeDecoder(decoder, shape);
  // A copy of the table of words.
  decoder.weights.leaveOut(/^(?:proj_out|(?:model\.)?decoder\.embed_tokens)\.weight$/);
  decoder.weights.expectAllUsed();
  return {
    graphs: { encoder_model: encoder.graph.finish(), decoder_model_merged: decoder.graph.finish() },
    className,
    longest: Number.MAX_SAFE_INTEGER,
  };
}

/** The graph of the encoder: spectrograms to hidden states. */
function writeEncoder(building: Building, shape: WhisperShape): void {
  const { graph, weights } = building;
  const { width, bands, heard } = shape;
  const base = fairseqBase(weights);
  const features = graph.input('input_features', 'float32', ['batch_size', bands, heard * FRAMES]);
  const convolve = (x: string, name: string, from: number, stride: number) => {
    const weight = weights.take(`${base}encoder.${name}.weight`, [width, from, 3]);
    const bias = weights.take(`${base}encoder.${name}.bias`, [width]);
    const options = { kernel_shape: [3], pads: [1, 1], strides: [stride] };
    return activate(building, graph.node('Conv', [x, weight, bias], options), 'gelu');
  };
  const x = convolve(convolve(features, 'conv1', bands, 1), 'conv2', width, FRAMES);
  const turned = graph.node('Transpose', [x], { perm: [0, 2, 1] });
  const places = weights.take(`${base}encoder.embed_positions.weight`, [heard, width]);
  const placed = graph.node('Reshape', [graph.node('Add', [turned, places]), graph.integers([-1, width])]);
  const all = { batch: sizeOfAxis(building, features, 0), length: graph.integers([heard]), bias: null };
  const states = encoderLayers(building, { ...shape, base }, shape.encoder, placed, all);
  const size = ['batch_size', heard, width];
  graph.output('last_hidden_state', 'float32', size, byText(building, all, states, width));
}

/** The graph of the decoder, with its caches. */
function writeDecoder(building: Building, shape: WhisperShape): void {
  const { graph, weights } = building;
  const { width, vocabulary, written, decoder: half } = shape;
  const { heads } = half;
  const side = decoderSide(building, { width, heads, each: width / heads }, false);
  const base = fairseqBase(weights);
  const table = storedName(weights, [`${base}decoder.embed_tokens.weight`, 'proj_out.weight']);
  const words = embed(building, table, [vocabulary, width], side.ids);
  const range = rangeOf(building, side.past, side.total);
  const places = embed(building, `${base}decoder.embed_positions.weight`, [written, width], range);
  const placed = graph.node('Reshape', [graph.node('Add', [words, places]), graph.integers([-1, width])]);
  const x = decoderLayers(building, { ...shape, base }, half, placed, side);
  const scores = graph.node('Gemm', [x, weights.take(table, [vocabulary, width])], { transB: 1 });
  const size = ['batch_size', 'decoder_sequence_length', vocabulary];
  graph.output('logits', 'float32', size, byText(building, side, scores, vocabulary));
}
