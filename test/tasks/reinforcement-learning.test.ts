import { describe, expect, it } from 'vitest';
import type { GraphValue, OnnxSession, TensorView } from '../../src/smoke/session.js';
import { reinforcementLearning as task } from '../../src/tasks/reinforcement-learning.js';
import { modelFacts, onnxSession, runOn } from './session.js';

const value = (
  name: string,
  shape: GraphValue['shape'],
  type: GraphValue['type'] = 'float32',
): GraphValue => ({
  name,
  type,
  shape,
});
const tensor = (
  data: readonly number[],
  dims: readonly number[],
  type: 'float32' | 'int64' = 'float32',
): TensorView => ({
  type,
  dims,
  data: type === 'int64' ? BigInt64Array.from(data.map((one) => BigInt(one))) : Float32Array.from(data),
});

const OBS = value('obs', ['batch', 2]);
const INPUT = {
  observations: {
    obs: [
      [0, 1],
      [0, -1],
      [0, 2],
    ],
  },
};
const MODEL = modelFacts({ graph: { inputs: [OBS], outputs: [] } });

/** A policy that is handed the rows of the first input. */
function policy(
  make: (rows: readonly (readonly number[])[]) => Record<string, TensorView>,
  change: Partial<OnnxSession> = {},
) {
  const fed: Record<string, TensorView>[] = [];
  const session = onnxSession({
    inputs: [OBS],
    run: async (feeds) => {
      fed.push({ ...feeds });
      const { dims = [], data = [] } = Object.values(feeds)[0] ?? {};
      const width = data.length / (dims[0] ?? 1);
      const numbers = Array.from(data as ArrayLike<number>);
      return make(
        Array.from({ length: dims[0] ?? 0 }, (_, row) => numbers.slice(row * width, (row + 1) * width)),
      );
    },
    ...change,
  });
  return { session, fed };
}

async function run(session: OnnxSession, input = INPUT) {
  const inference = { input, parameters: {} };
  const answer = await runOn(task, session, inference);
  const checks = task.checkAnswer({ ...answer, inference, tensors: [] });
  return { ...answer, checks: Object.fromEntries(checks.map(({ id, status }) => [id, status])) };
}

describe('actions', () => {
  it('are the largest of some logits', async () => {
    const { session } = policy((rows) => ({
      value: tensor(
        rows.map(() => 9),
        [rows.length, 1],
      ),
      action_logits: tensor(
        rows.flatMap(([, b = 0]) => [0, b]),
        [rows.length, 2],
      ),
    }));
    expect((await run(session)).output).toEqual([1, 0, 1]);
  });

  it('are indexes, forces, or several of them, as the graph gives them', async () => {
    const index = policy((rows) => ({
      actions: tensor(
        rows.map((_, row) => row),
        [rows.length],
        'int64',
      ),
    }));
    expect((await run(index.session)).output).toEqual([0, 1, 2]);
    const forces = policy((rows) => ({
      action: tensor(
        rows.flatMap(([, b = 0]) => [b, b / 2]),
        [rows.length, 2],
      ),
    }));
    expect((await run(forces.session)).output).toEqual([
      [1, 0.5],
      [-1, -0.5],
      [2, 1],
    ]);
  });

  it('are those of ML-Agents that are not drawn at random, with all of them allowed', async () => {
    const { session, fed } = policy(
      (rows) => ({
        version_number: tensor([3], [1]),
        memory_size: tensor([0], [1]),
        discrete_actions: tensor(
          rows.map(() => 7),
          [rows.length, 1],
          'int64',
        ),
        discrete_action_output_shape: tensor([1, 3], [1, 2]),
        deterministic_discrete_actions: tensor(
          rows.map(() => 2),
          [rows.length, 1],
          'int64',
        ),
      }),
      { inputs: [OBS, value('action_masks', ['batch', 3]), value('recurrent_in', ['batch', 1, 8])] },
    );
    const { output, facts } = await run(session);
    expect(output).toEqual([2, 2, 2]);
    expect(facts.output).toBe('deterministic_discrete_actions');
    expect(fed[0]?.action_masks).toEqual(tensor(new Array<number>(9).fill(1), [3, 3]));
    expect(fed[0]?.recurrent_in).toEqual(tensor(new Array<number>(24).fill(0), [3, 1, 8]));
  });

  it('come one by one from a graph of a single observation', async () => {
    const { session, fed } = policy(
      (rows) => ({
        action: tensor(
          rows.map(([, b = 0]) => b),
          [rows.length, 1],
        ),
      }),
      {
        inputs: [value('obs', [1, 2])],
      },
    );
    expect((await run(session)).output).toEqual([1, -1, 2]);
    expect(fed).toHaveLength(3);
  });

  it('are missing', async () => {
    const { session } = policy(() => ({ value: tensor([1], [1]) }));
    expect((await run(session)).checks).toEqual({ 'output-shape': 'failed' });
    const fewer = policy(() => ({ action: tensor([1], [1, 1]) }));
    expect((await run(fewer.session)).checks).toEqual({ 'output-shape': 'failed' });
  });
});

