import { own } from '../mapping.js';
import type { MediaSource } from '../smoke/media/source.js';
import type { OnnxSession, Tensors } from '../smoke/session.js';
import { checkArchitecture } from './checks/architecture.js';
import { checkRowOfLogits } from './checks/output-shape.js';
import {
  CLASSIFICATION,
  type ClassificationFacts,
  checkScores,
  classified,
  readClassificationParameters,
} from './classification/classification.js';
import { CONFIG, PREPROCESSOR } from './needed-files.js';
import { feedGraph } from './numbers/tensors.js';
import { readMediaExample, readMediaRequest, sampleInference } from './reading/example.js';
import {
  answerAtOtherRates,
  checkListeningRate,
  explainRate,
  type OtherRate,
  SPEECH_RATE,
  usualRate,
} from './sound/sampling-rate.js';
import { CONTRASTING_SOUNDS } from './sound/sound-input.js';
import type { Answer, Inference, Parameters, Read, Task } from './task.js';

/** Model types for which transformers.js (4.3.1) has a classifier of sounds; any other graph is run bare. */
const PIPELINE_TYPES = [
  'wav2vec2',
  'wav2vec2-bert',
  'unispeech',
  'unispeech-sat',
  'wavlm',
  'hubert',
  'audio-spectrogram-transformer',
];

/** What the checks need to know of an answer. */
export type AudioClassificationFacts = ClassificationFacts & OtherRate;

/** Scores of classes for a recording. */
export const audioClassification: Task<MediaSource, AudioClassificationFacts> = {
  tag: 'audio-classification',
  takesFile: true,
  ways: [
    {
      runner: 'transformers',
      pipeline: 'audio-classification',
      needs: [CONFIG, PREPROCESSOR],
      unfit({ config }) {
        const type = own(config, 'model_type');
        return typeof type === 'string' && PIPELINE_TYPES.includes(type)
          ? null
          : 'transformers.js has no classifier of sounds for this model_type.';
      },
      run: (session, inference) =>
        classify(session, (tensors) => session.model(feedGraph(session, tensors)), inference),
    },
    {
      runner: 'onnx',
      processor: 'sound',
      needs: [CONFIG, PREPROCESSOR],
      run: (session, inference) =>
        classify(session, (tensors) => session.run(feedGraph(session, tensors)), inference),
    },
  ],

  readExample: (example) => readMediaExample(example, readClassificationParameters),
  readRequest: (body) => readMediaRequest(body, 'audio', readClassificationParameters),
  readParameters: (parameters): Read<Parameters> => readClassificationParameters(parameters),
  defaultInferences: () => [sampleInference('speech-like'), sampleInference('tone')],
  contrast: () => CONTRASTING_SOUNDS,
  checkModel: (model) => [...checkArchitecture(model, 'audio-classification'), ...checkListeningRate(model)],

  checkAnswer: ({ facts, expected, tensors }) => [
    checkRowOfLogits(tensors, 'audio-classification', {
      each: 'moment',
      whole: 'recording',
      kind: 'an automatic-speech-recognition model (CTC), or one that labels moments',
    }),
    ...checkScores(facts, expected).map((check) => explainRate(check, facts)),
  ],

  ...CLASSIFICATION,
};

async function classify(
  { processor, media, config }: Pick<OnnxSession, 'processor' | 'media' | 'config'>,
  model: (tensors: Tensors) => Promise<Tensors>,
  { input, parameters, expected }: Inference<MediaSource>,
): Promise<Answer<AudioClassificationFacts>> {
  return answerAtOtherRates<AudioClassificationFacts>(
    { preprocessor: processor.config, expected, others: [usualRate(processor.config) ?? SPEECH_RATE] },
    async (rate) => {
      const { logits } = await model(await processor.sound(await media.sound(input, rate)));
      return classified(logits, config, parameters);
    },
    (facts) => checkScores(facts, expected).every(({ status }) => status !== 'failed'),
  );
}
