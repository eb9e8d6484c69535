import { own } from '../../mapping.js';
import type { GenerationHooks } from '../../smoke/session.js';
import { type FinishReason, type Following, InferenceStopped } from '../following.js';
import { isCount } from '../numbers/numbers.js';
import { type GenerationParameters, samples } from './generation-parameters.js';
import type { TokenTeller } from './made-tokens.js';
import { type Candidate, candidates, discourage, sampler } from './sampling.js';

/**
 * New tokens when nobody says how many. A model that continues texts never has to end, so a few show what it can. One that
 * answers (a chat, a summary, a translation, a caption) has been trained to end: it gets what pipelines allow.
 */
const MOST_TOKENS = { continues: 32, answers: 256 } as const;
/** How long a generation may take whose length nobody asked for, in milliseconds; large models on a CPU are slow. */
const MOST_MS = 10_000;
/** Tokens that are always generated, so that what is compared does not depend on how fast the machine is. */
export const LEAST_TOKENS = 16;
/** Candidates for the first token that are kept. */
const KEPT_CANDIDATES = 20;
/** How many tokens a sampler draws from when a request does not say (transformers, GenerationConfig.top_k). */
const USUAL_TOP_K = 50;

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
  /** What the scores of generated tokens are lowered by, for each time and once. */
  readonly frequencyPenalty: number;
  readonly presencePenalty: number;
  readonly stop: readonly string[];
}

/** What a model generated. */
export interface Generated {
  /** New ids; the end token, where one came, is the last. */
  readonly ids: readonly number[];
  readonly finish: Finish;
  /** How many characters of the text lie behind one of `stop`. */
  readonly overshoot: number;
  /** Log-probabilities of the first token, the best first. */
  readonly first: readonly Candidate[];
  /** How many tokens the model has: the width of its scores; null when none came. */
  readonly vocabulary: number | null;
  readonly milliseconds: number;
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
    frequencyPenalty: parameters.frequency_penalty ?? 0,
    presencePenalty: parameters.presence_penalty ?? 0,
    stop: (parameters.stop ?? []).filter((text) => text !== ''),
  };
}

/**
 * The plans of the texts that are wanted, one after the other: each is drawn with a seed of its own, and they share the time, by what is left of it
 * when one begins.
 */
export function* plansOfTexts(
  plan: GenerationPlan,
  { num_return_sequences: count = 1 }: GenerationParameters,
): Generator<GenerationPlan, void, undefined> {
  const began = performance.now();
  for (let index = 0; index < count; index++) {
    const left = plan.maxMs === null ? null : Math.max(0, plan.maxMs - (performance.now() - began));
    yield { ...plan, seed: plan.seed + index, maxMs: left === null ? null : left / (count - index) };
  }
}

/** The limit that generation_config.json sets, in new tokens. */
function ownLimit(generationConfig: unknown, startTokens: number): number | null {
  const newTokens = own(generationConfig, 'max_new_tokens');
  if (isCount(newTokens)) return newTokens;
  const length = own(generationConfig, 'max_length');
  return isCount(length) && length > startTokens ? length - startTokens : null;
}

/** The ids that end a text: generation_config.json says so, else config.json, for a decoder of its own in a part of it. */
function endsOf({
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
  /** What came out; `ids` are all ids, those it began with too. Throws `InferenceStopped`. */
  result(ids: readonly number[]): Generated;
}

/** Follows a generation that is about to start, and tells of its tokens. */
export function observe(
  plan: GenerationPlan,
  decode: (ids: readonly number[]) => string,
  teller: TokenTeller | null,
  following: Following | undefined,
): Observer {
  const start = performance.now();
  const draw = sampler(plan);
  const ends = new Set(plan.ends?.ids);
  const longestStop = Math.max(0, ...plan.stop.map((text) => text.length));
  let began: number | null = null;
  let first: readonly Candidate[] = [];
  let vocabulary: number | null = null;
  let finish: Finish | null = null;
  let overshoot = 0;
  let stopped = false;
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
      discourage(scores, ids.slice(began ?? 0), plan.frequencyPenalty, plan.presencePenalty);
      const chosen = draw(scores);
      teller?.scored(scores, chosen);
      return chosen;
    },
    done(ids) {
      const fresh = ids.slice(began ?? 0);
      const last = fresh.at(-1);
      if (last !== undefined && ends.has(last)) finish = 'end';
      // Most tokens have at least one character, so that the stop cannot begin much further from the end.
      else if (longestStop > 0 && foundStop(decode(fresh.slice(-longestStop - 8)))) finish = 'stop';
      else if (fresh.length >= plan.maxNewTokens) {
        finish = plan.limitedBy === 'positions' ? 'positions' : 'length';
      } else if (
        plan.maxMs !== null &&
        fresh.length >= LEAST_TOKENS &&
        performance.now() - start > plan.maxMs
      ) {
        finish = 'time';
      }
      teller?.made(ids, finish === null ? null : finishReason(finish), overshoot);
      stopped ||= following?.stopped() === true;
      return finish !== null || stopped;
    },
    result(ids) {
      if (stopped) throw new InferenceStopped();
      return {
        ids: ids.slice(began ?? ids.length),
        finish: finish ?? 'length',
        overshoot,
        first,
        vocabulary,
        milliseconds: performance.now() - start,
      };
    },
  };

  function foundStop(text: string): boolean {
    const ends = plan.stop.flatMap((stop) => {
      const at = text.indexOf(stop);
      return at === -1 ? [] : [at + stop.length];
    });
    if (ends.length === 0) return false;
    overshoot = text.length - Math.min(...ends);
    return true;
  }
}

/** Why a generation ended, in the three words that servers have for it. */
export function finishReason(finish: Finish): FinishReason {
  return finish === 'end' ? 'eos_token' : finish === 'stop' ? 'stop_sequence' : 'length';
}
