import { own } from '../mapping.js';
import type { MediaSource } from '../smoke/media/source.js';
import type { SmokeCheck } from '../smoke/report.js';
import type { GraphValue, OnnxSession, TensorView } from '../smoke/session.js';
import { soundFile } from './made-file.js';
import { numbersOf, numberTensor } from './numbers/tensors.js';
import { readMediaExample, readMediaRequest, sampleInference } from './reading/example.js';
import { readMapping } from './reading/parameters.js';
import { checkListeningRate, readRate, SPEECH_RATE, statedRate } from './sound/sampling-rate.js';
import {
  checkShownSound,
  checkSound,
  compareSounds,
  measureShown,
  measureSound,
  playable,
  SILENCE,
  type SoundFacts,
  soundVector,
} from './sound/sound.js';
import { CONTRASTING_SOUNDS } from './sound/sound-input.js';
import { type Answer, fileRef, type Inference, type ModelFacts, type Task } from './task.js';

/** Most recordings that come out of one: sources of a mixture. */
const MOST_SOUNDS = 16;
/** How much shorter than the recording what comes out may be: models drop a last window. */
const SHORTEST = 0.5;

/** What the checks need to know of an answer. */
export interface AudioToAudioFacts {
  /** What went in. */
  readonly input: SoundFacts;
  readonly sounds: readonly SoundFacts[];
  /** The recording that the card shows; null when it shows none that is in the repository. */
  readonly shown: SoundFacts | null;
  /** Outputs of the graph that are no recordings, as `name of dims`. */
  readonly others: readonly string[];
}

/** Recordings made of a recording: without noise, or its sources apart. */
export const audioToAudio: Task<MediaSource, AudioToAudioFacts> = {
  tag: 'audio-to-audio',
  makes: 'sound',
  takesFile: true,
  ways: [
    {
      runner: 'onnx',
      needs: [],
      json: ['preprocessor_config.json'],
      unfit: ({ graph }) => (graph === null ? null : inputFault(graph.inputs)),
      run,
    },
  ],

  readExample: (example) => readMediaExample(example, readMapping),
  readRequest: (body) => readMediaRequest(body, 'audio', readMapping),
  readParameters: readMapping,
  defaultInferences: () => [sampleInference('speech-like')],
  contrast: () => CONTRASTING_SOUNDS,
  checkModel: checkRate,

  checkAnswer({ facts, inference, expected }) {
    const { input, sounds, others } = facts;
    if (sounds.length === 0) {
      return [
        {
          id: 'output-shape',
          status: 'failed',
          message: `The graph gives no recording of ${input.samples} samples; it gives ${others.join(', ') || 'nothing'}. Export it from waveform to waveform, with the transforms inside.`,
        },
      ];
    }
    const made = inference.input.kind === 'sample';
    const checks = sounds.map((sound, index) =>
      silenceOfSample(
        checkSound(sound, sounds.length === 1 ? 'The sound' : `Sound ${index + 1}`),
        made,
        input,
      ),
    );
    const worst =
      checks.find(({ status }) => status === 'failed') ??
      checks.find(({ status }) => status === 'warning') ??
      checks[0];
    const result = [...(worst === undefined ? [] : [worst]), checkLength(input, sounds)];
    const [first] = sounds;
    return expected === undefined || first === undefined || worst?.status !== 'passed'
      ? result
      : [...result, checkShownSound(first, facts.shown)];
  },

  checkLabels: () => [],
  vectors: ({ facts }) => (facts.sounds.length === 0 ? [] : [facts.sounds.flatMap(soundVector)]),
  compare: ({ facts: full }, { facts: other }) => compareSounds(full.sounds, other.sounds),
};

/** A model that takes noise away may take all of a made-up sound away; and nothing comes of a silent recording. */
function silenceOfSample(check: SmokeCheck, made: boolean, input: SoundFacts): SmokeCheck {
  if (check.status !== 'failed' || !/is silent/.test(check.message)) return check;
  if (input.rms < SILENCE) {
    return {
      ...check,
      status: 'warning',
      message: 'The recording is silent, and so is what comes out of it.',
    };
  }
  return made
    ? {
        ...check,
        status: 'warning',
        message: `${check.message} The recording was made by a formula; add a widget example with a real one to be sure.`,
      }
    : check;
}

