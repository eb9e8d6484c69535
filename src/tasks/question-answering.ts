import { defaultInputs } from '../hub/default-inputs.js';
import { isMapping, own } from '../mapping.js';
import { preview } from '../preview.js';
import type { SmokeCheck } from '../smoke/report.js';
import type { Piece, TransformersSession } from '../smoke/session.js';
import { checkArchitecture } from './checks/architecture.js';
import {
  agreesWithCard,
  notComparable,
  otherAnswer,
  otherScore,
  otherStart,
  sameAnswer,
  statedAnswer,
  WRONG_CHECKPOINT,
} from './checks/expected-output.js';
import { missingOutput } from './checks/output-shape.js';
import { checkSequenceLength } from './checks/sequence-length.js';
import { short } from './checks/wording.js';
import { TEXT_FEEDS, TEXT_FILES } from './needed-files.js';
import { numbersOf } from './numbers/tensors.js';
import { inferenceOf, readExample, readText, withParameters } from './reading/example.js';
import { readNamed, TRUE_OR_FALSE, wholeNumber } from './reading/parameters.js';
import { characterIndexes, MAX_TEXTS } from './reading/text-input.js';
import {
  type AnsweredCase,
  type Comparison,
  fault,
  type Inference,
  kindOf,
  type Parameters,
  type Read,
  read,
  type Task,
  within,
} from './task.js';
import { encodePair, feedsOf, longestInput } from './text/text-encoding.js';
import { SCORE_TOLERANCE } from './tolerances.js';

/** A question, and the text in which its answer stands. */
export interface Question {
  readonly question: string;
  readonly context: string;
}

/** One question, or several that are answered one by one. */
export type Questions = Question | readonly Question[];

interface QuestionParameters extends Parameters {
  readonly top_k?: number;
  readonly doc_stride?: number;
  readonly max_answer_len?: number;
  readonly max_seq_len?: number;
  readonly max_question_len?: number;
  readonly handle_impossible_answer?: boolean;
  readonly align_to_words?: boolean;
}

/** A part of the context, as the Inference API gives it; `start` and `end` count characters. */
export interface Span {
  readonly answer: string;
  readonly score: number;
  readonly start: number;
  readonly end: number;
}

/** What the checks need to know of an answer. */
export interface QuestionAnsweringFacts {
  /** One for each question; empty when the graph gives something else. */
  readonly questions: readonly QuestionFacts[];
}

interface QuestionFacts {
  /** The best first; more than were asked for, to compare with. */
  readonly spans: readonly Span[];
  /** Where the scores for start and end lie in the context, and how widely: numbers between 0 and 1. */
  readonly shape: readonly number[];
  /** The model would begin or end its answer outside of the context, if it were allowed to. */
  readonly outside: boolean;
}

/** Limits of the pipeline of Python (`QuestionAnsweringPipeline`), in tokens. */
const MAX_INPUT = 384;
const MAX_OVERLAP = 128;
const MAX_ANSWER = 15;
const MAX_QUESTION = 64;
/** How many answers are kept for comparisons. */
const KEPT = 5;
/** Answers whose scores lie closer together may change places between variants. */
const TIE = 0.02;
const SCORE_DRIFT = 0.15;
/** The least part of the scores that must lie in the context or on no answer. */
const LEAST_INSIDE = 0.01;

const CONTEXT = 'Anna Schmidt is a doctor. She lives in Berlin and works for Siemens.';

