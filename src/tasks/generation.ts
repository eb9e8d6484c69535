import { own } from '../mapping.js';
import { preview } from '../preview.js';
import type { SmokeCheck } from '../smoke/report.js';
import type { GenerationHooks, Tokenizer } from '../smoke/session.js';
import { agreesWithCard, notComparable, otherAnswer } from './expected-output.js';
import { type GenerationParameters, samples } from './generation-parameters.js';
import { isCount } from './numbers.js';
import { type Candidate, candidates, sampler } from './sampling.js';
import type { Comparison } from './task.js';
import { short } from './wording.js';

/**
 * New tokens when nobody says how many. A model that continues texts never has to end, so a few show what it can. One that
 * answers (a chat, a summary, a translation, a caption) has been trained to end: it gets what pipelines allow.
 */
const MOST_TOKENS = { continues: 32, answers: 256 } as const;
/** How many tokens an answer of usual length has; only one that goes on beyond it is called endless. */
const LONG_ANSWER = 256;
/** How long a generation may take whose length nobody asked for, in milliseconds; large models on a CPU are slow. */
const MOST_MS = 10_000;
/** Tokens that are always generated, so that what is compared does not depend on how fast the machine is. */
const LEAST_TOKENS = 16;
/** Most tokens that facts keep, and characters of texts. */
const KEPT_TOKENS = 64;
const KEPT_CHARACTERS = 4000;
/** Candidates for the first token that are kept, and how many of the best ones must be found in another variant. */
const KEPT_CANDIDATES = 20;
const COMPARED_CANDIDATES = 5;
/** A token that comes as often as this in a row is a loop, not a word. */
const LOOP = 16;
/** A text of this many tokens that are all the same says nothing. */
const SHORT_LOOP = 8;
/** How far the log-probability of the best first token may fall in another variant: to a twentieth. */
const MOST_DRIFT = 3;
/** How many tokens a sampler draws from when a request does not say (transformers, GenerationConfig.top_k). */
const USUAL_TOP_K = 50;

/**
 * Tokens that end a text or a turn in chat templates of well-known models: a model that writes one and goes on was not told that
 * it ends there.
 */
const END_TOKENS = [
  '<|endoftext|>',
  '</s>',
  '<eos>',
  '<|im_end|>',
  '<|eot_id|>',
  '<|end_of_text|>',
  '<end_of_turn>',
  '<|end|>',
  '<|return|>',
  '<|eom_id|>',
  '<｜end▁of▁sentence｜>',
  '<|END_OF_TURN_TOKEN|>',
];
/** What tokens look like that a reader must never see. */
const SPECIAL =
  /<\|[\w-]{2,40}\|>|<\/?s>|<(?:pad|unk|eos|bos|mask)>|<(?:start|end)_of_turn>|\[(?:PAD|UNK|CLS|SEP|EOS|BOS)\]|<extra_id_\d+>|<｜[^｜]{2,40}｜>/u;

/** Why a generation ended: an end token, a text of `stop`, the limit of tokens, all positions of the model, the limit of time. */
export type Finish = 'end' | 'stop' | 'length' | 'positions' | 'time';

/** How a text is generated, settled from the request and the model. */
export interface GenerationPlan {
  readonly maxNewTokens: number;
  /** What set the limit. */
  readonly limitedBy: 'default' | 'request' | 'model' | 'positions';
  /** Milliseconds after which it stops; null: never. */
  readonly maxMs: number | null;
  readonly minNewTokens: number;
  /** Ids that end a text, and the file that names them; null when none does. */
  readonly ends: { readonly ids: readonly number[]; readonly file: string } | null;
  readonly temperature: number;
  readonly topK: number | null;
  readonly topP: number | null;
  readonly seed: number;
  readonly stop: readonly string[];
}

/** What a model generated. */
export interface Generated {
  /** New ids; the end token, where one came, is the last. */
  readonly ids: readonly number[];
  readonly finish: Finish;
  /** Log-probabilities of the first token, the best first. */
  readonly first: readonly Candidate[];
  /** How many tokens the model has: the width of its scores; null when none came. */
  readonly vocabulary: number | null;
  readonly milliseconds: number;
}

