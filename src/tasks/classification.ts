import { isMapping, own } from '../mapping.js';
import type { SmokeCheck } from '../smoke/report.js';
import type { TensorView } from '../smoke/session.js';
import { checkLabelCount, checkLabelNames, countLabels, labelOf } from './labels.js';
import { type Answer, fault, kindOf, type Parameters, type Read, read } from './task.js';

/** One class with its probability, as the Inference API gives it. */
export interface Scored {
  /** Absent when config.json names no label for the class. */
  readonly label?: string;
  readonly score: number;
}

const TRANSFORMS = ['softmax', 'sigmoid', 'none'] as const;
/** How logits become scores (`function_to_apply`). */
export type Transform = (typeof TRANSFORMS)[number];

/** The parameters of a classification. */
export interface ClassificationParameters extends Parameters {
  readonly top_k?: number;
  readonly function_to_apply?: Transform;
}

/** How far a score may lie from the one in the card, absolute. Cards round, and backends differ. */
const SCORE_TOLERANCE = 0.05;
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
  if (parameters === undefined || parameters === null) return read({});
  if (!isMapping(parameters)) return fault([], `parameters must be a mapping, not ${kindOf(parameters)}.`);
  const topK = own(parameters, 'top_k') ?? undefined;
  const transform = own(parameters, 'function_to_apply') ?? undefined;
  if (topK !== undefined && !(typeof topK === 'number' && Number.isInteger(topK) && topK >= 1)) {
    return fault(['top_k'], 'top_k must be a whole number of at least 1.');
  }
  if (transform !== undefined && !isTransform(transform)) {
    return fault(['function_to_apply'], `function_to_apply must be one of ${TRANSFORMS.join(', ')}.`);
  }
  return read({
    ...(topK === undefined ? {} : { top_k: topK }),
    ...(transform === undefined ? {} : { function_to_apply: transform }),
  });
}

function isTransform(value: unknown): value is Transform {
  return TRANSFORMS.some((transform) => transform === value);
}

/**
 * The transform that the Python pipelines, and so the Hub's API, take when the request does not say: sigmoid for one class
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
export function checkLabelsOf({ scores, labels, named }: ClassificationFacts): readonly SmokeCheck[] {
  if (scores.length === 0) return [];
  const count = checkLabelCount(named, scores.length);
  return scores.length === 1 ? [count] : [count, checkLabelNames(labels)];
}

/** Turns logits into scores. */
export function applyTransform(logits: readonly number[], transform: Transform): readonly number[] {
  if (transform === 'none') return logits;
  if (transform === 'sigmoid') return logits.map((logit) => 1 / (1 + Math.exp(-logit)));
  const highest = logits.reduce((most, logit) => Math.max(most, logit), Number.NEGATIVE_INFINITY);
  const powers = logits.map((logit) => Math.exp(logit - highest));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}

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
        message: `${what} must lie between 0 and 1, but one is ${short(outside)}. Export the model so that it gives probabilities.`,
      };
    }
    const sum = row.reduce((total, score) => total + score, 0);
    if (exclusive && Math.abs(sum - 1) > SUM_TOLERANCE) {
      return {
        id,
        status: 'failed',
        message: `${what} of one answer must add up to 1, but they add up to ${short(sum)}. If several labels can hold at once, set "problem_type": "multi_label_classification" in config.json.`,
      };
    }
  }
  return {
    id,
    status: 'passed',
    message: `${what} lie between 0 and 1${exclusive ? ' and add up to 1' : ''}.`,
  };
}

/** Compares an answer with the `output` of the card's widget example: the top label, and each score it states. */
export function checkExpectedScores(actual: readonly Scored[], expected: unknown): SmokeCheck {
  const id = 'expected-output';
  const stated = readScores(expected);
  if (stated === null) {
    return {
      id,
      status: 'warning',
      message:
        'The `output` of this widget example is no list of `label` and `score`; it cannot be compared with the answer.',
    };
  }
  const top = actual[0];
  const statedTop = stated.reduce((best, one) => (one.score > best.score ? one : best));
  if (top === undefined)
    return { id, status: 'failed', message: 'The model gave no scores to compare with the card.' };
  if (top.label !== statedTop.label) {
    return {
      id,
      status: 'failed',
      message: `The card's example says ${named(statedTop)}, the model says ${named(top)}. Correct the \`output\` in the card, or look for swapped labels in config.json.`,
    };
  }
  for (const one of stated) {
    const found = actual.find((scored) => scored.label === one.label);
    if (found === undefined) {
      return {
        id,
        status: 'failed',
        message: `The card's example names the label ${one.label}, which the model does not give. Use the names of id2label in config.json.`,
      };
    }
    if (!(Math.abs(found.score - one.score) <= SCORE_TOLERANCE)) {
      return {
        id,
        status: 'warning',
        message: `The card's example says ${named(one)}, the model gives it ${short(found.score)}: they differ by more than ${SCORE_TOLERANCE}. Update the score in the card.`,
      };
    }
  }
  return {
    id,
    status: 'passed',
    message: `The answer agrees with the card: ${named(top)}, scores within ${SCORE_TOLERANCE}.`,
  };
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
  return `${label ?? 'a class without a label'} ${short(score)}`;
}

/** A number for a message. */
function short(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(4))) : String(value);
}
