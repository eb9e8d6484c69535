import type { Head } from './architecture.js';
import { type ConfigContract, flagOf, type ModelConfig, nameOf, sizeOf } from './config.js';
import { type FairseqHalf, readHalf } from './fairseq-layers.js';

/** What differs between the model types of the family. */
export interface BartFamily {
  /** What a class ends in, by its name. */
  readonly classes: Readonly<Record<string, Head>>;
  /** Rows of the table of positions before the first one; null where positions are waves. */
  readonly offset: number | null;
  /** Whether layers normalize before they work, with one more normalization behind the last. */
  readonly before: boolean;
  /** Whether embeddings are normalized. */
  readonly normalizesEmbeddings: boolean;
}

/** By `model_type`. */
export const FAMILIES: Readonly<Record<string, BartFamily>> = {
  bart: {
    classes: {
      BartForConditionalGeneration: 'ForConditionalGeneration',
      BartForSequenceClassification: 'ForSequenceClassification',
    },
    offset: 2,
    before: false,
    normalizesEmbeddings: true,
  },
  mbart: {
    classes: { MBartForConditionalGeneration: 'ForConditionalGeneration' },
    offset: 2,
    before: true,
    normalizesEmbeddings: true,
  },
  marian: {
    classes: { MarianMTModel: 'ForConditionalGeneration' },
    offset: null,
    before: false,
    normalizesEmbeddings: false,
  },
};

const GEOMETRY = [
  'activation_function',
  'd_model',
  'decoder_attention_heads',
  'decoder_ffn_dim',
  'decoder_layers',
  'encoder_attention_heads',
  'encoder_ffn_dim',
  'encoder_layers',
  'max_position_embeddings',
  'scale_embedding',
  'vocab_size',
];

const INERT = [
  'activation_dropout',
  'attention_dropout',
  'classif_dropout',
  'classifier_dropout',
  'decoder_layerdrop',
  'dropout',
  'encoder_layerdrop',
  'force_bos_token_to_be_generated',
  'init_std',
  // That of the encoder once more.
  'num_hidden_layers',
  'pad_token_id',
  // What distilled models were trained with.
  'replacing_rate',
  'save_step',
  'student_decoder_layers',
  'student_encoder_layers',
];

/** What is known of the keys of a model type. */
export function contractOf(type: string, family: BartFamily): ConfigContract {
  const { offset, before, normalizesEmbeddings } = family;
  const own = type === 'marian' ? ['decoder_vocab_size', 'share_encoder_decoder_embeddings'] : [];
  return {
    geometry: [...GEOMETRY, ...own],
    // Most of these the first releases wrote, when the whole family had one class: they must agree with what the type is now.
    fixed: {
      add_bias_logits: [false],
      add_final_layer_norm: [before],
      do_blenderbot_90_layernorm: [false],
      extra_pos_embeddings: offset === null ? [0, 2] : [offset],
      is_encoder_decoder: [true],
      normalize_before: [before],
      normalize_embedding: [normalizesEmbeddings],
      static_position_embeddings: [offset === null],
      tie_word_embeddings: [true],
    },
    inert: INERT,
  };
}

/** One of the two halves, and the words that it knows. */
export interface Half extends FairseqHalf {
  readonly vocabulary: number;
}

/** Sizes and kinds of a model. */
export interface BartShape {
  readonly family: BartFamily;
  readonly width: number;
  readonly positions: number;
  readonly activation: string;
  /** What the embeddings of words are multiplied by. */
  readonly scale: number;
  /** Whether both halves have the same words. */
  readonly shared: boolean;
  readonly encoder: Half;
  readonly decoder: Half;
}

/** Reads config.json. Throws `Contradiction`. */
export function readShape(config: ModelConfig, family: BartFamily): BartShape {
  const width = sizeOf(config, 'd_model', 1024);
  const shared = flagOf(config, 'share_encoder_decoder_embeddings', true);
  const vocabulary = sizeOf(config, 'vocab_size', 50_265);
  const half = (part: 'encoder' | 'decoder', words: number): Half => ({
    ...readHalf(config, part, width, { layers: 12, heads: 16, inner: 4096 }),
    vocabulary: words,
  });
  return {
    family,
    width,
    positions: sizeOf(config, 'max_position_embeddings', 1024),
    activation: nameOf(config, 'activation_function', 'gelu'),
    scale: flagOf(config, 'scale_embedding', false) ? Math.sqrt(width) : 1,
    shared,
    encoder: half('encoder', vocabulary),
    decoder: half('decoder', shared ? vocabulary : sizeOf(config, 'decoder_vocab_size', vocabulary)),
  };
}
