import { describe, expect, it } from 'vitest';
import type { Tokenizer, TransformersSession } from '../../src/smoke/session.js';
import {
  type SpeechFacts,
  automaticSpeechRecognition as task,
} from '../../src/tasks/automatic-speech-recognition.js';
import { modelFacts, sounds, transformersSession } from './session.js';

const VOCABULARY = ['<pad>', '|', 'H', 'E', 'L', 'O'];
const SOUND = { kind: 'file', path: 'a.wav' } as const;

function tokenizer(change: Partial<Tokenizer> = {}): Tokenizer {
  return {
    encode: () => ({}),
    decode: (ids) => {
      // As transformers.js: joins equal neighbours, drops the blank.
      const tokens = ids.map((id) => VOCABULARY[Number(id)] ?? '');
      const joined = tokens.filter((token, index) => token !== tokens[index - 1] && token !== '<pad>');
      return joined.join('').replaceAll('|', ' ');
    },
    chat: () => '',
    tokens: () => [],
    pieces: () => [],
    idOf: (token) => (VOCABULARY.includes(token) ? VOCABULARY.indexOf(token) : undefined),
    size: VOCABULARY.length,
    config: { tokenizer_class: 'Wav2Vec2CTCTokenizer', pad_token: '<pad>' },
    ...change,
  };
}

/** A model that hears the same letters in every window, one frame for each 100 ms; `_` is the blank. */
function model(frames: string, change: Partial<TransformersSession> = {}): TransformersSession {
  return transformersSession({
    config: { model_type: 'wav2vec2', pad_token_id: 0 },
    inputs: [{ name: 'input_values', type: 'float32', shape: ['', ''] }],
    media: sounds(),
    tokenizer: tokenizer(),
    processor: {
      config: { sampling_rate: 16_000 },
      pictures: async () => ({}),
      sound: async ({ samples }) => ({
        input_values: { type: 'float32', dims: [1, samples.length], data: samples },
      }),
    },
    async model(feeds) {
      const count = Math.round((feeds.input_values?.dims[1] ?? 0) / 1_600);
      const width = VOCABULARY.length;
      const data = new Float32Array(count * width);
      for (let frame = 0; frame < count; frame++) {
        const letter = frames[frame % frames.length] ?? '_';
        data[frame * width + (letter === '_' ? 0 : VOCABULARY.indexOf(letter))] = 5;
      }
      return { logits: { type: 'float32', dims: [1, count, width], data } };
    },
    ...change,
  });
}

function spell(session: TransformersSession, parameters = {}, expected?: unknown) {
  const [way] = task.ways;
  if (way?.runner !== 'transformers') throw new Error('no way');
  return way.run(session, { input: SOUND, parameters, ...(expected === undefined ? {} : { expected }) });
}

function checks(facts: SpeechFacts, expected?: unknown, input: object = SOUND) {
  const answered = {
    inference: { input: input as typeof SOUND, parameters: {} },
    output: {},
    facts,
    tensors: [],
    ...(expected === undefined ? {} : { expected }),
  };
  return Object.fromEntries(
    [...task.checkAnswer(answered), ...task.checkLabels(answered)].map(({ id, status }) => [id, status]),
  );
}

