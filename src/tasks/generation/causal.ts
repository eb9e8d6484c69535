import { own } from '../../mapping.js';
import type { SmokeCheck } from '../../smoke/report.js';
import type {
  LlamaSession,
  OnnxSession,
  Options,
  Tensors,
  Tokenizer,
  TransformersSession,
} from '../../smoke/session.js';
import type { Following, MadeToken, WrittenText } from '../following.js';
import { int64Tensor } from '../numbers/tensors.js';
import type { GraphFacts, ModelFacts } from '../task.js';
import { namedToken } from '../text/text-encoding.js';
import { decodeWithoutCache, repetitionPenaltyOf } from './decoding.js';
import { describeGeneration, type GenerationFacts, type Vocabulary } from './generation.js';
import { type GenerationParameters, samples } from './generation-parameters.js';
import {
  finishReason,
  type Generated,
  type GenerationPlan,
  observe,
  planGeneration,
  plansOfTexts,
  positionsOf,
} from './generation-plan.js';
import { type TokenTeller, tokenTeller } from './made-tokens.js';
import { forbidRepeats } from './sampling.js';

/** What a model goes on from. */
export interface Prompt {
  /** The text as the model reads it. */
  readonly text: string;
  /** Whether it is a conversation: rendered with special tokens in it, and to be answered. */
  readonly chat: boolean;
  /** What was asked, without what the chat template adds. */
  readonly asked: string;
}

/** A text that a model wrote. */
export interface Written {
  /** The new text alone. */
  readonly text: string;
  readonly facts: GenerationFacts;
  readonly seed: number | null;
  /** Its tokens, where the request asks for details. */
  readonly made: readonly MadeToken[];
}

/** Texts as a server tells of them. */
export function toldOf(written: readonly Written[]): readonly WrittenText[] {
  return written.map(({ text, facts, seed, made }) => ({
    text,
    finish: finishReason(facts.finish),
    timedOut: facts.finish === 'time',
    promptTokens: facts.promptTokens,
    tokens: facts.tokens,
    seed,
    made,
  }));
}

/** Writes with a pipeline of transformers.js, which keeps keys and values of what was read. */
export async function writeWithPipeline(
  session: TransformersSession,
  prompt: Prompt,
  parameters: GenerationParameters,
  following?: Following,
): Promise<readonly Written[]> {
  const { tokenizer, config, generationConfig } = session;
  return write(
    {
      config,
      generationConfig,
      positions: positionsOf(config),
      encode: (text) => idsOf(tokenizer.encode(text, { add_special_tokens: !prompt.chat })),
      vocabulary: vocabularyOf(tokenizer),
      generate: (ids, plan, hooks) => session.generate(idTensors(ids), optionsOf(plan, parameters), hooks),
    },
    prompt,
    parameters,
    following,
  );
}

/** Writes with a bare graph that keeps nothing, and reads the whole text for each token. */
export async function writeWithGraph(
  session: OnnxSession,
  prompt: Prompt,
  parameters: GenerationParameters,
  following?: Following,
): Promise<readonly Written[]> {
  const { tokenizer, config } = session;
  const generationConfig = own(session.json, 'generation_config.json') ?? {};
  const repetitionPenalty = repetitionPenaltyOf(parameters.repetition_penalty, generationConfig);
  const noRepeat = parameters.no_repeat_ngram_size ?? 0;
  return write(
    {
      config,
      generationConfig,
      positions: positionsOf(config),
      encode: (text) => idsOf(tokenizer.encode(text, { add_special_tokens: !prompt.chat })),
      vocabulary: vocabularyOf(tokenizer),
      generate: (ids, _, hooks) => decodeWithoutCache(session, ids, { repetitionPenalty, noRepeat }, hooks),
    },
    prompt,
    parameters,
    following,
  );
}