/** The part of a text that answers a question. */
export const questionAnswering: Task<Questions, QuestionAnsweringFacts> = {
  tag: 'question-answering',
  ways: [
    {
      runner: 'transformers',
      needs: TEXT_FILES,
      feeds: TEXT_FEEDS,
      together: true,
      pipeline: 'question-answering',
      run,
    },
  ],

  readExample: (example) =>
    readExample(example, '`text` and `context`', (given) => readQuestion(given, 'text'), readParameters),

  readRequest(body) {
    const inputs = own(body, 'inputs') ?? body;
    const input = Array.isArray(inputs) ? readMany(inputs) : readQuestion(inputs, 'question');
    return withParameters(inputs === body ? input : within('inputs', input), body, readParameters);
  },

  readParameters,

  defaultInferences: () =>
    (defaultInputs('question-answering')?.inputs ?? []).flatMap((input) => {
      const question = readQuestion(input, 'text');
      return question.ok ? [inferenceOf(question.value)] : [];
    }),

  contrast: () =>
    ['Where does Anna live?', 'Who works for Siemens?'].map((question) =>
      inferenceOf({ question, context: CONTEXT }),
    ),

  checkModel: (model) => [...checkSequenceLength(model), ...checkArchitecture(model, 'question-answering')],

  checkAnswer({ inference, facts, expected, tensors }) {
    const checks: SmokeCheck[] = [checkOutputShape(tensors, facts)];
    if (facts.questions.some(({ spans }) => spans.some(({ score }) => !Number.isFinite(score))))
      return checks;
    const questions = 'question' in inference.input ? [inference.input] : inference.input;
    if (facts.questions.length > 0) checks.push(checkSpans(facts, questions));
    const [first] = facts.questions;
    if (expected !== undefined && first !== undefined) checks.push(checkExpected(first.spans, expected));
    return checks;
  },

  checkLabels: () => [],

  vectors: ({ facts }) => facts.questions.map(({ shape }) => shape),

  compare: (full, other) => compareSpans(full.facts.questions, other.facts.questions),
};

function readMany(items: readonly unknown[]): Read<Questions> {
  if (items.length === 0) return fault([], 'The list of questions is empty.');
  if (items.length > MAX_TEXTS) return fault([], `There are more than ${MAX_TEXTS} questions.`);
  const questions: Question[] = [];
  for (const [index, item] of items.entries()) {
    const question = within(index, readQuestion(item, 'question'));
    if (!question.ok) return question;
    questions.push(question.value);
  }
  return read(questions);
}

/** A question under the name `key`, and its context. */
function readQuestion(value: unknown, key: 'question' | 'text'): Read<Question> {
  if (!isMapping(value)) {
    return fault([], `Expected {"inputs": {"question": text, "context": text}}, not ${kindOf(value)}.`);
  }
  const question = readText(own(value, key), key);
  if (!question.ok) return question;
  const context = readText(own(value, 'context'), 'context');
  return context.ok ? read({ question: question.value, context: context.value }) : context;
}

function readParameters(parameters: unknown): Read<QuestionParameters> {
  const count = wholeNumber(1);
  return readNamed(
    parameters,
    {
      top_k: count,
      max_answer_len: count,
      max_seq_len: count,
      max_question_len: count,
      doc_stride: wholeNumber(0),
      handle_impossible_answer: TRUE_OR_FALSE,
      align_to_words: TRUE_OR_FALSE,
    },
    { top_k: 'topk' },
  );
}

async function run(session: TransformersSession, { input, parameters }: Inference<Questions>) {
  const asked = parameters as QuestionParameters;
  const found: QuestionFacts[] = [];
  for (const question of 'question' in input ? [input] : input) {
    const one = await answer(session, question, asked);
    if (one !== null) found.push(one);
  }
  const outputs = found.map(({ spans }) =>
    (asked.top_k ?? 1) > 1 ? spans.slice(0, asked.top_k) : (spans[0] ?? NO_ANSWER),
  );
  return {
    output: 'question' in input ? (outputs[0] ?? null) : outputs,
    facts: {
      questions: found.map((one) => ({ ...one, spans: one.spans.slice(0, KEPT) })),
    },
  };
}

const NO_ANSWER: Span = { answer: '', score: 0, start: 0, end: 0 };

/** A span of tokens in the context with its probability. */
interface Candidate {
  readonly first: number;
  readonly last: number;
  readonly score: number;
}

