import { isMapping, own } from '../mapping.js';
import { preview } from '../preview.js';
import type { SmokeCheck } from '../smoke/report.js';
import type { TransformersSession } from '../smoke/session.js';
import { checkArchitecture } from './checks/architecture.js';
import { compareScores } from './checks/compare.js';
import {
  agreesWithCard,
  contradictsCard,
  notComparable,
  otherScore,
  WRONG_CHECKPOINT,
} from './checks/expected-output.js';
import { missingOutput } from './checks/output-shape.js';
import { checkSequenceLength } from './checks/sequence-length.js';
import { dimensions } from './checks/wording.js';
import { applyTransform, type Transform } from './classification/logits.js';
import { TEXT_FEEDS, TEXT_FILES } from './needed-files.js';
import { indexOfLargest } from './numbers/numbers.js';
import { numbersOf } from './numbers/tensors.js';
import { readExample, readText } from './reading/example.js';
import { readNamed, TRUE_OR_FALSE, wholeNumber } from './reading/parameters.js';
import { readTexts } from './reading/text-input.js';
import {
  type AnsweredCase,
  fault,
  type Inference,
  kindOf,
  type Parameters,
  type Read,
  read,
  type Task,
  within,
} from './task.js';
import { encodePair, feedsOf, longestInput, truncatedPair } from './text/text-encoding.js';
import { SCORE_TOLERANCE } from './tolerances.js';

/** A query, and the texts that are put in order for it. */
export interface Ranking {
  readonly query: string;
  readonly texts: readonly string[];
}

interface RankingParameters extends Parameters {
  readonly raw_scores?: boolean;
  readonly return_text?: boolean;
  readonly top_k?: number;
}

/** A text with its place in the request, as Text Embeddings Inference gives it. */
export interface RankedText {
  readonly index: number;
  readonly score: number;
  readonly text?: string;
}

/** What the checks need to know of an answer. */
export interface TextRankingFacts {
  /** A score for each text, in the order of the request; empty when the graph gives something else. */
  readonly scores: readonly number[];
  /** What the scores were made of: two that are both almost zero still differ in it. */
  readonly logits: readonly number[];
  /** Columns of the logits; null when they are no row. */
  readonly columns: number | null;
}

/** What widget examples and requests call the texts. */
const TEXT_KEYS = ['texts', 'documents', 'passages', 'sentences'];
/** What they call the query. */
const QUERY_KEYS = ['query', 'source_sentence', 'text'];

const DEFAULT: Ranking = {
  query: 'How many people live in Berlin?',
  texts: [
    'Berlin has a population of about 3.7 million people.',
    'Berlin is well known for its museums.',
    'A recipe for a tasty soup.',
  ],
};

/** Texts in the order in which they fit a query: models that read both together (cross-encoders). */
export const textRanking: Task<Ranking, TextRankingFacts> = {
  tag: 'text-ranking',
  ways: [
    {
      runner: 'transformers',
      needs: TEXT_FILES,
      feeds: TEXT_FEEDS,
      together: true,
      pipeline: 'text-classification',
      writers: true,
      run,
    },
  ],

  readExample: (example) => readExample(example, '`query` and `texts`', readRanking, readParameters),

  readRequest(body) {
    const inputs = own(body, 'inputs') ?? body;
    if (!isMapping(inputs)) {
      return fault([], `Expected {"inputs": {"query": text, "texts": [text]}}, not ${kindOf(inputs)}.`);
    }
    const ranking = readRanking(inputs);
    if (!ranking.ok) return inputs === body ? ranking : within('inputs', ranking);
    // Text Embeddings Inference has parameters at the root of the body.
    const root = readParameters(body);
    if (!root.ok) return root;
    const parameters = within('parameters', readParameters(own(body, 'parameters')));
    if (!parameters.ok) return parameters;
    return read({ input: ranking.value, parameters: { ...root.value, ...parameters.value } });
  },

  readParameters,

  defaultInferences: () => [{ input: DEFAULT, parameters: {} }],

  contrast: () => [
    {
      input: { query: 'football', texts: ['The team won the match.', 'Mix flour and eggs.'] },
      parameters: {},
    },
    {
      input: { query: 'baking a cake', texts: ['The team won the match.', 'Mix flour and eggs.'] },
      parameters: {},
    },
  ],

  // Some rerankers are generative models that say yes or no; those of one column are classifiers.
  checkModel: (model) => [...checkSequenceLength(model), ...checkArchitecture(model, TAG, HEAD)],

  checkAnswer({ inference, facts, expected, tensors }) {
    const checks: SmokeCheck[] = [checkOutputShape(tensors, facts)];
    if (facts.scores.length === 0 || !facts.scores.every(Number.isFinite)) return checks;
    if (expected !== undefined) checks.push(checkExpected(facts.scores, inference.input, expected));
    return checks;
  },

  checkLabels: () => [],

  // A score for each text is what answers differ by: one that is the same for all texts says nothing.
  vectors: ({ facts }) => facts.logits.map((logit) => [logit]),

  compare(full, other) {
    const compared = compareScores([full.facts.scores], [other.facts.scores]);
    return { ...compared, seen: compared.seen.replaceAll('class', 'text') };
  },
};

const TAG = 'text-ranking';
/** What transformers calls the class of such models. */
const HEAD = 'text-classification';

