import { own } from '../mapping.js';
import type { MediaSource } from '../smoke/media/source.js';
import type { TensorView } from '../smoke/session.js';
import { checkArchitecture } from './checks/architecture.js';
import { checkOutputs } from './checks/output-shape.js';
import { checkLabelCount, checkLabelNames, countLabels, labelOf } from './classification/labels.js';
import { applyTransform } from './classification/logits.js';
import { indexOfLargest } from './numbers/numbers.js';
import { numbersOf } from './numbers/tensors.js';
import {
  type BoxFacts,
  boxFacts,
  type Candidate,
  checkDetections,
  checkExpectedBoxes,
  compareDetections,
  detectionOutput,
} from './picture/boxes.js';
import { CONTRASTING_PICTURES, SAMPLE_INFERENCES } from './picture/picture-input.js';
import {
  answerWithSecondLook,
  type PictureModel,
  pictureWays,
  pixelsOf,
  type SecondLook,
} from './picture/picture-model.js';
import { checkPictureShape } from './picture/picture-shape.js';
import { readMediaExample, readMediaRequest } from './reading/example.js';
import { numberFrom, readNamed } from './reading/parameters.js';
import type { Answer, Parameters, Read, Task } from './task.js';

/** What the checks need to know of an answer; null when the graph gave no logits and boxes. */
export interface ObjectDetectionFacts extends SecondLook {
  readonly found: BoxFacts | null;
  /** How many classes the graph scores, without “no object”. */
  readonly classes: number;
  readonly labels: readonly (string | null)[];
  /** How many labels `id2label` of config.json names; null without it. */
  readonly named: number | null;
}

/** The score a detection must exceed when the request does not say (transformers, `ObjectDetectionPipeline`). */
const THRESHOLD = 0.5;
/** Most labels that are looked at for placeholders. */
const MAX_LABELS = 2000;

/**
 * Types (`model_type`) whose every class has a score of its own, without one for “no object” (transformers,
 * `post_process_object_detection` of their image processors).
 */
const SIGMOID_TYPES = [
  'rt_detr',
  'rt_detr_v2',
  'rf_detr',
  'd_fine',
  'conditional_detr',
  'deformable_detr',
  'dab-detr',
  'deta',
];

/** Things in a picture, each with a label, a score and a box. */
export const objectDetection: Task<MediaSource, ObjectDetectionFacts> = {
  tag: 'object-detection',
  takesFile: true,
  ways: pictureWays({
    pipeline: 'object-detection',
    modelTypes: ['detr', 'rt_detr', 'rt_detr_v2', 'rf_detr', 'd_fine', 'table-transformer', 'yolos'],
    unfit({ graph, config }) {
      const outputs = graph?.outputs.map(({ name }) => name) ?? ['logits'];
      return outputs.includes('logits') || own(config, 'architectures') !== undefined
        ? null
        : `The graph gives ${outputs.slice(0, 4).join(', ')}, and how these become boxes is up to the code that came with the model. Export it with the outputs logits and pred_boxes, as Optimum does, to have it run.`;
    },
    async run(model, inference) {
      const picture = await model.media.picture(inference.input);
      return answerWithSecondLook<ObjectDetectionFacts>(
        model,
        inference,
        async (reading) => {
          const { logits, pred_boxes } = await model.run(await pixelsOf(model, picture, reading));
          return detected(model, logits, pred_boxes, picture, inference.parameters);
        },
        ({ found }, expected) => found !== null && checkExpectedBoxes(found, expected).status !== 'failed',
      );
    },
  }),

  readExample: (example) => readMediaExample(example, readParameters),
  readRequest: (body) => readMediaRequest(body, 'image', readParameters),
  readParameters,
  defaultInferences: () => SAMPLE_INFERENCES,
  contrast: () => CONTRASTING_PICTURES,
  checkModel: (model) => [...checkArchitecture(model, 'object-detection'), ...checkPictureShape(model)],

  checkAnswer({ facts, expected, tensors, inference }) {
    const outputs = checkOutputs(tensors, 'object-detection', [
      { names: ['logits'], rank: 3, shape: '1 × places × classes' },
      { names: ['pred_boxes'], rank: 3, shape: '1 × places × 4' },
    ]);
    return facts.found === null
      ? [outputs]
      : [outputs, ...checkDetections(facts.found, facts, expected, inference.input.kind === 'file')];
  },

  checkLabels({ facts }) {
    if (facts.classes === 0) return [];
    return [checkLabelCount(facts.named, facts.classes), checkLabelNames(facts.labels)];
  },

  vectors: ({ facts }) => (facts.found === null ? [] : [facts.found.signature]),

  compare: ({ facts: full }, { facts: other }) => compareDetections(full.found, other.found),
};

function readParameters(parameters: unknown): Read<Parameters> {
  return readNamed(parameters, { threshold: numberFrom(0, 1) });
}

function detected(
  { config }: Pick<PictureModel, 'config'>,
  logits: TensorView | undefined,
  boxes: TensorView | undefined,
  picture: { readonly width: number; readonly height: number },
  parameters: Parameters,
): Answer<ObjectDetectionFacts> {
  const named = countLabels(config);
  const [batch, places = 0, width = 0] = logits?.dims ?? [];
  const fits = boxes?.dims.length === 3 && boxes.dims[1] === places && boxes.dims[2] === 4;
  if (logits === undefined || boxes === undefined || logits.dims.length !== 3 || batch !== 1 || !fits) {
    return { output: [], facts: { found: null, classes: 0, labels: [], named } };
  }
  const sigmoid = SIGMOID_TYPES.includes(String(own(config, 'model_type')));
  const classes = sigmoid ? width : width - 1;
  const labels = Array.from({ length: Math.min(classes, MAX_LABELS) }, (_, index) => labelOf(config, index));
  const raw = numbersOf(logits);
  const candidates: Candidate[] = [];
  for (let index = 0; index < places; index++) {
    const row = Array.from(raw.subarray(index * width, (index + 1) * width));
    const scores = applyTransform(row, sigmoid ? 'sigmoid' : 'softmax');
    // With “no object” among the classes a place holds one thing; without, each class stands for itself.
    const top = indexOfLargest(scores.slice(0, classes));
    for (const at of sigmoid ? scores.keys() : [top]) {
      const score = scores[at] ?? 0;
      if (at === top || score > 0.01) candidates.push({ index, score, label: labels[at] ?? null });
    }
  }
  const threshold = typeof parameters.threshold === 'number' ? parameters.threshold : THRESHOLD;
  const found = boxFacts(boxes, candidates, threshold, picture, raw);
  return { output: detectionOutput(found), facts: { found, classes, labels, named } };
}