/** Writes with a GGUF model. */
export async function writeWithLlama(
  session: LlamaSession,
  prompt: Prompt,
  parameters: GenerationParameters,
  following?: Following,
): Promise<readonly Written[]> {
  const { tokenizer } = session;
  const noRepeat = parameters.no_repeat_ngram_size ?? 0;
  return write(
    {
      config: {},
      generationConfig: {},
      ends: { ids: session.ends, file: 'the GGUF file (tokenizer.ggml.eos_token_id)' },
      positions: session.positions,
      encode: (text) => tokenizer.encode(text, true),
      vocabulary: tokenizer,
      generate: (ids, plan, hooks) =>
        session.generate(
          ids,
          {
            temperature: plan.temperature,
            topK: plan.topK,
            topP: plan.topP,
            seed: plan.seed,
            repetitionPenalty: parameters.repetition_penalty ?? 1,
            choose: parameters.details === true || noRepeat > 0 || changesScores(plan),
          },
          {
            ...hooks,
            choose(all, scores) {
              forbidRepeats(scores, all, noRepeat);
              return hooks.choose(all, scores);
            },
          },
        ),
    },
    prompt,
    parameters,
    following,
  );
}

/** Whether the plan wants scores changed, which llama.cpp does not do by itself here. */
function changesScores({ frequencyPenalty, presencePenalty, minNewTokens }: GenerationPlan): boolean {
  return frequencyPenalty !== 0 || presencePenalty !== 0 || minNewTokens > 0;
}

/** A model that writes, whatever runs it. */
interface Writer {
  readonly config: unknown;
  readonly generationConfig: unknown;
  /** Most tokens of a text; null when unknown. */
  readonly positions: number | null;
  /** What ends a text, where the configurations do not say. */
  readonly ends?: GenerationPlan['ends'];
  readonly encode: (text: string) => readonly number[];
  readonly vocabulary: Vocabulary;
  readonly generate: (
    ids: readonly number[],
    plan: GenerationPlan,
    hooks: ReturnType<typeof observe>,
  ) => Promise<readonly number[]>;
}

async function write(
  writer: Writer,
  prompt: Prompt,
  parameters: GenerationParameters,
  following: Following | undefined,
): Promise<readonly Written[]> {
  const { vocabulary, positions } = writer;
  const ids = cut(writer.encode(prompt.text), parameters.truncate);
  if (ids.length === 0)
    throw new Error('The tokenizer gives no token for the text; there is nothing to go on from.');
  if (positions !== null && ids.length >= positions) {
    throw new Error(
      `The text has ${ids.length} tokens, but the model takes ${positions} in all, those that it writes too. Shorten the text.`,
    );
  }
  const settled = planGeneration(parameters, {
    config: writer.config,
    generationConfig: writer.generationConfig,
    answers: prompt.chat,
    startTokens: ids.length,
    positions,
  });
  const plan = { ...settled, ends: writer.ends ?? settled.ends };
  const decode = (some: readonly number[]) => vocabulary.decode(some, { skip_special_tokens: true });
  const start = decode(ids).length;
  const written: Written[] = [];
  for (const one of plansOfTexts(plan, parameters)) {
    const teller = tellerOf(vocabulary, written.length, parameters, following);
    const observer = observe(one, decode, teller, following);
    const generated: Generated = observer.result(await writer.generate(ids, one, observer));
    // Decoded together, so that a token that begins with a space keeps it.
    const text = withoutOvershoot(decode([...ids, ...generated.ids]).slice(start), generated);
    const told = { prompt: prompt.asked, promptTokens: ids.length, text, answers: prompt.chat };
    const facts = describeGeneration(generated, one, told, vocabulary);
    written.push({ text, facts, seed: seedOf(one, parameters), made: teller?.tokens ?? [] });
  }
  return written;
}

/** What tells of the tokens of a text, as a request asks for it; null where nobody wants to know. */
export function tellerOf(
  { decode }: Vocabulary,
  text: number,
  { details = false, top_n_tokens = 0 }: GenerationParameters,
  following: Following | undefined,
): TokenTeller | null {
  return tokenTeller({ decode, text, details, top: top_n_tokens, following });
}

/** What a text was drawn with; null when nothing was drawn. */
export function seedOf({ seed }: GenerationPlan, parameters: GenerationParameters): number | null {
  return samples(parameters) ? seed : null;
}

/** A text that ends with what was to end it, though its last token goes on. */
export function withoutOvershoot(text: string, { overshoot }: Generated): string {
  return text.slice(0, Math.max(0, text.length - overshoot));
}

/** The last tokens of a prompt. */
function cut(ids: readonly number[], most: number | undefined): readonly number[] {
  return most === undefined || ids.length <= most ? ids : ids.slice(-most);
}

/** A tokenizer as the checks need it. */
export function vocabularyOf(tokenizer: Tokenizer): Vocabulary {
  return {
    decode: tokenizer.decode,
    idOf: tokenizer.idOf,
    size: tokenizer.size,
    eosToken: namedToken(tokenizer.config, 'eos_token'),
  };
}