/** Answers as `QuestionAnsweringPipeline` of transformers does; null when the graph gives no logits for start and end. */
async function answer(
  session: TransformersSession,
  { question, context }: Question,
  parameters: QuestionParameters,
): Promise<QuestionFacts | null> {
  const limit = Math.min(longestInput(session), parameters.max_seq_len ?? MAX_INPUT);
  const encoded = encodePair(session.tokenizer, question, context);
  const { before, between, second, after, pieces } = encoded;
  const around = before.length + between.length + after.length;
  const asked = encoded.first.slice(
    0,
    // Where not even the special tokens fit, nothing of the question does: below zero a slice would count from its end.
    Math.max(0, Math.min(parameters.max_question_len ?? MAX_QUESTION, limit - around - 1)),
  );
  const room = Math.max(1, limit - around - asked.length);
  const overlap = Math.min(parameters.doc_stride ?? Math.min(Math.floor(limit / 2), MAX_OVERLAP), room - 1);
  const wanted = Math.max(parameters.top_k ?? 1, KEPT);
  const offset = before.length + asked.length + between.length;

  const candidates: Candidate[] = [];
  let nothing = Number.POSITIVE_INFINITY;
  let shape: readonly number[] = [];
  let outside = false;
  for (let from = 0; from === 0 || from + overlap < second.length; from += room - overlap) {
    const part = second.slice(from, from + room);
    const { start_logits, end_logits } = await session.model(
      feedsOf([...before, ...asked, ...between, ...part, ...after]),
    );
    if (start_logits === undefined || end_logits === undefined) return null;
    const starts = probabilities(numbersOf(start_logits), offset, part.length, before.length > 0);
    const ends = probabilities(numbersOf(end_logits), offset, part.length, before.length > 0);
    nothing = Math.min(nothing, starts.none * ends.none);
    if (from === 0) shape = [...outline(starts.context), ...outline(ends.context)];
    // A window of several may well hold no answer.
    outside = part.length === second.length && Math.min(starts.inside, ends.inside) < LEAST_INSIDE;
    const longest = parameters.max_answer_len ?? MAX_ANSWER;
    for (const { first, last, score } of best(starts.context, ends.context, longest, wanted)) {
      candidates.push({ first: first + from, last: last + from, score });
    }
  }
  const place = characterIndexes(context);
  const words = (parameters.align_to_words ?? true) ? wordsOf(pieces) : null;
  const spans = candidates.flatMap(({ first, last, score }): Span[] => {
    const start = (words?.[first] ?? pieces[first])?.start;
    const end = (words?.[last] ?? pieces[last])?.end;
    if (start === undefined || end === undefined) return [];
    return [{ answer: context.slice(start, end), score, start: place(start), end: place(end) }];
  });
  if (parameters.handle_impossible_answer === true) spans.push({ ...NO_ANSWER, score: nothing });
  return { spans: distinct(spans.sort((a, b) => b.score - a.score)).slice(0, wanted), shape, outside };
}

/**
 * The softmax over the tokens of the context and, where there is one, the first special token, which stands for no answer;
 * `inside` is the part of the softmax over all tokens that lies there.
 */
function probabilities(
  logits: Float32Array,
  offset: number,
  length: number,
  special: boolean,
): { readonly none: number; readonly context: readonly number[]; readonly inside: number } {
  const context = Array.from(logits.subarray(offset, offset + length));
  const none = special ? (logits[0] ?? Number.NEGATIVE_INFINITY) : Number.NEGATIVE_INFINITY;
  const highest = context.reduce((most, logit) => Math.max(most, logit), none);
  const powers = context.map((logit) => Math.exp(logit - highest));
  const rest = Math.exp(none - highest);
  const sum = powers.reduce((total, power) => total + power, rest);
  const all = logits.reduce((total, logit) => total + Math.exp(logit - highest), 0);
  return { none: rest / sum, context: powers.map((power) => power / sum), inside: sum / all };
}

/** The likeliest spans of at most `longest` tokens. */
function best(
  starts: readonly number[],
  ends: readonly number[],
  longest: number,
  wanted: number,
): readonly Candidate[] {
  let found: Candidate[] = [];
  let least = Number.NEGATIVE_INFINITY;
  for (const [first, start] of starts.entries()) {
    for (let last = first; last < Math.min(ends.length, first + longest); last++) {
      const score = start * (ends[last] ?? 0);
      if (score <= least) continue;
      found.push({ first, last, score });
      if (found.length >= 4 * wanted) {
        found = found.sort((a, b) => b.score - a.score).slice(0, wanted);
        least = found.at(-1)?.score ?? least;
      }
    }
  }
  return found.sort((a, b) => b.score - a.score).slice(0, wanted);
}

/** Where a distribution lies and how wide it is, whatever its length; the same for all that are even. */
function outline(distribution: readonly number[]): readonly number[] {
  const total = distribution.reduce((sum, share) => sum + share, 0);
  if (!(total > 0)) return [0, 0];
  let center = 0;
  let entropy = 0;
  for (const [index, share] of distribution.entries()) {
    const part = share / total;
    center += (part * (index + 0.5)) / distribution.length;
    if (part > 0) entropy -= part * Math.log(part);
  }
  const most = Math.log(distribution.length);
  return [center, most === 0 ? 0 : entropy / most].map((number) => Number(number.toFixed(7)));
}

