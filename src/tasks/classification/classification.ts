import { own } from '../../mapping.js';
import { escapeText } from '../../preview.js';
import type { SmokeCheck } from '../../smoke/report.js';
import type { TensorView } from '../../smoke/session.js';
import { compareScores } from '../checks/compare.js';
import {
  agreesWithCard,
  contradictsCard,
  notComparable,
  otherScore,
  SWAPPED_LABELS,
} from '../checks/expected-output.js';
import { short } from '../checks/wording.js';
import { oneOf, readNamed, wholeNumber } from '../reading/parameters.js';
import type { Answer, Parameters, Read, Task } from '../task.js';
import { SCORE_TOLERANCE } from '../tolerances.js';
import { checkLabelCount, checkLabelNames, countLabels, labelOf } from './labels.js';
import { applyTransform, TRANSFORMS, type Transform } from './logits.js';

/** One class with its probability, as the Inference API gives it. */
export interface Scored {
  /** Absent when config.json names no label for the class. */
  readonly label?: string;
  readonly score: number;
}

/** The parameters of a classification. */
export interface ClassificationParameters extends Parameters {
  readonly top_k?: number;
  readonly function_to_apply?: Transform;
}

/** How far the scores of exclusive classes may add up from one. */
const SUM_TOLERANCE = 1e-3;
/** How many classes an answer shows when `top_k` does not say. */
const TOP_K = 5;

/** What the checks need to know of one classified input. Both lists are empty when the model gave no single row of logits. */
export interface ClassificationFacts {
  /** Scores by class, in the order of the logits. */
  readonly scores: readonly number[];
  /** Label of each class; null when config.json has none for it. */
  readonly labels: readonly (string | null)[];
  readonly transform: Transform;
  /** How many labels `id2label` of config.json names; null without it. */
  readonly named: number | null;
}

/** Checks `top_k` and `function_to_apply`; null counts as absent. */
export function readClassificationParameters(parameters: unknown): Read<ClassificationParameters> {
  return readNamed(parameters, { top_k: wholeNumber(1), function_to_apply: oneOf(TRANSFORMS) });
}

/**
 * The transform that the Python pipelines, and so the Hub’s API, take when the request does not say: sigmoid for one class
 * or for classes that can hold together, none for a regression, else softmax (transformers,
 * `TextClassificationPipeline.postprocess`, `ImageClassificationPipeline.postprocess`).
 */
function usualTransform(config: unknown, classes: number): Transform {
  const kind = own(config, 'problem_type');
  if (kind === 'regression') return 'none';
  return kind === 'multi_label_classification' || classes === 1 ? 'sigmoid' : 'softmax';
}

/** The answer for the logits of one input, which must be 1 × n; without scores when they are something else. */
export function classified(
  logits: TensorView | undefined,
  config: unknown,
  parameters: Parameters,
): Answer<ClassificationFacts> {
  const named = countLabels(config);
  if (logits === undefined || logits.dims.length !== 2 || logits.dims[0] !== 1) {
    return { output: [], facts: { scores: [], labels: [], transform: 'none', named } };
  }
  const row = Array.from(logits.data, Number);
  const { top_k, function_to_apply } = parameters as ClassificationParameters;
  const transform = function_to_apply ?? usualTransform(config, row.length);
  const scores = applyTransform(row, transform);
  const labels = row.map((_, index) => labelOf(config, index));
  return {
    output: ranked(scores, labels).slice(0, top_k ?? TOP_K),
    facts: { scores, labels, transform, named },
  };
}

/** Whether the scores of a classification are what they claim: probabilities, and those that the card shows. */
export function checkScores(
  { scores, labels, transform }: ClassificationFacts,
  expected: unknown,
): readonly SmokeCheck[] {
  if (scores.length === 0 || !scores.every(Number.isFinite)) return [];
  return [
    ...(transform === 'none' ? [] : [checkProbabilities([scores], transform === 'softmax')]),
    ...(expected === undefined ? [] : [checkExpectedScores(ranked(scores, labels), expected)]),
  ];
}

