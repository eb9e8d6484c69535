import { own } from '../mapping.js';
import { escapeText, preview } from '../preview.js';
import type { SmokeCheck } from '../smoke/report.js';
import type { Tokenizer, TransformersSession } from '../smoke/session.js';
import { checkArchitecture } from './checks/architecture.js';
import { compareScores } from './checks/compare.js';
import {
  agreesWithCard,
  notComparable,
  otherAnswer,
  otherScore,
  WRONG_CHECKPOINT,
} from './checks/expected-output.js';
import { missingOutput } from './checks/output-shape.js';
import { checkSequenceLength } from './checks/sequence-length.js';
import { dimensions } from './checks/wording.js';
import { softmax } from './classification/logits.js';
import { highest } from './generation/sampling.js';
import { TEXT_FEEDS, TEXT_FILES } from './needed-files.js';
import { numbersOf } from './numbers/tensors.js';
import { inferenceOf } from './reading/example.js';
import { type ParameterForm, readNamed, wholeNumber } from './reading/parameters.js';
import {
  answerTogether,
  defaultTexts,
  readTextExample,
  readTextsRequest,
  type Texts,
} from './reading/text-input.js';
import {
  type AnsweredCase,
  fault,
  type Inference,
  type ModelFacts,
  type Parameters,
  type Read,
  read,
  type Task,
} from './task.js';
import { encodeText, feedsOf, longestInput, namedToken, truncated } from './text/text-encoding.js';
import { SCORE_TOLERANCE } from './tolerances.js';

interface FillMaskParameters extends Parameters {
  readonly top_k?: number;
  readonly targets?: readonly string[];
}

/** A word for the mask, as the Inference API gives it. */
export interface Filling {
  readonly sequence: string;
  readonly score: number;
  readonly token: number;
  readonly token_str: string;
}

/** What the checks need to know of an answer. */
export interface FillMaskFacts {
  /** For each mask of each text the likeliest tokens; more than were asked for, to compare with. */
  readonly masks: readonly (readonly Candidate[])[];
  /** How many scores there are for a mask; null when the shape of the logits is wrong. */
  readonly classes: number | null;
  /** How many tokens the tokenizer knows; null when it does not tell. */
  readonly vocabulary: number | null;
}

interface Candidate {
  readonly token: string;
  readonly score: number;
}

const TOP_K = 5;
/** How many tokens are kept for comparisons. */
const KEPT = 10;
const MAX_TARGETS = 1000;
/** What tokenizers call the mask. */
const USUAL_MASKS = ['<mask>', '[MASK]', '<mask_1>', '<extra_id_0>'];

/** Words for the masked places of a text. */
export const fillMask: Task<Texts, FillMaskFacts> = {
  tag: 'fill-mask',
  ways: [
    {
      runner: 'transformers',
      needs: TEXT_FILES,
      feeds: TEXT_FEEDS,
      together: true,
      pipeline: 'fill-mask',
      run,
    },
  ],

  readExample(example, model) {
    const found = readTextExample(example, 'fill-mask', readParameters);
    if (!found.ok) return found;
    const missing = whyNoMask(found.value.input, model);
    return missing === null ? found : fault(['text'], missing);
  },

  readRequest(body, model) {
    const found = readTextsRequest(body, readParameters);
    if (!found.ok) return found;
    const { input } = found.value;
    for (const text of typeof input === 'string' ? [input] : input) {
      const missing = whyNoMask(text, model);
      if (missing !== null) return fault(['inputs'], missing);
    }
    return found;
  },

  readParameters,

  defaultInferences(model) {
    const mask = maskIn(model) ?? '[MASK]';
    return defaultTexts('fill-mask').map((input) => inferenceOf(input.replaceAll('<mask>', mask)));
  },

  contrast(_, model) {
    const mask = maskIn(model) ?? '[MASK]';
    return [`The capital of France is ${mask}.`, `I ${mask} you very much.`].map(inferenceOf);
  },

  checkModel: (model) => [...checkSequenceLength(model), ...checkArchitecture(model, 'fill-mask')],

  checkAnswer({ facts, expected, tensors }) {
    const checks: SmokeCheck[] = [checkOutputShape(tensors, facts)];
    if (facts.masks.some((fillings) => !fillings.every(({ score }) => Number.isFinite(score)))) return checks;
    const [only, ...others] = facts.masks;
    if (expected !== undefined && only !== undefined && others.length === 0) {
      checks.push(checkExpected(only, expected));
    }
    return checks;
  },

  checkLabels: () => [],

  vectors: ({ facts }) =>
    facts.masks.map((fillings) =>
      fillings.slice(0, TOP_K).flatMap(({ token, score }) => [token, Number(score.toFixed(7))]),
    ),

  compare(full, other) {
    const rows = (one: FillMaskFacts, index: number) =>
      new Map((one.masks[index] ?? []).map(({ token, score }) => [token, score]));
    // Of each place the tokens that either names; what one does not name is less likely than all it names.
    const pairs = full.facts.masks.map((_, index) => {
      const a = rows(full.facts, index);
      const b = rows(other.facts, index);
      const tokens = [...new Set([...a.keys(), ...b.keys()])];
      return [tokens.map((token) => a.get(token) ?? 0), tokens.map((token) => b.get(token) ?? 0)] as const;
    });
    const compared = compareScores(
      pairs.map(([a]) => a),
      full.facts.masks.length === other.facts.masks.length ? pairs.map(([, b]) => b) : [],
    );
    const first = full.facts.masks.findIndex(
      (fillings, index) => fillings[0]?.token !== other.facts.masks[index]?.[0]?.token,
    );
    const [top] = full.facts.masks[first] ?? [];
    const [twin] = other.facts.masks[first] ?? [];
    if (compared.agrees || top === undefined || twin === undefined) return compared;
    return { ...compared, seen: `${preview(twin.token)} instead of ${preview(top.token)}` };
  },
};

