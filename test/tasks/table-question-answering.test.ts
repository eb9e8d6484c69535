import { describe, expect, it } from 'vitest';
import type { GraphValue, OnnxSession, Options, TensorView } from '../../src/smoke/session.js';
import { encodeTable } from '../../src/tasks/table/table-encoding.js';
import { tableQuestionAnswering as task } from '../../src/tasks/table-question-answering.js';
import { cpuTime } from '../cpu-time.js';
import { modelFacts, onnxSession, runOn } from './session.js';
import { floats, idsIn, wordPiece } from './tokenizer.js';

const WORDS = [
  'who',
  'is',
  'name',
  'age',
  'anna',
  'john',
  '31',
  '5',
  '54',
  '?',
  'more',
  'than',
  '[EMPTY]',
  'long',
];
const TABLE = { Name: ['Anna', 'JOHN', '?'], Age: ['31', '54', '5'] };
const ROWS = [
  ['Anna', '31'],
  ['JOHN', '54'],
  ['?', '5'],
];
const CONFIG = {
  aggregation_labels: { 0: 'NONE', 1: 'SUM' },
  type_vocab_sizes: [3, 256, 256, 2, 256, 256, 10],
};
const INPUTS: readonly GraphValue[] = ['input_ids', 'attention_mask', 'token_type_ids'].map((name) => ({
  name,
  type: 'int64',
  shape: name === 'token_type_ids' ? ['b', 's', 7] : ['b', 's'],
}));

/** A model that selects cells by their words, and aggregates as it is told. */
function model(
  selected: readonly string[],
  aggregation: readonly number[] | null = [1, 0],
  config: Options = CONFIG,
): OnnxSession {
  const tokenizer = wordPiece(WORDS);
  const wanted = selected.map((word) => tokenizer.idOf(word));
  return onnxSession({
    config,
    tokenizer,
    inputs: INPUTS,
    async run(feeds) {
      const { ids } = idsIn(feeds);
      const outputs: Record<string, TensorView> = {
        logits: floats(
          [1, ids.length],
          ids.map((id) => (wanted.includes(id) ? 4 : -4)),
        ),
      };
      if (aggregation !== null) outputs.logits_aggregation = floats([1, aggregation.length], aggregation);
      return outputs;
    },
  });
}

async function answer(session: OnnxSession) {
  return runOn(task, session, { input: { query: 'Who is 31?', table: TABLE }, parameters: {} });
}