/** Whether each class has a label, and the labels have names. */
function checkLabelsOf({ scores, labels, named }: ClassificationFacts): readonly SmokeCheck[] {
  if (scores.length === 0) return [];
  const count = checkLabelCount(named, scores.length);
  return scores.length === 1 ? [count] : [count, checkLabelNames(labels)];
}

/** What all classifications have in common: how their labels are checked, and their answers compared. */
export const CLASSIFICATION = {
  checkLabels: ({ facts }) => checkLabelsOf(facts),
  vectors: ({ facts }) => (facts.scores.length === 0 ? [] : [facts.scores]),
  compare: (full, other) => compareScores([full.facts.scores], [other.facts.scores], full.facts.labels),
} satisfies Pick<Task<unknown, ClassificationFacts>, 'checkLabels' | 'vectors' | 'compare'>;

/** Classes by descending score; ties keep their order. */
export function ranked(scores: readonly number[], labels: readonly (string | null)[]): readonly Scored[] {
  return scores
    .map((score, index): Scored => {
      const label = labels[index];
      return label === null || label === undefined ? { score } : { label, score };
    })
    .sort((a, b) => b.score - a.score);
}

/** Whether scores are probabilities: each in [0, 1], and together one when the classes exclude each other. */
export function checkProbabilities(
  rows: readonly (readonly number[])[],
  exclusive: boolean,
  what = 'The scores',
): SmokeCheck {
  const id = 'probabilities';
  for (const row of rows) {
    const outside = row.find((score) => !(score >= -1e-6 && score <= 1 + 1e-6));
    if (outside !== undefined) {
      return {
        id,
        status: 'failed',
        message: `${what} must lie between 0 and 1, but one is ${short(outside, 4)}. Export the model so that it gives probabilities.`,
      };
    }
    const sum = row.reduce((total, score) => total + score, 0);
    if (exclusive && Math.abs(sum - 1) > SUM_TOLERANCE) {
      return {
        id,
        status: 'failed',
        message: `${what} of one answer must add up to 1, but they add up to ${short(sum, 4)}. If several labels can hold at once, set "problem_type": "multi_label_classification" in config.json.`,
      };
    }
  }
  return {
    id,
    status: 'passed',
    message: `${what} lie between 0 and 1${exclusive ? ' and add up to 1' : ''}.`,
  };
}

/** Compares an answer with the `output` of the card’s widget example: the top label, and each score it states. */
export function checkExpectedScores(actual: readonly Scored[], expected: unknown): SmokeCheck {
  const stated = readScores(expected);
  if (stated === null) return notComparable('is no list of `label` and `score`');
  const [top] = actual;
  const statedTop = stated.reduce((best, one) => (one.score > best.score ? one : best));
  if (top === undefined) {
    return {
      id: 'expected-output',
      status: 'failed',
      message: 'The model gave no scores to compare with the card.',
    };
  }
  if (top.label !== statedTop.label) {
    return contradictsCard(`says ${named(statedTop)}, the model says ${named(top)}`, SWAPPED_LABELS);
  }
  for (const { label, score } of stated) {
    const found = actual.find((scored) => scored.label === label);
    if (found === undefined) {
      return contradictsCard(
        `names the label ${escapeText(label)}, which the model does not give`,
        'the names in id2label of config.json',
      );
    }
    if (!(Math.abs(found.score - score) <= SCORE_TOLERANCE)) {
      return otherScore(escapeText(label), score, found.score, SCORE_TOLERANCE);
    }
  }
  return agreesWithCard(`The answer agrees with the card: ${named(top)}, scores within ${SCORE_TOLERANCE}.`);
}

/** `output` of a widget example as labels and scores; null when it is something else. */
export function readScores(
  value: unknown,
): readonly { readonly label: string; readonly score: number }[] | null {
  if (!Array.isArray(value) || value.length === 0) return null;
  const scores: { label: string; score: number }[] = [];
  for (const item of value as readonly unknown[]) {
    const label = own(item, 'label');
    const score = own(item, 'score');
    if (typeof label !== 'string' || typeof score !== 'number') return null;
    scores.push({ label, score });
  }
  return scores;
}

function named({ label, score }: Scored): string {
  return `${label === undefined ? 'a class without a label' : escapeText(label)} ${short(score, 4)}`;
}
