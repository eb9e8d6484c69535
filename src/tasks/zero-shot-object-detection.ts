import { own } from '../mapping.js';
import type { MediaSource } from '../smoke/media/source.js';
import type { TensorView } from '../smoke/session.js';
import { checkArchitecture } from './checks/architecture.js';
import { checkOutputs } from './checks/output-shape.js';
import type { LabelParameters } from './classification/candidate-labels.js';
import { applyTransform } from './classification/logits.js';
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
import { CONTRASTING_PICTURES } from './picture/picture-input.js';
import {
  LABELLED_SAMPLES,
  labelledContrasts,
  readLabelledExample,
  readLabelledRequest,
  readPictureLabelParameters,
} from './picture/picture-labels.js';
import { answerWithSecondLook, pictureWays, pixelsOf, type SecondLook } from './picture/picture-model.js';
import { checkPictureShape } from './picture/picture-shape.js';
import { numberFrom, wholeNumber } from './reading/parameters.js';
import type { Answer, Parameters, Read, Task } from './task.js';

/** What the checks need to know of an answer; null when the graph gave no logits and boxes. */
export interface ZeroShotObjectDetectionFacts extends SecondLook {
  readonly found: BoxFacts | null;
}

/** The score a detection must exceed when the request does not say (transformers, `ZeroShotObjectDetectionPipeline`). */
const THRESHOLD = 0.1;

const FORMS = { threshold: numberFrom(0, 1), top_k: wholeNumber(1) };

/** Things in a picture that fit labels which come with it, each with a score and a box. */
export const zeroShotObjectDetection: Task<MediaSource, ZeroShotObjectDetectionFacts> = {
  tag: 'zero-shot-object-detection',
  ways: pictureWays({
    pipeline: 'zero-shot-object-detection',
    modelTypes: ['owlvit', 'owlv2'],
    texts: true,
    unfit: ({ config }) =>
      own(config, 'model_type') === 'grounding-dino'
        ? 'Grounding DINO finds phrases in a text instead of labels, which is not run here. A model of the type owlvit or owlv2 would be.'
        : null,
    async run(model, inference) {
      const { candidate_labels: labels = [] } = inference.parameters as LabelParameters;
      const picture = await model.media.picture(inference.input);
      const texts = model.tokenizer.encode(labels, { padding: true, truncation: true });
      return answerWithSecondLook<ZeroShotObjectDetectionFacts>(
        model,
        inference,
        async (reading) => {
          const outputs = await model.run({ ...(await pixelsOf(model, picture, reading)), ...texts });
          return answerOf(outputs.logits, outputs.pred_boxes, labels, picture, inference.parameters);
        },
        ({ found }, expected) => found !== null && checkExpectedBoxes(found, expected).status !== 'failed',
      );
    },
  }),

  readExample: (example) => readLabelledExample(example, FORMS),
  readRequest: (body) => readLabelledRequest(body, FORMS),
  readParameters: (parameters): Read<Parameters> => readPictureLabelParameters(parameters, FORMS),
  defaultInferences: () => LABELLED_SAMPLES,
  contrast: (inferences) => labelledContrasts(inferences, CONTRASTING_PICTURES),
  checkModel: (model) => [
    ...checkArchitecture(model, 'zero-shot-object-detection'),
    ...checkPictureShape(model),
  ],

  checkAnswer({ facts, expected, tensors, inference }) {
    const outputs = checkOutputs(tensors, 'zero-shot-object-detection', [
      { names: ['logits'], rank: 3, shape: '1 × places × labels' },
      { names: ['pred_boxes'], rank: 3, shape: '1 × places × 4' },
    ]);
    return facts.found === null
      ? [outputs]
      : [outputs, ...checkDetections(facts.found, facts, expected, inference.input.kind === 'file')];
  },

  checkLabels: () => [],
  vectors: ({ facts }) => (facts.found === null ? [] : [facts.found.signature]),

  compare: ({ facts: full }, { facts: other }) => compareDetections(full.found, other.found),
};

function answerOf(
  logits: TensorView | undefined,
  boxes: TensorView | undefined,
  labels: readonly string[],
  picture: { readonly width: number; readonly height: number },
  { threshold, top_k }: Parameters,
): Answer<ZeroShotObjectDetectionFacts> {
  const [batch, places = 0, queries] = logits?.dims ?? [];
  const fits = boxes?.dims.length === 3 && boxes.dims[1] === places && boxes.dims[2] === 4;
  if (logits === undefined || boxes === undefined || batch !== 1 || queries !== labels.length || !fits) {
    return { output: [], facts: { found: null } };
  }
  const scores = applyTransform(Array.from(numbersOf(logits)), 'sigmoid');
  const candidates = scores.map(
    (score, at): Candidate => ({
      index: Math.floor(at / labels.length),
      score,
      label: labels[at % labels.length] ?? null,
    }),
  );
  const found = boxFacts(
    boxes,
    candidates,
    typeof threshold === 'number' ? threshold : THRESHOLD,
    picture,
    scores,
  );
  const output = detectionOutput(found);
  return { output: typeof top_k === 'number' ? output.slice(0, top_k) : output, facts: { found } };
}
