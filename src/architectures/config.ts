import { isMapping } from '../mapping.js';
import { preview } from '../preview.js';
import type { Head } from './architecture.js';
import { Contradiction, Unsupported } from './refusal.js';

/** The parsed config.json of a model. */
export type ModelConfig = Readonly<Record<string, unknown>>;

/** What an architecture knows of the keys of its config.json. */
export interface ConfigContract {
  /** Keys that say how the graph is built. */
  readonly geometry: readonly string[];
  /** Keys that must have one of these values, for nothing else is built; absent counts as the first one. */
  readonly fixed: Readonly<Record<string, readonly unknown[]>>;
  /** Keys that change nothing about an answer. */
  readonly inert: readonly string[];
  /** Classes in `auto_map` that transformers has too, and takes its own of unless told otherwise. */
  readonly code?: RegExp;
}

/** Keys of every model that change nothing about what its layers compute (`PretrainedConfig` of transformers): how it writes among them. */
const INERT_ANYWHERE = [
  '_attn_implementation_autoset',
  '_name_or_path',
  '_num_labels',
  'architectures',
  'bad_words_ids',
  'begin_suppress_tokens',
  'bos_token_id',
  'cls_token_id',
  'decoder_start_token_id',
  'diversity_penalty',
  'do_sample',
  'dtype',
  'early_stopping',
  'encoder_no_repeat_ngram_size',
  'eos_token_id',
  'exponential_decay_length_penalty',
  'finetuning_task',
  'forced_bos_token_id',
  'forced_eos_token_id',
  'gradient_checkpointing',
  'id2label',
  'initializer_factor',
  'initializer_range',
  'keys_to_ignore_at_inference',
  'label2id',
  'length_penalty',
  'mask_token_id',
  'max_length',
  'min_length',
  'model_max_length',
  'model_type',
  'no_repeat_ngram_size',
  'num_beam_groups',
  'num_beams',
  'num_labels',
  'num_return_sequences',
  'output_attentions',
  'output_hidden_states',
  'output_past',
  'output_scores',
  'prefix',
  'problem_type',
  'remove_invalid_values',
  'repetition_penalty',
  'return_dict',
  'return_dict_in_generate',
  'sentence_transformers',
  'sep_token_id',
  'suppress_tokens',
  'task_specific_params',
  'temperature',
  'tokenizer_class',
  'top_k',
  'top_p',
  'torch_dtype',
  'transformers.js_config',
  'transformers_version',
  'typical_p',
  'unk_token_id',
  'use_cache',
  'use_return_dict',
];

/** Values of every model that change what its layers compute. */
const FIXED_ANYWHERE: Readonly<Record<string, readonly unknown[]>> = {
  add_cross_attention: [false],
  chunk_size_feed_forward: [0],
  is_decoder: [false],
  pruned_heads: [{}],
  tie_encoder_decoder: [false],
  torchscript: [false, true],
  use_bfloat16: [false],
};

/** Weights of these types are computed with. */
const STORED_AS: ReadonlySet<unknown> = new Set([undefined, null, 'float32', 'float16', 'bfloat16']);

/**
 * Holds a config.json against the contract of its architecture. Throws `Unsupported`, with the key that did it, for whatever is not known to be
 * built right.
 */
export function expectKnown(config: ModelConfig, { geometry, fixed, inert, code }: ConfigContract): void {
  const quantized = config.quantization_config;
  if (quantized !== undefined && quantized !== null) {
    const method = isMapping(quantized) ? quantized.quant_method : undefined;
    throw new Unsupported(
      `its weights are quantized (${typeof method === 'string' ? preview(method) : 'quantization_config'})`,
    );
  }
  if (!isKnownCode(config.auto_map, code))
    throw new Unsupported('it needs Python code of its own (auto_map)');
  const type = config.torch_dtype ?? config.dtype;
  if (!STORED_AS.has(type)) throw new Unsupported(`torch_dtype is ${preview(type)}`);
  const known = new Set([...geometry, ...inert, ...INERT_ANYWHERE]);
  const all = { ...FIXED_ANYWHERE, ...fixed };
  for (const [key, value] of Object.entries(config)) {
    if (key === 'quantization_config' || key === 'auto_map') continue;
    const allowed = Object.hasOwn(all, key) ? all[key] : undefined;
    if (allowed !== undefined) {
      if (!allowed.some((one) => JSON.stringify(one) === JSON.stringify(value))) {
        throw new Unsupported(`${key} is ${preview(value)}`);
      }
    } else if (!known.has(key)) throw new Unsupported(`nothing is known of its key ${preview(key)}`);
  }
}

/** Whether a model has no code of its own, or only such as transformers has anyway. */
function isKnownCode(classes: unknown, code: RegExp | undefined): boolean {
  if (classes === undefined) return true;
  if (code === undefined || !isMapping(classes)) return false;
  return Object.values(classes).every((one) => typeof one === 'string' && code.test(one));
}

