import { headsOf, type ModelConfig, sizeOf } from './config.js';
import { attendAll, type Batch } from './encoder.js';
import { aheadBias, type DecoderSide } from './encoder-decoder.js';
import { attendByHead, byHead } from './heads.js';
import { activate, type Building, layerNorm, linear } from './layers.js';
import { baseOf, type Weights } from './weights.js';

/** What the layers of encoder and decoder have in common, where they are named as fairseq named them (`BartEncoderLayer`, `WhisperEncoderLayer`). */
export interface FairseqShape {
  /** What the names of tensors below the head begin with. */
  readonly base: string;
  readonly width: number;
  readonly activation: string;
  /** Whether layers normalize before they work, with one more normalization behind the last. */
  readonly before: boolean;
  /** Whether what makes keys has a bias. */
  readonly keyBias: boolean;
}

/** Sizes of encoder or decoder. */
export interface FairseqHalf {
  readonly part: 'encoder' | 'decoder';
  readonly layers: number;
  readonly heads: number;
  readonly inner: number;
}

/** What the names of tensors below the head begin with, where that is `model.` unless the file was saved without a head. */
export function fairseqBase(weights: Weights): string {
  return baseOf(weights, 'model.', ['encoder.layers.0.fc1.weight', 'decoder.layers.0.fc1.weight']);
}

/** Of every normalization; config.json does not tell (`torch.nn.LayerNorm`). */
export const EPSILON = 1e-5;

/** Reads the sizes of a half, with what counts where they are absent. Throws `Contradiction`. */
export function readHalf(
  config: ModelConfig,
  part: 'encoder' | 'decoder',
  width: number,
  usual: Omit<FairseqHalf, 'part'>,
): FairseqHalf {
  const heads = headsOf(config, `${part}_attention_heads`, width, usual.heads);
  return {
    part,
    layers: sizeOf(config, `${part}_layers`, usual.layers),
    heads,
    inner: sizeOf(config, `${part}_ffn_dim`, usual.inner),
  };
}

/** The layers of an encoder; rows of tokens × width in and out. */
export function encoderLayers(
  building: Building,
  shape: FairseqShape,
  half: FairseqHalf,
  rows: string,
  all: Batch,
): string {
  const { width } = shape;
  let x = rows;
  for (let layer = 0; layer < half.layers; layer++) {
    const at = `${shape.base}encoder.layers.${layer}`;
    x = addTo(building, shape, x, `${at}.self_attn_layer_norm`, (state) => {
      const to = projection(building, shape, `${at}.self_attn`);
      const projected = { query: to(state, 'q_proj'), key: to(state, 'k_proj'), value: to(state, 'v_proj') };
      return to(attendAll(building, all, projected, { width, heads: half.heads }), 'out_proj');
    });
    x = addTo(building, shape, x, `${at}.final_layer_norm`, (state) =>
      feedForward(building, shape, half, state, at),
    );
  }
  return shape.before ? layerNorm(building, x, `${shape.base}encoder.layer_norm`, width, EPSILON) : x;
}

/** The layers of a decoder, which look back at their own tokens and at what the encoder read; rows of tokens × width in and out. */
export function decoderLayers(
  building: Building,
  shape: FairseqShape,
  half: FairseqHalf,
  rows: string,
  side: DecoderSide,
): string {
  const { width } = shape;
  const { heads } = half;
  const each = width / heads;
  const scaled = { heads, each, scale: each ** -0.5 };
  const ahead = aheadBias(building, side.past, side.total);
  let x = rows;
  for (let layer = 0; layer < half.layers; layer++) {
    const at = `${shape.base}decoder.layers.${layer}`;
    const attend = (
      name: 'self_attn' | 'encoder_attn',
      state: string,
      source: string,
      bias: string | null,
    ) => {
      const to = projection(building, shape, `${at}.${name}`);
      const add = side.keysAndValues[name === 'self_attn' ? 'own' : 'taken'];
      const query = byHead(building, side, to(state, 'q_proj'), heads, each);
      const key = add(layer, 'key', to(source, 'k_proj'));
      const value = add(layer, 'value', to(source, 'v_proj'));
      return to(attendByHead(building, { query, key, value }, bias, scaled), 'out_proj');
    };
    x = addTo(building, shape, x, `${at}.self_attn_layer_norm`, (state) =>
      attend('self_attn', state, state, ahead),
    );
    x = addTo(building, shape, x, `${at}.encoder_attn_layer_norm`, (state) =>
      attend('encoder_attn', state, side.states, side.padding),
    );
    x = addTo(building, shape, x, `${at}.final_layer_norm`, (state) =>
      feedForward(building, shape, half, state, at),
    );
  }
  return shape.before ? layerNorm(building, x, `${shape.base}decoder.layer_norm`, width, EPSILON) : x;
}

/** One of the four products of an attention. */
function projection(building: Building, { width, keyBias }: FairseqShape, at: string) {
  return (x: string, name: 'q_proj' | 'k_proj' | 'v_proj' | 'out_proj') =>
    linear(building, x, `${at}.${name}`, width, width, keyBias || name !== 'k_proj');
}

/** Adds what a part of a layer makes of its input, which is normalized before or afterwards. */
function addTo(
  building: Building,
  { width, before }: FairseqShape,
  x: string,
  name: string,
  work: (state: string) => string,
): string {
  const { graph } = building;
  const norm = (rows: string) => layerNorm(building, rows, name, width, EPSILON);
  return before ? graph.node('Add', [x, work(norm(x))]) : norm(graph.node('Add', [x, work(x)]));
}

function feedForward(
  building: Building,
  { width, activation }: FairseqShape,
  { inner }: FairseqHalf,
  x: string,
  at: string,
): string {
  const hidden = activate(building, linear(building, x, `${at}.fc1`, inner, width), activation);
  return linear(building, hidden, `${at}.fc2`, width, inner);
}
