import type { Picture } from '../media/picture.js';
import type {
  Options,
  Piece,
  Processor,
  Tensors,
  TensorType,
  TensorView,
  Tokenizer,
  TranslationInput,
} from '../session.js';
import { brokenTemplate } from './chat-template.js';
import { findPieces } from './pieces.js';

/** transformers.js as it is used here; its own types are wider and change with every release. */
export interface Transformers {
  /** Classes of models and pipelines, by name. */
  readonly [name: string]: unknown;
  readonly env: Record<string, unknown>;
  readonly pipeline: (task: string, model: string, options: Options) => Promise<unknown>;
  readonly AutoConfig: Loader;
  readonly PretrainedConfig: new (json: Options) => unknown;
  readonly AutoTokenizer: Loader;
  readonly AutoProcessor: Loader;
  readonly AutoModelForImageTextToText: Loader;
  readonly PreTrainedTokenizer: new (json: Options, config: Options) => unknown;
  readonly AutoImageProcessor: Loader;
  readonly Tensor: new (type: string, data: unknown, dims: readonly number[]) => RawTensor;
  readonly RawImage: new (
    data: Uint8ClampedArray,
    width: number,
    height: number,
    channels: number,
  ) => RawImage;
}

interface Loader {
  from_pretrained: (path: string, options: Options) => Promise<unknown>;
}

/** A tensor of transformers.js. */
export interface RawTensor {
  readonly type: string;
  readonly dims: readonly number[];
  readonly data: unknown;
}

/** A picture of transformers.js, rows top to bottom. */
interface RawImage {
  readonly data: Uint8Array | Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
  readonly channels: number;
}

/** A tokenizer of transformers.js (PreTrainedTokenizer). */
interface RawTokenizer {
  (text: unknown, options: Options): Readonly<Record<string, RawTensor>>;
  decode(ids: readonly (number | bigint)[], options: Options): string;
  apply_chat_template(messages: unknown, options: Options): unknown;
  tokenize(text: string): readonly string[];
  convert_tokens_to_ids(token: string): number | undefined;
  readonly config: Options;
  /** Only of tokenizers that know languages. */
  readonly language_codes?: readonly string[];
  /** Writes `forced_bos_token_id` into `generation`. */
  _build_translation_inputs?(
    text: string,
    options: Options,
    generation: Record<string, unknown>,
  ): Readonly<Record<string, RawTensor>>;
  /** Numbers by token, added ones among them. */
  get_vocab?(): ReadonlyMap<string, number>;
  readonly _tokenizerJSON?: unknown;
  readonly _tokenizer?: {
    readonly normalizer?: ((text: string) => string) | null;
    readonly pre_tokenizer?: ((text: string, options: Options) => readonly string[]) | null;
  };
}

type RawProcessor = (...input: readonly unknown[]) => Promise<Readonly<Record<string, unknown>>>;

/** A tensor of transformers.js as a plain view. */
export function viewOf({ type, dims, data }: RawTensor): TensorView {
  return { type: type as TensorType, dims: [...dims], data: data as TensorView['data'] };
}

/** The tensors among some values; all others are left out. */
export function viewsOfRaw(values: Readonly<Record<string, unknown>>): Tensors {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) =>
      isTensor(value) ? [[name, viewOf(value)] as const] : [],
    ),
  );
}

function isTensor(value: unknown): value is RawTensor {
  return typeof value === 'object' && value !== null && 'dims' in value && 'data' in value && 'type' in value;
}

/** Makes tensors of transformers.js. */
export function toRaw({ Tensor }: Transformers, tensors: Tensors): Readonly<Record<string, RawTensor>> {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, { type, data, dims }]) => [name, new Tensor(type, data, dims)]),
  );
}

/** Whether a value is a decoded picture. */
export function isPicture(value: unknown): value is Picture {
  return (
    typeof value === 'object' &&
    value !== null &&
    'width' in value &&
    'height' in value &&
    'channels' in value &&
    'data' in value
  );
}

/** Makes a picture of transformers.js. */
export function toRawImage({ RawImage }: Transformers, { data, width, height, channels }: Picture): RawImage {
  return new RawImage(
    new Uint8ClampedArray(data.buffer, data.byteOffset, data.byteLength),
    width,
    height,
    channels,
  );
}

/** A picture that transformers.js made. Throws `TypeError` for anything else, and for a picture with two channels. */
export function fromRawImage(value: unknown): Picture {
  if (!isPicture(value)) throw new TypeError('The pipeline gave no picture.');
  const { data, width, height, channels } = value;
  if (channels !== 1 && channels !== 3 && channels !== 4) {
    throw new TypeError(`The pipeline gave a picture with ${String(channels)} channels.`);
  }
  return { data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength), width, height, channels };
}

