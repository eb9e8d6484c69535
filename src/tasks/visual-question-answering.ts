import { preview } from '../preview.js';
import type { SmokeCheck } from '../smoke/report.js';
import type { GraphValue, OnnxSession, Tensors } from '../smoke/session.js';
import { checkArchitecture } from './checks/architecture.js';
import { compareScores } from './checks/compare.js';
import {
  agreesWithCard,
  notComparable,
  otherAnswer,
  otherScore,
  SWAPPED_LABELS,
  statedAnswer,
} from './checks/expected-output.js';
import { checkOutputs } from './checks/output-shape.js';
import { checkProbabilities, ranked, type Scored } from './classification/classification.js';
import { checkLabelCount, checkLabelNames, countLabels, labelOf } from './classification/labels.js';
import { applyTransform } from './classification/logits.js';
import { PREPROCESSOR, TEXT_FILES } from './needed-files.js';
import { feedGraph, numbersOf, numberTensor } from './numbers/tensors.js';
import {
  askAbout,
  type PictureQuestion,
  readQuestionExample,
  readQuestionRequest,
} from './picture/picture-question.js';
import { checkPictureShape } from './picture/picture-shape.js';
import { readNamed, wholeNumber } from './reading/parameters.js';
import type { Answer, Inference, Parameters, Read, Task } from './task.js';
import { PICTURE_SCORE_TOLERANCE } from './tolerances.js';

/** What the checks need to know of an answer. */
export interface VisualQuestionAnsweringFacts {
  /** By class; empty when the graph gave no single row of logits. */
  readonly scores: readonly number[];
  /** The best answers. */
  readonly best: readonly Scored[];
  /** Labels of the first classes. */
  readonly labels: readonly (string | null)[];
  /** How many labels `id2label` of config.json names; null without it. */
  readonly named: number | null;
}

/** How many answers are given when `top_k` does not say (transformers, `VisualQuestionAnsweringPipeline`). */
const TOP_K = 5;
const MAX_LABELS = 4000;

/** An answer to a question about a picture, out of a fixed list of answers. */
export const visualQuestionAnswering: Task<PictureQuestion, VisualQuestionAnsweringFacts> = {
  tag: 'visual-question-answering',
  ways: [
    {
      runner: 'onnx',
      needs: [...TEXT_FILES, PREPROCESSOR],
      tokenizer: '.',
      processor: true,
      unfit({ graph }) {
        const inputs = graph?.inputs.map(({ name }) => name) ?? ['input_ids', 'pixel_values'];
        return inputs.includes('input_ids') && inputs.includes('pixel_values')
          ? null
          : `The graph takes ${inputs.slice(0, 4).join(', ')}. One that takes input_ids and pixel_values and scores a list of answers, as ViLT does, would be run.`;
      },
      run,
    },
  ],

  readExample: (example) => readQuestionExample(example, readParameters),
  readRequest: (body) => readQuestionRequest(body, readParameters),
  readParameters,
  defaultInferences: () =>
    ['What is in the picture?', 'What color is it?'].map((question) => askAbout('shapes', question)),
  contrast(inferences) {
    const question = inferences[0]?.input.question ?? 'What color is it?';
    return [
      ...['shapes', 'noise', 'black'].map((name) => askAbout(name, question)),
      ...['Is it red?', 'How many are there?'].map((other) => askAbout('shapes', other)),
    ];
  },
  checkModel: (model) => [
    ...checkArchitecture(model, 'visual-question-answering'),
    ...checkPictureShape(model),
  ],

  checkAnswer({ facts, expected, tensors }) {
    const outputs = checkOutputs(tensors, 'visual-question-answering', [
      { names: ['logits'], rank: 2, shape: '1 × answers' },
    ]);
    if (facts.scores.length === 0) return [outputs];
    return [
      outputs,
      checkProbabilities([facts.scores], false),
      ...(expected === undefined ? [] : [checkExpected(facts.best, expected)]),
    ];
  },

  checkLabels({ facts }) {
    if (facts.scores.length === 0) return [];
    return [checkLabelCount(facts.named, facts.scores.length), checkLabelNames(facts.labels)];
  },

  vectors: ({ facts }) => (facts.scores.length === 0 ? [] : [facts.scores]),
  compare: (full, other) => compareScores([full.facts.scores], [other.facts.scores], full.facts.labels),
};

function readParameters(parameters: unknown): Read<Parameters> {
  return readNamed(parameters, { top_k: wholeNumber(1) });
}

async function run(
  session: OnnxSession,
  { input, parameters }: Inference<PictureQuestion>,
): Promise<Answer<VisualQuestionAnsweringFacts>> {
  const picture = await session.media.picture(input.image);
  const pixels = await session.processor.pictures([picture]);
  const length = session.inputs.find(({ name }) => name === 'input_ids')?.shape?.[1];
  const texts = session.tokenizer.encode(
    input.question,
    typeof length === 'number'
      ? { padding: 'max_length', max_length: length, truncation: true }
      : { truncation: true },
  );
  const tensors = withMask(session.inputs, { ...pixels, ...texts });
  const { logits } = await session.run(feedGraph(session, tensors));
  const named = countLabels(session.config);
  if (logits === undefined || logits.dims.length !== 2 || logits.dims[0] !== 1) {
    return { output: [], facts: { scores: [], best: [], labels: [], named } };
  }
  const scores = applyTransform(Array.from(numbersOf(logits)), 'sigmoid');
  const labels = scores.map((_, index) => labelOf(session.config, index));
  const { top_k } = parameters;
  const best = ranked(scores, labels).slice(0, typeof top_k === 'number' ? top_k : TOP_K);
  return {
    output: best.map(({ label, score }) => (label === undefined ? { score } : { score, answer: label })),
    facts: { scores, best, labels: labels.slice(0, MAX_LABELS), named },
  };
}

/** Adds the mask of pixels that ViLT takes, where the processor made none: all of them count. */
function withMask(inputs: readonly GraphValue[], tensors: Tensors): Tensors {
  const mask = inputs.find(({ name }) => name === 'pixel_mask');
  const [height = 0, width = 0] = tensors.pixel_values?.dims.slice(-2) ?? [];
  const given = tensors.pixel_mask?.dims;
  if (mask === undefined || (given?.[1] === height && given[2] === width)) return tensors;
  return {
    ...tensors,
    pixel_mask: numberTensor(mask, new Uint8Array(height * width).fill(1), [1, height, width]),
  };
}

function checkExpected([top]: readonly Scored[], expected: unknown): SmokeCheck {
  const stated = statedAnswer(expected);
  if (stated === null) return notComparable('has no `answer`');
  const answer = top?.label ?? '';
  const score = top?.score ?? 0;
  if (answer.toLowerCase() !== stated.answer.trim().toLowerCase()) {
    return otherAnswer(stated.answer, answer, SWAPPED_LABELS);
  }
  if (stated.score !== null && !(Math.abs(stated.score - score) <= PICTURE_SCORE_TOLERANCE)) {
    return otherScore(preview(answer), stated.score, score, PICTURE_SCORE_TOLERANCE);
  }
  return agreesWithCard(`The answer agrees with the card: ${preview(answer)}.`);
}