describe('the action space of config.json', () => {
  type Rows = readonly (readonly number[])[];
  const OUTPUTS = {
    logits: (rows: Rows) => ({
      logits: tensor(
        rows.flatMap(([, b = 0]) => [0, b]),
        [rows.length, 2],
      ),
    }),
    force: (rows: Rows) => ({
      action: tensor(
        rows.map(([, b = 0]) => b),
        [rows.length, 1],
      ),
    }),
    index: (rows: Rows) => ({
      action: tensor(
        rows.map((_, row) => row),
        [rows.length],
        'int64',
      ),
    }),
  };
  it.each([
    ['logits', { n: 2 }, 'passed'],
    ['logits', { n: '2' }, 'passed'],
    ['logits', { n: 3 }, 'failed'],
    ['index', { n: 3 }, 'passed'],
    ['index', { n: 2 }, 'failed'],
    ['force', { shape: [1], low: [-3], high: [3] }, 'passed'],
    ['force', { _shape: [1], low: '[-1.]', high: '[1.]' }, 'warning'],
    ['force', { shape: [1], low: '[-inf]', high: '[inf]' }, 'passed'],
    ['force', { shape: [4] }, 'failed'],
    ['force', {}, undefined],
    ['force', 'Box(4)', undefined],
  ] as const)('holds %s: %j %s', async (output, action_space, status) => {
    const { session } = policy(OUTPUTS[output], { config: { action_space } });
    expect((await run(session)).checks['action-space']).toBe(status);
  });
});

describe('observations', () => {
  it.each([
    [
      [
        [0, 1],
        [2, 3],
      ],
      [
        [0, 1],
        [2, 3],
      ],
    ],
    [[0, 1], [[0, 1]]],
    [{ inputs: [0, 1] }, [[0, 1]]],
    [{ observations: { obs: [[0, 1]] } }, [[0, 1]]],
  ])('are read: %j', (body, obs) => {
    expect(task.readRequest(body, MODEL)).toEqual({
      ok: true,
      value: { input: { observations: { obs } }, parameters: {} },
    });
  });

  it.each([
    [{ inputs: [0, 1, 2] }, ['inputs'], '`obs` is 3'],
    [{ inputs: { other: [0, 1] } }, ['inputs'], 'lack obs'],
    [{ inputs: [['a', 1]] }, ['inputs', 0, 0], 'finite numbers'],
    [7, [], 'must be a list'],
  ])('are refused: %j', (body, path, message) => {
    const result = task.readRequest(body, MODEL);
    expect(result).toMatchObject({ ok: false, fault: { path } });
    expect(!result.ok && result.fault.message).toContain(message);
  });

  it('are made up where the card has none, as bytes where the graph takes bytes', () => {
    const [guess] = task.defaultInferences(MODEL);
    expect(guess?.input.observations.obs).toEqual([
      [0, 0],
      [0.1, 0.1],
      [-0.1, -0.1],
      [1, 1],
      [-1, -1],
    ]);
    expect(task.contrast([], MODEL)).not.toEqual([guess]);
    const pixels = modelFacts({ graph: { inputs: [value('obs', ['b', 2, 2], 'uint8')], outputs: [] } });
    const bytes = JSON.stringify(task.defaultInferences(pixels));
    expect(bytes).toContain('[[128,128],[128,128]]');
    expect(bytes).not.toContain('-');
  });

  it.each([
    [[OBS], {}, null],
    [[value('obs', ['b', 'n'])], {}, 'does not say how large'],
    [[value('obs', ['b', 'n'])], { observation_space: { shape: [4] } }, null],
    [[value('obs', null)], { observation_space: { _shape: [4] } }, null],
    [[value('action_masks', ['b', 2])], {}, 'takes no observations'],
  ])('have a known size: %j %j', (inputs, config, why) => {
    const reason = task.ways[0]?.unfit?.(modelFacts({ graph: { inputs, outputs: [] }, config })) ?? null;
    if (why === null) expect(reason).toBeNull();
    else expect(reason).toContain(why);
  });

  it.each([
    [{ shape: [2] }, 'passed'],
    [{ shape: [3] }, 'failed'],
    [{ shape: [1, 2] }, 'failed'],
  ])('are as large as config.json says: %j', (observation_space, status) => {
    expect(task.checkModel({ ...MODEL, config: { observation_space } })).toMatchObject([
      { id: 'observation-space', status },
    ]);
  });
});
