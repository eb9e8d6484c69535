import type { Sound } from './media/audio.js';
import type { Picture } from './media/picture.js';
import type { MediaSource } from './media/source.js';

/** What runs a model. */
export type RunnerName = 'transformers' | 'onnx' | 'llama' | 'safetensors';

/** Element types of tensors, as onnxruntime names them. */
export type TensorType =
  | 'float32'
  | 'float64'
  | 'float16'
  | 'int8'
  | 'uint8'
  | 'int16'
  | 'uint16'
  | 'int32'
  | 'uint32'
  | 'int64'
  | 'uint64'
  | 'bool'
  | 'string'
  | 'int4'
  | 'uint4';

/** A tensor’s data, row by row. */
export type TensorData = ArrayLike<number> | ArrayLike<bigint> | readonly string[];

/** A tensor: `data` holds the product of `dims` elements. */
export interface TensorView {
  readonly type: TensorType;
  readonly dims: readonly number[];
  readonly data: TensorData;
}

/** Tensors by name. */
export type Tensors = Readonly<Record<string, TensorView>>;

/** An input or output of a graph. `shape` holds a number for a fixed size, a name or the empty string for a free one. */
export interface GraphValue {
  readonly name: string;
  /** Null when it is not a tensor, such as the list of dictionaries that ZipMap makes. */
  readonly type: TensorType | null;
  /** Null when the graph does not state it. */
  readonly shape: readonly (number | string)[] | null;
}

/** Pictures and sounds of the inputs, decoded; and pictures and sounds of the outputs, encoded. */
export interface Media {
  /** Throws `MediaError` when it cannot be read. */
  picture(source: MediaSource): Promise<Picture>;
  /** Mono, at `rate` samples per second. */
  sound(source: MediaSource, rate: number): Promise<Sound>;
  /** The pictures of a video, the first one first. */
  video(source: MediaSource): Promise<readonly Picture[]>;
  png(picture: Picture): Promise<Uint8Array>;
  /** What is transparent lies on white. */
  jpeg(picture: Picture): Promise<Uint8Array>;
  webp(picture: Picture): Promise<Uint8Array>;
  wav(sound: Sound): Promise<Uint8Array>;
  flac(sound: Sound): Promise<Uint8Array>;
}

/** Options and names of values, as they are handed to transformers.js. */
export type Options = Readonly<Record<string, unknown>>;

/** A token of a text and its place there, as for `String.prototype.slice`; start and end are the same when it has none. */
export interface Piece {
  readonly token: string;
  readonly id: number;
  readonly start: number;
  readonly end: number;
  /** The tokenizer began a word with it. */
  readonly startsWord: boolean;
}

/** The tokenizer of a model. */
export interface Tokenizer {
  /** Tensors such as `input_ids` [1, n], `attention_mask`, `token_type_ids`; options as transformers.js names them (`text_pair`). */
  encode(text: string | readonly string[], options?: Options): Tensors;
  /** Text of token ids. */
  decode(ids: readonly (number | bigint)[], options?: Options): string;
  /** Renders the chat template; throws what the template throws. */
  chat(messages: readonly Options[], options?: Options): string;
  /** Whether there is a chat template. */
  readonly chats?: boolean;
  /** The tokens of a text, without special ones. */
  tokens(text: string): readonly string[];
  /** The tokens of a text, without special ones, and where each comes from. */
  pieces(text: string): readonly Piece[];
  /** The id of a token; undefined when the vocabulary has none. */
  idOf(token: string): number | undefined;
  /** How many tokens it knows: one more than the highest number; absent when it does not tell. */
  readonly size?: number | undefined;
  /** The parsed tokenizer_config.json. */
  readonly config: Options;
  /** How to ask for a translation; absent when the tokenizer knows no languages. */
  readonly translation?: TranslationInput;
}

/** The part of a tokenizer that knows languages (NLLB, M2M100, mBART). */
export interface TranslationInput {
  /** Codes such as `eng_Latn` or `en_XX`. */
  readonly languages: readonly string[];
  /** Tensors for a text of one language, and the id that the text in the other language begins with. */
  encode(
    text: string,
    from: string,
    to: string,
    options: Options,
  ): { readonly feeds: Tensors; readonly firstId: number };
}

/** The image processor or feature extractor of a model. */
export interface Processor {
  /** Tensors such as `pixel_values` [1, 3, height, width]. */
  pictures(pictures: readonly Picture[], options?: Options): Promise<Tensors>;
  /** Tensors such as `input_values` [1, n]. */
  sound(sound: Sound): Promise<Tensors>;
  /** Tensors of a text with the places of some pictures in it, and of the pictures; `first` is what the processor wants first. */
  together?(text: string, pictures: readonly Picture[], first: 'text' | 'pictures'): Promise<Tensors>;
  /** The parsed preprocessor_config.json. */
  readonly config: Options;
}