/**
 * The tokenizer of transformers.js behind our own interface. `template` is the chat template that lies in a file of its own
 * (chat_template.jinja), which transformers.js reads for processors alone.
 */
export function tokenizerOf(raw: unknown, template?: string): Tokenizer {
  if (typeof raw !== 'function') throw new Error('The model has no tokenizer.');
  const tokenizer = raw as unknown as RawTokenizer;
  const own = tokenizer.config.chat_template;
  // Counting takes a while with large vocabularies.
  let size: { readonly is: number | undefined } | undefined;
  return {
    encode: (text, options = {}) => viewsOfRaw(tokenizer(text, options)),
    decode: (ids, options = {}) => tokenizer.decode(ids, options),
    chat: (messages, options = {}) => {
      let text: unknown;
      try {
        text = tokenizer.apply_chat_template(messages, {
          tokenize: false,
          add_generation_prompt: true,
          ...(template === undefined ? {} : { chat_template: template }),
          ...options,
        });
      } catch (error) {
        throw new Error(brokenTemplate(error), { cause: error });
      }
      if (typeof text !== 'string') throw new Error('The chat template gave no text.');
      return text;
    },
    chats: template !== undefined || (own !== undefined && own !== null),
    tokens: (text) => tokenizer.tokenize(text),
    pieces: (text) => piecesOf(tokenizer, text),
    idOf: (token) => tokenizer.convert_tokens_to_ids(token),
    config: tokenizer.config,
    ...(Array.isArray(tokenizer.language_codes) ? { translation: translationOf(tokenizer) } : {}),
    get size() {
      size ??= { is: sizeOf(tokenizer) };
      return size.is;
    },
  };
}

function translationOf(tokenizer: RawTokenizer): TranslationInput {
  return {
    languages: tokenizer.language_codes ?? [],
    encode(text, from, to, options) {
      // The tokenizer writes into them with which token the answer begins.
      const generation: { forced_bos_token_id?: number; src_lang: string; tgt_lang: string } = {
        src_lang: from,
        tgt_lang: to,
      };
      const feeds = tokenizer._build_translation_inputs?.(text, options, generation) ?? {};
      return { feeds: viewsOfRaw(feeds), firstId: generation.forced_bos_token_id ?? 0 };
    },
  };
}

function piecesOf(tokenizer: RawTokenizer, text: string): readonly Piece[] {
  if (text === '') return [];
  const { normalizer, pre_tokenizer } = tokenizer._tokenizer ?? {};
  const { input_ids } = viewsOfRaw(tokenizer(text, { add_special_tokens: false }));
  return findPieces(text, {
    tokens: tokenizer.tokenize(text),
    ids: Array.from(input_ids?.data ?? [], Number),
    json: tokenizer._tokenizerJSON,
    config: tokenizer.config,
    normalize: normalizer ?? null,
    preTokenize: pre_tokenizer ? (normal) => pre_tokenizer(normal, { section_index: 0 }) : null,
  });
}

function sizeOf(tokenizer: RawTokenizer): number | undefined {
  const vocabulary = tokenizer.get_vocab?.();
  if (vocabulary === undefined) return undefined;
  let highest = -1;
  for (const id of vocabulary.values()) if (id > highest) highest = id;
  return highest + 1;
}

/** The image processor or feature extractor of transformers.js behind our own interface. */
export function processorOf(transformers: Transformers, raw: unknown): Processor {
  if (typeof raw !== 'function') {
    throw new Error('The model has no processor: preprocessor_config.json is missing.');
  }
  const parts = raw as unknown as Readonly<Record<'image_processor' | 'feature_extractor', unknown>> & {
    readonly config?: Options;
  };
  const part = (name: 'image_processor' | 'feature_extractor') => (parts[name] ?? raw) as RawProcessor;
  const config = (['image_processor', 'feature_extractor'] as const)
    .map((name) => (parts[name] as { readonly config?: Options } | undefined)?.config)
    .find((found) => found !== undefined);
  return {
    pictures: async (pictures, options = {}) =>
      viewsOfRaw(
        await part('image_processor')(
          pictures.map((picture) => toRawImage(transformers, picture)),
          options,
        ),
      ),
    sound: async ({ samples }) => viewsOfRaw(await part('feature_extractor')(samples)),
    together: async (text, pictures, first) => {
      const images = pictures.map((picture) => toRawImage(transformers, picture));
      const some = images.length === 0 ? null : images.length === 1 ? images[0] : images;
      const call = raw as unknown as RawProcessor;
      return viewsOfRaw(await (first === 'text' ? call(text, some) : call(some, text)));
    },
    config: config ?? parts.config ?? {},
  };
}
