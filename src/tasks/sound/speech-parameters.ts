import { isMapping, own } from '../../mapping.js';
import { readMapping } from '../reading/parameters.js';
import { fault, kindOf, type Parameters, type Read, read } from '../task.js';

/** The parameters of a transcription. */
export interface SpeechParameters extends Parameters {
  readonly return_timestamps?: boolean | 'word' | 'char';
  /** Seconds. */
  readonly chunk_length_s?: number;
  /** Seconds that windows overlap on the left and the right. */
  readonly stride?: readonly [left: number, right: number];
  /** What is handed to the generation, as transformers.js names it. */
  readonly generation?: Readonly<Record<string, string | number | boolean>>;
}

/** Reads parameters at their own names, and those of a generation also inside `generation_parameters` or `generate_kwargs`. */
export function readSpeechParameters(parameters: unknown): Read<SpeechParameters> {
  const given = readMapping(parameters);
  if (!given.ok) return given;
  const timestamps = own(parameters, 'return_timestamps') ?? undefined;
  if (
    timestamps !== undefined &&
    typeof timestamps !== 'boolean' &&
    timestamps !== 'word' &&
    timestamps !== 'char'
  ) {
    return fault(['return_timestamps'], 'return_timestamps must be true, false, "word" or "char".');
  }
  const length = own(parameters, 'chunk_length_s') ?? undefined;
  if (length !== undefined && !(typeof length === 'number' && length >= 0 && length <= 3600)) {
    return fault(['chunk_length_s'], 'chunk_length_s must be a number of seconds, 0 to 3600.');
  }
  const stride = own(parameters, 'stride_length_s') ?? undefined;
  const strides = stride === undefined ? undefined : Array.isArray(stride) ? stride : [stride, stride];
  if (
    strides !== undefined &&
    !(strides.length === 2 && strides.every((one) => typeof one === 'number' && one >= 0))
  ) {
    return fault(['stride_length_s'], 'stride_length_s must be a number of seconds, or two of them.');
  }
  const [left, right] = (strides ?? []) as readonly number[];
  if (length !== undefined && length > 0 && left !== undefined && left + (right ?? left) >= length) {
    return fault(['stride_length_s'], 'stride_length_s must leave something of chunk_length_s.');
  }
  const generation = readGeneration(given.value);
  if (!generation.ok) return generation;
  return read({
    ...(timestamps === undefined ? {} : { return_timestamps: timestamps }),
    ...(length === undefined ? {} : { chunk_length_s: length }),
    ...(left === undefined ? {} : { stride: [left, right ?? left] as const }),
    ...(Object.keys(generation.value).length === 0 ? {} : { generation: generation.value }),
  });
}

/**
 * Throws when a Whisper cannot tell the times that are asked for, by its generation_config.json: without these settings transformers.js
 * writes down something else, or points elsewhere.
 */
export function checkTimes(
  { return_timestamps: wanted = false }: SpeechParameters,
  generationConfig: unknown,
): void {
  if (wanted === false) return;
  if (typeof own(generationConfig, 'no_timestamps_token_id') !== 'number') {
    throw new Error(
      'return_timestamps needs a Whisper that writes timestamps, whose generation_config.json says no_timestamps_token_id.',
    );
  }
  if (wanted === 'word' && !Array.isArray(own(generationConfig, 'alignment_heads'))) {
    throw new Error(
      'return_timestamps "word" needs alignment_heads in generation_config.json, and a decoder that was exported with its cross attentions (output_attentions). Ask for true instead.',
    );
  }
}

/**
 * Parameters of the generation that are handed on, with the type each must have. Not num_beams: transformers.js takes the best token of each step
 * all the same, after it made a list of that length.
 */
const GENERATION: Readonly<Record<string, 'string' | 'number' | 'boolean'>> = {
  language: 'string',
  task: 'string',
  max_new_tokens: 'number',
  temperature: 'number',
  do_sample: 'boolean',
};

function readGeneration(
  parameters: Readonly<Record<string, unknown>>,
): Read<Readonly<Record<string, string | number | boolean>>> {
  const given: Record<string, string | number | boolean> = {};
  for (const place of [null, 'generation_parameters', 'generate_kwargs']) {
    const holder = place === null ? parameters : own(parameters, place);
    if (holder === undefined || holder === null) continue;
    const path = place === null ? [] : [place];
    if (!isMapping(holder)) return fault(path, `${place} must be a mapping, not ${kindOf(holder)}.`);
    for (const [key, type] of Object.entries(GENERATION)) {
      const value = own(holder, key) ?? undefined;
      if (value === undefined) continue;
      if (typeof value !== type)
        return fault([...path, key], `${key} must be a ${type}, not ${kindOf(value)}.`);
      if (key === 'max_new_tokens' && !(Number.isInteger(value) && Number(value) >= 1)) {
        return fault([...path, key], 'max_new_tokens must be a whole number of at least 1.');
      }
      given[key] = value as string | number | boolean;
    }
  }
  return read(given);
}
