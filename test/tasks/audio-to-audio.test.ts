import { describe, expect, it } from 'vitest';
import type { GraphValue, OnnxSession, TensorView } from '../../src/smoke/session.js';
import { audioToAudio as task } from '../../src/tasks/audio-to-audio.js';
import { modelFacts, onnxSession, runOn, sounds } from './session.js';

const FILE = { kind: 'file', path: 'a.wav' } as const;
const SAMPLE = { kind: 'sample', name: 'speech-like' } as const;
const input = (
  shape: GraphValue['shape'],
  name = 'waveform',
  type: GraphValue['type'] = 'float32',
): GraphValue => ({
  name,
  type,
  shape,
});

type Graph = (
  data: Float32Array,
  dims: readonly number[],
) => { readonly dims: readonly number[]; readonly data: Float32Array };

function graph(shape: GraphValue['shape'], make: Graph, others: readonly GraphValue[] = []) {
  const fed: Record<string, TensorView>[] = [];
  const session: OnnxSession = onnxSession({
    config: { sampling_rate: 8_000 },
    media: sounds(),
    inputs: [input(shape), ...others],
    run: async (feeds) => {
      fed.push({ ...feeds });
      const { data, dims } = feeds.waveform ?? { data: [], dims: [] };
      return { enhanced: { type: 'float32', ...make(Float32Array.from(data as ArrayLike<number>), dims) } };
    },
  });
  return { session, fed };
}

const same: Graph = (data, dims) => ({ data, dims });

async function run(session: OnnxSession, source: typeof FILE | typeof SAMPLE = FILE, expected?: unknown) {
  const inference = { input: source, parameters: {}, ...(expected === undefined ? {} : { expected }) };
  const answer = await runOn(task, session, inference);
  const checks = task.checkAnswer({
    ...answer,
    inference,
    tensors: [],
    ...(expected === undefined ? {} : { expected }),
  });
  return { ...answer, checks: Object.fromEntries(checks.map(({ id, status }) => [id, status])) };
}

describe('audio-to-audio', () => {
  it.each([
    [
      ['batch', 'samples'],
      [1, 8_000],
    ],
    [
      ['batch', 1, 'samples'],
      [1, 1, 8_000],
    ],
    [['samples'], [8_000]],
    [
      ['batch', 2, 'samples'],
      [1, 2, 8_000],
    ],
  ])('hands a recording of %j on', async (shape, dims) => {
    const { session, fed } = graph(shape, same);
    const { output, facts, checks } = await run(session);
    expect(fed[0]?.waveform?.dims).toEqual(dims);
    expect(output).toEqual([{ label: 'label_0', blob: { $file: 'sound.wav' }, 'content-type': 'audio/wav' }]);
    expect(facts.sounds).toMatchObject([{ samples: 8_000, sampleRate: 8_000 }]);
    expect(checks).toEqual({ sound: 'passed', 'sound-length': 'passed' });
  });

  it('tells sources apart', async () => {
    const { session } = graph(['batch', 'samples'], (data) => ({
      dims: [1, 2, data.length],
      data: Float32Array.from([...data, ...data.map((one) => one / 4)]),
    }));
    const { output, files, facts } = await run(session);
    expect(output).toMatchObject([
      { label: 'label_0', blob: { $file: 'sound-1.wav' } },
      { label: 'label_1', blob: { $file: 'sound-2.wav' } },
    ]);
    expect(files).toHaveLength(2);
    expect(facts.sounds[1]?.rms).toBeCloseTo((facts.sounds[0]?.rms ?? 0) / 4, 6);
  });

  it('feeds windows to a graph of a fixed length, and cuts what it added', async () => {
    const { session, fed } = graph([1, 3_000], same);
    const { facts, checks } = await run(session);
    expect(fed.map(({ waveform }) => waveform?.dims)).toEqual([
      [1, 3_000],
      [1, 3_000],
      [1, 3_000],
    ]);
    expect(facts.sounds).toMatchObject([{ samples: 8_000 }]);
    expect(checks['sound-length']).toBe('passed');
  });

  it('knows that more samples are a higher rate', async () => {
    const { session } = graph(['batch', 'samples'], (data) => ({
      dims: [1, data.length * 3],
      data: Float32Array.from({ length: data.length * 3 }, (_, index) => data[Math.floor(index / 3)] ?? 0),
    }));
    const { facts, checks } = await run(session);
    expect(facts.sounds).toMatchObject([{ samples: 24_000, sampleRate: 24_000 }]);
    expect(checks).toEqual({ sound: 'passed', 'sound-length': 'passed' });
  });

  it('fills in the rate where the graph asks for it', async () => {
    const { session, fed } = graph(['batch', 'samples'], same, [input([], 'sr', 'int64')]);
    await run(session);
    expect(fed[0]?.sr).toEqual({ type: 'int64', dims: [], data: BigInt64Array.from([8_000n]) });
  });

  it('fails on silence, unless the sound was made up', async () => {
    const { session } = graph(['batch', 'samples'], (data, dims) => ({ dims, data: data.fill(0) }));
    expect((await run(session)).checks.sound).toBe('failed');
    expect((await run(session, SAMPLE)).checks.sound).toBe('warning');
  });

  it('fails when no recording comes out, or too short a one', async () => {
    const none = graph(['batch', 'samples'], () => ({
      dims: [1, 256, 63],
      data: new Float32Array(256 * 63),
    }));
    expect((await run(none.session)).checks).toEqual({ 'output-shape': 'failed' });
    const half = graph(['batch', 'samples'], (data) => ({ dims: [1, 4_000], data: data.slice(0, 4_000) }));
    expect((await run(half.session)).checks['sound-length']).toBe('passed');
    const less = graph(['batch', 'samples'], (data) => ({ dims: [1, 3_000], data: data.slice(0, 3_000) }));
    expect((await run(less.session)).checks).toEqual({ 'output-shape': 'failed' });
  });

  it.each([
    [[input(['batch', 'samples'])], null],
    [[input(['batch', 1, 257, 'frames'], 'spectrogram')], 'no recording'],
    [[input(['batch', 'samples']), input([2, 1, 64], 'state')], 'of which nothing is known'],
    [[input(['batch', 'samples'], 'ids', 'int64')], 'no recording'],
    [[], 'takes nothing'],
  ])('says what it cannot feed', (inputs, why) => {
    const [way] = task.ways;
    const reason = way?.unfit?.(modelFacts({ graph: { inputs, outputs: [] } })) ?? null;
    if (why === null) expect(reason).toBeNull();
    else expect(reason).toContain(why);
  });

  it.each([
    [{ sampling_rate: 8_000 }, {}, 'passed'],
    [{}, {}, 'warning'],
    [{}, { 'preprocessor_config.json': { sampling_rate: 48_000 } }, 'passed'],
  ])('asks for the rate: %j %j', (config, json, status) => {
    expect(task.checkModel(modelFacts({ config, json }))).toMatchObject([{ id: 'sampling-rate', status }]);
  });
});
