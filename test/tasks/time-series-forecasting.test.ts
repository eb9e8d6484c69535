import { describe, expect, it } from 'vitest';
import type { GraphValue, OnnxSession, TensorView } from '../../src/smoke/session.js';
import { timeSeriesForecasting as task } from '../../src/tasks/time-series-forecasting.js';
import { modelFacts, onnxSession, runOn } from './session.js';

const value = (name: string, shape: GraphValue['shape']): GraphValue => ({ name, type: 'float32', shape });
const PAST = value('past_values', ['batch', 4, 1]);
const MODEL = modelFacts({ graph: { inputs: [PAST], outputs: [] }, config: { context_length: 4 } });

/** Repeats the last value; `dims` without the batch. */
function graph(dims: readonly number[], change: Partial<OnnxSession> = {}, factor = 1) {
  const fed: Record<string, TensorView>[] = [];
  const size = dims.reduce((product, one) => product * one, 1);
  const session = onnxSession({
    config: { prediction_length: 3, num_input_channels: 1 },
    inputs: [PAST],
    run: async (feeds) => {
      fed.push({ ...feeds });
      const last = Number(feeds.past_values?.data[feeds.past_values.data.length - 1]) * factor;
      return {
        prediction_outputs: { type: 'float32', dims: [1, ...dims], data: new Float32Array(size).fill(last) },
      };
    },
    ...change,
  });
  return { session, fed };
}

async function run(session: OnnxSession, expected?: unknown, past_values: readonly number[] = [1, 2, 3, 4]) {
  const inference = { input: { past_values }, parameters: {} };
  const answer = await runOn(task, session, inference);
  const checks = task.checkAnswer({
    ...answer,
    inference,
    tensors: [],
    ...(expected === undefined ? {} : { expected }),
  });
  return { ...answer, checks: Object.fromEntries(checks.map(({ id, status }) => [id, status])) };
}

describe('a forecast', () => {
  it('is a list of values, or of lists where there are several channels', async () => {
    expect((await run(graph([3, 1]).session)).output).toEqual([4, 4, 4]);
    const two = graph([3, 2], { config: { prediction_length: 3, num_input_channels: 2 } });
    expect((await run(two.session)).output).toEqual([
      [4, 4],
      [4, 4],
      [4, 4],
    ]);
  });

  it.each([
    [[3, 1], 1, { 'output-shape': 'passed', 'forecast-range': 'passed' }],
    [[2, 1], 1, { 'output-shape': 'failed' }],
    [[3, 2], 1, { 'output-shape': 'failed' }],
    [[3, 1], 1000, { 'output-shape': 'passed', 'forecast-range': 'failed' }],
  ])('of %j, times %d: %j', async (dims, factor, expected) => {
    expect((await run(graph(dims, {}, factor).session)).checks).toEqual(expected);
  });

  it('is compared with the card', async () => {
    const { session } = graph([3, 1]);
    expect((await run(session, [4, 4.01, 4])).checks['expected-output']).toBe('passed');
    expect((await run(session, { prediction_outputs: [4, 5, 4] })).checks['expected-output']).toBe('failed');
    expect((await run(session, 'up')).checks['expected-output']).toBe('warning');
  });

  it('is missing', async () => {
    const { session } = graph([3, 1], {
      run: async () => ({ loss: { type: 'float32', dims: [1], data: new Float32Array(1) } }),
    });
    expect((await run(session)).checks).toEqual({ 'output-shape': 'failed' });
  });

  it('is asked for with everything the graph takes', async () => {
    const { session, fed } = graph([3, 1], {
      inputs: [
        PAST,
        value('past_observed_mask', ['batch', 4, 1]),
        value('past_time_features', ['batch', 4, 2]),
        value('future_time_features', ['batch', 'steps', 2]),
      ],
    });
    await run(session);
    const [feeds] = fed;
    expect(feeds?.past_values).toEqual({
      type: 'float32',
      dims: [1, 4, 1],
      data: Float32Array.from([1, 2, 3, 4]),
    });
    expect(feeds?.past_observed_mask?.data).toEqual(new Float32Array(4).fill(1));
    expect(feeds?.past_time_features?.data).toEqual(new Float32Array(8));
    expect(feeds?.future_time_features?.dims).toEqual([1, 3, 2]);
  });
});

describe('a request for a forecast', () => {
  it.each([
    [{ inputs: { past_values: [1, 2, 3, 4] } }, [1, 2, 3, 4]],
    [{ past_values: [1, 2, 3, 4] }, [1, 2, 3, 4]],
    [{ inputs: [0, 1, 2, 3, 4] }, [1, 2, 3, 4]],
    [{ inputs: [[[1], [2], [3], [4]]] }, [1, 2, 3, 4]],
    [{ inputs: [[1], [2], [3], [4]] }, [1, 2, 3, 4]],
  ])('is read, the last steps of it: %j', (body, past_values) => {
    expect(task.readRequest(body, MODEL)).toEqual({
      ok: true,
      value: { input: { past_values }, parameters: {} },
    });
  });

  it.each([
    [{ inputs: [1, 2] }, ['inputs'], 'needs 4 values of the past'],
    [{ inputs: {} }, ['inputs'], 'no `past_values`'],
    [{ inputs: { past_values: ['a'] } }, ['inputs', 'past_values', 0], 'finite numbers'],
    [
      {
        inputs: [
          [1, 2],
          [3, 4],
          [5, 6],
          [7, 8],
        ],
      },
      ['inputs'],
      'a list of steps',
    ],
    [7, [], 'must be a list'],
  ])('is refused: %j', (body, path, message) => {
    const result = task.readRequest(body, MODEL);
    expect(result).toMatchObject({ ok: false, fault: { path } });
    expect(!result.ok && result.fault.message).toContain(message);
  });

  it('is made up where the card has none, unlike the contrasting ones', () => {
    const made = [...task.defaultInferences(MODEL), ...task.contrast([], MODEL)].map(
      ({ input }) => input.past_values,
    );
    expect(made.every((past) => Array.isArray(past) && past.length === 4)).toBe(true);
    expect(new Set(made.map((past) => JSON.stringify(past))).size).toBe(4);
  });
});

describe('a model that cannot be asked', () => {
  it.each([
    [[PAST], null],
    [[value('input_ids', ['b', 'n'])], null],
    [[value('tokens', ['b', 'n'])], 'a forecast is run on an input `past_values`'],
  ])('%#', (inputs, why) => {
    const reason = task.ways[0]?.unfit?.(modelFacts({ graph: { inputs, outputs: [] } })) ?? null;
    if (why === null) expect(reason).toBeNull();
    else expect(reason).toContain(why);
  });

  it.each([
    [4, 'passed'],
    [512, 'failed'],
  ])('context_length %i: %s', (context_length, status) => {
    expect(task.checkModel({ ...MODEL, config: { context_length } })).toMatchObject([
      { id: 'context-length', status },
    ]);
  });
});
