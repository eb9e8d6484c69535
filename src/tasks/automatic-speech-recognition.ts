import { own } from '../mapping.js';
import { preview } from '../preview.js';
import type { Sound } from '../smoke/media/audio.js';
import type { MediaSource } from '../smoke/media/source.js';
import type { TransformersSession } from '../smoke/session.js';
import { checkArchitecture } from './checks/architecture.js';
import { PREPROCESSOR, TEXT_FILES } from './needed-files.js';
import { feedGraph } from './numbers/tensors.js';
import { readMediaExample, readMediaRequest, sampleInference } from './reading/example.js';
import {
  blankToken,
  type Frames,
  framesOf,
  meanScores,
  spell,
  type TimedText,
  windowsOf,
  winners,
  wordsOf,
} from './sound/ctc.js';
import { checkBlank, checkLetters, type LetterFacts } from './sound/letters.js';
import {
  answerAtOtherRates,
  COMMON_RATES,
  checkListeningRate,
  explainRate,
  type OtherRate,
  SPEECH_RATE,
  statedRate,
} from './sound/sampling-rate.js';
import { measureSound } from './sound/sound.js';
import { CONTRASTING_SOUNDS } from './sound/sound-input.js';
import { checkTimes, readSpeechParameters, type SpeechParameters } from './sound/speech-parameters.js';
import { checkExpectedTranscript, checkTranscript, transcriptDistance } from './sound/transcript.js';
import type { Answer, Comparison, Inference, Task } from './task.js';
import { namedToken } from './text/text-encoding.js';

/** Model types with a row of letters for each moment. */
const CTC_TYPES = [
  'wav2vec2',
  'wav2vec2-bert',
  'unispeech',
  'unispeech-sat',
  'wavlm',
  'hubert',
  'parakeet_ctc',
];
/** Model types that write the transcript token by token, in transformers.js 4.3.1. */
const WRITING_TYPES = ['whisper', 'lite-whisper', 'moonshine', 'cohere_asr'];

/** Longest recording that Whisper hears at once, in seconds. */
const WHISPER_SECONDS = 30;
/** How different the transcripts of two variants may be, as a share of the characters. */
const DRIFT = 0.2;

/** What the checks need to know of an answer. */
export interface SpeechFacts extends OtherRate {
  readonly text: string;
  /** Of the recording. */
  readonly seconds: number;
  readonly rms: number;
  /** Null when the model writes the transcript token by token, or gave logits of another shape. */
  readonly letters: LetterFacts | null;
  /** What is wrong with the shape of the logits; null when nothing is. */
  readonly shapeFault: string | null;
}

/** The text of a recording of speech. */
export const automaticSpeechRecognition: Task<MediaSource, SpeechFacts> = {
  tag: 'automatic-speech-recognition',
  takesFile: true,
  ways: [
    {
      runner: 'transformers',
      pipeline: 'automatic-speech-recognition',
      needs: [...TEXT_FILES, PREPROCESSOR],
      unfit: ({ config }) => typeFault(config, CTC_TYPES),
      run: spellOut,
    },
    {
      runner: 'transformers',
      pipeline: 'automatic-speech-recognition',
      layouts: [{ encoder_model: 'encoder_model', decoder_model_merged: 'decoder_model_merged' }],
      needs: [...TEXT_FILES, PREPROCESSOR],
      unfit: ({ config }) => typeFault(config, WRITING_TYPES),
      run: writeDown,
    },
  ],

  readExample: (example) => readMediaExample(example, readSpeechParameters),
  readRequest: (body) => readMediaRequest(body, 'audio', readSpeechParameters),
  readParameters: readSpeechParameters,
  defaultInferences: () => [sampleInference('speech-like')],
  contrast: () => CONTRASTING_SOUNDS,
  checkModel: (model) => [
    ...checkArchitecture(model, 'automatic-speech-recognition'),
    ...checkListeningRate(model),
  ],

  checkAnswer({ facts, inference, expected }) {
    if (facts.shapeFault !== null) {
      return [{ id: 'output-shape', status: 'failed', message: facts.shapeFault }];
    }
    const { text, seconds, rms, letters } = facts;
    const allBlank =
      letters !== null && letters.frames > 0 && letters.blanks === letters.frames
        ? `The blank (${letters.blank.token}) wins in all ${letters.frames} frames.`
        : '';
    const transcript = checkTranscript({
      text,
      seconds,
      rms,
      made: inference.input.kind === 'sample',
      detail: allBlank,
    });
    // An empty transcript contradicts the card too; that goes without saying, unless the rate explains both.
    if (expected === undefined || (transcript.status === 'failed' && facts.agreesAt === undefined)) {
      return [transcript];
    }
    const compared = explainRate(checkExpectedTranscript(text, expected), facts);
    return compared.id === 'sampling-rate' ? [compared] : [transcript, compared];
  },

  checkLabels: ({ facts: { letters, text } }) =>
    letters === null ? [] : [checkLetters(letters), checkBlank(letters, text)],

  vectors: ({ facts }) => [[facts.text, ...(facts.letters?.meanScores ?? [])]],
  compare: ({ facts: full }, { facts: other }) => compareTranscripts(full.text, other.text),
};

