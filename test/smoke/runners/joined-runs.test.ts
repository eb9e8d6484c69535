import { describe, expect, it } from 'vitest';
import { joinRuns } from '../../../src/smoke/runners/joined-runs.js';
import type { Graph, Tensors, TensorView } from '../../../src/smoke/session.js';

const FREE = ['batch', 'sequence'];

/** A text of some ids. */
function text(...ids: readonly number[]): Tensors {
  const tensor = (numbers: readonly number[]): TensorView => ({
    type: 'int64',
    dims: [1, numbers.length],
    data: BigInt64Array.from(numbers, BigInt),
  });
  return { input_ids: tensor(ids), attention_mask: tensor(ids.map(() => 1)) };
}

interface Made {
  readonly graph: Graph;
  /** The dimensions of the ids of each run. */
  readonly runs: number[][];
}

/**
 * A graph that adds up the ids that the mask lets through (`sum`), and doubles each id (`each`). `flaw` is what an item gets beside that from
 * the others of its run.
 */
function adding(flaw: (ids: readonly number[], rows: number) => number = () => 0): Made {
  const runs: number[][] = [];
  const graph: Graph = {
    inputs: ['input_ids', 'attention_mask'].map((name) => ({ name, type: 'int64', shape: FREE })),
    outputs: [
      { name: 'sum', type: 'float32', shape: ['batch', 1] },
      { name: 'each', type: 'float32', shape: FREE },
    ],
    async run({ input_ids: ids, attention_mask: mask }) {
      const [rows = 0, length = 0] = ids?.dims ?? [];
      runs.push([rows, length]);
      await new Promise((resolve) => setImmediate(resolve));
      const all = Array.from(ids?.data ?? [], Number);
      if (all.includes(13)) throw new Error('An id is out of range.');
      const shown = all.map((id, index) => (mask?.data[index] === 1n ? id : 0));
      const sums = Array.from({ length: rows }, (_, row) => {
        const own = shown.slice(row * length, (row + 1) * length);
        return own.reduce((sum, id) => sum + id, 0) + flaw(all, rows);
      });
      return {
        sum: { type: 'float32', dims: [rows, 1], data: Float32Array.from(sums) },
        each: { type: 'float32', dims: [rows, length], data: Float32Array.from(all, (id) => 2 * id) },
      };
    },
  };
  return { graph, runs };
}

async function together(
  { run, during }: ReturnType<typeof joinRuns>,
  texts: readonly Tensors[],
): Promise<readonly unknown[]> {
  const answers = await Promise.allSettled(texts.map((feeds) => during(() => run(feeds))));
  return answers.map((answer) =>
    answer.status === 'rejected'
      ? (answer.reason as Error).message
      : [
          Array.from(answer.value.sum?.data ?? [], Number),
          Array.from(answer.value.each?.data ?? [], Number),
          answer.value.each?.dims,
        ],
  );
}

const SHORT = text(1, 2);
const OTHER = text(6, 7);
const LONG = text(3, 4, 5);
const ANSWERS = [
  [[3], [2, 4], [1, 2]],
  [[12], [6, 8, 10], [1, 3]],
];

/** Runs that show how much comes out, and that the graph can be believed. */
async function believed(made: Made): Promise<ReturnType<typeof joinRuns>> {
  const graph = joinRuns(made.graph, 0);
  for (let round = 0; round < 3; round++) await together(graph, [SHORT, LONG]);
  made.runs.length = 0;
  return graph;
}

