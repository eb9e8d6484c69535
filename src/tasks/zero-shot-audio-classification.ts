import { own } from '../mapping.js';
import { preview } from '../preview.js';
import type { MediaSource } from '../smoke/media/source.js';
import type { SmokeCheck } from '../smoke/report.js';
import type { TransformersSession } from '../smoke/session.js';
import { compareScores } from './checks/compare.js';
import { missingOutput } from './checks/output-shape.js';
import { readLabels } from './classification/candidate-labels.js';
import { checkExpectedScores, checkProbabilities, ranked } from './classification/classification.js';
import { applyTransform } from './classification/logits.js';
import { PREPROCESSOR, TEXT_FILES } from './needed-files.js';
import { numbersOf } from './numbers/tensors.js';
import { inferenceOf, readMediaExample, readMediaRequest } from './reading/example.js';
import { readNamed, TEMPLATE } from './reading/parameters.js';
import { checkListeningRate, SPEECH_RATE, statedRate } from './sound/sampling-rate.js';
import { type Answer, type Inference, type Parameters, type Read, read, type Task, within } from './task.js';

/** A recording with the labels that it may have. */
export interface LabelledSound {
  readonly audio: MediaSource;
  readonly labels: readonly string[];
}

/** What the checks need to know of an answer. */
export interface ZeroShotAudioFacts {
  readonly labels: readonly string[];
  /** A score for each label; empty when the graph gave none. */
  readonly scores: readonly number[];
}

const USUAL_TEMPLATE = 'This is a sound of {}.';
const MOST_LABELS = 1_000;
const LABELS = ['speech', 'music', 'a dog', 'silence'];

/** Which of some labels fits a recording. */
export const zeroShotAudioClassification: Task<LabelledSound, ZeroShotAudioFacts> = {
  tag: 'zero-shot-audio-classification',
  ways: [
    {
      runner: 'transformers',
      pipeline: 'zero-shot-audio-classification',
      needs: [...TEXT_FILES, PREPROCESSOR],
      unfit({ config }) {
        const type = own(config, 'model_type');
        return type === 'clap'
          ? null
          : `config.json says model_type ${preview(type)}; of these models, CLAP is run (model_type clap).`;
      },
      run,
    },
  ],

  readExample(example) {
    const sound = readMediaExample(example, readParameters);
    return sound.ok ? withLabels(sound.value, own(example, 'candidate_labels')) : sound;
  },

  readRequest(body) {
    const sound = readMediaRequest(body, 'audio', readParameters);
    if (!sound.ok) return sound;
    const labels = own(own(body, 'parameters'), 'candidate_labels') ?? own(body, 'candidate_labels');
    return within('parameters', withLabels(sound.value, labels));
  },

  readParameters,
  defaultInferences: () => [sample('speech-like'), sample('tone')],
  contrast: () => ['noise', 'silence', 'chirp'].map(sample),
  checkModel: checkListeningRate,

  checkAnswer({ facts: { scores, labels }, expected, tensors }) {
    if (scores.length !== labels.length) {
      return [
        missingOutput(
          tensors,
          `\`logits_per_audio\` (1 × ${labels.length}, a number for each label)`,
          'Export it for zero-shot-audio-classification.',
        ),
      ];
    }
    const checks: SmokeCheck[] = [checkProbabilities([scores], true)];
    if (expected !== undefined) checks.push(checkExpectedScores(ranked(scores, labels), expected));
    return checks;
  },

  checkLabels: () => [],
  vectors: ({ facts }) => (facts.scores.length === 0 ? [] : [facts.scores]),
  compare: (full, other) => compareScores([full.facts.scores], [other.facts.scores], full.facts.labels),
};

function sample(name: string): Inference<LabelledSound> {
  return inferenceOf({ audio: { kind: 'sample', name }, labels: LABELS });
}

function readParameters(parameters: unknown): Read<Parameters> {
  return readNamed(parameters, { hypothesis_template: TEMPLATE });
}

/** A recording with the labels that were given beside it. */
function withLabels<T extends Inference<MediaSource>>(
  sound: T,
  given: unknown,
): Read<T & Inference<LabelledSound>> {
  const labels = within('candidate_labels', readLabels(given, MOST_LABELS));
  return labels.ok ? read({ ...sound, input: { audio: sound.input, labels: labels.value } }) : labels;
}

async function run(
  session: TransformersSession,
  { input: { audio, labels }, parameters }: Inference<LabelledSound>,
): Promise<Answer<ZeroShotAudioFacts>> {
  const { processor, media } = session;
  const sound = await media.sound(audio, statedRate(processor.config) ?? SPEECH_RATE);
  const template = own(parameters, 'hypothesis_template');
  const { tensors } = await session.call(sound.samples, labels, {
    hypothesis_template: typeof template === 'string' ? template : USUAL_TEMPLATE,
  });
  const logits = tensors.logits_per_audio;
  const scores = logits === undefined ? [] : applyTransform(Array.from(numbersOf(logits)), 'softmax');
  return { output: ranked(scores, labels), facts: { labels, scores } };
}