function typeFault(config: unknown, types: readonly string[]): string | null {
  const type = own(config, 'model_type');
  if (typeof type === 'string' && types.includes(type)) return null;
  return `config.json says model_type ${preview(type)}. A transcription runs ${[...CTC_TYPES, ...WRITING_TYPES].join(', ')}.`;
}

function compareTranscripts(full: string, other: string): Comparison {
  const drift = transcriptDistance(full, other);
  if (other.trim() === '' && full.trim() !== '') {
    return { agrees: false, drift, seen: 'the transcript is empty' };
  }
  return {
    agrees: drift <= DRIFT,
    drift,
    seen:
      drift === 0
        ? 'the transcript is the same'
        : `${Math.round(drift * 100)} % of the transcript’s characters differ`,
  };
}

/** Runs a CTC model: the letter that wins in each frame. */
function spellOut(
  session: TransformersSession,
  { input, parameters, expected }: Inference<MediaSource>,
): Promise<Answer<SpeechFacts>> {
  return answerAtOtherRates<SpeechFacts>(
    { preprocessor: session.processor.config, expected, others: COMMON_RATES },
    async (rate) => spellSound(session, await session.media.sound(input, rate), parameters),
    ({ text }) => checkExpectedTranscript(text, expected).status !== 'failed',
  );
}

async function spellSound(
  session: TransformersSession,
  sound: Sound,
  asked: SpeechParameters,
): Promise<Answer<SpeechFacts>> {
  const { tokenizer, config } = session;
  const blank = blankToken(tokenizer, config);
  const { rms } = measureSound(sound.samples, sound.sampleRate);
  const seconds = sound.samples.length / sound.sampleRate;
  const frames = await listen(session, sound, asked);
  if (frames === null) {
    return {
      output: { text: '' },
      facts: {
        text: '',
        seconds,
        rms,
        letters: null,
        shapeFault:
          'The graph must give `logits` of 1 × frames × tokens, a row for every moment of the recording. One row for the whole recording is an audio-classification model: correct pipeline_tag in the card, or export the model for automatic-speech-recognition.',
      },
    };
  }
  const ids = winners(frames);
  const { text, letters } = spell(ids, tokenizer, blank);
  const wanted = asked.return_timestamps ?? false;
  if (wanted !== false && letters === null) {
    throw new Error('return_timestamps needs a tokenizer of letters (Wav2Vec2CTCTokenizer).');
  }
  const perFrame = seconds / Math.max(1, ids.length);
  const timed = letters === null || wanted === false ? null : wanted === 'char' ? letters : wordsOf(letters);
  const stated = own(config, 'pad_token_id');
  return {
    output: { text, ...(timed === null ? {} : { chunks: timed.map((part) => chunk(part, perFrame)) }) },
    facts: {
      text,
      seconds,
      rms,
      shapeFault: null,
      letters: {
        width: frames.width,
        tokens: tokenizer.size ?? null,
        frames: ids.length,
        blanks: ids.filter((id) => id === blank).length,
        meanScores: meanScores(frames),
        inJavaScript: tokenizer.decode(ids, { skip_special_tokens: true }).trim(),
        blank: {
          token: namedToken(tokenizer.config, 'pad_token') ?? `token ${blank}`,
          id: blank,
          configured: typeof stated === 'number' && stated !== blank ? stated : null,
        },
      },
    },
  };
}

