import { preview } from '../preview.js';
import { type ConfigContract, flagOf, type ModelConfig, nameOf, numberOf, sizeOf } from './config.js';
import { Unsupported } from './refusal.js';

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
export const FAMILIES: Readonly<Record<string, T5Family>> = {
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

/** What is known of the keys. */
export const CONTRACT: ConfigContract = {
  geometry: [
    'd_ff',
    'd_kv',
    'd_model',
    'dense_act_fn',
    'feed_forward_proj',
    'is_gated_act',
    'layer_norm_epsilon',
    'num_decoder_layers',
    'num_heads',
    'num_layers',
    'relative_attention_max_distance',
    'relative_attention_num_buckets',
    'scale_decoder_outputs',
    'tie_word_embeddings',
    'vocab_size',
  ],
  fixed: { is_encoder_decoder: [true] },
  inert: [
    'classifier_dropout',
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

/** The largest distance with a bucket of its own that is built; that of all models is 128. */
const FARTHEST = 4096;

/** Sizes and kinds of a model. */
export interface T5Shape {
  readonly vocabulary: number;
  readonly width: number;
  readonly heads: number;
  /** Width of a head. */
  readonly each: number;
  readonly inner: number;
  readonly layers: { readonly encoder: number; readonly decoder: number };
  readonly epsilon: number;
  /** Buckets that distances are counted in, and from which distance on all share one. */
  readonly buckets: number;
  readonly farthest: number;
  readonly gated: boolean;
  readonly activation: string;
  /** Whether the head has a table of its own, which is not that of the words. */
  readonly ownHead: boolean;
  /** Whether the last states are scaled before words are chosen. */
  readonly scaled: boolean;
}

/** Reads config.json; `stored` says whether the files have a table of the head. Throws `Unsupported` and `Contradiction`. */
export function readShape(config: ModelConfig, type: string, family: T5Family, stored: boolean): T5Shape {
  const projection = nameOf(config, 'feed_forward_proj', family.projection);
  const activation = Object.hasOwn(ACTIVATIONS, projection) ? ACTIVATIONS[projection] : undefined;
  if (activation === undefined) throw new Unsupported(`feed_forward_proj is ${preview(projection)}`);
  const gated = projection.startsWith('gated-');
  // Both follow from `feed_forward_proj`; which one wins where they do not depends on the release.
  if (flagOf(config, 'is_gated_act', gated) !== gated) throw new Unsupported(`is_gated_act is ${!gated}`);
  const named = nameOf(config, 'dense_act_fn', activation);
  if (named !== activation) throw new Unsupported(`dense_act_fn is ${preview(named)}`);
  const tied = flagOf(config, 'tie_word_embeddings', family.tied);
  const told = config.scale_decoder_outputs !== undefined;
  const farthest = sizeOf(config, 'relative_attention_max_distance', 128);
  if (farthest > FARTHEST) throw new Unsupported(`relative_attention_max_distance is ${farthest}`);
  const layers = sizeOf(config, 'num_layers', family.layers);
  if (type === 'mt5' && tied && stored && !told) {
    throw new Unsupported(
      'tie_word_embeddings is true, and there is a lm_head.weight, which release 5 of transformers does not tie',
    );
  }
  return {
    vocabulary: sizeOf(config, 'vocab_size', family.vocabulary),
    width: sizeOf(config, 'd_model', 512),
    heads: sizeOf(config, 'num_heads', family.heads),
    each: sizeOf(config, 'd_kv', 64),
    inner: sizeOf(config, 'd_ff', family.inner),
    layers: { encoder: layers, decoder: sizeOf(config, 'num_decoder_layers', layers) },
    epsilon: numberOf(config, 'layer_norm_epsilon', 1e-6),
    buckets: sizeOf(config, 'relative_attention_num_buckets', 32),
    farthest,
    gated,
    activation,
    // Release 5 of transformers calls every model tied, keeps a table that the file has all the same, and writes this key for what it was.
    ownHead: !tied || (told && stored),
    scaled: flagOf(config, 'scale_decoder_outputs', tied),
  };
}