interface SessionBase {
  readonly media: Media;
}

/** A loaded transformers.js pipeline. */
export interface TransformersSession extends SessionBase {
  readonly runner: 'transformers';
  /** The parsed config.json, as transformers.js completed it. */
  readonly config: Options;
  /** Inputs of the graph `model`, else of the first one. */
  readonly inputs: readonly GraphValue[];
  /** Parsed JSON files that the way asked for, by path; those that are not there are left out. */
  readonly json: Options;
  /**
   * Runs the pipeline. Beside its answer it hands out the raw output tensors by name; where graphs ran several times, as in
   * generation, those of the last run. Pictures among the arguments become those of transformers.js.
   */
  call(...args: readonly unknown[]): Promise<{ readonly output: unknown; readonly tensors: Tensors }>;
  /** Runs the model of the pipeline on tensors; its graph outputs. */
  model(feeds: Tensors): Promise<Tensors>;
  /** The parsed generation_config.json; empty when there is none. */
  readonly generationConfig: Options;
  /**
   * Generates from tensors such as `input_ids` or `pixel_values`, with options as transformers.js names them, until the hooks
   * say that it is done: all ids, those of the prompt or the first one of the decoder too.
   */
  generate(feeds: Tensors, options: Options, hooks: GenerationHooks): Promise<readonly number[]>;
  readonly tokenizer: Tokenizer;
  readonly processor: Processor;
  /** A picture that transformers.js gave (RawImage, or a tensor of it). */
  toPicture(value: unknown): Picture;
}

/** A loaded graph. */
export interface Graph {
  readonly inputs: readonly GraphValue[];
  readonly outputs: readonly GraphValue[];
  /** Runs the graph; outputs that are not tensors are left out. */
  run(feeds: Tensors): Promise<Tensors>;
}

/** Loaded bare graphs. `inputs`, `outputs` and `run` are those of the graph `model`, else of the first one. */
export interface OnnxSession extends SessionBase, Graph {
  readonly runner: 'onnx';
  /** The parsed config.json; null when there is none. */
  readonly config: Options | null;
  /** By role in the layout. */
  readonly graphs: Readonly<Record<string, Graph>>;
  /** Parsed JSON files that the way asked for, by path; those that are not there are left out. */
  readonly json: Options;
  /** Throws when the way did not ask for one. */
  readonly tokenizer: Tokenizer;
  /** Throws when the way did not ask for one. */
  readonly processor: Processor;
}

/** Follows a generation, token by token. */
export interface GenerationHooks {
  /** Told the first scores, of all tokens, where they are known but not asked for a choice. `ids` are those it begins with. */
  begin(ids: readonly number[], scores: Float32Array): void;
  /** Chooses the next token by the scores of all tokens, which it may change; `ids` are all so far. */
  choose(ids: readonly number[], scores: Float32Array): number;
  /** Whether the last token was the last one. */
  done(ids: readonly number[]): boolean;
}

/** A message of a conversation. */
export interface ChatMessage {
  /** Such as `system`, `user` or `assistant`. */
  readonly role: string;
  readonly content: string;
}

/** A loaded GGUF model. */
export interface LlamaSession extends SessionBase {
  readonly runner: 'llama';
  readonly tokenizer: {
    /** Ids of a text; `special` reads special tokens in it, and begins it as the model wants every text to begin. */
    encode(text: string, special: boolean): readonly number[];
    decode(ids: readonly number[], options?: { readonly skip_special_tokens?: boolean }): string;
    /** The id of a token; undefined when the vocabulary has none. */
    idOf(token: string): number | undefined;
    /** How many tokens there are. */
    readonly size: number;
    /** Renders the chat template of the file; throws what the template throws, and when there is none. */
    chat(messages: readonly ChatMessage[]): string;
    /** Whether there is a chat template. */
    readonly chats: boolean;
    /** The token that ends a text; null when there is none. */
    readonly eosToken: string | null;
  };
  /** Ids that end a text or a turn. */
  readonly ends: readonly number[];
  /** Most tokens of a text, as far as memory was set aside. */
  readonly positions: number;
  /** Goes on after `ids` until the hooks say that it is done; all ids. Unless the options say so, `choose` is not asked: llama.cpp draws by itself. */
  generate(ids: readonly number[], options: LlamaOptions, hooks: GenerationHooks): Promise<readonly number[]>;
}

/** How a GGUF model draws tokens. */
export interface LlamaOptions {
  /** 0 takes the most probable token. */
  readonly temperature: number;
  readonly topK: number | null;
  readonly topP: number | null;
  readonly seed: number;
  /** 1 does nothing. */
  readonly repetitionPenalty: number;
  /** Whether the hooks choose tokens by their scores, which takes longer. */
  readonly choose: boolean;
}
