import { describe, expect, it } from 'vitest';
import type { GraphValue, OnnxSession, TensorView } from '../../src/smoke/session.js';
import type { TableInput } from '../../src/tasks/table/table.js';
import { tabularClassification as task } from '../../src/tasks/tabular-classification.js';
import { modelFacts, onnxSession, runOn } from './session.js';

const INPUT: GraphValue = { name: 'float_input', type: 'float32', shape: ['', 2] };
const LABEL: GraphValue = { name: 'label', type: 'string', shape: [''] };
const PROBABILITIES: GraphValue = { name: 'probabilities', type: 'float32', shape: ['', 2] };
const MODEL = modelFacts({
  config: { sklearn: { columns: ['a', 'b'] } },
  graph: { inputs: [INPUT], outputs: [LABEL, PROBABILITIES] },
});
const NOTHING = modelFacts();

/** A graph that says for each row whether the first column is above the second, and remembers what it was fed. */
function graph(
  change: Partial<OnnxSession> = {},
): OnnxSession & { readonly fed: Record<string, TensorView>[] } {
  const fed: Record<string, TensorView>[] = [];
  const session = onnxSession({
    config: MODEL.config,
    inputs: [INPUT],
    outputs: [LABEL, PROBABILITIES],
    async run(feeds) {
      fed.push({ ...feeds });
      const rows = Object.values(feeds)[0]?.dims[0] ?? 0;
      const numbers = Array.from((feeds.float_input?.data ?? []) as ArrayLike<number>);
      const above = Array.from(
        { length: rows },
        (_, row) => (numbers[2 * row] ?? 0) > (numbers[2 * row + 1] ?? 0),
      );
      return {
        label: { type: 'string', dims: [rows], data: above.map((one) => (one ? 'above' : 'below')) },
        probabilities: {
          type: 'float32',
          dims: [rows, 2],
          data: Float32Array.from(above.flatMap((one) => (one ? [1, 0] : [0.25, 0.75]))),
        },
      };
    },
    ...change,
  });
  return Object.assign(session, { fed });
}

async function run(data: TableInput['data'], session: OnnxSession) {
  return runOn(task, session, { input: { data }, parameters: {} });
}

describe('a widget example of tabular-classification', () => {
  it('is a table with the columns of the model, in any order, more of them if it likes', () => {
    const structured_data = { c: ['x'], b: ['2.5'], a: [1] };
    expect(task.readExample({ structured_data, example_title: 'T', output: ['yes'] }, MODEL)).toEqual({
      ok: true,
      value: { input: { data: structured_data }, parameters: {}, title: 'T', output: ['yes'] },
    });
    expect(task.readExample({ table: { a: [1], b: [2] } }, MODEL).ok).toBe(true);
  });

  it('takes a single value for a row', () => {
    expect(task.readExample({ structured_data: { a: 1, b: null } }, MODEL)).toMatchObject({
      value: { input: { data: { a: [1], b: [null] } } },
    });
  });

  it.each([
    [{}, [], 'has no `structured_data`'],
    [{ text: 'a' }, [], 'has no `structured_data`'],
    [{ structured_data: [1] }, ['structured_data'], 'not a list'],
    [{ structured_data: {} }, ['structured_data'], 'no columns'],
    [{ structured_data: { a: [], b: [] } }, ['structured_data'], 'no rows'],
    [{ structured_data: { a: [1, 2], b: [1] } }, ['structured_data', 'b'], 'b has 1 rows, a has 2'],
    [{ structured_data: { a: [1, [2]], b: [1, 2] } }, ['structured_data', 'a', 1], 'not a list'],
    [{ structured_data: { a: [1] } }, ['structured_data'], 'lacks the column b. The model takes a, b.'],
    [
      { structured_data: { A: [1], B: [1] } },
      ['structured_data'],
      'lacks the columns a, b, and has A, B instead',
    ],
  ])('does not fit: %j', (example, path, message) => {
    const result = task.readExample(example, MODEL);
    expect(result.ok).toBe(false);
    if (!result.ok) {
      expect(result.fault.path).toEqual(path);
      expect(result.fault.message).toContain(message);
    }
  });
});

describe('a request for tabular-classification', () => {
  const data = { a: ['1'], b: ['2'] };
  it.each([
    [{ inputs: { data } }],
    [{ data }],
    [{ table: data }],
    [{ inputs: { table: data } }],
    [{ structured_data: data }],
    [data],
  ])('is read in each form in use: %j', (body) => {
    expect(task.readRequest(body, MODEL)).toEqual({ ok: true, value: { input: { data }, parameters: {} } });
  });

  it.each([
    ['text'],
    [{ inputs: 'text' }],
    [{ inputs: { data: { a: ['1'] } } }],
    // `1e999` in JSON.
    [{ inputs: { data: { a: [Number.POSITIVE_INFINITY], b: [1] } } }],
    [{ inputs: { data: { a: [1], b: Number.NEGATIVE_INFINITY } } }],
  ])('is refused: %j', (body) => {
    expect(task.readRequest(body, MODEL).ok).toBe(false);
  });
});

