import { describe, expect, it } from 'vitest';
import type { Options } from '../../src/smoke/session.js';
import type { Texts } from '../../src/tasks/reading/text-input.js';
import type { Inference } from '../../src/tasks/task.js';
import {
  type TokenClassificationFacts,
  tokenClassification as task,
} from '../../src/tasks/token-classification.js';
import { modelFacts, runOn } from './session.js';
import { floats, modelSession, wordPiece } from './tokenizer.js';

const WORDS = [
  'anna',
  'paul',
  'lives',
  'in',
  'ber',
  '##lin',
  '.',
  'microsoft',
  'micro',
  '##soft',
  'new',
  'york',
];
const NAMES = ['O', 'B-PER', 'I-PER', 'B-LOC', 'I-LOC'];
const CONFIG = { id2label: Object.fromEntries(NAMES.map((name, index) => [index, name])), vocab_size: 30 };

/** A model that gives each token the logits in a table. */
function model(table: Table, config: Options = CONFIG, tokenizer = wordPiece(WORDS)) {
  const rows = new Map(Object.entries(table).map(([word, row]) => [tokenizer.idOf(word) ?? -1, row]));
  const width = Object.values(table)[0]?.length ?? 1;
  const other = [5, ...new Array<number>(width - 1).fill(0)];
  return modelSession(tokenizer, config, (ids) => ({
    logits: floats(
      [1, ids.length, width],
      ids.flatMap((id) => rows.get(id) ?? other),
    ),
  }));
}

type Table = Readonly<Record<string, readonly number[]>>;

const top = (index: number, by = 5) => NAMES.map((_, at) => (at === index ? by : 0));
const TABLE = { anna: top(1), paul: top(2), ber: top(3), '##lin': top(4) };

async function entities(input: Texts, parameters: Inference['parameters'] = {}, table: Table = TABLE) {
  return (await runOn(task, model(table).session, { input, parameters })).output;
}

describe('an answer of token-classification', () => {
  it('groups tokens, and cuts the words out of the text as they are written there', async () => {
    expect(await entities('😀 ANNA  Paul lives in Berlin.')).toEqual([
      { entity_group: 'PER', word: 'ANNA  Paul', start: 2, end: 12, score: expect.closeTo(0.974, 3) },
      { entity_group: 'LOC', word: 'Berlin', start: 22, end: 28, score: expect.closeTo(0.974, 3) },
    ]);
  });

  it('gives each token when asked not to group', async () => {
    expect(await entities('Anna in Berlin', { aggregation_strategy: 'none' })).toMatchObject([
      { entity: 'B-PER', word: 'Anna', start: 0, end: 4, index: 1 },
      { entity: 'B-LOC', word: 'Ber', start: 8, end: 11, index: 3 },
      { entity: 'I-LOC', word: 'lin', start: 11, end: 14, index: 4 },
    ]);
  });

  it('begins another entity with B, and goes on with I or what has neither', async () => {
    const table = { anna: top(1), paul: top(1), new: top(4), york: top(4) };
    expect(await entities('anna paul new york', {}, table)).toMatchObject([
      { entity_group: 'PER', word: 'anna' },
      { entity_group: 'PER', word: 'paul' },
      { entity_group: 'LOC', word: 'new york' },
    ]);
  });

  it('calls a group by all that follows the first hyphen of its label', async () => {
    const config = { id2label: { 0: 'O', 1: 'B-GPE-LOC', 2: 'I-GPE-LOC' } };
    const { session } = model({ new: [0, 5, 0], york: [0, 0, 5] }, config);
    const { output } = await runOn(task, session, { input: 'in New York', parameters: {} });
    expect(output).toMatchObject([{ entity_group: 'GPE-LOC', word: 'New York' }]);
  });

  it('makes the tokens of a word agree, by the first, the surest or the mean', async () => {
    const table = { micro: [0, 2, 0, 0, 0], '##soft': [0, 0, 0, 6, 0] };
    const tokenizer = wordPiece(['micro', '##soft', '.']);
    const { session } = model(table, CONFIG, tokenizer);
    const run = async (aggregation_strategy: string) =>
      (await runOn(task, session, { input: 'Microsoft.', parameters: { aggregation_strategy } })).output;
    expect(await run('simple')).toMatchObject([
      { entity_group: 'PER', word: 'Micro' },
      { entity_group: 'LOC', word: 'soft' },
    ]);
    expect(await run('first')).toMatchObject([{ entity_group: 'PER', word: 'Microsoft', start: 0, end: 9 }]);
    expect(await run('max')).toMatchObject([{ entity_group: 'LOC', word: 'Microsoft' }]);
    expect(await run('average')).toMatchObject([{ entity_group: 'LOC', word: 'Microsoft' }]);
  });

  it('leaves out the labels that are to be ignored, O when nobody says', async () => {
    expect(await entities('anna lives', { ignore_labels: ['PER'] })).toMatchObject([
      { entity_group: 'O', word: 'lives' },
    ]);
    expect(await entities('anna lives', { ignore_labels: [] })).toHaveLength(2);
  });

  it('is a list of lists for a list of texts', async () => {
    expect(await entities(['Anna', 'in'])).toMatchObject([[{ word: 'Anna' }], []]);
  });

  it('cuts a text that is too long, with its special tokens kept; with a stride it reads all of it', async () => {
    const { session, asked } = model(TABLE, { ...CONFIG, max_position_embeddings: 6 });
    const text = 'anna in in in berlin in paul';
    const { output } = await runOn(task, session, { input: text, parameters: {} });
    expect(output).toMatchObject([{ word: 'anna' }]);
    expect(asked).toEqual([[2, 5, 8, 8, 8, 3]]);
    const all = await runOn(task, session, { input: text, parameters: { stride: 2 } });
    expect(all.output).toMatchObject([{ word: 'anna' }, { word: 'berlin' }, { word: 'paul' }]);
    for (const ids of asked) expect(ids.length).toBeLessThanOrEqual(6);
  });

  it('believes the tokenizer when it takes less than the model', async () => {
    const tokenizer = wordPiece(WORDS, { model_max_length: 4 });
    const { session, asked } = model(TABLE, { ...CONFIG, max_position_embeddings: 512 }, tokenizer);
    await runOn(task, session, { input: 'anna in in in', parameters: {} });
    expect(asked).toEqual([[2, 5, 8, 3]]);
  });
});