describe('a table as a model takes it', () => {
  const question = { query: 'Who is more than 31?', columns: ['Name', 'Age'], rows: ROWS };
  const limits = { tokens: 64, types: CONFIG.type_vocab_sizes };
  const rowsOf = (view: TensorView | undefined, width: number) => {
    const numbers = Array.from((view?.data ?? []) as ArrayLike<bigint>, Number);
    return Array.from({ length: numbers.length / width }, (_, row) =>
      numbers.slice(row * width, (row + 1) * width),
    );
  };

  it('has the question, the header and the cells, with columns, rows, ranks and relations', () => {
    const tokenizer = wordPiece(WORDS);
    const { feeds, cells, dropped } = encodeTable(tokenizer, question, limits);
    const { ids } = idsIn(feeds);
    expect(tokenizer.decode(ids)).toBe('[CLS] who is more than 31? [SEP] name age anna 31 john 54 [EMPTY] 5');
    expect(cells.slice(8)).toEqual([null, null, [0, 0], [0, 1], [1, 0], [1, 1], [2, 0], [2, 1]]);
    expect(dropped).toBe(0);
    expect(feeds.token_type_ids?.dims).toEqual([1, 16, 7]);
    const types = rowsOf(feeds.token_type_ids, 7);
    expect(types.slice(0, 8)).toEqual(new Array(8).fill([0, 0, 0, 0, 0, 0, 0]));
    expect(types.slice(8)).toEqual([
      [1, 1, 0, 0, 0, 0, 0],
      [1, 2, 0, 0, 0, 0, 0],
      [1, 1, 1, 0, 0, 0, 0],
      // 31 of the question equals it, is less than 54, and greater than 5.
      [1, 2, 1, 0, 2, 2, 1],
      [1, 1, 2, 0, 0, 0, 0],
      [1, 2, 2, 0, 3, 1, 2],
      [1, 1, 3, 0, 0, 0, 0],
      [1, 2, 3, 0, 1, 3, 4],
    ]);
  });

  it('is cut by the tokens of cells first, then by rows', () => {
    const tokenizer = wordPiece(WORDS);
    const long = {
      ...question,
      rows: [
        ['Anna', 'long long long long'],
        ['John', '54'],
      ],
    };
    const room = 8 + 2;
    const encoded = (tokens: number) => encodeTable(tokenizer, long, { ...limits, tokens });
    expect(encoded(room + 7)).toMatchObject({ dropped: 0 });
    expect(encoded(room + 4).cells).toHaveLength(room + 4);
    expect(encoded(room + 4)).toMatchObject({ dropped: 0 });
    expect(encoded(room + 3)).toMatchObject({ dropped: 1 });
    expect(() => encoded(room)).toThrow('leave no room for a row');
  });

  it('tries no rows that cannot fit: a large table is no work of seconds', () => {
    const columns = Array.from({ length: 10 }, () => 'a');
    const rows = Array.from({ length: 255 }, (_, row) =>
      columns.map((_name, column) => (row === 0 && column === 0 ? 'a '.repeat(100) : 'b a b')),
    );
    const types = [3, 256, 256, 2, 256, 256, 10];
    const spent = cpuTime();
    const { dropped, cells } = encodeTable(
      wordPiece(['a', 'b']),
      { query: 'a', columns, rows },
      { tokens: 512, types },
    );
    expect(spent()).toBeLessThan(3000);
    expect(cells.length).toBeLessThanOrEqual(512);
    // Three tokens are around and of the question, ten of the header; a word of each cell is kept.
    expect(dropped).toBe(255 - 49);
  });

  it('has no more rows and columns than the model has numbers for', () => {
    const tokenizer = wordPiece(WORDS);
    const types = [3, 3, 3, 2, 2, 2, 10];
    const { dropped, feeds } = encodeTable(tokenizer, question, { tokens: 64, types });
    expect(dropped).toBe(1);
    for (const row of rowsOf(feeds.token_type_ids, 7)) {
      for (const [kind, value] of row.entries()) expect(value).toBeLessThan(types[kind] ?? 0);
    }
    expect(() => encodeTable(tokenizer, question, { tokens: 64, types: [3, 2] })).toThrow('2 columns');
  });
});

describe('an answer of table-question-answering', () => {
  it('has the cells that are more likely than not, as the table writes them', async () => {
    expect((await answer(model(['john']))).output).toEqual({
      answer: 'JOHN',
      coordinates: [[1, 0]],
      cells: ['JOHN'],
      aggregator: 'NONE',
    });
    expect((await answer(model(['5', '54'], [0, 1]))).output).toEqual({
      answer: 'SUM > 54, 5',
      coordinates: [
        [1, 1],
        [2, 1],
      ],
      cells: ['54', '5'],
      aggregator: 'SUM',
    });
  });

  it('always has an aggregator, for the clients that want one', async () => {
    expect((await answer(model(['john'], null, {}))).output).toMatchObject({
      answer: 'JOHN',
      aggregator: 'NONE',
    });
    expect((await answer(model(['john'], [0, 1], {}))).output).toMatchObject({ aggregator: 'LABEL_1' });
    const other = { ...CONFIG, no_aggregation_label_index: 1 };
    expect((await answer(model(['john'], [0, 1], other))).output).toMatchObject({ answer: 'JOHN' });
  });
});