/** What the checks need to know of a generated text. */
export interface GenerationFacts {
  /** What was asked; at most 4000 characters. */
  readonly prompt: string;
  /** The new text, without special tokens; at most 4000 characters. */
  readonly text: string;
  /** The first 64 new ids. */
  readonly ids: readonly number[];
  /** How many new tokens there were. */
  readonly tokens: number;
  readonly promptTokens: number;
  readonly finish: Finish;
  readonly maxNewTokens: number;
  readonly limitedBy: GenerationPlan['limitedBy'];
  /** Whether the model answers, and so has to end, or continues a text. */
  readonly answers: boolean;
  /** Ids that end a text, and the file that names them. */
  readonly ends: GenerationPlan['ends'];
  /** End tokens that came, and did not end the text. */
  readonly missedEnds: readonly { readonly id: number; readonly token: string }[];
  /** Generated ids that the tokenizer does not have. */
  readonly unknown: readonly number[];
  /** The longest row of the same token, and that token. */
  readonly loop: { readonly token: string; readonly times: number };
  /** How many tokens the model has: the width of its scores. */
  readonly vocabulary: number | null;
  /** Log-probabilities of the first token, the best first. */
  readonly first: readonly Candidate[];
  readonly tokensPerSecond: number;
}

/** What is known of a model that generates. */
export interface GenerationModel {
  /** The parsed config.json. */
  readonly config: unknown;
  /** The parsed generation_config.json; empty without one. */
  readonly generationConfig: unknown;
  /** Whether it answers, and so has to end. */
  readonly answers: boolean;
  /** Tokens that the text begins with: of the prompt, or of the decoder. */
  readonly startTokens: number;
  /** Most tokens of the text that the model can see; null when unknown. */
  readonly positions: number | null;
}

/** Settles how a text is generated: by the request, else by what the model says of itself, else shortly. */
export function planGeneration(parameters: GenerationParameters, model: GenerationModel): GenerationPlan {
  const { generationConfig, startTokens, positions, answers } = model;
  const asked =
    parameters.max_new_tokens ??
    (parameters.max_length === undefined ? undefined : Math.max(1, parameters.max_length - startTokens));
  const usual = answers ? MOST_TOKENS.answers : MOST_TOKENS.continues;
  const own = answers ? ownLimit(generationConfig, startTokens) : null;
  const wanted = asked ?? Math.min(own ?? usual, usual);
  const left = positions === null ? Number.POSITIVE_INFINITY : Math.max(1, positions - startTokens);
  const drawn = samples(parameters);
  return {
    maxNewTokens: Math.min(wanted, left),
    limitedBy:
      left < wanted ? 'positions' : asked !== undefined ? 'request' : wanted < usual ? 'model' : 'default',
    maxMs:
      parameters.max_time !== undefined ? parameters.max_time * 1000 : asked === undefined ? MOST_MS : null,
    minNewTokens: Math.max(parameters.min_new_tokens ?? 0, (parameters.min_length ?? 0) - startTokens),
    ends: endsOf(model),
    temperature: drawn ? (parameters.temperature ?? 1) : 0,
    topK: drawn ? (parameters.top_k ?? USUAL_TOP_K) : null,
    topP: drawn ? (parameters.top_p ?? null) : null,
    seed: parameters.seed ?? 0,
    stop: (parameters.stop ?? []).filter((text) => text !== ''),
  };
}

/** The limit that generation_config.json sets, in new tokens. */
function ownLimit(generationConfig: unknown, startTokens: number): number | null {
  const newTokens = own(generationConfig, 'max_new_tokens');
  if (isCount(newTokens)) return newTokens;
  const length = own(generationConfig, 'max_length');
  return isCount(length) && length > startTokens ? length - startTokens : null;
}

