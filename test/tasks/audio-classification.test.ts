import { describe, expect, it } from 'vitest';
import type { Media, OnnxSession, TransformersSession } from '../../src/smoke/session.js';
import { audioClassification as task } from '../../src/tasks/audio-classification.js';
import { modelFacts, onnxSession, runOn, sounds, transformersSession } from './session.js';

const SAMPLE = { kind: 'sample', name: 'tone' } as const;
const CONFIG = { model_type: 'wav2vec2', id2label: { 0: 'low', 1: 'high' } };

/** A classifier that says `high` for sounds of more than 10 000 samples. */
function parts(rate = 16_000, media: Media = sounds()) {
  return {
    config: CONFIG,
    media,
    processor: {
      config: { feature_extractor_type: 'Wav2Vec2FeatureExtractor', sampling_rate: rate },
      pictures: async () => ({}),
      sound: async ({ samples }: { readonly samples: Float32Array }) => ({
        input_values: { type: 'float32', dims: [1, samples.length], data: samples } as const,
      }),
    },
  };
}

const logits = (samples: number) =>
  ({
    logits: { type: 'float32', dims: [1, 2], data: Float32Array.from(samples > 10_000 ? [-2, 2] : [3, 0]) },
  }) as const;

function pipeline(rate?: number): TransformersSession {
  return transformersSession({
    ...parts(rate),
    inputs: [{ name: 'input_values', type: 'float32', shape: ['', ''] }],
    model: async (feeds) => logits(feeds.input_values?.dims[1] ?? 0),
  });
}

function bare(): OnnxSession {
  return onnxSession({
    ...parts(),
    inputs: [{ name: 'waveform', type: 'float32', shape: ['', ''] }],
    run: async (feeds) => logits(feeds.waveform?.dims[1] ?? 0),
  });
}

describe('audio-classification', () => {
  it.each([
    ['as a pipeline', pipeline()],
    ['as a bare graph', bare()],
  ])('gives labels with scores, %s', async (_, session) => {
    const { output, facts } = await runOn(task, session, { input: SAMPLE, parameters: {} });
    expect(output).toMatchObject([{ label: 'high' }, { label: 'low' }]);
    expect(facts.scores[1]).toBeCloseTo(0.982, 3);
    const one = await runOn(task, session, { input: SAMPLE, parameters: { top_k: 1 } });
    expect(one.output).toHaveLength(1);
  });

  it('runs bare what transformers.js has no pipeline for', () => {
    const [first, second] = task.ways;
    expect(first?.unfit?.(modelFacts({ config: CONFIG }))).toBeNull();
    expect(first?.unfit?.(modelFacts({ config: { model_type: 'whisper' } }))).toContain('no classifier');
    expect(second?.unfit).toBeUndefined();
  });

  it('tells a wrong sampling rate from a wrong card', async () => {
    const expected = [{ label: 'high', score: 0.98 }];
    const wrong = await runOn(task, pipeline(8_000), { input: SAMPLE, parameters: {}, expected });
    const inference = { input: SAMPLE, parameters: {} };
    const tensors = [{ name: 'logits', type: 'float32', dims: [1, 2], nan: 0, infinite: 0, size: 2 }];
    const checks = task.checkAnswer({ ...wrong, inference, expected, tensors });
    expect(checks.map(({ id, status }) => `${id} ${status}`)).toEqual([
      'output-shape passed',
      'probabilities passed',
      'sampling-rate failed',
    ]);
    const other = await runOn(task, pipeline(), {
      input: SAMPLE,
      parameters: {},
      expected: [{ label: 'low', score: 0.9 }],
    });
    expect(other.facts.agreesAt).toBeUndefined();
  });

  it.each([
    [[1, 50, 2], 'a row for every moment'],
    [[2], 'must be one row'],
    [null, 'must give `logits` (1 × classes); it gives embeddings (1)'],
  ])('names what is wrong with logits of %j', (dims, message) => {
    const tensors = [
      {
        name: dims === null ? 'embeddings' : 'logits',
        type: 'float32',
        dims: dims ?? [1],
        nan: 0,
        infinite: 0,
        size: 2,
      },
    ];
    const facts = { scores: [], labels: [], transform: 'none', named: 2 } as const;
    const [check] = task.checkAnswer({
      inference: { input: SAMPLE, parameters: {} },
      output: [],
      facts,
      tensors,
    });
    expect(check).toMatchObject({ id: 'output-shape', status: 'failed' });
    expect(check?.message).toContain(message);
  });
});

describe('a widget example or request with a recording', () => {
  it('is read', () => {
    expect(task.readExample({ src: 'a.wav', example_title: 'A', output: [1] }, modelFacts())).toEqual({
      ok: true,
      value: { input: { kind: 'file', path: 'a.wav' }, parameters: {}, title: 'A', output: [1] },
    });
    for (const body of [
      'UklGRg==',
      { inputs: 'UklGRg==' },
      { audio: 'UklGRg==' },
      { inputs: 'data:audio/wav;base64,UklGRg==' },
    ]) {
      expect(task.readRequest(body, modelFacts())).toEqual({
        ok: true,
        value: { input: { kind: 'data', base64: 'UklGRg==' }, parameters: {} },
      });
    }
    expect(task.readRequest({ inputs: 'UklGRg==', parameters: { top_k: 2 } }, modelFacts())).toMatchObject({
      value: { parameters: { top_k: 2 } },
    });
  });

  it.each([
    [null, []],
    ['not base64!', []],
    [{}, []],
    [{ inputs: 7 }, ['inputs']],
    [{ inputs: 'https://example.com/a.wav' }, ['inputs']],
    [{ inputs: 'UklGRg==', parameters: { top_k: 0 } }, ['parameters', 'top_k']],
  ])('is refused: %j', (body, path) => {
    expect(task.readRequest(body, modelFacts())).toMatchObject({ ok: false, fault: { path } });
  });

  it.each([
    ['text', []],
    [{}, []],
    [{ src: 3 }, ['src']],
    [{ src: 'a.wav', parameters: { function_to_apply: 'x' } }, ['parameters', 'function_to_apply']],
  ])('does not fit: %j', (example, path) => {
    expect(task.readExample(example, modelFacts())).toMatchObject({ ok: false, fault: { path } });
  });
});