function readRanking(value: unknown): Read<Ranking> {
  const queryKey = QUERY_KEYS.find((key) => own(value, key) !== undefined) ?? 'query';
  const textKey = TEXT_KEYS.find((key) => own(value, key) !== undefined) ?? 'texts';
  const query = readText(own(value, queryKey), queryKey);
  if (!query.ok) return query;
  const given = own(value, textKey);
  // Cohere’s form has texts inside of mappings.
  const plain = Array.isArray(given) ? given.map((item: unknown) => own(item, 'text') ?? item) : given;
  const texts = readTexts(plain, textKey);
  if (!texts.ok) return texts;
  return read({ query: query.value, texts: typeof texts.value === 'string' ? [texts.value] : texts.value });
}

function readParameters(parameters: unknown): Read<RankingParameters> {
  return readNamed(
    parameters,
    { raw_scores: TRUE_OR_FALSE, return_text: TRUE_OR_FALSE, top_k: wholeNumber(1) },
    { return_text: 'return_documents', top_k: 'top_n' },
  );
}

async function run(session: TransformersSession, { input, parameters }: Inference<Ranking>) {
  const { raw_scores: raw = false, return_text: withText = false, top_k } = parameters as RankingParameters;
  const limit = longestInput(session);
  const logits: number[] = [];
  let columns: number | null = null;
  const outputs = await Promise.all(
    input.texts.map((text) => {
      const pair = encodePair(session.tokenizer, input.query, text);
      return session.model(feedsOf(truncatedPair(pair, limit, 'longest')));
    }),
  );
  for (const { logits: row } of outputs) {
    const fits = row !== undefined && row.dims[0] === 1 && row.dims.length <= 2;
    columns = fits ? (row.dims[1] ?? 1) : null;
    if (row === undefined || columns !== 1) break;
    logits.push(...numbersOf(row));
  }
  const scores =
    logits.length === input.texts.length
      ? applyTransform(logits, raw ? 'none' : activation(session.config))
      : [];
  const ranked = scores
    .map((score, index): RankedText => {
      const text = input.texts[index];
      return withText && text !== undefined ? { index, score, text } : { index, score };
    })
    .sort((a, b) => b.score - a.score);
  return {
    output: ranked.slice(0, top_k),
    facts: {
      scores,
      logits: scores.length === 0 ? [] : logits,
      columns,
    },
  };
}

/** What becomes of the logit: as sentence-transformers wrote it into config.json, else a sigmoid (`CrossEncoder`). */
function activation(config: Readonly<Record<string, unknown>>): Transform {
  const name =
    own(own(config, 'sentence_transformers'), 'activation_fn') ??
    own(config, 'sbert_ce_default_activation_function');
  return typeof name === 'string' && name.endsWith('.Identity') ? 'none' : 'sigmoid';
}

function checkOutputShape(
  tensors: AnsweredCase['tensors'],
  { scores, columns }: TextRankingFacts,
): SmokeCheck {
  const id = 'output-shape';
  if (scores.length > 0) return { id, status: 'passed', message: 'One score for a query with a text.' };
  const logits = tensors.find(({ name }) => name === 'logits');
  if (logits === undefined) {
    return missingOutput(
      tensors,
      '`logits` (1 × 1)',
      'Export it for text-classification, as cross-encoders are.',
    );
  }
  return {
    id,
    status: 'failed',
    message:
      columns === null
        ? `The logits must be one number for a query with a text, 1 × 1, but they are ${dimensions(logits.dims)}. This is no cross-encoder; correct pipeline_tag in the card.`
        : `The model gives ${columns} scores for a query with a text, but a ranking needs one. This is a text-classification or zero-shot-classification model; correct pipeline_tag in the card.`,
  };
}

/** Compares with the `output` of the card’s widget example: `[{index, score}]`, or a score for each text. */
function checkExpected(scores: readonly number[], { texts }: Ranking, expected: unknown): SmokeCheck {
  const stated = new Map<number, number>();
  for (const [place, item] of (Array.isArray(expected) ? expected : []).entries()) {
    const index = typeof item === 'number' ? place : (own(item, 'index') ?? own(item, 'corpus_id'));
    const score: unknown = typeof item === 'number' ? item : own(item, 'score');
    if (typeof index === 'number' && typeof score === 'number' && index in scores) stated.set(index, score);
  }
  const [best] = [...stated].sort(([, a], [, b]) => b - a);
  if (best === undefined) return notComparable('is no list of `index` and `score`');
  const found = indexOfLargest(scores);
  if (found !== best[0] && (scores[found] ?? 0) - (scores[best[0]] ?? 0) > SCORE_TOLERANCE) {
    const [shown, first] = [texts[best[0]] ?? '', texts[found] ?? ''].map(preview);
    return contradictsCard(`puts ${shown} first, the model puts ${first} first`, WRONG_CHECKPOINT);
  }
  for (const [index, score] of stated) {
    const actual = scores[index] ?? Number.NaN;
    if (Math.abs(actual - score) <= SCORE_TOLERANCE) continue;
    return otherScore(`text ${index + 1}`, score, actual, SCORE_TOLERANCE);
  }
  return agreesWithCard(`The order agrees with the card, scores within ${SCORE_TOLERANCE}.`);
}
