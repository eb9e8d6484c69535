import { isMapping, own } from '../../mapping.js';
import { readMapping } from '../reading/parameters.js';
import { fault, kindOf, type Parameters, type Read, read } from '../task.js';

/** The parameters of a generation, as the Inference API names them. */
export interface GenerationParameters extends Parameters {
  readonly max_new_tokens?: number;
  /** Tokens in all, those of the prompt too. */
  readonly max_length?: number;
  readonly min_new_tokens?: number;
  readonly min_length?: number;
  /** Seconds after which it stops. */
  readonly max_time?: number;
  readonly do_sample?: boolean;
  readonly temperature?: number;
  readonly top_k?: number;
  readonly top_p?: number;
  readonly seed?: number;
  readonly repetition_penalty?: number;
  readonly no_repeat_ngram_size?: number;
  /** What the scores of tokens are lowered by that were generated already: for each time, and once. */
  readonly frequency_penalty?: number;
  readonly presence_penalty?: number;
  readonly num_return_sequences?: number;
  /** Texts after which it stops. */
  readonly stop?: readonly string[];
  /** Whether the answer of a text generation begins with the prompt; so it does when absent. */
  readonly return_full_text?: boolean;
  /** Whether the answer tells of each token. */
  readonly details?: boolean;
  /** How many of the most probable tokens the details tell for each. */
  readonly top_n_tokens?: number;
  /** Tokens of the prompt that are kept, from its end. */
  readonly truncate?: number;
  readonly src_lang?: string;
  readonly tgt_lang?: string;
}

/** Lowest and highest value; `whole` without a fraction. */
interface Bounds {
  readonly from: number;
  readonly to: number;
  readonly whole: boolean;
}

/** Most tokens that can be asked for: a context of a million tokens. */
const MANY = 1_048_576;

/**
 * Numbers with their bounds. Those of sampling are what the Inference API checks (api-inference-community, validation.py);
 * it also limited lengths to 500, which today’s models pass.
 */
const NUMBERS = {
  max_new_tokens: { from: 1, to: MANY, whole: true },
  max_length: { from: 1, to: MANY, whole: true },
  min_new_tokens: { from: 0, to: MANY, whole: true },
  min_length: { from: 0, to: MANY, whole: true },
  max_time: { from: 0, to: 120, whole: false },
  temperature: { from: 0, to: 100, whole: false },
  top_k: { from: 1, to: MANY, whole: true },
  top_p: { from: 0, to: 1, whole: false },
  seed: { from: 0, to: Number.MAX_SAFE_INTEGER, whole: true },
  repetition_penalty: { from: 0, to: 100, whole: false },
  no_repeat_ngram_size: { from: 0, to: MANY, whole: true },
  frequency_penalty: { from: -2, to: 2, whole: false },
  presence_penalty: { from: -2, to: 2, whole: false },
  top_n_tokens: { from: 0, to: 20, whole: true },
  num_return_sequences: { from: 1, to: 10, whole: true },
  truncate: { from: 1, to: MANY, whole: true },
} as const satisfies Readonly<Record<string, Bounds>>;

const BOOLEANS = ['do_sample', 'return_full_text', 'details'] as const;
const TEXTS = ['src_lang', 'tgt_lang'] as const;
/** Other names of parameters: those of chat completions, and older ones. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  max_tokens: 'max_new_tokens',
  max_completion_tokens: 'max_new_tokens',
  n: 'num_return_sequences',
  stop_sequences: 'stop',
  stop_strings: 'stop',
};
/** Mappings of further parameters inside the parameters. */
const NESTED = ['generate_parameters', 'generate_kwargs', 'generation_parameters'] as const;
const MOST_STOPS = 16;

/** Checks the parameters of a generation; null counts as absent, and what nobody knows is ignored. */
export function readGenerationParameters(parameters: unknown): Read<GenerationParameters> {
  const mapping = readMapping(parameters);
  if (!mapping.ok) return mapping;
  const found: Record<string, unknown> = {};
  for (const key of NESTED) {
    const inner = own(mapping.value, key) ?? undefined;
    if (inner === undefined) continue;
    if (!isMapping(inner)) return fault([key], `${key} must be a mapping, not ${kindOf(inner)}.`);
    const nested = readGenerationParameters({ ...inner, [key]: null });
    if (!nested.ok) return fault([key, ...nested.fault.path], nested.fault.message);
    Object.assign(found, nested.value);
  }
  for (const [key, value] of Object.entries(mapping.value)) {
    if (value === null || value === undefined) continue;
    const name = Object.hasOwn(OTHER_NAMES, key) ? (OTHER_NAMES[key] ?? key) : key;
    const why = wrongValue(name, value);
    if (why !== null) return fault([key], `${key} must be ${why}.`);
    if (name === 'stop') found.stop = typeof value === 'string' ? [value] : value;
    else if (isKnown(name)) found[name] = value;
  }
  const value: GenerationParameters = found;
  const { min_length = 0, max_length = MANY, min_new_tokens = 0, max_new_tokens = MANY } = value;
  if (min_length > max_length) return fault(['min_length'], 'min_length must not exceed max_length.');
  if (min_new_tokens > max_new_tokens) {
    return fault(['min_new_tokens'], 'min_new_tokens must not exceed max_new_tokens.');
  }
  if ((value.num_return_sequences ?? 1) > 1 && !samples(value)) {
    return fault(
      ['num_return_sequences'],
      'num_return_sequences above 1 needs do_sample: without it all texts would be the same.',
    );
  }
  return read(value);
}

/** Whether tokens are drawn: when the request says so, or names what only drawing needs. */
export function samples({ do_sample, temperature, top_k, top_p }: GenerationParameters): boolean {
  if (temperature === 0) return false;
  return do_sample ?? (temperature !== undefined || top_k !== undefined || top_p !== undefined);
}

function isKnown(name: string): boolean {
  return (
    Object.hasOwn(NUMBERS, name) ||
    (BOOLEANS as readonly string[]).includes(name) ||
    (TEXTS as readonly string[]).includes(name)
  );
}

/** What a parameter must be, when it is something else; null when it is right, or unknown. */
function wrongValue(name: string, value: unknown): string | null {
  if (Object.hasOwn(NUMBERS, name)) {
    const { from, to, whole } = NUMBERS[name as keyof typeof NUMBERS];
    const fits =
      typeof value === 'number' && value >= from && value <= to && (!whole || Number.isInteger(value));
    if (fits) return null;
    const kind = whole ? 'a whole number' : 'a number';
    return to >= MANY ? `${kind} of at least ${from}` : `${kind} from ${from} to ${to}`;
  }
  if ((BOOLEANS as readonly string[]).includes(name))
    return typeof value === 'boolean' ? null : 'true or false';
  if ((TEXTS as readonly string[]).includes(name)) return typeof value === 'string' ? null : 'a text';
  if (name !== 'stop') return null;
  const texts = typeof value === 'string' ? [value] : value;
  const fits =
    Array.isArray(texts) && texts.length <= MOST_STOPS && texts.every((text) => typeof text === 'string');
  return fits ? null : `a text, or a list of up to ${MOST_STOPS} texts`;
}
