import { own } from '../mapping.js';
import type { MediaSource } from '../smoke/media/source.js';
import type { Options, TensorView } from '../smoke/session.js';
import { checkArchitecture } from './checks/architecture.js';
import { compareScores } from './checks/compare.js';
import { checkOutputs } from './checks/output-shape.js';
import type { LabelParameters } from './classification/candidate-labels.js';
import { checkExpectedScores, checkProbabilities, ranked } from './classification/classification.js';
import { applyTransform } from './classification/logits.js';
import { numbersOf } from './numbers/tensors.js';
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
import { explainContradiction } from './picture/second-look.js';
import { TEMPLATE } from './reading/parameters.js';
import type { Answer, Parameters, Read, Task } from './task.js';

/** What the checks need to know of an answer. All lists are empty when the graph gave no single row of scores. */
export interface ZeroShotImageClassificationFacts extends SecondLook {
  readonly labels: readonly string[];
  /** In the order of the labels. */
  readonly scores: readonly number[];
  readonly logits: readonly number[];
  /** Whether the scores add up to 1. */
  readonly exclusive: boolean;
}

/** The sentence that a label stands in when the request does not say (transformers, `ZeroShotImageClassificationPipeline`). */
const USUAL_TEMPLATE = 'This is a photo of {}.';
const FORMS = { hypothesis_template: TEMPLATE };
/** Types whose labels each have a probability of their own (same place). */
const SIGMOID_TYPES = ['siglip', 'siglip2'];

/** Scores of labels that come with the picture. */
export const zeroShotImageClassification: Task<MediaSource, ZeroShotImageClassificationFacts> = {
  tag: 'zero-shot-image-classification',
  ways: pictureWays({
    pipeline: 'zero-shot-image-classification',
    modelTypes: ['clip', 'siglip', 'chinese_clip', 'jina_clip', 'clipseg'],
    texts: true,
    async run(model, inference) {
      const { candidate_labels: labels = [], hypothesis_template } = inference.parameters as LabelParameters;
      const template = typeof hypothesis_template === 'string' ? hypothesis_template : USUAL_TEMPLATE;
      const picture = await model.media.picture(inference.input);
      const texts = model.tokenizer.encode(
        // A function, as `$&` in a label means nothing.
        labels.map((label) => template.replaceAll('{}', () => label)),
        {
          padding: SIGMOID_TYPES.includes(String(own(model.config, 'model_type'))) ? 'max_length' : true,
          truncation: true,
        },
      );
      return answerWithSecondLook<ZeroShotImageClassificationFacts>(
        model,
        inference,
        async (reading) => {
          const outputs = await model.run({ ...(await pixelsOf(model, picture, reading)), ...texts });
          return answerOf(outputs.logits_per_image, labels, model.config);
        },
        ({ scores, labels: all }, expected) =>
          checkExpectedScores(ranked(scores, all), expected).status !== 'failed',
      );
    },
  }),

  readExample: (example) => readLabelledExample(example, FORMS),
  readRequest: (body) => readLabelledRequest(body, FORMS),
  readParameters: (parameters): Read<Parameters> => readPictureLabelParameters(parameters, FORMS),
  defaultInferences: () => LABELLED_SAMPLES,
  contrast: (inferences) => labelledContrasts(inferences, CONTRASTING_PICTURES),
  checkModel: (model) => [
    ...checkArchitecture(model, 'zero-shot-image-classification'),
    ...checkPictureShape(model),
  ],

  checkAnswer({ facts, expected, tensors }) {
    const outputs = checkOutputs(tensors, 'zero-shot-image-classification', [
      { names: ['logits_per_image'], rank: 2, shape: '1 × labels' },
    ]);
    const { scores, labels, exclusive } = facts;
    if (scores.length === 0) return [outputs];
    return [
      outputs,
      checkProbabilities([scores], exclusive),
      ...(expected === undefined
        ? []
        : [explainContradiction(checkExpectedScores(ranked(scores, labels), expected), facts)]),
    ];
  },

  checkLabels: () => [],
  // The scores of a single label are always 1; its logit is not.
  vectors: ({ facts }) => (facts.logits.length === 0 ? [] : [facts.logits]),
  compare: (full, other) => compareScores([full.facts.scores], [other.facts.scores], full.facts.labels),
};

function answerOf(
  tensor: TensorView | undefined,
  labels: readonly string[],
  config: Options,
): Answer<ZeroShotImageClassificationFacts> {
  const exclusive = !SIGMOID_TYPES.includes(String(own(config, 'model_type')));
  if (tensor === undefined || tensor.data.length !== labels.length) {
    return { output: [], facts: { labels: [], scores: [], logits: [], exclusive } };
  }
  const logits = Array.from(numbersOf(tensor));
  const scores = applyTransform(logits, exclusive ? 'softmax' : 'sigmoid');
  return { output: ranked(scores, labels), facts: { labels, scores, logits, exclusive } };
}