function checkLength(input: SoundFacts, sounds: readonly SoundFacts[]): SmokeCheck {
  const id = 'sound-length';
  const given = input.samples / input.sampleRate;
  const wrong = sounds.find(
    ({ samples, sampleRate }) =>
      samples / sampleRate < SHORTEST * given || samples / sampleRate > 2 * given + 1,
  );
  if (wrong === undefined) {
    return { id, status: 'passed', message: 'What comes out is as long as what went in.' };
  }
  return {
    id,
    status: 'failed',
    message: `The recording has ${input.samples} samples, what comes out ${wrong.samples}: the model loses or invents time. Look at the windows and at sampling_rate.`,
  };
}

function checkRate(model: ModelFacts): readonly SmokeCheck[] {
  const checks = checkListeningRate(model);
  if (checks.length > 0) return checks;
  const id = 'sampling-rate';
  const rate = readRate(own(model.config, 'sampling_rate'));
  return rate === null
    ? [
        {
          id,
          status: 'warning',
          message: `No configuration says the sampling_rate; ${SPEECH_RATE} Hz were taken. Write it into config.json.`,
        },
      ]
    : [{ id, status: 'passed', message: `The model listens at ${rate} Hz.` }];
}

const FLOATS = ['float32', 'float64', 'float16'];
/** Names of inputs that take the sampling rate. */
const RATE_INPUT = /^(?:sr|sample_?rate|sampling_?rate)$/i;

/** The input that takes the recording: the only one of floating point numbers with at most three axes. */
function soundInput(inputs: readonly GraphValue[]): GraphValue | undefined {
  const floats = inputs.filter(({ type }) => type !== null && FLOATS.includes(type));
  return (
    floats.find(({ name }) => /wav|audio|sound|signal|mix|noisy|speech/i.test(name)) ??
    (floats.length === 1 ? floats[0] : undefined)
  );
}

/** Why no recording can be fed to a graph; null when it can. */
function inputFault(inputs: readonly GraphValue[]): string | null {
  const sound = soundInput(inputs);
  const names = inputs.map(({ name, shape }) => `${name} [${shape?.join(', ') ?? '?'}]`).join(', ');
  const rank = sound?.shape?.length ?? 0;
  if (sound === undefined || rank > 3) {
    return `The graph takes ${names || 'nothing'}, which is no recording of [batch, samples] or [batch, channels, samples]. Export it from waveform to waveform to have it run.`;
  }
  const others = inputs.filter((input) => input !== sound && !RATE_INPUT.test(input.name));
  if (others.length > 0) {
    return `Besides the recording (${sound.name}) the graph takes ${others.map(({ name }) => name).join(', ')}, of which nothing is known here. Export it with the recording alone to have it run.`;
  }
  return null;
}