describe('a CTC model', () => {
  it('writes what it hears', async () => {
    const { output, facts } = await spell(model('HE_LL_L__O'));
    expect(output).toEqual({ text: 'HELLO' });
    expect(checks(facts, { text: 'hello' })).toEqual({
      transcript: 'passed',
      'expected-output': 'passed',
      vocabulary: 'passed',
      'blank-token': 'passed',
    });
  });

  it.each([
    [
      'word',
      [
        ['HE', 0, 0.2],
        ['LO', 0.3, 0.5],
      ],
    ],
    [
      true,
      [
        ['HE', 0, 0.2],
        ['LO', 0.3, 0.5],
      ],
    ],
    [
      'char',
      [
        ['H', 0, 0.1],
        ['E', 0.1, 0.2],
        [' ', 0.2, 0.3],
        ['L', 0.3, 0.4],
        ['O', 0.4, 0.5],
      ],
    ],
  ])('tells the time of each %s', async (return_timestamps, expected) => {
    const { output } = await spell(model('HE|LO_____'), { return_timestamps });
    expect(output).toEqual({
      text: 'HE LO',
      chunks: expected.map(([text, start, end]) => ({ text, timestamp: [start, end] })),
    });
  });

  it('hears long recordings window by window, without saying anything twice', async () => {
    const windows: number[] = [];
    const session = model('H_');
    const { output } = await spell(
      {
        ...session,
        model: async (feeds) => {
          windows.push(feeds.input_values?.dims[1] ?? 0);
          return session.model(feeds);
        },
      },
      { chunk_length_s: 0.6, stride: [0.2, 0.2] },
    );
    expect(windows).toEqual([9_600, 9_600, 9_600]);
    expect(output).toEqual({ text: 'HHHHH' });
  });

  it('fails when the blank always wins', async () => {
    const { facts } = await spell(model('_'));
    expect(checks(facts, { text: 'hello' })).toEqual({
      transcript: 'failed',
      vocabulary: 'passed',
      'blank-token': 'passed',
    });
    const answered = { inference: { input: SOUND, parameters: {} }, output: {}, facts, tensors: [] };
    expect(task.checkAnswer(answered)[0]?.message).toContain('The blank (<pad>) wins in all 10 frames.');
    expect(checks(facts, undefined, { kind: 'sample', name: 'speech-like' })).toMatchObject({
      transcript: 'warning',
    });
  });

  it('fails when the blank is special, so that doubled letters vanish in JavaScript', async () => {
    const session = model('HE_L_L_O__', {
      tokenizer: tokenizer({
        decode: (ids) => {
          const tokens = ids.map((id) => VOCABULARY[Number(id)] ?? '').filter((token) => token !== '<pad>');
          return tokens.filter((token, index) => token !== tokens[index - 1]).join('');
        },
      }),
    });
    const { output, facts } = await spell(session);
    expect(output).toEqual({ text: 'HELLO' });
    expect(checks(facts)).toMatchObject({ 'blank-token': 'failed' });
  });

  it.each([
    [{ size: 4 }, { vocabulary: 'failed' }],
    [{ size: 8 }, { vocabulary: 'warning' }],
    [{ size: undefined }, { vocabulary: 'skipped' }],
    [{ config: { tokenizer_class: 'Wav2Vec2CTCTokenizer', pad_token: '|' } }, { 'blank-token': 'failed' }],
  ])('compares the tokenizer with the logits: %j', async (change, expected) => {
    const { facts } = await spell(
      model('HE________', { tokenizer: tokenizer(change as Partial<Tokenizer>) }),
    );
    expect(checks(facts)).toMatchObject(expected);
  });

  it('says when it is a classifier', async () => {
    const logits = { type: 'float32', dims: [1, 3], data: new Float32Array(3) } as const;
    const { facts } = await spell(model('H', { model: async () => ({ logits }) }));
    expect(checks(facts)).toEqual({ 'output-shape': 'failed' });
  });
});