describe('what is run without examples', () => {
  it("is the example of config.json, else a few rows of the model's width", () => {
    const example_input = { a: [1, 2], b: [3, 4] };
    const config = { sklearn: { columns: ['a', 'b'], example_input } };
    expect(task.defaultInferences({ ...MODEL, config })).toEqual([
      { input: { data: example_input }, parameters: {} },
    ]);
    expect(task.defaultInferences(MODEL)[0]?.input.data).toEqual({ a: [0, 1, 10], b: [0, 1, 10] });
    expect(Object.keys(task.defaultInferences({ ...MODEL, config: null })[0]?.input.data ?? {})).toEqual([
      'column_0',
      'column_1',
    ]);
    expect(task.defaultInferences(NOTHING)).toEqual([]);
  });

  it('is followed by rows far away, which keep their texts', () => {
    const [far] = task.contrast([{ input: { data: { a: [5], b: ['red'] } }, parameters: {} }], NOTHING);
    const rows = far?.input.data.a ?? [];
    expect(Math.max(...rows.map(Number))).toBe(65);
    expect(Math.min(...rows.map(Number))).toBe(-55);
    expect(new Set(far?.input.data.b)).toEqual(new Set(['red']));
  });
});

describe('a run', () => {
  it('feeds one matrix, in the order of config.json, and reads texts as numbers', async () => {
    const session = graph();
    const { output, facts } = await run({ b: [1, 5, true], a: ['2', 3, null], more: [0, 0, 0] }, session);
    expect(session.fed).toEqual([
      {
        float_input: { type: 'float32', dims: [3, 2], data: Float32Array.from([2, 1, 3, 5, Number.NaN, 1]) },
      },
    ]);
    expect(output).toEqual(['above', 'below', 'below']);
    expect(facts.probabilities).toEqual([
      [1, 0],
      [0.25, 0.75],
      [0.25, 0.75],
    ]);
  });

  it('feeds one column to each input of a graph that has several', async () => {
    const inputs: GraphValue[] = [
      { name: 'color', type: 'string', shape: ['', 1] },
      { name: 'size', type: 'int64', shape: ['', 1] },
      { name: 'flat', type: 'float64', shape: [''] },
    ];
    const session = graph({ inputs });
    await run({ size: [3, 4], flat: [0.5, 1.5], color: ['red', 'blue'] }, session);
    expect(session.fed).toEqual([
      {
        color: { type: 'string', dims: [2, 1], data: ['red', 'blue'] },
        size: { type: 'int64', dims: [2, 1], data: BigInt64Array.from([3n, 4n]) },
        flat: { type: 'float64', dims: [2], data: Float64Array.from([0.5, 1.5]) },
      },
    ]);
  });

  it('asks a graph for a single row row by row', async () => {
    const session = graph({ inputs: [{ ...INPUT, shape: [1, 2] }] });
    const { output } = await run({ a: [1, 5], b: [2, 2] }, session);
    expect(session.fed.map((feeds) => feeds.float_input?.dims)).toEqual([
      [1, 2],
      [1, 2],
    ]);
    expect(output).toEqual(['below', 'above']);
  });

  it('says which cell is no number', async () => {
    await expect(run({ a: ['red'], b: [1] }, graph())).rejects.toThrow('holds "red"');
  });

  it('names the output it cannot read, and takes the highest score of a graph without classes', async () => {
    const map: GraphValue = { name: 'output_probability', type: null, shape: null };
    const labels = async () => ({ label: { type: 'int64', dims: [1], data: BigInt64Array.of(2n) } }) as const;
    const zipmap = await run({ a: [1], b: [2] }, graph({ outputs: [LABEL, map], run: labels }));
    expect(zipmap).toEqual({
      output: [2],
      facts: { labels: [2], probabilities: null, unreadable: 'output_probability' },
    });
    const scores = async () =>
      ({ out: { type: 'float32', dims: [1, 3], data: Float32Array.of(0.2, 0.7, 0.1) } }) as const;
    const bare = await run(
      { a: [1], b: [2] },
      graph({ outputs: [{ ...PROBABILITIES, name: 'out' }], run: scores }),
    );
    expect(bare.output).toEqual([1]);
  });
});

describe('checks', () => {
  const check = (
    facts: Partial<{ labels: (string | number)[]; probabilities: number[][] | null }>,
    expected?: unknown,
    rows = 1,
  ) =>
    Object.fromEntries(
      task
        .checkAnswer({
          inference: { input: { data: { a: Array.from({ length: rows }, () => 1) } }, parameters: {} },
          output: [],
          facts: { labels: ['x'], probabilities: [[0.9, 0.1]], unreadable: null, ...facts },
          tensors: [],
          ...(expected === undefined ? {} : { expected }),
        })
        .map(({ id, status }) => [id, status]),
    );

  it('wants an answer for each row, and probabilities', () => {
    expect(check({})).toEqual({ 'one-answer-per-row': 'passed', probabilities: 'passed' });
    expect(check({}, undefined, 2)).toMatchObject({ 'one-answer-per-row': 'failed' });
    expect(check({ probabilities: [[0.9, 0.9]] })).toMatchObject({ probabilities: 'failed' });
    expect(check({ probabilities: null })).toMatchObject({ probabilities: 'skipped' });
  });

  it.each([
    [['x'], 'passed'],
    [['y'], 'failed'],
    [['x', 'y'], 'failed'],
    [[{ label: 'x', score: 0.92 }], 'passed'],
    [[{ label: 'x', score: 0.5 }], 'warning'],
    [[{ label: 'y', score: 0.9 }], 'failed'],
    [{ label: 'x' }, 'warning'],
    [[null], 'warning'],
  ])('compares with the output of the card: %j', (expected, status) => {
    expect(check({}, expected)).toMatchObject({ 'expected-output': status });
  });

  it('compares the columns of config.json with the width of the graph', () => {
    const columns = (names: unknown) =>
      task.checkModel({ ...MODEL, config: { sklearn: { columns: names } } }).map(({ status }) => status);
    expect(columns(['a', 'b'])).toEqual(['passed']);
    expect(columns(['a', 'b', 'c'])).toEqual(['failed']);
    expect(columns('a')).toEqual([]);
    expect(task.checkModel(NOTHING)).toEqual([]);
  });
});
