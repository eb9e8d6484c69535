import type { MediaSource } from '../smoke/media/source.js';
import { checkArchitecture } from './checks/architecture.js';
import { checkOutputs } from './checks/output-shape.js';
import {
  CLASSIFICATION,
  type ClassificationFacts,
  checkScores,
  classified,
  readClassificationParameters,
} from './classification/classification.js';
import { CONTRASTING_PICTURES, SAMPLE_INFERENCES } from './picture/picture-input.js';
import { answerWithSecondLook, pictureWays, pixelsOf, type SecondLook } from './picture/picture-model.js';
import { checkPictureShape } from './picture/picture-shape.js';
import { explainContradiction } from './picture/second-look.js';
import { readMediaExample, readMediaRequest } from './reading/example.js';
import type { Task } from './task.js';

/** What the checks need to know of an answer. */
export type ImageClassificationFacts = ClassificationFacts & SecondLook;

/** Scores of classes for a picture. */
export const imageClassification: Task<MediaSource, ImageClassificationFacts> = {
  tag: 'image-classification',
  takesFile: true,
  ways: pictureWays({
    pipeline: 'image-classification',
    together: true,
    modelTypes: [
      'vit',
      'ijepa',
      'pvt',
      'vit_msn',
      'fastvit',
      'mobilevit',
      'mobilevitv2',
      'beit',
      'deit',
      'hiera',
      'convnext',
      'convnextv2',
      'dinov2',
      'dinov2_with_registers',
      'resnet',
      'swin',
      'segformer',
      'efficientnet',
      'mobilenet_v1',
      'mobilenet_v2',
      'mobilenet_v3',
      'mobilenet_v4',
    ],
    async run(model, inference) {
      const { input, parameters } = inference;
      const picture = await model.media.picture(input);
      return answerWithSecondLook<ImageClassificationFacts>(
        model,
        inference,
        async (reading) => {
          const { logits } = await model.run(await pixelsOf(model, picture, reading));
          return classified(logits, model.config, parameters);
        },
        (facts, expected) => !checkScores(facts, expected).some(({ status }) => status === 'failed'),
      );
    },
  }),

  readExample: (example) => readMediaExample(example, readClassificationParameters),
  readRequest: (body) => readMediaRequest(body, 'image', readClassificationParameters),
  readParameters: readClassificationParameters,
  defaultInferences: () => SAMPLE_INFERENCES,
  contrast: () => CONTRASTING_PICTURES,
  checkModel: (model) => [...checkArchitecture(model, 'image-classification'), ...checkPictureShape(model)],

  checkAnswer: ({ facts, expected, tensors }) => [
    checkOutputs(tensors, 'image-classification', [{ names: ['logits'], rank: 2, shape: '1 × classes' }]),
    ...checkScores(facts, expected).map((check) => explainContradiction(check, facts)),
  ],

  ...CLASSIFICATION,
};
