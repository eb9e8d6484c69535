import { own } from '../mapping.js';
import type { MediaSource } from '../smoke/media/source.js';
import type { SmokeCheck } from '../smoke/report.js';
import type { TransformersSession } from '../smoke/session.js';
import { applyTransform, checkExpectedScores, checkProbabilities, ranked } from './classification.js';
import { compareScores } from './compare.js';
import { readMapping } from './example.js';
import { PREPROCESSOR, TEXT_FILES } from './needed-files.js';
import { checkListeningRate, SPEECH_RATE, statedRate } from './sampling-rate.js';
import { readSoundExample, readSoundRequest } from './sound-input.js';
import {
  type Answer,
  fault,
  type Inference,
  kindOf,
  type Parameters,
  type Read,
  read,
  type Task,
} from './task.js';
import { numbersOf } from './tensors.js';

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

const TEMPLATE = 'This is a sound of {}.';
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
          : `config.json says model_type ${JSON.stringify(type ?? null)}; of these models, CLAP is run (model_type clap).`;
      },
      run,
    },
  ],

  readExample(example) {
    const sound = readSoundExample(example, readTemplate);
    if (!sound.ok) return sound;
    const labels = readLabels(own(example, 'candidate_labels'), 'candidate_labels');
    if (!labels.ok) return labels;
    const { input, ...rest } = sound.value;
    return read({ ...rest, input: { audio: input, labels: labels.value } });
  },

  readRequest(body) {
    const sound = readSoundRequest(body, readTemplate);
    if (!sound.ok) return sound;
    const parameters = own(body, 'parameters');
    const labels = readLabels(
      own(parameters, 'candidate_labels') ?? own(body, 'candidate_labels'),
      'candidate_labels',
    );
    if (!labels.ok) return fault(['parameters', ...labels.fault.path], labels.fault.message);
    return read({ ...sound.value, input: { audio: sound.value.input, labels: labels.value } });
  },

  readParameters: readTemplate,
  defaultInferences: () => [sample('speech-like'), sample('tone')],
  contrast: () => ['noise', 'silence', 'chirp'].map(sample),
  checkModel: checkListeningRate,

  checkAnswer({ facts: { scores, labels }, expected, tensors }) {
    if (scores.length !== labels.length) {
      return [
        {
          id: 'output-shape',
          status: 'failed',
          message: `The graph must give \`logits_per_audio\` with a number for each of ${labels.length} labels; it gives ${tensors.map(({ name, dims }) => `${name} (${dims.join(' × ')})`).join(', ') || 'nothing'}.`,
        },
      ];
    }
    const checks: SmokeCheck[] = [checkProbabilities([scores], true)];
    if (expected !== undefined) checks.push(checkExpectedScores(ranked(scores, labels), expected));
    return checks;
  },

  checkLabels: () => [],
  vectors: ({ facts }) => (facts.scores.length === 0 ? [] : [facts.scores]),
  compare: (full, other) => compareScores([full.facts.scores], [other.facts.scores]),
};

function sample(name: string): Inference<LabelledSound> {
  return { input: { audio: { kind: 'sample', name }, labels: LABELS }, parameters: {} };
}

function readTemplate(parameters: unknown): Read<Parameters> {
  const given = readMapping(parameters);
  if (!given.ok) return given;
  const template = own(given.value, 'hypothesis_template') ?? undefined;
  if (template === undefined) return read({});
  return typeof template === 'string' && template.includes('{}')
    ? read({ hypothesis_template: template })
    : fault(['hypothesis_template'], 'hypothesis_template must be a text with {} in the place of the label.');
}

/** Labels as a list, or separated by commas. */
function readLabels(value: unknown, key: string): Read<readonly string[]> {
  const list: unknown = typeof value === 'string' ? value.split(',').map((label) => label.trim()) : value;
  if (list === undefined) return fault([], `There are no \`${key}\`.`);
  if (!Array.isArray(list)) return fault([key], `\`${key}\` must be a list of texts, not ${kindOf(value)}.`);
  const labels = list.filter((label): label is string => typeof label === 'string' && label.trim() !== '');
  if (labels.length !== list.length || labels.length === 0) {
    return fault([key], `\`${key}\` must be a list of texts, none of them empty.`);
  }
  return labels.length > MOST_LABELS
    ? fault([key], `\`${key}\` has more than ${MOST_LABELS} labels.`)
    : read(labels);
}

async function run(
  session: TransformersSession,
  { input: { audio, labels }, parameters }: Inference<LabelledSound>,
): Promise<Answer<ZeroShotAudioFacts>> {
  const { processor, media } = session;
  const sound = await media.sound(audio, statedRate(processor.config) ?? SPEECH_RATE);
  const template = own(parameters, 'hypothesis_template');
  const { tensors } = await session.call(sound.samples, labels, {
    hypothesis_template: typeof template === 'string' ? template : TEMPLATE,
  });
  const logits = tensors.logits_per_audio;
  const scores = logits === undefined ? [] : applyTransform(Array.from(numbersOf(logits)), 'softmax');
  return { output: ranked(scores, labels), facts: { labels, scores } };
}
