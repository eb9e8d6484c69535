import { isMapping, own } from '../mapping.js';
import { preview } from '../preview.js';
import type { SmokeCheck } from '../smoke/report.js';
import type { TransformersSession } from '../smoke/session.js';
import { checkArchitecture } from './checks/architecture.js';
import { dimensions, short } from './checks/wording.js';
import { soundFile } from './made-file.js';
import { TEXT_FILES } from './needed-files.js';
import { numbersOf } from './numbers/tensors.js';
import { inferenceOf } from './reading/example.js';
import { readMapping } from './reading/parameters.js';
import { defaultTexts, readTextExample, readTextRequest } from './reading/text-input.js';
import { readRate } from './sound/sampling-rate.js';
import {
  checkShownSound,
  checkSound,
  compareSounds,
  measureShown,
  measureSound,
  playable,
  type SoundFacts,
  secondsOf,
  soundVector,
} from './sound/sound.js';
import {
  type Answer,
  fault,
  fileRef,
  type Inference,
  kindOf,
  type ModelFacts,
  type Parameters,
  type Read,
  read,
  type Task,
} from './task.js';

/** The fastest and the slowest that a letter is spoken, in seconds; a digit or a Chinese character is a whole word. */
const FASTEST_LETTER = 0.01;
const SLOWEST_LETTER = 1;
/** Silence around the words, in seconds. */
const PAUSE = 3;

/** What the checks need to know of an answer. */
export interface SpokenFacts {
  readonly sound: SoundFacts;
  /** The recording that the card shows, where it is in the repository. */
  readonly shown?: SoundFacts | null;
  /** Why what the graph gave is no sound; null when it is one. */
  readonly shapeFault: string | null;
}

/** Speech for a text. */
export const textToSpeech = soundsForTexts('text-to-speech');
/** A sound for a text: the same models, and those that make other sounds than speech. */
export const textToAudio = soundsForTexts('text-to-audio');

function soundsForTexts(tag: 'text-to-speech' | 'text-to-audio'): Task<string, SpokenFacts> {
  return {
    tag,
    makes: 'sound',
    ways: [
      { runner: 'transformers', pipeline: 'text-to-audio', needs: TEXT_FILES, unfit: typeFault, run: speak },
      {
        runner: 'transformers',
        pipeline: 'text-to-audio',
        layouts: [
          { encoder_model: 'encoder_model', decoder_model_merged: 'decoder_model_merged' },
          { text_encoder: 'text_encoder', decoder_model_merged: 'decoder_model_merged' },
        ],
        needs: TEXT_FILES,
        unfit: typeFault,
        run: speak,
      },
    ],

    readExample: (example) => readTextExample(example, tag, readSpeakParameters),
    readRequest: (body) => readTextRequest(body, readSpeakParameters),
    readParameters: readSpeakParameters,
    defaultInferences: () => textsToSay(tag).map(inferenceOf),
    contrast: () => CONTRASTS.map(inferenceOf),
    checkModel: (model) => [
      ...checkArchitecture(model, tag, 'text-to-speech', 'text-to-audio'),
      ...checkSpeakingRate(model),
    ],

    checkAnswer({ facts, inference, expected }) {
      const { sound, shapeFault } = facts;
      if (shapeFault !== null) return [{ id: 'output-shape', status: 'failed', message: shapeFault }];
      const heard = checkSound(sound, 'The sound');
      const checks: SmokeCheck[] = [heard];
      if (tag === 'text-to-speech' && heard.status === 'passed') {
        checks.push(checkPace(sound, inference.input));
      }
      if (expected !== undefined && heard.status === 'passed') {
        checks.push(checkShownSound(sound, facts.shown ?? null));
      }
      return checks;
    },

    checkLabels: () => [],
    vectors: ({ facts }) => (facts.shapeFault === null ? [soundVector(facts.sound)] : []),
    random: 'models such as VITS draw the melody of the voice at random',
    compare: ({ facts: full }, { facts: other }) => compareSounds([full.sound], [other.sound]),
  };
}

/** Texts that sound unlike each other, without letters that an alphabet of 26 lacks. */
const CONTRASTS = ['good morning everyone', 'is this the way'];

function textsToSay(tag: string): readonly string[] {
  const english = defaultTexts(tag).filter((text) => /^[\p{ASCII}]+$/u.test(text));
  // The Hub’s defaults are of many languages; a tokenizer of English letters leaves nothing of the others.
  return english.length > 0 ? english.slice(0, 2) : ['hello world'];
}

/** The models here take no parameters; those of a generation are accepted and do nothing, as with VITS on the Hub. */
function readSpeakParameters(parameters: unknown): Read<Parameters> {
  const given = readMapping(parameters);
  if (!given.ok) return given;
  for (const key of ['generation_parameters', 'generate_kwargs']) {
    const value = own(given.value, key) ?? undefined;
    if (value !== undefined && !isMapping(value)) {
      return fault([key], `${key} must be a mapping, not ${kindOf(value)}.`);
    }
  }
  return read({});
}