/** The ids that end a text: generation_config.json says so, else config.json, for a decoder of its own in a part of it. */
export function endsOf({
  config,
  generationConfig,
}: Pick<GenerationModel, 'config' | 'generationConfig'>): GenerationPlan['ends'] {
  const places = [
    { value: own(generationConfig, 'eos_token_id'), file: 'generation_config.json' },
    ...[config, own(config, 'decoder'), own(config, 'text_config')].map((part) => ({
      value: own(part, 'eos_token_id'),
      file: 'config.json',
    })),
  ];
  for (const { value, file } of places) {
    const ids = (Array.isArray(value) ? value : [value]).filter(
      (id): id is number => typeof id === 'number' && Number.isInteger(id) && id >= 0,
    );
    if (ids.length > 0) return { ids, file };
  }
  return null;
}

/** How long a text may be, as config.json says under one of its many names; null when it does not. */
export function positionsOf(config: unknown): number | null {
  for (const part of [config, own(config, 'text_config'), own(config, 'decoder')]) {
    for (const key of [
      'max_position_embeddings',
      'n_positions',
      'n_ctx',
      'max_sequence_length',
      'seq_length',
    ]) {
      const value = own(part, key);
      if (isCount(value)) return value;
    }
  }
  return null;
}

/** Follows a generation: draws the tokens, and says when it is over. */
export interface Observer extends GenerationHooks {
  /** What came out; `ids` are all ids, those it began with too. */
  result(ids: readonly number[]): Generated;
}

/** Follows a generation that is about to start. */
export function observe(plan: GenerationPlan, decode: (ids: readonly number[]) => string): Observer {
  const start = performance.now();
  const draw = sampler(plan);
  const ends = new Set(plan.ends?.ids);
  const longestStop = Math.max(0, ...plan.stop.map((text) => text.length));
  let began: number | null = null;
  let first: readonly Candidate[] = [];
  let vocabulary: number | null = null;
  let finish: Finish | null = null;
  return {
    begin(ids, scores) {
      began = ids.length;
      vocabulary = scores.length;
      first = candidates(scores, KEPT_CANDIDATES);
    },
    choose(ids, scores) {
      if (began === null) this.begin(ids, scores);
      if (ids.length - (began ?? 0) < plan.minNewTokens) {
        for (const id of ends) if (id < scores.length) scores[id] = Number.NEGATIVE_INFINITY;
      }
      return draw(scores);
    },
    done(ids) {
      const fresh = ids.slice(began ?? 0);
      const last = fresh.at(-1);
      if (last !== undefined && ends.has(last)) finish = 'end';
      // Most tokens have at least one character, so that the stop cannot begin much further from the end.
      else if (longestStop > 0 && holdsStop(decode(fresh.slice(-longestStop - 8)))) finish = 'stop';
      else if (fresh.length >= plan.maxNewTokens) {
        finish = plan.limitedBy === 'positions' ? 'positions' : 'length';
      } else if (
        plan.maxMs !== null &&
        fresh.length >= LEAST_TOKENS &&
        performance.now() - start > plan.maxMs
      ) {
        finish = 'time';
      }
      return finish !== null;
    },
    result: (ids) => ({
      ids: ids.slice(began ?? ids.length),
      finish: finish ?? 'length',
      first,
      vocabulary,
      milliseconds: performance.now() - start,
    }),
  };

  function holdsStop(text: string): boolean {
    return plan.stop.some((stop) => text.includes(stop));
  }
}

/** The part of a tokenizer that a generation needs. */
export type Vocabulary = Pick<Tokenizer, 'decode' | 'idOf' | 'size'> & { readonly eosToken: string | null };