describe('a model that writes token by token', () => {
  const way = task.ways[1];
  const TELLS = { no_timestamps_token_id: 5, alignment_heads: [[0, 0]] };
  const whisper = (output: unknown, calls: unknown[] = [], generationConfig: object = TELLS) =>
    transformersSession({
      config: { model_type: 'whisper' },
      generationConfig: { ...generationConfig },
      media: sounds(),
      processor: { config: { sampling_rate: 16_000 }, pictures: async () => ({}), sound: async () => ({}) },
      call: async (...args) => {
        calls.push(args[1]);
        return { output, tensors: {} };
      },
    });

  it('hands parameters on, and closes the last chunk', async () => {
    const calls: unknown[] = [];
    const session = whisper({ text: ' Hi', chunks: [{ text: ' Hi', timestamp: [0, null] }] }, calls);
    if (way?.runner !== 'transformers') throw new Error('no way');
    const read = task.readParameters({
      return_timestamps: true,
      stride_length_s: 1,
      chunk_length_s: 10,
      generate_kwargs: { language: 'german', max_new_tokens: 8 },
    });
    const answer = await way.run(session, { input: SOUND, parameters: read.ok ? read.value : {} });
    expect(calls).toEqual([
      {
        return_timestamps: true,
        stride_length_s: 1,
        chunk_length_s: 10,
        language: 'german',
        max_new_tokens: 8,
      },
    ]);
    expect(answer.output).toEqual({ text: ' Hi', chunks: [{ text: ' Hi', timestamp: [0, 1] }] });
    expect(checks(answer.facts, { text: 'hi!' })).toEqual({
      transcript: 'passed',
      'expected-output': 'passed',
    });
  });

  it.each([
    ['true', true, { alignment_heads: [[0, 0]] }, 'says no_timestamps_token_id'],
    ['words', 'word', { no_timestamps_token_id: 5 }, 'needs alignment_heads in generation_config.json'],
  ])('tells no times that it does not know: %s', async (_, return_timestamps, generationConfig, says) => {
    if (way?.runner !== 'transformers') throw new Error('no way');
    const calls: unknown[] = [];
    const run = way.run(whisper({ text: '' }, calls, generationConfig), {
      input: SOUND,
      parameters: { return_timestamps },
    });
    await expect(run).rejects.toThrow(says);
    expect(calls).toEqual([]);
  });

  it.each([
    ['of two different strides', { chunk_length_s: 0.5, stride_length_s: [0, 0.3] }, 1],
    ['of windows that nobody named', { stride_length_s: 15 }, 31],
  ])('takes no windows that overlap as a whole: %s', async (_, parameters, seconds) => {
    if (way?.runner !== 'transformers') throw new Error('no way');
    const calls: unknown[] = [];
    const session = transformersSession({
      config: { model_type: 'whisper' },
      media: {
        ...sounds(),
        sound: async () => ({ samples: new Float32Array(16_000 * seconds), sampleRate: 16_000 }),
      },
      processor: { config: { sampling_rate: 16_000 }, pictures: async () => ({}), sound: async () => ({}) },
      call: async (...args) => {
        calls.push(args[1]);
        return { output: { text: 'Hi' }, tensors: {} };
      },
    });
    const read = task.readParameters(parameters);
    expect(read.ok).toBe(true);
    const run = way.run(session, { input: SOUND, parameters: read.ok ? read.value : {} });
    await expect(run).rejects.toThrow('stride_length_s must be less than half of chunk_length_s');
    expect(calls).toEqual([]);
  });

  it('does not run away', async () => {
    if (way?.runner !== 'transformers') throw new Error('no way');
    const { facts } = await way.run(whisper({ text: 'la '.repeat(100) }), { input: SOUND, parameters: {} });
    expect(checks(facts)).toEqual({ transcript: 'failed' });
  });

  it('knows no letters', async () => {
    if (way?.runner !== 'transformers') throw new Error('no way');
    await expect(
      way.run(whisper({ text: '' }), { input: SOUND, parameters: { return_timestamps: 'char' } }),
    ).rejects.toThrow('is for CTC models');
  });
});

describe('the parameters of a transcription', () => {
  it.each([
    [null, {}],
    [{ return_timestamps: null, stray: 1 }, {}],
    [{ return_timestamps: 'word' }, { return_timestamps: 'word' }],
    [
      { chunk_length_s: 30, stride_length_s: [4, 2] },
      { chunk_length_s: 30, stride: [4, 2] },
    ],
    [{ generation_parameters: { temperature: 0.2 } }, { generation: { temperature: 0.2 } }],
    [{ num_beams: 1e9, generate_kwargs: { num_beams: 5 } }, {}],
  ])('%j', (parameters, expected) => {
    expect(task.readParameters(parameters)).toEqual({ ok: true, value: expected });
  });

  it.each([
    ['x', []],
    [{ return_timestamps: 'sentence' }, ['return_timestamps']],
    [{ chunk_length_s: -1 }, ['chunk_length_s']],
    [{ stride_length_s: [1] }, ['stride_length_s']],
    [{ chunk_length_s: 10, stride_length_s: 5 }, ['stride_length_s']],
    [{ generate_kwargs: 3 }, ['generate_kwargs']],
    [{ language: 3 }, ['language']],
    [{ generation_parameters: { max_new_tokens: 0 } }, ['generation_parameters', 'max_new_tokens']],
  ])('refused: %j', (parameters, path) => {
    expect(task.readParameters(parameters)).toMatchObject({ ok: false, fault: { path } });
  });
});

describe('model types', () => {
  it.each([
    ['wav2vec2', [true, false]],
    ['whisper', [false, true]],
    ['seamless_m4t', [false, false]],
    [undefined, [false, false]],
  ])('%s', (model_type, fits) => {
    const found = task.ways.map((way) => way.unfit?.(modelFacts({ config: { model_type } })) === null);
    expect(found).toEqual(fits);
  });
});