/** What other models of speech need that is not here, by model_type. */
const MISSING_PARTS: Readonly<Record<string, string>> = {
  speecht5:
    'SpeechT5 gives a spectrogram: it needs a vocoder (such as speecht5_hifigan) and the embedding of a speaker, which are other repositories, and a smoke inference fetches nothing',
  musicgen: 'MusicGen needs its own loop over codebooks, which is not done here',
  style_text_to_speech_2:
    'StyleTTS 2 (Kokoro) takes phonemes and a voice instead of a text, which the package kokoro-js makes of it',
  supertonic: 'Supertonic needs the embedding of a voice, which the card does not name',
};

function typeFault({ config, graph }: ModelFacts): string | null {
  const type = own(config, 'model_type');
  if (type === 'vits') return null;
  const missing =
    typeof type === 'string' && Object.hasOwn(MISSING_PARTS, type) ? MISSING_PARTS[type] : undefined;
  if (missing !== undefined) {
    return `${missing}. A VITS model (model_type vits, one graph from text to waveform) can be run.`;
  }
  const takes = graph?.inputs.map(({ name }) => name).join(', ') ?? '';
  return `config.json says model_type ${preview(type)}${takes === '' ? '' : ` (the graph takes ${takes})`}. Of the models that make sounds, VITS is run (model_type vits: input_ids, attention_mask to waveform).`;
}

async function speak(
  session: TransformersSession,
  { input, expected }: Inference<string>,
): Promise<Answer<SpokenFacts>> {
  const { waveform } = await session.model(
    session.tokenizer.encode(input, { padding: true, truncation: true }),
  );
  const sampleRate = readRate(own(session.config, 'sampling_rate')) ?? FALLBACK_RATE;
  const nothing = { sound: measureSound(new Float32Array(), sampleRate) };
  if (waveform === undefined) {
    return {
      output: {},
      facts: {
        ...nothing,
        shapeFault:
          'The graph must give `waveform` (1 × samples). Export the model for text-to-audio, with its vocoder.',
      },
    };
  }
  const dims = waveform.dims.filter((size) => size !== 1);
  if (dims.length > 1) {
    return {
      output: {},
      facts: {
        ...nothing,
        shapeFault: `The waveform must be one row of samples, but it is ${dimensions(waveform.dims)}. ${
          dims.some((size) => size === 80 || size === 100 || size === 128)
            ? 'This looks like a spectrogram: export the model with its vocoder.'
            : 'Export the model so that it gives one recording for one text.'
        }`,
      },
    };
  }
  const samples = numbersOf(waveform);
  const name = 'speech.wav';
  return {
    output: { audio: fileRef(name), sampling_rate: sampleRate },
    facts: {
      sound: measureSound(samples, sampleRate),
      shown: await measureShown(session.media, expected, sampleRate),
      shapeFault: null,
    },
    files: [soundFile(session.media, name, { samples: playable(samples), sampleRate })],
  };
}

/** What most models of speech give, in Hz; taken when config.json does not say. */
const FALLBACK_RATE = 16_000;

/** Whether config.json says at which rate the samples are to be played. */
function checkSpeakingRate({ config }: ModelFacts): readonly SmokeCheck[] {
  const id = 'sampling-rate';
  const stated = own(config, 'sampling_rate');
  const rate = readRate(stated);
  if (rate !== null) return [{ id, status: 'passed', message: `The sound is played at ${rate} Hz.` }];
  return [
    {
      id,
      status: 'failed',
      message:
        stated === undefined
          ? 'config.json has no sampling_rate: nobody knows how fast to play what the model gives. Write the rate of the training data, such as 16000 or 22050.'
          : 'The sampling_rate in config.json is no rate of a recording. Write the samples a second of the training data, such as 16000 or 22050.',
    },
  ];
}

/** Whether the sound is about as long as somebody takes to say the text. */
function checkPace(sound: SoundFacts, text: string): SmokeCheck {
  const id = 'sound-length';
  const letters = [...text.matchAll(/[\p{L}\p{N}]/gu)].length;
  const seconds = secondsOf(sound);
  const said = `${short(seconds)} s for ${letters} letters`;
  if (seconds < letters * FASTEST_LETTER) {
    return {
      id,
      status: 'failed',
      message: `The sound lasts ${said}: nobody speaks that fast. Look at the sampling_rate, and whether the tokenizer knows the letters of the text.`,
    };
  }
  if (seconds > PAUSE + letters * SLOWEST_LETTER) {
    return {
      id,
      status: 'failed',
      message: `The sound lasts ${said}: nobody speaks that slowly. Look at the sampling_rate and the predictor of durations.`,
    };
  }
  return { id, status: 'passed', message: `The sound lasts ${said}.` };
}