/** What the checks need to know of a generated text. */
export function describeGeneration(
  { ids, finish, first, vocabulary, milliseconds }: Generated,
  plan: GenerationPlan,
  told: {
    readonly prompt: string;
    readonly promptTokens: number;
    readonly text: string;
    readonly answers: boolean;
  },
  tokenizer: Vocabulary,
): GenerationFacts {
  const name = (id: number) => tokenizer.decode([id], { skip_special_tokens: false });
  const ends = new Set(plan.ends?.ids);
  const names = new Set([...END_TOKENS, ...(tokenizer.eosToken === null ? [] : [tokenizer.eosToken])]);
  const endIds = new Map<number, string>();
  for (const token of names) {
    const id = tokenizer.idOf(token);
    // The id of an unknown token may be that of another one.
    if (id !== undefined && !ends.has(id) && name(id).trim() === token) endIds.set(id, token);
  }
  const different = [...new Set(ids)];
  const { size } = tokenizer;
  const loop = longestRow(ids);
  return {
    prompt: told.prompt.slice(0, KEPT_CHARACTERS),
    text: told.text.slice(0, KEPT_CHARACTERS),
    ids: ids.slice(0, KEPT_TOKENS),
    tokens: ids.length,
    promptTokens: told.promptTokens,
    finish,
    maxNewTokens: plan.maxNewTokens,
    limitedBy: plan.limitedBy,
    answers: told.answers,
    ends: plan.ends,
    missedEnds: different.flatMap((id) => {
      const token = endIds.get(id);
      return token === undefined ? [] : [{ id, token }];
    }),
    unknown: different.filter((id) => size !== undefined && id >= size).slice(0, 5),
    loop: { token: loop.id === null ? '' : name(loop.id), times: loop.times },
    vocabulary,
    first,
    tokensPerSecond: milliseconds > 0 ? (ids.length / milliseconds) * 1000 : 0,
  };
}

function longestRow(ids: readonly number[]): { readonly id: number | null; readonly times: number } {
  let best: { readonly id: number | null; readonly times: number } = { id: null, times: 0 };
  let times = 0;
  for (const [index, id] of ids.entries()) {
    times = index > 0 && ids[index - 1] === id ? times + 1 : 1;
    if (times > best.times) best = { id, times };
  }
  return best;
}

/** The checks of a generated text. */
export function checkGeneration(facts: GenerationFacts): readonly SmokeCheck[] {
  const unknown = checkIds(facts);
  return [checkEnds(facts), ...unknown, ...checkSpecialTokens(facts)];
}

/**
 * Whether the text has a content and an end. That a generation ran into its limit says nothing by itself: a model that
 * continues texts may go on for ever, and 32 tokens are few. It is a fault when the model did write an end token that nobody
 * told the runtime of, or when the one that it was told of does not exist; and worth a warning when a model that answers has
 * not come to an end after 256 tokens, or before its last position.
 */
