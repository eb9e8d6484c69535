import { checkRowOfLogits } from './checks/output-shape.js';
import { checkSequenceLength } from './checks/sequence-length.js';
import {
  CLASSIFICATION,
  type ClassificationFacts,
  checkScores,
  classified,
  readClassificationParameters,
} from './classification/classification.js';
import { TEXT_FEEDS, TEXT_FILES } from './needed-files.js';
import { inferenceOf } from './reading/example.js';
import { defaultTexts, haveDifferentInputs, readTextExample, readTextRequest } from './reading/text-input.js';
import type { Task } from './task.js';

/** Texts of opposite sentiment: a confident classifier gives a single input the same answer as one of them. */
const CONTRASTS = ['This is terrible. I hate it.', 'This is wonderful. I love it.'];

/** One label, or a score for each of several, for a text. */
export const textClassification: Task<string, ClassificationFacts> = {
  tag: 'text-classification',
  ways: [
    {
      runner: 'transformers',
      needs: TEXT_FILES,
      feeds: TEXT_FEEDS,
      pipeline: 'text-classification',
      together: true,
      async run(session, { input, parameters }) {
        const feeds = session.tokenizer.encode(input, { padding: true, truncation: true });
        const { logits } = await session.model(feeds);
        return classified(logits, session.config, parameters);
      },
    },
  ],

  readExample: (example) => readTextExample(example, 'text-classification', readClassificationParameters),
  readRequest: (body) => readTextRequest(body, readClassificationParameters),
  readParameters: readClassificationParameters,
  defaultInferences: () => defaultTexts('text-classification').map(inferenceOf),
  contrast: (inferences) => (haveDifferentInputs(inferences) ? [] : CONTRASTS.map(inferenceOf)),
  checkModel: checkSequenceLength,

  checkAnswer: ({ facts, expected, tensors }) => [
    checkRowOfLogits(tensors, 'text-classification', {
      each: 'token',
      whole: 'text',
      kind: 'a token-classification (or fill-mask) model',
    }),
    ...checkScores(facts, expected),
  ],

  ...CLASSIFICATION,
};