/** The ids in the tensors of a tokenizer. */
export function idsOf({ input_ids }: Tensors): readonly number[] {
  return Array.from((input_ids?.data ?? []) as ArrayLike<unknown>, Number);
}

function idTensors(ids: readonly number[]): Tensors {
  const dims = [1, ids.length];
  return {
    input_ids: int64Tensor(ids, dims),
    attention_mask: int64Tensor(
      ids.map(() => 1),
      dims,
    ),
  };
}

/** A plan as options of transformers.js. */
export function optionsOf(plan: GenerationPlan, parameters: GenerationParameters): Options {
  const { repetition_penalty, no_repeat_ngram_size } = parameters;
  return {
    max_new_tokens: plan.maxNewTokens,
    eos_token_id: plan.ends === null ? null : [...plan.ends.ids],
    ...(repetition_penalty === undefined ? {} : { repetition_penalty }),
    ...(no_repeat_ngram_size === undefined ? {} : { no_repeat_ngram_size }),
  };
}

/** An input for keys, by which the layers of the cache are counted. */
const CACHE_KEY = /^past_key_values\.(\d+)\.(?:decoder\.)?key$/;
/** Any input of a cache: keys and values, and the states of layers without attention. */
const CACHE = /^past_/;

/** Whether a graph takes keys and values of what was read before. */
export function takesCache({ inputs }: GraphFacts): boolean {
  return inputs.some(({ name }) => CACHE.test(name));
}

/** Families whose config.json names sizes as GPT-2 does (transformers.js, configs.js). */
const LIKE_GPT2 = new Set(['gpt2', 'gptj', 'jais', 'codegen', 'gpt_bigcode']);
/** Names of the number of layers and of heads. */
const LAYERS = [
  'num_hidden_layers',
  'n_layer',
  'num_layers',
  'n_layers',
  'num_transformer_layers',
  'layer_types',
];
const HEADS = [
  'num_attention_heads',
  'num_key_value_heads',
  'n_head',
  'num_heads',
  'n_heads',
  'num_kv_heads',
  'num_query_heads',
];

/**
 * Whether config.json says at all how large the cache is: transformers.js makes the first, empty one by it. The graph tells
 * what must stand there. Whether the numbers are right is checked with the graph (onnx/checks/kv-cache.ts).
 */
export function checkCacheStated({ graph, config }: ModelFacts): readonly SmokeCheck[] {
  const keys = (graph?.inputs ?? []).filter(({ name }) => CACHE_KEY.test(name));
  const [first] = keys;
  if (first === undefined) return [];
  const parts = [
    config,
    ...['text_config', 'decoder', 'language_config', 'phi_config'].map((key) => own(config, key)),
  ];
  const says = (names: readonly string[]) =>
    parts.some((part) => names.some((name) => own(part, name) !== undefined));
  if (says(LAYERS) && says(HEADS)) return [];
  const [, heads, , size] = first.shape ?? [];
  const width = typeof heads === 'number' && typeof size === 'number' ? heads * size : null;
  const names = LIKE_GPT2.has(String(own(config, 'model_type')))
    ? ['n_layer', 'n_head', 'n_embd']
    : ['num_hidden_layers', 'num_attention_heads', 'hidden_size'];
  const values = [keys.length, typeof heads === 'number' ? heads : null, width];
  const lines = names.map((name, index) => `"${name}": ${values[index] ?? '…'}`).join(', ');
  return [
    {
      id: 'kv-cache',
      status: 'failed',
      message: `The graph takes a cache of ${keys.length} layer${keys.length === 1 ? '' : 's'}, but config.json does not say how large it is. Write ${lines} into config.json.`,
    },
  ];
}

/** Whether the graph gives scores of tokens at all. */
export function checkHead({ graph }: ModelFacts): readonly SmokeCheck[] {
  if (graph === null || graph.outputs.some(({ name }) => name === 'logits')) return [];
  const names = graph.outputs
    .map(({ name }) => name)
    .slice(0, 3)
    .join(', ');
  return [
    {
      id: 'architecture',
      status: 'failed',
      message: `The graph gives ${names}, no logits: it was exported without the head that writes. Export it with \`optimum-cli export onnx --task text-generation-with-past\`, or correct pipeline_tag in the card.`,
    },
  ];
}