function checkEnds(facts: GenerationFacts): SmokeCheck {
  const id = 'generation-ends';
  const { tokens, text, finish, loop, ends, missedEnds, vocabulary, answers, maxNewTokens } = facts;
  const failed = (message: string): SmokeCheck => ({ id, status: 'failed', message });
  const speed = `${short(facts.tokensPerSecond)} tokens per second`;
  const [missed] = missedEnds;
  const file = ends?.file ?? 'generation_config.json';
  if (missed !== undefined && finish !== 'end') {
    const said = ends === null ? 'no eos_token_id is set' : `eos_token_id is ${ends.ids.join(', ')}`;
    return failed(
      `The model wrote ${preview(missed.token)} (${missed.id}), which ends a text, and went on: in ${file} ${said}. Write ${ends === null ? missed.id : endsWith(facts, missed.id)} there.`,
    );
  }
  if (
    ends !== null &&
    vocabulary !== null &&
    finish !== 'end' &&
    ends.ids.every((end) => end >= vocabulary)
  ) {
    return failed(
      `The text can never end: eos_token_id in ${ends.file} is ${ends.ids.join(', ')}, but the tokens of the model end at ${vocabulary - 1}. Write the id of the tokenizer’s eos_token there.`,
    );
  }
  if (isEmpty(facts)) {
    return failed(
      answers
        ? 'The model gave no text: its first token ended the answer. Look at decoder_start_token_id and forced tokens in generation_config.json, at the chat template (it must open the turn of the assistant), and at the export.'
        : 'The model gave no text: its first token was the one that ends a text. Look at eos_token_id in generation_config.json, and at the export.',
    );
  }
  if (isLoop(facts)) {
    return failed(
      `The model gave the same token ${loop.times} times: ${preview(loop.token)}. Look for weights that were not loaded, or a wrong checkpoint in the export.`,
    );
  }
  if (text.trim() === '') {
    return {
      id,
      status: answers ? 'failed' : 'warning',
      message: `The ${tokens} tokens that the model gave make no text, only spaces or special tokens. Try an input like those of the training, and put it into the card as a widget example.`,
    };
  }
  if (loop.times >= LOOP) {
    return {
      id,
      status: 'warning',
      message: `The model gave the token ${preview(loop.token)} ${loop.times} times in a row. Set repetition_penalty in generation_config.json, or look at the export.`,
    };
  }
  const count = `${tokens} token${tokens === 1 ? '' : 's'}`;
  switch (finish) {
    case 'end':
      return { id, status: 'passed', message: `The text ended by itself after ${count} (${speed}).` };
    case 'stop':
      return {
        id,
        status: 'passed',
        message: `The text ended with a text of \`stop\` after ${count} (${speed}).`,
      };
    case 'time':
      return {
        id,
        status: 'skipped',
        message: `Stopped after ${count}, which took long enough (${speed}); whether the text ends by itself was not seen.`,
      };
    case 'positions':
    case 'length':
      if (
        answers &&
        (finish === 'positions' || maxNewTokens >= LONG_ANSWER) &&
        facts.limitedBy !== 'request'
      ) {
        const limit = finish === 'positions' ? 'where its positions end' : 'the limit';
        return {
          id,
          status: 'warning',
          message: `The answer did not end by itself within ${count}, ${limit}. ${
            ends === null
              ? 'No eos_token_id is set: write the id of the token that ends an answer into generation_config.json.'
              : `Check that eos_token_id in ${ends.file} (${ends.ids.join(', ')}) is the token that the model was trained to end with.`
          }`,
        };
      }
      return {
        id,
        status: 'passed',
        message: `The text has ${count}, the limit; a model need not end by then (${speed}).`,
      };
  }
}

/** eos_token_id with a token that is missing; ids that do not exist are left out. */
function endsWith({ ends, vocabulary }: GenerationFacts, id: number): string {
  const known = (ends?.ids ?? []).filter((end) => vocabulary === null || end < vocabulary);
  return known.length === 0 ? String(id) : `[${[...known, id].join(', ')}]`;
}

/** Whether the tokenizer knows what the model gives; a passed check would say nothing that `vocabulary` does not. */
function checkIds({ unknown }: GenerationFacts): readonly SmokeCheck[] {
  if (unknown.length === 0) return [];
  return [
    {
      id: 'generated-tokens',
      status: 'failed',
      message: `The model gave tokens that the tokenizer does not have: ${unknown.join(', ')}. Upload the tokenizer that the model was trained with.`,
    },
  ];
}

function checkSpecialTokens({ text, missedEnds }: GenerationFacts): readonly SmokeCheck[] {
  const id = 'special-tokens';
  const found = SPECIAL.exec(text)?.[0];
  if (found === undefined) {
    return [{ id, status: 'passed', message: 'No special tokens are left in the text.' }];
  }
  // What should have ended the text has been told of already.
  if (missedEnds.some(({ token }) => token === found)) return [];
  return [
    {
      id,
      status: 'warning',
      message: `The text shows ${preview(found)} to its readers. Mark it as special among added_tokens in tokenizer.json.`,
    },
  ];
}

/** Whether the answer is more than what was asked. */
export function checkEcho({ text, prompt }: GenerationFacts): readonly SmokeCheck[] {
  const id = 'echo';
  const answer = text.trim().toLowerCase();
  if (answer === '') return [];
  if (answer !== prompt.trim().toLowerCase()) {
    return [{ id, status: 'passed', message: 'The answer is not what was asked, said again.' }];
  }
  return [
    {
      id,
      status: 'warning',
      message:
        'The answer repeats the input word for word. Look for a prefix that the model was trained with (task_specific_params in config.json), or a wrong checkpoint.',
    },
  ];
}

/**
 * The answer for comparing: the first ids, which do not depend on how long the machine let the model write. None when there
 * is no text to compare, of which `checkGeneration` speaks.
 */
