import { describe, expect, it } from 'vitest';
import type { TensorView, Tokenizer } from '../../src/smoke/session.js';
import { textToSpeech as task, textToAudio } from '../../src/tasks/text-to-speech.js';
import { modelFacts, runOn, sounds, tone, transformersSession } from './session.js';

const tokenizer = {
  encode: (text: string) => ({ input_ids: { type: 'int64', dims: [1, text.length], data: [] } }),
};

function session(
  waveform: TensorView | undefined,
  config: Record<string, unknown> = { sampling_rate: 16_000 },
) {
  return transformersSession({
    config,
    media: sounds(),
    tokenizer: tokenizer as unknown as Tokenizer,
    model: async () => (waveform === undefined ? {} : { waveform }),
  });
}

const waveform = (data: Float32Array, dims = [1, data.length]): TensorView => ({
  type: 'float32',
  dims,
  data,
});

async function speak(wave: TensorView | undefined, text = 'hello world', expected?: unknown, of = task) {
  const inference = { input: text, parameters: {}, ...(expected === undefined ? {} : { expected }) };
  const answer = await runOn(of, session(wave), inference);
  const checks = of.checkAnswer({
    ...answer,
    inference,
    tensors: [],
    ...(expected === undefined ? {} : { expected }),
  });
  return { ...answer, checks: Object.fromEntries(checks.map(({ id, status }) => [id, status])) };
}

describe('text-to-speech', () => {
  it('gives a recording with its rate', async () => {
    const { output, files, checks } = await speak(waveform(tone(16_000)));
    expect(output).toEqual({ audio: { $file: 'speech.wav' }, sampling_rate: 16_000 });
    expect(files?.map(({ name, mediaType }) => [name, mediaType])).toEqual([['speech.wav', 'audio/wav']]);
    await expect(files?.[0]?.encode()).resolves.toBeInstanceOf(Uint8Array);
    expect(checks).toEqual({ sound: 'passed', 'sound-length': 'passed' });
  });

  it.each([
    ['is silent', new Float32Array(16_000), 'hello', { sound: 'failed' }],
    ['is empty', new Float32Array(), 'hello', { sound: 'failed' }],
    ['is NaN', new Float32Array(16_000).fill(Number.NaN), 'hello', { sound: 'failed' }],
    [
      'is too fast',
      tone(16_000).subarray(0, 800),
      'hello world',
      { sound: 'passed', 'sound-length': 'failed' },
    ],
    ['never ends', tone(160_000), 'a', { sound: 'passed', 'sound-length': 'failed' }],
  ])('fails when the sound %s', async (_, samples, text, expected) => {
    expect((await speak(waveform(samples), text)).checks).toEqual(expected);
  });

  it('lets music last as long as it likes', async () => {
    expect((await speak(waveform(tone(160_000)), 'a', undefined, textToAudio)).checks).toEqual({
      sound: 'passed',
    });
  });

  it.each([
    [undefined, 'must give `waveform` (1 × samples)'],
    [waveform(new Float32Array(800), [1, 10, 80]), 'looks like a spectrogram'],
    [waveform(new Float32Array(800), [2, 400]), 'one recording for one text'],
  ])('says what is wrong with another output', async (wave, message) => {
    const { facts, checks } = await speak(wave);
    expect(checks).toEqual({ 'output-shape': 'failed' });
    expect(facts.shapeFault).toContain(message);
  });

  it('compares with the recording of the card where it is here', async () => {
    const here = { url: 'a.wav', file: { kind: 'file', path: 'a.wav' } };
    expect((await speak(waveform(tone(16_000)), 'hello', here)).checks['expected-output']).toBe('passed');
    const far = await speak(waveform(tone(16_000)), 'hello', { url: 'https://example.com/a.wav' });
    expect(far.checks['expected-output']).toBe('skipped');
    const other = await speak(waveform(tone(16_000).subarray(0, 4_000)), 'hello', here);
    expect(other.checks['expected-output']).toBe('warning');
  });

  it.each([
    [{ sampling_rate: 22_050 }, 'passed'],
    [{}, 'failed'],
    [{ sampling_rate: 22 }, 'failed'],
    [{ sampling_rate: '16000' }, 'failed'],
  ])('needs its rate: %j', (config, status) => {
    const checks = task.checkModel(modelFacts({ config }));
    expect(checks.find(({ id }) => id === 'sampling-rate')?.status).toBe(status);
  });

  it.each([
    ['vits', null],
    ['speecht5', 'needs a vocoder'],
    ['style_text_to_speech_2', 'phonemes'],
    ['musicgen', 'codebooks'],
    ['constructor', 'model_type "constructor"'],
    [undefined, 'model_type null'],
  ])('runs model_type %s or says why not', (model_type, why) => {
    const found = task.ways.map((way) => way.unfit?.(modelFacts({ config: { model_type } })) ?? null);
    for (const reason of found) {
      if (why === null) expect(reason).toBeNull();
      else expect(reason).toContain(why);
    }
  });

  it.each([
    ['hello', true],
    [{ inputs: 'hello', parameters: null }, true],
    [{ text: 'hello' }, true],
    [{ inputs: 'hello', parameters: { generation_parameters: { temperature: 1 } } }, true],
    ['', false],
    [{ inputs: ' ' }, false],
    [{ inputs: 'hello', parameters: { generation_parameters: 3 } }, false],
    [7, false],
  ])('reads %j: %s', (body, ok) => {
    expect(task.readRequest(body, modelFacts()).ok).toBe(ok);
  });
});