/** For each token the place of its word. */
function wordsOf(pieces: readonly Piece[]): readonly { readonly start: number; readonly end: number }[] {
  const words: { start: number; end: number }[] = [];
  for (const { start, end, startsWord } of pieces) {
    const word = words.at(-1);
    // A token that is only a space belongs to the word after it.
    if (word === undefined || startsWord || word.start === word.end) words.push({ start, end });
    else {
      word.end = Math.max(word.end, end);
      words.push(word);
    }
  }
  return words;
}

/** The first of each part of the context: words may make one of several spans of tokens. */
function distinct(spans: readonly Span[]): readonly Span[] {
  const seen = new Set<string>();
  return spans.filter(({ start, end }) => {
    const key = `${start}-${end}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

function checkOutputShape(
  tensors: AnsweredCase['tensors'],
  { questions }: QuestionAnsweringFacts,
): SmokeCheck {
  const id = 'output-shape';
  if (questions.length > 0) {
    return { id, status: 'passed', message: 'A logit for start and end at each token.' };
  }
  return missingOutput(
    tensors,
    '`start_logits` and `end_logits` (1 × tokens each)',
    'Export it for question-answering, or correct pipeline_tag in the card.',
  );
}

/** Whether `start` and `end` cut each answer out of its context. */
function checkSpans({ questions }: QuestionAnsweringFacts, asked: readonly Question[]): SmokeCheck {
  const id = 'spans';
  for (const [index, { spans, outside }] of questions.entries()) {
    if (outside) {
      return {
        id,
        status: 'failed',
        message:
          'The model wants to begin or end its answer outside of the context, in the question or a special token: what is left of it inside says nothing. Look for a head without weights, or a tokenizer that puts the two texts together in another way than in training.',
      };
    }
    const characters = Array.from(asked[index]?.context ?? '');
    const [span] = spans;
    if (span === undefined) continue;
    const { answer: text, start, end } = span;
    if (start <= end && end <= characters.length && characters.slice(start, end).join('') === text) continue;
    return {
      id,
      status: 'failed',
      message: `The answer ${preview(text)} is said to lie at ${start} to ${end} in the context, but it is not there. Save the fast tokenizer of the model again.`,
    };
  }
  return { id, status: 'passed', message: 'The answer lies where it says in the context.' };
}

/** Compares with the `output` of the card’s widget example. */
function checkExpected([found]: readonly Span[], expected: unknown): SmokeCheck {
  const stated = statedAnswer(expected);
  if (stated === null) return notComparable('has no `answer`');
  const { answer: text, start, score } = stated;
  if (found === undefined || !sameAnswer(found.answer, text)) {
    return otherAnswer(text, found?.answer ?? '', WRONG_CHECKPOINT);
  }
  if (start !== null && start !== found.start) return otherStart('the answer', start, found.start);
  if (score !== null && !(Math.abs(score - found.score) <= SCORE_TOLERANCE)) {
    return otherScore(preview(text), score, found.score, SCORE_TOLERANCE);
  }
  return agreesWithCard(`The answer agrees with the card: ${preview(found.answer)}.`);
}

/** The first answers must be the same, unless it was a tie. */
function compareSpans(full: readonly QuestionFacts[], other: readonly QuestionFacts[]): Comparison {
  if (full.length !== other.length) {
    return { agrees: false, drift: null, seen: 'the answer has another shape' };
  }
  let drift = 0;
  for (const [index, { spans }] of full.entries()) {
    const [top] = spans;
    const [twin] = other[index]?.spans ?? [];
    if (top === undefined || twin === undefined) continue;
    const same = spans.find(({ start, end }) => start === twin.start && end === twin.end);
    if (same === undefined || top.score - same.score > TIE) {
      return {
        agrees: false,
        drift: null,
        seen: `${preview(twin.answer)} instead of ${preview(top.answer)}`,
      };
    }
    drift = Math.max(drift, Math.abs(same.score - twin.score));
  }
  return {
    agrees: drift <= SCORE_DRIFT,
    drift,
    seen: `the answer is the same, and its score differs by at most ${short(drift)}`,
  };
}