export function generationVectors(facts: GenerationFacts): readonly (readonly string[])[] {
  return isEmpty(facts) || isLoop(facts) ? [] : [facts.ids.slice(0, LEAST_TOKENS).map(String)];
}

function isEmpty({ tokens, finish }: GenerationFacts): boolean {
  return tokens - (finish === 'end' ? 1 : 0) <= 0;
}

/** Whether there is nothing but one token. */
function isLoop({ loop, tokens }: GenerationFacts): boolean {
  return loop.times >= SHORT_LOOP && loop.times >= tokens - 1;
}

/**
 * Compares two generations. Quantization may choose other words; what it may not do is to give none, to fall into a loop, or to
 * think little of the first token that the exact model is sure of. `drift` is the largest difference of the log-probabilities
 * of the best first tokens.
 */
export function compareGenerations(full: GenerationFacts, other: GenerationFacts): Comparison {
  const drift = candidateDrift(full.first, other.first);
  const apart =
    drift === null ? '' : `, and log-probabilities of the first token differ by at most ${short(drift.most)}`;
  const most = drift?.most ?? null;
  if (other.text.trim() === '' && full.text.trim() !== '') {
    return { agrees: false, drift: most, seen: 'there is no text where there was one' };
  }
  if (other.loop.times >= LOOP && full.loop.times < LOOP) {
    return {
      agrees: false,
      drift: most,
      seen: `it repeats ${preview(other.loop.token)} ${other.loop.times} times${apart}`,
    };
  }
  if (drift !== null && drift.best > MOST_DRIFT) {
    return {
      agrees: false,
      drift: most,
      seen: `the log-probability of the best first token fell by ${short(drift.best)}, to ${preview(other.text)} instead of ${preview(full.text)}`,
    };
  }
  const same = full.text === other.text;
  return {
    agrees: true,
    drift: most,
    seen: same
      ? `the text is the same${apart}`
      : `${preview(other.text)} instead of ${preview(full.text)}, which may be${apart}`,
  };
}

/** How far log-probabilities lie apart; null when there are none. A candidate that is not kept is at least as far down as the last one. */
function candidateDrift(
  full: readonly Candidate[],
  other: readonly Candidate[],
): { readonly best: number; readonly most: number } | null {
  const floor = other.at(-1)?.logProbability;
  const [top] = full;
  if (top === undefined || floor === undefined) return null;
  const byId = new Map(other.map(({ id, logProbability }) => [id, logProbability]));
  const fall = ({ id, logProbability }: Candidate) =>
    logProbability - (byId.get(id) ?? Math.min(floor, logProbability));
  const falls = full.slice(0, COMPARED_CANDIDATES).map(fall);
  return { best: fall(top), most: Math.max(...falls.map(Math.abs)) };
}

/** Compares a generated text with the one in the card; it may begin with the prompt, and end sooner or later. */
export function checkExpectedText({ text, prompt }: GenerationFacts, expected: unknown): SmokeCheck {
  const stated = statedText(expected);
  if (stated === null) return notComparable('has no `text`');
  const theirs = words(stated);
  if ([text, `${prompt}${text}`].some((ours) => agree(words(ours), theirs))) {
    return agreesWithCard('The answer agrees with the card.');
  }
  return {
    ...otherAnswer(stated, text, 'say there that it was drawn at random'),
    status: 'warning',
  };
}

/** Whether one text is the other, or its beginning. */
function agree(a: readonly string[], b: readonly string[]): boolean {
  const shared = Math.min(a.length, b.length);
  return shared > 0 && a.slice(0, shared).join(' ') === b.slice(0, shared).join(' ');
}

/** The text of an `output` in a card. */
function statedText(expected: unknown): string | null {
  const item = Array.isArray(expected) ? expected[0] : expected;
  if (typeof item === 'string') return item;
  for (const key of ['text', 'generated_text', 'summary_text', 'translation_text']) {
    const text = own(item, key);
    if (typeof text === 'string') return text;
  }
  return null;
}

function words(text: string): readonly string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}