describe('a request for token-classification', () => {
  it.each([['Anna'], [{ inputs: 'Anna' }], [{ text: 'Anna', parameters: { aggregation_strategy: null } }]])(
    'is read: %j',
    (body) => {
      expect(task.readRequest(body, modelFacts())).toEqual({
        ok: true,
        value: { input: 'Anna', parameters: {} },
      });
    },
  );

  it.each([
    [{ inputs: '' }, ['inputs']],
    [{ inputs: [] }, ['inputs']],
    [{ inputs: ['a', 5] }, ['inputs', 1]],
    [{ inputs: 'a', parameters: { aggregation_strategy: 'last' } }, ['parameters', 'aggregation_strategy']],
    [{ inputs: 'a', parameters: { ignore_labels: 'O' } }, ['parameters', 'ignore_labels']],
    [{ inputs: 'a', parameters: { stride: -1 } }, ['parameters', 'stride']],
    [{}, []],
    [null, []],
  ])('is refused: %j', (body, path) => {
    const result = task.readRequest(body, modelFacts());
    expect(result.ok ? null : result.fault.path).toEqual(path);
  });
});

describe('checks of token-classification', () => {
  const check = async (text: Texts, table: Table, expected?: unknown, config: Options = CONFIG) => {
    const { output, facts } = await runOn(task, model(table, config).session, {
      input: text,
      parameters: {},
    });
    const size = facts.texts[0]?.rows.length ?? 0;
    const answered = {
      inference: { input: text, parameters: {} },
      output,
      facts,
      tensors: [
        {
          name: 'logits',
          type: 'float32',
          dims: [1, size, facts.labels.length],
          nan: 0,
          infinite: 0,
          size: 1,
        },
      ],
      ...(expected === undefined ? {} : { expected }),
    };
    return Object.fromEntries(
      [...task.checkAnswer(answered), ...task.checkLabels(answered)].map(({ id, status, message }) => [
        id,
        [status, message],
      ]),
    );
  };

  it('pass for a sound model', async () => {
    expect(await check('Anna in Berlin', TABLE)).toMatchObject({
      'output-shape': ['passed', 'A row of 5 logits for each token.'],
      spans: ['passed', 'All 2 entities lie where the answer says.'],
      'label-count': ['passed', expect.anything()],
      'labels-named': ['passed', expect.anything()],
    });
  });

  it('know a model that was trained to fill masks by its many classes', async () => {
    const seen = await check('Anna', TABLE, undefined, { ...CONFIG, vocab_size: 5 });
    expect(seen['output-shape']).toEqual(['failed', expect.stringContaining('fill-mask')]);
    expect(seen['label-count']).toBeUndefined();
  });

  it.each([
    [[1, 2], 'text-classification'],
    [[1, 1, 2, 2], 'but they are 1 × 1 × 2 × 2'],
  ])('say what logits of the shape %j are', (dims, message) => {
    const facts: TokenClassificationFacts = { texts: [], labels: [], named: null, vocabulary: null };
    const tensors = [{ name: 'logits', type: 'float32', dims, nan: 0, infinite: 0, size: 4 }];
    const [check] = task.checkAnswer({
      inference: { input: 'a', parameters: {} },
      output: [],
      facts,
      tensors,
    });
    expect(check).toMatchObject({
      id: 'output-shape',
      status: 'failed',
      message: expect.stringContaining(message),
    });
  });

  it('notice spans that are not where they are said to be', () => {
    const facts: TokenClassificationFacts = {
      texts: [
        {
          entities: [{ entity_group: 'PER', word: 'Anna', start: 1, end: 5, score: 1 }],
          mean: [1],
          rows: [],
        },
      ],
      labels: ['O'],
      named: 1,
      vocabulary: null,
    };
    const checks = task.checkAnswer({
      inference: { input: 'Anna Paul', parameters: {} },
      output: [],
      facts,
      tensors: [],
    });
    expect(checks.find(({ id }) => id === 'spans')).toMatchObject({ status: 'failed' });
  });

  it.each([
    [
      [
        { entity_group: 'PER', word: 'anna', score: 0.97 },
        { entity_group: 'LOC', word: 'Berlin', start: 8 },
      ],
      'passed',
      'agrees',
    ],
    [
      [
        { entity: 'B-PER', word: 'Anna' },
        { entity: 'B-LOC', word: 'berlin' },
      ],
      'passed',
      'agrees',
    ],
    [[{ entity_group: 'LOC', word: 'Anna' }], 'failed', 'the model calls it "PER"'],
    [[{ entity_group: 'PER', word: 'Paul' }], 'failed', 'the model finds "Anna" (PER), "Berlin" (LOC)'],
    [[{ entity_group: 'PER', word: 'Anna', start: 1 }], 'warning', 'begins at 0'],
    [[{ entity_group: 'PER', word: 'Anna', score: 0.5 }], 'warning', 'Update the score'],
    [[{ entity_group: 'PER', word: 'Anna' }], 'warning', 'also finds "Berlin" (LOC)'],
    [[], 'warning', 'also finds'],
    ['Anna', 'warning', 'cannot be compared'],
    [[{ word: 5 }], 'warning', 'cannot be compared'],
  ])('compare with the card: %j', async (expected, status, message) => {
    const seen = await check('Anna in Berlin', TABLE, expected);
    expect(seen['expected-output']).toEqual([status, expect.stringContaining(message)]);
  });

  it('give the same vector for every text where the model does not listen', async () => {
    const constant = Object.fromEntries(
      ['anna', 'in', 'ber', '##lin', '[CLS]', '[SEP]'].map((word) => [word, top(2)]),
    );
    const vectors = async (text: string, table: Table) =>
      task.vectors(await runOn(task, model(table).session, { input: text, parameters: {} }));
    expect(await vectors('anna', constant)).toEqual(await vectors('in in berlin', constant));
    expect(await vectors('anna', TABLE)).not.toEqual(await vectors('in in berlin', TABLE));
  });

  it('compare variants token by token', async () => {
    const run = (table: Table) =>
      runOn(task, model(table).session, { input: 'anna in berlin', parameters: {} });
    const full = await run(TABLE);
    expect(task.compare(full, await run({ ...TABLE, anna: top(1, 4.9) }))).toMatchObject({ agrees: true });
    expect(task.compare(full, await run({ ...TABLE, anna: top(3) }))).toMatchObject({ agrees: false });
  });
});