async function run(
  session: OnnxSession,
  { input, expected }: Inference<MediaSource>,
): Promise<Answer<AudioToAudioFacts>> {
  const fault = inputFault(session.inputs);
  const entry = soundInput(session.inputs);
  if (fault !== null || entry === undefined) throw new Error(fault ?? 'The graph takes no recording.');
  const rate = statedRate(session.json['preprocessor_config.json'], session.config) ?? SPEECH_RATE;
  const { samples } = await session.media.sound(input, rate);
  const shape = entry.shape ?? ['batch', 'samples'];
  const fixed = shape.at(-1);
  const length = typeof fixed === 'number' && shape.length > 0 ? fixed : samples.length;
  const channels = shape.length === 3 && typeof shape[1] === 'number' ? shape[1] : 1;
  const others: string[] = [];
  const rows: Float32Array[][] = [];
  // A graph that was exported for a window of a fixed length is fed window by window, the last one filled up with silence.
  for (let start = 0; start < Math.max(1, samples.length); start += Math.max(1, length)) {
    const window = new Float32Array(length);
    window.set(samples.subarray(start, Math.min(start + length, samples.length)));
    const outputs = await session.run(feeds(session.inputs, entry, window, channels, rate));
    let row = 0;
    for (const [name, tensor] of Object.entries(outputs)) {
      const parts = recordings(tensor, length, channels);
      if (parts === null) {
        if (start === 0) others.push(`${name} of ${tensor.dims.join(' × ')}`);
        continue;
      }
      for (const part of parts) {
        const collected = rows[row] ?? [];
        collected.push(part);
        rows[row] = collected;
        row++;
      }
    }
  }
  const sounds = rows.slice(0, MOST_SOUNDS).map((parts) => joined(parts, length, samples.length));
  const rates = sounds.map(
    (sound) => rate * Math.max(1, Math.round(sound.length / Math.max(1, samples.length))),
  );
  const named = sounds.map((sound, index) => ({
    name: sounds.length === 1 ? 'sound.wav' : `sound-${index + 1}.wav`,
    samples: sound,
    sampleRate: rates[index] ?? rate,
  }));
  return {
    output: named.map(({ name }, index) => ({
      label: `label_${index}`,
      blob: fileRef(name),
      'content-type': 'audio/wav',
    })),
    facts: {
      input: measureSound(samples, rate),
      sounds: named.map((sound) => measureSound(sound.samples, sound.sampleRate)),
      shown: await measureShown(session.media, expected, rates[0] ?? rate),
      others,
    },
    files: named.map(({ name, samples: made, sampleRate }) =>
      soundFile(session.media, name, { samples: playable(made), sampleRate }),
    ),
  };
}

function feeds(
  inputs: readonly GraphValue[],
  entry: GraphValue,
  window: Float32Array,
  channels: number,
  rate: number,
): Record<string, TensorView> {
  const rank = entry.shape?.length ?? 2;
  const all = new Float32Array(window.length * channels);
  for (let channel = 0; channel < channels; channel++) all.set(window, channel * window.length);
  const dims = rank === 3 ? [1, channels, window.length] : rank === 1 ? [window.length] : [1, window.length];
  return Object.fromEntries(
    inputs.map((input) => [
      input.name,
      input === entry
        ? numberTensor(input, all, dims)
        : numberTensor(input, [rate], input.shape?.length === 0 ? [] : [1]),
    ]),
  );
}

/**
 * The recordings in an output: its last axis is time, the axis before it tells recordings apart, unless it has as many channels
 * as the input has, which are mixed. Null when the last axis is no time: shorter than half the recording, or no multiple.
 */
function recordings(tensor: TensorView, length: number, channels: number): readonly Float32Array[] | null {
  if (!FLOATS.includes(tensor.type)) return null;
  const dims = tensor.dims.filter((size, index) => size !== 1 || index === tensor.dims.length - 1);
  const [time = 0] = dims.slice(-1);
  const count = dims.length === 2 ? (dims[0] ?? 0) : 1;
  if (dims.length === 0 || dims.length > 2 || time < length * SHORTEST || count > MOST_SOUNDS) return null;
  const numbers = numbersOf(tensor);
  const rows = Array.from({ length: count }, (_, row) => numbers.slice(row * time, (row + 1) * time));
  return channels > 1 && count === channels ? [mixed(rows)] : rows;
}

function mixed(rows: readonly Float32Array[]): Float32Array {
  const [first = new Float32Array()] = rows;
  return first.map((_, index) => rows.reduce((sum, row) => sum + (row[index] ?? 0), 0) / rows.length);
}

/** Windows one after the other, cut to the length of the recording. */
function joined(parts: readonly Float32Array[], window: number, samples: number): Float32Array {
  const [only = new Float32Array()] = parts;
  if (parts.length === 1 && window === samples) return only;
  const all = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  const factor = only.length / Math.max(1, window);
  return all.subarray(0, Math.min(all.length, Math.round(samples * factor)));
}