describe('runs that wait at the same time', () => {
  it('become one, and each gets its own', async () => {
    const made = adding();
    const graph = await believed(made);
    expect(await together(graph, [SHORT, LONG])).toEqual(ANSWERS);
    expect(made.runs).toEqual([[2, 3]]);
  });

  it('are single ones until the graph is known to give the same', async () => {
    const made = adding();
    const graph = joinRuns(made.graph, 0);
    expect(await together(graph, [SHORT, LONG])).toEqual(ANSWERS);
    // How much comes out is not known before one ran.
    expect(made.runs).toEqual([
      [1, 2],
      [1, 3],
    ]);
    expect(await together(graph, [SHORT, LONG])).toEqual(ANSWERS);
    expect(made.runs.slice(2)).toEqual([
      [2, 3],
      [1, 2],
      [1, 3],
    ]);
  });

  it.each([
    ['the others of a run change an item', (_: readonly number[], rows: number) => rows * 0.01],
    ['what fills a text up counts', (ids: readonly number[]) => (ids.includes(0) ? 0.5 : 0)],
  ])('stay single ones where %s', async (_, flaw) => {
    const made = adding(flaw);
    const graph = await believed(made);
    const single = await together(joinRuns(adding(flaw).graph, 0), [SHORT]);
    const [first] = await together(graph, [SHORT, LONG]);
    expect([first]).toEqual(single);
    expect(made.runs.map(([rows]) => rows)).toEqual([1, 1]);
  });

  it('of one length are joined also where what fills a text up counts', async () => {
    const made = adding((ids) => (ids.includes(0) ? 0.5 : 0));
    const graph = await believed(made);
    for (let round = 0; round < 3; round++) {
      made.runs.length = 0;
      expect(await together(graph, [SHORT, OTHER])).toEqual([ANSWERS[0], [[13], [12, 14], [1, 2]]]);
    }
    expect(made.runs).toEqual([[2, 2]]);
  });

  it('fail alone', async () => {
    const made = adding();
    const graph = await believed(made);
    expect(await together(graph, [SHORT, text(13, 1), LONG])).toEqual([
      ANSWERS[0],
      'An id is out of range.',
      ANSWERS[1],
    ]);
  });

  it('stay single ones where they fail together, and each alone does not', async () => {
    const made = adding((_, rows) => {
      if (rows > 1) throw new Error('The graph takes one.');
      return 0;
    });
    const graph = await believed(made);
    expect(await together(graph, [SHORT, LONG])).toEqual(ANSWERS);
    expect(made.runs.map(([rows]) => rows)).toEqual([1, 1]);
  });

  it('are still joined after one of them failed before they were believed', async () => {
    const made = adding();
    const graph = joinRuns(made.graph, 0);
    await together(graph, [SHORT]);
    await together(graph, [SHORT, text(13, 1)]);
    for (let round = 0; round < 3; round++) await together(graph, [SHORT, LONG]);
    made.runs.length = 0;
    expect(await together(graph, [SHORT, LONG])).toEqual(ANSWERS);
    expect(made.runs).toEqual([[2, 3]]);
  });

  it('of equal inputs show nothing of a graph', async () => {
    const made = adding();
    const graph = joinRuns(made.graph, 0);
    for (let round = 0; round < 4; round++) {
      made.runs.length = 0;
      await together(graph, [SHORT, SHORT]);
    }
    expect(made.runs).toEqual([
      [2, 2],
      [1, 2],
      [1, 2],
    ]);
  });

  it('are held against single ones again now and then', async () => {
    let flaw = 0;
    const made = adding((_, rows) => (rows > 1 ? flaw : 0));
    const graph = await believed(made);
    flaw = 1;
    for (let round = 0; round < 600; round++) await together(graph, [SHORT, LONG]);
    made.runs.length = 0;
    expect(await together(graph, [SHORT, LONG])).toEqual(ANSWERS);
    expect(made.runs).toEqual([
      [1, 2],
      [1, 3],
    ]);
  });

  it('of very different lengths are not filled up', async () => {
    const made = adding();
    const graph = await believed(made);
    const long = text(...Array.from({ length: 100 }, () => 1));
    await together(graph, [SHORT, long, LONG]);
    expect(made.runs).toEqual([
      [2, 3],
      [1, 100],
    ]);
  });

  it('are 32 at most', async () => {
    const made = adding();
    const graph = await believed(made);
    for (let round = 0; round < 3; round++) {
      made.runs.length = 0;
      await together(
        graph,
        Array.from({ length: 40 }, (_, index) => (index === 0 ? OTHER : SHORT)),
      );
    }
    expect(made.runs).toEqual([
      [32, 2],
      [8, 2],
    ]);
  });

  it('wait for those that are on their way to the graph', async () => {
    const made = adding();
    const graph = await believed(made);
    const slow = async () => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      return graph.run(LONG);
    };
    await Promise.all([graph.during(() => graph.run(SHORT)), graph.during(slow)]);
    expect(made.runs).toEqual([[2, 3]]);
  });

  it('do not wait for one that ends without running the graph', async () => {
    const made = adding();
    const graph = await believed(made);
    const fails = graph.during(() => Promise.reject(new Error('No text.')));
    await expect(fails).rejects.toThrow('No text.');
    const [answer] = await together(graph, [SHORT]);
    expect(answer).toEqual(ANSWERS[0]);
  });
});