describe('a request for table-question-answering', () => {
  const value = { input: { query: 'q', table: { A: ['1', ''] } }, parameters: {} };

  it.each([
    [{ inputs: { query: 'q', table: { A: [1, null] } } }],
    [{ query: 'q', table: { A: ['1', ''] }, parameters: { model: 'a/b' } }],
    [{ inputs: { question: 'q', table: { A: ['1', ''] } } }],
  ])('is read: %j', (body) => {
    expect(task.readRequest(body, modelFacts())).toEqual({ ok: true, value });
  });

  it('keeps odd names of columns, and does not take them for something else', () => {
    const body: unknown = JSON.parse('{"query": "q", "table": {"__proto__": ["a"], "constructor": ["b"]}}');
    const result = task.readRequest(body, modelFacts());
    expect(result.ok ? Object.keys(result.value.input.table) : []).toEqual(['__proto__', 'constructor']);
  });

  it.each([
    ['q', []],
    [{ inputs: { query: 'q' } }, ['inputs']],
    [{ inputs: { table: { A: ['1'] } } }, ['inputs']],
    [{ query: 'q', table: { A: ['1'], B: [] } }, ['table', 'B']],
    [{ query: 'q', table: {} }, ['table']],
    [{ query: '', table: { A: ['1'] } }, ['query']],
  ])('is refused: %j', (body, path) => {
    const result = task.readRequest(body, modelFacts());
    expect(result.ok ? null : result.fault.path).toEqual(path);
  });

  it('has defaults that fit', () => {
    expect(task.defaultInferences(modelFacts()).length).toBeGreaterThan(0);
    expect(task.readExample({ text: 'q', table: TABLE }, modelFacts())).toMatchObject({ ok: true });
  });
});

describe('checks of table-question-answering', () => {
  const inference = { input: { query: 'Who is 31?', table: TABLE }, parameters: {} };
  const check = async (session: OnnxSession, expected?: unknown) => {
    const answered = {
      ...(await answer(session)),
      inference,
      tensors: [],
      ...(expected === undefined ? {} : { expected }),
    };
    return Object.fromEntries(
      [...task.checkAnswer(answered), ...task.checkLabels(answered)].map(({ id, status }) => [id, status]),
    );
  };

  it('pass for a sound model, and look at what it selects and how it aggregates', async () => {
    expect(await check(model(['john']))).toEqual({
      'output-shape': 'passed',
      cells: 'passed',
      'label-count': 'passed',
    });
    expect(await check(model([]))).toMatchObject({ cells: 'warning' });
    expect(await check(model(WORDS))).toMatchObject({ cells: 'warning' });
    expect(await check(model(['john'], [1, 0, 0]))).toMatchObject({ 'label-count': 'failed' });
    expect(await check(model(['john'], null))).toEqual({ 'output-shape': 'passed', cells: 'passed' });
  });

  it.each([
    [{ answer: 'john', coordinates: [[1, 0]], aggregator: 'none' }, 'passed'],
    [{ answer: 'Anna' }, 'failed'],
    [{ answer: 'John', aggregator: 'SUM' }, 'failed'],
    [{ answer: 'John', coordinates: [[2, 0]] }, 'warning'],
    [{ cells: ['John'] }, 'warning'],
  ])('compare with the card: %j', async (expected, status) => {
    expect(await check(model(['john']), expected)).toMatchObject({ 'expected-output': status });
  });

  it('see logits of another shape', async () => {
    const session = onnxSession({
      config: {},
      tokenizer: wordPiece(WORDS),
      inputs: INPUTS,
      run: async () => ({ logits: floats([1, 2], [0, 0]) }),
    });
    expect(await check(session)).toEqual({ 'output-shape': 'failed' });
    expect(task.vectors(await answer(session))).toEqual([]);
  });

  it('compare variants, and see that a model does not listen', async () => {
    const full = await answer(model(['john']));
    expect(task.compare(full, await answer(model(['john'])))).toMatchObject({ agrees: true, drift: 0 });
    expect(task.compare(full, await answer(model(['anna'])))).toMatchObject({
      agrees: false,
      seen: '"Anna" instead of "JOHN"',
    });
    expect(task.vectors(full)).not.toEqual(task.vectors(await answer(model(['anna']))));
  });

  it('take graphs of the family of TAPAS only', () => {
    const [way] = task.ways;
    const graph = (inputs: readonly GraphValue[]) => modelFacts({ graph: { inputs, outputs: [] } });
    expect(way?.unfit?.(graph(INPUTS))).toBeNull();
    expect(way?.unfit?.(graph(INPUTS.slice(0, 2)))).toContain('TAPAS');
    expect(way?.unfit?.(graph([{ name: 'token_type_ids', type: 'int64', shape: ['b', 's'] }]))).toContain(
      'TAPAS',
    );
  });
});
