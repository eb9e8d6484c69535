import { describe, expect, it } from 'vitest';
import type { OnnxSession, TensorView } from '../../src/smoke/session.js';
import { tabularRegression as task } from '../../src/tasks/tabular-regression.js';
import type { TensorSummary } from '../../src/tasks/task.js';
import { modelFacts, onnxSession, runOn } from './session.js';

const DATA = { a: [1, 2], b: ['3', 4] };

/** Twice the first column plus the second; with `targets` of 2, also the negative of it. */
function graph(targets: number, batch: number | string = ''): OnnxSession {
  return onnxSession({
    config: { sklearn: { columns: ['a', 'b'] } },
    inputs: [{ name: 'X', type: 'float32', shape: [batch, 2] }],
    outputs: [{ name: 'variable', type: 'float32', shape: ['', targets] }],
    async run(feeds): Promise<Record<string, TensorView>> {
      const { data = [], dims = [] } = feeds.X ?? {};
      const rows = dims[0] ?? 0;
      const values = Array.from(
        { length: rows },
        (_, row) => 2 * Number(data[2 * row]) + Number(data[2 * row + 1]),
      );
      const numbers = values.flatMap((value) => [value, -value].slice(0, targets));
      return { variable: { type: 'float32', dims: [rows, targets], data: Float32Array.from(numbers) } };
    },
  });
}

const summary = (name: string, dims: readonly number[], type = 'float32'): TensorSummary => ({
  name,
  type,
  dims,
  nan: 0,
  infinite: 0,
  size: 1,
});

function check(
  rows: readonly (readonly number[])[],
  expected: unknown,
  tensors = [summary('variable', [2, 1])],
) {
  return task.checkAnswer({
    inference: { input: { data: DATA }, parameters: {} },
    output: [],
    facts: { rows },
    tensors,
    expected,
  });
}

describe('tabular-regression', () => {
  it.each([
    [1, '', [5, 8]],
    [1, 1, [5, 8]],
    [
      2,
      '',
      [
        [5, -5],
        [8, -8],
      ],
    ],
  ])('gives %i numbers a row, batch %j', async (targets, batch, output) => {
    const answer = await runOn(task, graph(targets, batch), { input: { data: DATA }, parameters: {} });
    expect(answer.output).toEqual(output);
    expect(task.vectors(answer)).toEqual(answer.facts.rows);
  });

  it.each([
    [[5, 8], 'passed'],
    [['5.01', '8'], 'passed'],
    [[5.3, 8], 'warning'],
    [[5, 12], 'failed'],
    [[5], 'failed'],
    [[[5], [8]], 'passed'],
    ['five', 'warning'],
    [[5, 'eight'], 'warning'],
  ])('compares with the card: %j %s', (expected, status) => {
    expect(check([[5], [8]], expected).find(({ id }) => id === 'expected-output')?.status).toBe(status);
  });

  it.each([
    [
      [summary('label', [2], 'int64'), summary('probabilities', [2, 3])],
      'set pipeline_tag to tabular-classification',
    ],
    [[summary('output', [2], 'string')], 'set pipeline_tag to tabular-classification'],
    [[summary('variable', [])], 'a single number'],
    [[summary('variable', [2, 1, 4])], '2 × 1 × 4'],
  ])('says what is no regression', (tensors, message) => {
    const [first, ...others] = check([[5], [8]], [5, 8], tensors);
    expect(first).toMatchObject({ id: 'output-shape', status: 'failed' });
    expect(first?.message).toContain(message);
    expect(others).toEqual([]);
  });

  it('counts rows', () => {
    expect(check([[5]], undefined)[1]).toMatchObject({ id: 'one-answer-per-row', status: 'failed' });
  });

  it('reads the requests of classification', () => {
    const model = modelFacts({ config: { sklearn: { columns: ['a', 'b'] } } });
    expect(task.readRequest({ inputs: { data: DATA } }, model).ok).toBe(true);
    expect(task.readRequest({ table: { a: [1] } }, model)).toMatchObject({
      ok: false,
      fault: { path: ['table'] },
    });
    expect(task.readExample({ text: 'x' }, model)).toMatchObject({ ok: false });
    expect(!task.readExample({}, model).ok).toBe(true);
  });

  it('drifts by a share of the range', async () => {
    const full = await runOn(task, graph(1), { input: { data: DATA }, parameters: {} });
    const facts = { rows: [[5.2], [8]] };
    expect(task.compare(full, { ...full, facts })).toMatchObject({ agrees: true });
    expect(task.compare(full, { ...full, facts: { rows: [[9], [8]] } })).toMatchObject({ agrees: false });
  });
});