/** The mask token of tokenizer_config.json; undefined when it names none, or is too large to be looked at. */
function maskIn({ json }: ModelFacts): string | undefined {
  return maskOf(own(json, 'tokenizer_config.json'));
}

function maskOf(config: unknown): string | undefined {
  return namedToken(config, 'mask_token') || undefined;
}

/** Why a text cannot be filled in; null when it can, or when the mask token is not known. */
function whyNoMask(text: string, model: ModelFacts): string | null {
  const mask = maskIn(model);
  if (mask === undefined || text.includes(mask)) return null;
  const other = USUAL_MASKS.find((usual) => text.includes(usual));
  return other === undefined
    ? `The text has no word to fill in. Write ${mask}, the mask token of this model, in the place of a word.`
    : `The text has ${other}, but the mask token of this model is ${escapeText(mask)}. Write ${escapeText(mask)}.`;
}

/** A word, or several. */
const WORDS: ParameterForm<string | readonly string[]> = {
  must: `a word or a list of 1 to ${MAX_TARGETS} words`,
  fits: (value): value is string | readonly string[] => {
    const words: unknown = typeof value === 'string' ? [value] : value;
    return (
      Array.isArray(words) &&
      words.length > 0 &&
      words.length <= MAX_TARGETS &&
      words.every((word) => typeof word === 'string' && word !== '')
    );
  },
};

function readParameters(parameters: unknown): Read<FillMaskParameters> {
  const given = readNamed(parameters, { top_k: wholeNumber(1), targets: WORDS });
  if (!given.ok) return given;
  const { targets, ...others } = given.value;
  if (targets === undefined) return read(others);
  return read({ ...others, targets: typeof targets === 'string' ? [targets] : targets });
}

async function run(session: TransformersSession, { input, parameters }: Inference<Texts>) {
  const asked = parameters as FillMaskParameters;
  const answers = await answerTogether(input, (text) => fill(session, text, asked));
  const outputs = answers.map(({ outputs: masks }) => (masks.length === 1 ? masks[0] : masks));
  return {
    output: typeof input === 'string' ? outputs[0] : outputs,
    facts: {
      masks: answers.flatMap(({ masks }) => masks),
      classes: answers[0].classes,
      vocabulary: session.tokenizer.size ?? null,
    },
  };
}

interface Filled {
  /** A list for each mask. */
  readonly outputs: readonly (readonly Filling[])[];
  readonly masks: readonly (readonly Candidate[])[];
  readonly classes: number | null;
}

/** Fills a text as `FillMaskPipeline` of transformers does. Throws when there is nothing to fill in. */
async function fill(
  session: TransformersSession,
  text: string,
  { top_k = TOP_K, targets }: FillMaskParameters,
): Promise<Filled> {
  const { tokenizer } = session;
  const mask = maskOf(tokenizer.config);
  const maskId = mask === undefined ? undefined : tokenizer.idOf(mask);
  if (mask === undefined || maskId === undefined) {
    throw new Error(
      mask === undefined
        ? 'tokenizer_config.json names no mask_token. Save the tokenizer that the model was trained with.'
        : `The mask token ${escapeText(mask)} is not in the vocabulary of tokenizer.json. Save the tokenizer that the model was trained with.`,
    );
  }
  const tokens = truncated(encodeText(tokenizer, text), longestInput(session));
  const places = tokens.flatMap(({ id }, index) => (id === maskId ? [index] : []));
  if (places.length === 0) {
    throw new Error(
      text.includes(mask)
        ? `The tokenizer cuts its own mask token ${escapeText(mask)} into pieces, or the text before it is too long. Add it to added_tokens in tokenizer.json.`
        : `The text has no word to fill in. Write ${escapeText(mask)}, the mask token of this model, in the place of a word.`,
    );
  }
  const { logits } = await session.model(feedsOf(tokens));
  if (logits === undefined || logits.dims.length !== 3 || logits.dims[1] !== tokens.length) {
    return { outputs: [], masks: [], classes: null };
  }
  const classes = logits.dims[2] ?? 0;
  const numbers = numbersOf(logits);
  const allowed = targets === undefined ? null : targetIds(tokenizer, targets);
  const found = places.map((place) => {
    const row = Array.from(numbers.subarray(place * classes, (place + 1) * classes));
    const scores = softmax(row);
    return { place, top: likeliest(scores, Math.max(top_k, KEPT), allowed) };
  });
  return {
    classes,
    masks: found.map(({ top }) =>
      top.slice(0, KEPT).map(({ id, score }) => ({ token: tokenizer.decode([id]), score })),
    ),
    outputs: found.map(({ place, top }) =>
      top.slice(0, top_k).map(({ id, score }): Filling => {
        const ids = tokens.map((token, index) => (index === place ? id : token.id));
        // With several masks the others stay in view, as in Python.
        const sequence = tokenizer.decode(ids, { skip_special_tokens: places.length === 1 });
        return { sequence, score, token: id, token_str: tokenizer.decode([id]) };
      }),
    ),
  };
}

