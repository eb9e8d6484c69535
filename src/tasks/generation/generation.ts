import { own } from '../../mapping.js';
import { preview } from '../../preview.js';
import type { SmokeCheck } from '../../smoke/report.js';
import type { Tokenizer } from '../../smoke/session.js';
import { agreesWithCard, notComparable, otherAnswer } from '../checks/expected-output.js';
import { short } from '../checks/wording.js';
import type { Comparison } from '../task.js';
import { type Finish, type Generated, type GenerationPlan, LEAST_TOKENS } from './generation-plan.js';
import type { Candidate } from './sampling.js';

/** How many tokens an answer of usual length has; only one that goes on beyond it is called endless. */
const LONG_ANSWER = 256;
/** Most tokens that facts keep, and characters of texts. */
const KEPT_TOKENS = 64;
const KEPT_CHARACTERS = 4000;
/** How many of the best candidates for the first token must be found in another variant. */
const COMPARED_CANDIDATES = 5;
/** A token that comes as often as this in a row is a loop, not a word. */
const LOOP = 16;
/** A text of this many tokens that are all the same says nothing. */
const SHORT_LOOP = 8;
/** How far the log-probability of the best first token may fall in another variant: to a twentieth. */
const MOST_DRIFT = 3;
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
