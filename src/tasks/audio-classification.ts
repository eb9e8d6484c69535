import { own } from '../mapping.js';
import type { MediaSource } from '../smoke/media/source.js';
import type { SmokeCheck } from '../smoke/report.js';
import type { OnnxSession, Tensors } from '../smoke/session.js';
import { checkArchitecture } from './architecture.js';
import {
  type ClassificationFacts,
  checkLabelsOf,
  checkScores,
  classified,
  readClassificationParameters,
} from './classification.js';
import { compareScores } from './compare.js';
import { CONFIG, PREPROCESSOR } from './needed-files.js';
import {
  answerAtOtherRates,
  checkListeningRate,
  explainRate,
  type OtherRate,
  SPEECH_RATE,
  usualRate,
} from './sampling-rate.js';
import {
  CONTRASTING_SOUNDS,
  readSoundExample,
  readSoundRequest,
  sampleSoundInference,
} from './sound-input.js';
import type { Answer, AnsweredCase, Inference, Parameters, Read, Task } from './task.js';
import { feedGraph } from './tensors.js';

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

  readExample: (example) => readSoundExample(example, readClassificationParameters),
  readRequest: (body) => readSoundRequest(body, readClassificationParameters),
  readParameters: (parameters): Read<Parameters> => readClassificationParameters(parameters),
  defaultInferences: () => [sampleSoundInference('speech-like'), sampleSoundInference('tone')],
  contrast: () => CONTRASTING_SOUNDS,
  checkModel: (model) => [...checkArchitecture(model, 'audio-classification'), ...checkListeningRate(model)],

  checkAnswer: ({ facts, expected, tensors }) => [
    checkOutputShape(tensors),
    ...checkScores(facts, expected).map((check) => explainRate(check, facts)),
  ],

  checkLabels: ({ facts }) => checkLabelsOf(facts),
  vectors: ({ facts }) => (facts.scores.length === 0 ? [] : [facts.scores]),
  compare: (full, other) => compareScores([full.facts.scores], [other.facts.scores]),
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

function checkOutputShape(tensors: AnsweredCase['tensors']): SmokeCheck {
  const id = 'output-shape';
  const logits = tensors.find(({ name }) => name === 'logits');
  const dims = logits?.dims.join(' × ') ?? '';
  if (logits === undefined) {
    const names = tensors.map(({ name }) => name).join(', ') || 'none';
    return {
      id,
      status: 'failed',
      message: `The graph must have an output \`logits\`; it has ${names}. Export it for audio-classification.`,
    };
  }
  if (logits.dims.length === 3) {
    return {
      id,
      status: 'failed',
      message: `The logits are ${dims}: a row for every moment, not one for the recording. This is an automatic-speech-recognition model (CTC), or one that labels moments; correct pipeline_tag in the card.`,
    };
  }
  if (logits.dims.length !== 2 || logits.dims[0] !== 1) {
    return {
      id,
      status: 'failed',
      message: `The logits must be one row of classes, 1 × n, but they are ${dims || 'a single number'}.`,
    };
  }
  return { id, status: 'passed', message: `One row of ${logits.dims[1]} logits.` };
}