function chunk({ text, start, end }: TimedText, seconds: number) {
  const at = (frame: number) => Math.round(frame * seconds * 1000) / 1000;
  return { text, timestamp: [at(start), at(end)] };
}

/** The frames of a recording, window by window where the request asks for it; null when the logits are no rows of tokens. */
async function listen(
  session: TransformersSession,
  { samples, sampleRate }: Sound,
  { chunk_length_s = 0, stride }: SpeechParameters,
): Promise<Frames | null> {
  const [left, right] = (stride ?? [chunk_length_s / 6, chunk_length_s / 6]).map((seconds) =>
    Math.round(seconds * sampleRate),
  ) as [number, number];
  const rows: Float32Array[] = [];
  let width = 0;
  for (const window of windowsOf(samples.length, Math.round(chunk_length_s * sampleRate), left, right)) {
    const part = samples.subarray(window.start, window.end);
    const { logits } = await session.model(
      feedGraph(session, await session.processor.sound({ samples: part, sampleRate })),
    );
    const count = logits?.dims[1] ?? 0;
    const perFrame = part.length / Math.max(1, count);
    const frames = framesOf(
      logits,
      Math.round(window.left / perFrame),
      count - Math.round(window.right / perFrame),
    );
    if (frames === null) return null;
    width = frames.width;
    rows.push(...frames.rows);
  }
  return { width, rows };
}

/** Runs a model that writes the transcript token by token. */
async function writeDown(
  session: TransformersSession,
  { input, parameters }: Inference<MediaSource>,
): Promise<Answer<SpeechFacts>> {
  const { return_timestamps, chunk_length_s, stride, generation } = parameters as SpeechParameters;
  const { processor, media, config, generationConfig } = session;
  if (return_timestamps === 'char') {
    throw new Error('return_timestamps "char" is for CTC models; this one knows true and "word".');
  }
  const whisper = /whisper/.test(String(own(config, 'model_type')));
  if (whisper) checkTimes(parameters, generationConfig);
  const sound = await media.sound(input, statedRate(processor.config) ?? SPEECH_RATE);
  const seconds = sound.samples.length / sound.sampleRate;
  const window = chunk_length_s ?? (whisper && seconds > WHISPER_SECONDS ? WHISPER_SECONDS : undefined);
  // transformers.js overlaps by the longer stride on both sides; with nothing left of a window it would go on for ever.
  const overlap = stride === undefined ? 0 : Math.max(...stride);
  if (window !== undefined && window > 0 && 2 * overlap >= window) {
    throw new Error(
      `stride_length_s must be less than half of chunk_length_s (${window}), on both sides: models of this type overlap by the longer of two.`,
    );
  }
  const { output } = await session.call(sound.samples, {
    ...generation,
    ...(return_timestamps === undefined ? {} : { return_timestamps }),
    ...(window === undefined ? {} : { chunk_length_s: window }),
    ...(stride === undefined ? {} : { stride_length_s: overlap }),
  });
  const text = own(output, 'text');
  if (typeof text !== 'string') throw new Error('The model gave no text.');
  const chunks = own(output, 'chunks');
  return {
    output: {
      text,
      ...(Array.isArray(chunks) ? { chunks: chunks.map((part) => closed(part, seconds)) } : {}),
    },
    facts: {
      text,
      seconds,
      rms: measureSound(sound.samples, sound.sampleRate).rms,
      letters: null,
      shapeFault: null,
    },
  };
}

/** A chunk whose end the model did not say ends with the recording. */
function closed(part: unknown, seconds: number): unknown {
  const timestamp = own(part, 'timestamp');
  const [start, end] = Array.isArray(timestamp) ? (timestamp as readonly unknown[]) : [];
  return {
    text: own(part, 'text'),
    timestamp: [typeof start === 'number' ? start : 0, typeof end === 'number' ? end : seconds],
  };
}