/** The largest size that a graph is built with, and the most layers: some ten times those of any model there is. Of more layers the graph grows beyond what is read back. */
const LARGEST = 2 ** 24;
const MOST_LAYERS = 1000;

/**
 * A size: a positive whole number, `fallback` when the key is absent. Throws `Unsupported` when there is none to fall back to: transformers
 * writes every size, and what wrote this is not known; or when it is larger than that of any model. Throws `Contradiction` for anything else.
 */
export function sizeOf(config: ModelConfig, key: string, fallback?: number): number {
  const value = config[key] ?? fallback;
  if (value === undefined) throw new Unsupported(`config.json has no ${key}`);
  if (typeof value === 'number' && Number.isSafeInteger(value) && value > 0) {
    // Some of what is built of a size takes memory before any tensor tells that it is wrong.
    if (value > (/layers?$/.test(key) ? MOST_LAYERS : LARGEST)) throw new Unsupported(`${key} is ${value}`);
    return value;
  }
  throw new Contradiction(`${key} is ${preview(value)}`);
}

/** How many attention heads share out a width, which they do evenly. Throws `Unsupported` and `Contradiction`. */
export function headsOf(config: ModelConfig, key: string, width: number, fallback?: number): number {
  const heads = sizeOf(config, key, fallback);
  if (width % heads === 0) return heads;
  throw new Contradiction(`its width of ${width} cannot be shared out among ${heads} attention heads`);
}

/** A list of sizes, `fallback` when the key is absent. Throws `Contradiction` for anything else. */
export function sizesOf(config: ModelConfig, key: string, fallback: readonly number[]): readonly number[] {
  const list = config[key] ?? fallback;
  if (!Array.isArray(list) || list.length === 0) throw new Contradiction(`${key} is ${preview(list)}`);
  return list.map((value: unknown) => {
    if (typeof value === 'number' && Number.isSafeInteger(value) && value > 0 && value <= 2 ** 31)
      return value;
    throw new Contradiction(`${key} holds ${preview(value)}`);
  });
}

/** A token id, or null where the key is null. Throws `Contradiction` for anything else. */
export function tokenOf(config: ModelConfig, key: string, fallback: number | null): number | null {
  const value = config[key] === undefined ? fallback : config[key];
  if (value === null || (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0))
    return value;
  throw new Contradiction(`${key} is ${preview(value)}`);
}

/** A positive number. Throws `Contradiction` for anything else. */
export function numberOf(config: ModelConfig, key: string, fallback: number): number {
  const value = config[key] ?? fallback;
  if (typeof value === 'number' && Number.isFinite(value) && value > 0) return value;
  throw new Contradiction(`${key} is ${preview(value)}`);
}

/** True or false. Throws `Contradiction` for anything else. */
export function flagOf(config: ModelConfig, key: string, fallback: boolean): boolean {
  const value = config[key] ?? fallback;
  if (typeof value === 'boolean') return value;
  throw new Contradiction(`${key} is ${preview(value)}`);
}

/** A name. Throws `Contradiction` for anything else. */
export function nameOf(config: ModelConfig, key: string, fallback: string): string {
  const value = config[key] ?? fallback;
  if (typeof value === 'string') return value;
  throw new Contradiction(`${key} is ${preview(value)}`);
}

/** How many labels there are: those of `id2label`, `num_labels`, or two, as transformers has it. */
export function labelsOf(config: ModelConfig): number {
  const { id2label } = config;
  if (isMapping(id2label)) return Object.keys(id2label).length;
  return sizeOf(config, 'num_labels', 2);
}

/** The only class in `architectures`. Throws `Unsupported` when there is none, or several. */
export function classOf(config: ModelConfig): string {
  const { architectures } = config;
  if (Array.isArray(architectures) && architectures.length === 1 && typeof architectures[0] === 'string') {
    return architectures[0];
  }
  throw new Unsupported(
    Array.isArray(architectures) && architectures.length > 1
      ? `it has ${architectures.length} classes in architectures`
      : 'architectures names no class',
  );
}

/** Throws `Contradiction` when a task wants something else of a class that writes text, `Unsupported` when it wants vectors. */
export function expectWriter(className: string, head: Head, own: Head): void {
  if (head === own) return;
  expectNoVectors(className, head);
  throw new Contradiction(
    `config.json names the class ${className}, which writes text; the task needs one ${head}`,
  );
}

/** Throws `Unsupported` when a task wants the states behind a head: `AutoModel` loads them of any class, and no graph ends in them here. */
export function expectNoVectors(className: string, head: Head): void {
  if (head === 'Model') throw new Unsupported(`a ${className} is not built for vectors`);
}