/** The ids of words: those of the vocabulary, else the first token of the word. */
function targetIds(tokenizer: Tokenizer, targets: readonly string[]): readonly number[] {
  const ids = targets.flatMap((target) => tokenizer.idOf(target) ?? tokenizer.pieces(target)[0]?.id ?? []);
  if (ids.length === 0) throw new Error('None of the targets is in the vocabulary of the model.');
  return [...new Set(ids)];
}

/** The `wanted` highest scores, of all ids or of those allowed. */
function likeliest(
  scores: readonly number[],
  wanted: number,
  allowed: readonly number[] | null,
): readonly { readonly id: number; readonly score: number }[] {
  if (allowed === null) return highest(scores, wanted).map((id) => ({ id, score: scores[id] ?? 0 }));
  return highest(
    allowed.map((id) => scores[id] ?? Number.NEGATIVE_INFINITY),
    wanted,
  ).flatMap((place) => {
    const id = allowed[place];
    return id === undefined ? [] : [{ id, score: scores[id] ?? 0 }];
  });
}

function checkOutputShape(
  tensors: AnsweredCase['tensors'],
  { classes, vocabulary }: FillMaskFacts,
): SmokeCheck {
  const id = 'output-shape';
  const logits = tensors.find(({ name }) => name === 'logits');
  if (logits === undefined) {
    return missingOutput(tensors, '`logits` (1 × tokens × vocabulary)', 'Export it for fill-mask.');
  }
  if (classes === null) {
    return {
      id,
      status: 'failed',
      message: `The logits must be a row for each token, 1 × tokens × vocabulary, but they are ${dimensions(logits.dims)}. Export the model for fill-mask, or correct pipeline_tag in the card.`,
    };
  }
  // The rows of an embedding are often padded to a round number, but never fewer by half.
  if (vocabulary !== null && classes < vocabulary / 2) {
    return {
      id,
      status: 'failed',
      message: `The logits are ${dimensions(logits.dims)}: ${classes} scores for each token, but the tokenizer knows ${vocabulary} tokens. This is no fill-mask model; correct pipeline_tag in the card.`,
    };
  }
  return { id, status: 'passed', message: `A row of ${classes} logits for each token.` };
}

/** Compares with the `output` of the card’s widget example: `[{token_str, score}]`, or `[{label, score}]` as widgets show it. */
function checkExpected(fillings: readonly Candidate[], expected: unknown): SmokeCheck {
  const stated = (Array.isArray(expected) ? expected : []).flatMap((item: unknown) => {
    const word = own(item, 'token_str') ?? own(item, 'label');
    const score = own(item, 'score');
    return typeof word === 'string' ? [{ word, score: typeof score === 'number' ? score : null }] : [];
  });
  const [top] = [...stated].sort((a, b) => (b.score ?? 0) - (a.score ?? 0));
  if (top === undefined) return notComparable('is no list of `token_str` (or `label`) and `score`');
  const [first] = fillings;
  if (first === undefined || bare(first.token) !== bare(top.word)) {
    return otherAnswer(top.word, first?.token ?? '', WRONG_CHECKPOINT);
  }
  for (const { word, score } of stated) {
    const found = fillings.find(({ token }) => bare(token) === bare(word));
    if (score === null || Math.abs((found?.score ?? 0) - score) <= SCORE_TOLERANCE) continue;
    return otherScore(preview(word), score, found?.score ?? 0, SCORE_TOLERANCE);
  }
  return agreesWithCard(
    `The answer agrees with the card: ${preview(first.token)}, scores within ${SCORE_TOLERANCE}.`,
  );
}

/** A token as a reader sees it: cards show a whole sentence with it, or the word with or without the space before it. */
function bare(word: string): string {
  return word
    .normalize('NFKC')
    .replace(/[\s▁Ġ]|##/g, '')
    .toLowerCase();
}
