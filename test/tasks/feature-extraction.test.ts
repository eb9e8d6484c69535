import { describe, expect, it } from 'vitest';
import type { Options } from '../../src/smoke/session.js';
import { featureExtraction as task } from '../../src/tasks/feature-extraction.js';
import type { Texts } from '../../src/tasks/reading/text-input.js';
import type { Inference } from '../../src/tasks/task.js';
import { modelFacts, runOn } from './session.js';
import { floats, modelSession, wordPiece } from './tokenizer.js';

const WORDS = ['ball', 'money', 'query', ':', 'soup'];
const MODULES = ['Transformer', 'Pooling'].map((name) => ({
  type: `sentence_transformers.models.${name}`,
  path: name === 'Pooling' ? '1_Pooling' : '',
}));
const NORMALIZE = { type: 'sentence_transformers.models.Normalize', path: '2_Normalize' };
const MEAN = { word_embedding_dimension: 2, pooling_mode_mean_tokens: true };

/** A model that gives each token its id and its place as a vector: ball is [5, …]. */
function model(json: Options = {}, config: Options = {}, tokenizer = wordPiece(WORDS)) {
  return modelSession(
    tokenizer,
    config,
    (ids) => ({
      last_hidden_state: floats(
        [1, ids.length, 2],
        ids.flatMap((id, at) => [id, at]),
      ),
    }),
    json,
  );
}

function repository(pooling: object, ...more: readonly object[]): Options {
  return { 'modules.json': [...MODULES, ...more], '1_Pooling/config.json': pooling };
}

async function extract(input: Texts, parameters: Inference['parameters'] = {}, { session } = model()) {
  return (await runOn(task, session, { input, parameters })).output;
}

describe('an answer of feature-extraction', () => {
  it('has the vectors of the tokens of a bare transformer, special ones too', async () => {
    const rows = [
      [2, 0],
      [5, 1],
      [3, 2],
    ];
    expect(await extract('Ball')).toEqual([rows]);
    expect(await extract(['Ball', 'ball ball'])).toEqual([
      [rows],
      [
        [
          [2, 0],
          [5, 1],
          [5, 2],
          [3, 3],
        ],
      ],
    ]);
  });

  it.each([
    [{ pooling_mode_mean_tokens: true }, [13 / 4, 6 / 4]],
    [{ pooling_mode_cls_token: true }, [2, 0]],
    [{ pooling_mode_max_tokens: true }, [5, 3]],
    [{ pooling_mode_mean_sqrt_len_tokens: true }, [13 / 2, 6 / 2]],
    [{ pooling_mode_weightedmean_tokens: true }, [(2 + 2 * 5 + 3 * 3 + 4 * 3) / 10, (0 + 2 + 6 + 12) / 10]],
    [{ pooling_mode_lasttoken: true }, [3, 3]],
    [{ pooling_mode_mean_tokens: true, pooling_mode_cls_token: true }, [2, 0, 13 / 4, 6 / 4]],
    [{}, [13 / 4, 6 / 4]],
  ])('is one vector where sentence-transformers makes one: %j', async (pooling, vector) => {
    const tokenizer = wordPiece(WORDS);
    const { session } = modelSession(
      tokenizer,
      {},
      () => ({ last_hidden_state: floats([1, 4, 2], [2, 0, 5, 1, 3, 2, 3, 3]) }),
      repository(pooling),
    );
    const output = await extract('ball [SEP]', {}, { session, asked: [] });
    expect(output).toEqual(vector.map((value) => expect.closeTo(value, 5)));
  });

  it('is one vector for each of several texts', async () => {
    expect(await extract(['ball', 'money'], {}, model(repository(MEAN)))).toEqual(
      [
        [10 / 3, 1],
        [11 / 3, 1],
      ].map((row) => row.map((value) => expect.closeTo(value, 5))),
    );
  });

  it('has length one where the repository or the request says so', async () => {
    const norm = (vector: unknown) => Math.hypot(...(vector as number[]));
    expect(norm(await extract('ball', {}, model(repository(MEAN, NORMALIZE))))).toBeCloseTo(1, 6);
    expect(norm(await extract('ball', { normalize: true }, model(repository(MEAN))))).toBeCloseTo(1, 6);
    expect(norm(await extract('ball', {}, model(repository(MEAN))))).toBeGreaterThan(3);
    const tokens = (await extract('ball', { normalize: true })) as number[][][];
    expect(norm(tokens[0]?.[1])).toBeCloseTo(1, 6);
  });

  it('takes the vector that the graph gives for a whole text, as it is', async () => {
    const { session, asked } = modelSession(
      wordPiece(WORDS),
      {},
      () => ({ sentence_embedding: floats([1, 3], [3, 4, 0]) }),
      repository(MEAN, NORMALIZE),
    );
    const answer = await runOn(task, session, { input: 'ball', parameters: {} });
    expect(answer.output).toEqual([3, 4, 0]);
    expect(asked).toHaveLength(1);
    const checks = task.checkAnswer({ ...answer, inference: { input: 'ball', parameters: {} }, tensors: [] });
    expect(checks.find(({ id }) => id === 'embedding-normalized')).toMatchObject({
      status: 'failed',
      message: expect.stringContaining('one has length 5'),
    });
  });

  it('pools as the request says', async () => {
    expect(await extract('ball', { pooling: 'cls' })).toEqual([2, 0]);
    expect(await extract(['ball'], { pooling: 'last_token' })).toEqual([[3, 2]]);
    expect(await extract('ball', { pooling: 'none' }, model(repository(MEAN)))).toEqual([
      [
        [2, 0],
        [5, 1],
        [3, 2],
      ],
    ]);
  });

  it('puts the prompt of the repository before the text, and may leave it out of the mean', async () => {
    const prompts = {
      'config_sentence_transformers.json': {
        prompts: { query: 'query: ', plain: '' },
        default_prompt_name: null,
      },
    };
    const { session, asked } = model({ ...repository(MEAN), ...prompts });
    await extract('ball', { prompt_name: 'query' }, { session, asked });
    await extract('ball', {}, { session, asked });
    expect(asked).toEqual([
      [2, 7, 8, 5, 3],
      [2, 5, 3],
    ]);
    const byDefault = model({
      ...repository({ ...MEAN, include_prompt: false }),
      'config_sentence_transformers.json': { prompts: { query: 'query: ' }, default_prompt_name: 'query' },
    });
    expect(await extract('ball', {}, byDefault)).toEqual([(5 + 3) / 2, (3 + 4) / 2]);
  });

  it('is of a text in lower case where sentence-transformers makes it so', async () => {
    const { session, asked } = model({
      ...repository(MEAN),
      'sentence_bert_config.json': { do_lower_case: true, max_seq_length: 4 },
    });
    await extract('BALL money soup', {}, { session, asked });
    expect(asked).toEqual([[2, 5, 6, 3]]);
  });

  it('cuts a text that is too long, at the end that is asked, or says so', async () => {
    const { session, asked } = model({}, { max_position_embeddings: 4 });
    await extract('ball money soup', {}, { session, asked });
    await extract('ball money soup', { truncate: true, truncation_direction: 'left' }, { session, asked });
    expect(asked).toEqual([
      [2, 5, 6, 3],
      [2, 6, 9, 3],
    ]);
    await expect(extract('ball money soup', { truncate: false }, { session, asked })).rejects.toThrow(
      'The text has 5 tokens, but the model takes 4 at most',
    );
  });

  it('knows that RoBERTa has fewer positions than it states', async () => {
    const { session, asked } = model(
      {},
      { model_type: 'roberta', max_position_embeddings: 6, pad_token_id: 1 },
    );
    await extract('ball money soup', {}, { session, asked });
    expect(asked[0]).toHaveLength(4);
  });
});

describe('a request for feature-extraction', () => {
  const facts = modelFacts({
    json: { 'config_sentence_transformers.json': { prompts: { query: 'query: ' } } },
  });

  it.each([
    ['a', { input: 'a', parameters: {} }],
    [['a', 'b'], { input: ['a', 'b'], parameters: {} }],
    [
      { inputs: ['a'], normalize: true },
      { input: ['a'], parameters: { normalize: true } },
    ],
    [
      { inputs: 'a', truncation_direction: 'Left', parameters: { truncate: true, prompt_name: 'query' } },
      { input: 'a', parameters: { truncate: true, truncation_direction: 'left', prompt_name: 'query' } },
    ],
  ])('is read, with parameters at the root as well: %j', (body, value) => {
    expect(task.readRequest(body, facts)).toEqual({ ok: true, value });
  });

  it.each([
    [{ inputs: 'a', normalize: 'yes' }, 'true or false'],
    [{ inputs: 'a', parameters: { truncate: 1 } }, 'true or false'],
    [{ inputs: 'a', parameters: { truncation_direction: 'up' } }, 'left, right'],
    [{ inputs: 'a', parameters: { pooling: 'toString' } }, 'pooling must be one of'],
    [
      { inputs: 'a', parameters: { prompt_name: 'passage' } },
      'There is no prompt "passage" in config_sentence_transformers.json; it has "query"',
    ],
    [{ inputs: 'a', parameters: { prompt_name: '__proto__' } }, 'There is no prompt'],
    [{ inputs: [] }, 'empty list'],
    [{ inputs: [''] }, 'Text 1 is empty'],
  ])('is refused: %j', (body, message) => {
    const result = task.readRequest(body, facts);
    expect(result.ok ? '' : result.fault.message).toContain(message);
  });
});

describe('checks of feature-extraction', () => {
  const check = async (one: ReturnType<typeof model>, expected?: unknown) => {
    const inference = { input: 'ball', parameters: {} };
    const answer = await runOn(task, one.session, inference);
    const answered = { ...answer, inference, tensors: [], ...(expected === undefined ? {} : { expected }) };
    return Object.fromEntries(task.checkAnswer(answered).map(({ id, status }) => [id, status]));
  };

  it('compare the width with what the files say', async () => {
    expect(await check(model({}, { hidden_size: 2 }))).toEqual({
      'output-shape': 'passed',
      'embedding-width': 'passed',
    });
    expect(await check(model({}, { hidden_size: 3 }))).toMatchObject({ 'embedding-width': 'failed' });
    expect(await check(model(repository(MEAN, NORMALIZE), { hidden_size: 3 }))).toEqual({
      'output-shape': 'passed',
      'embedding-width': 'passed',
      'embedding-normalized': 'passed',
    });
    expect(await check(model(repository({ ...MEAN, word_embedding_dimension: 384 })))).toMatchObject({
      'embedding-width': 'failed',
    });
    expect(await check(model())).toEqual({ 'output-shape': 'passed' });
  });

  it('compare with the vectors in the card', async () => {
    const pooled = model(repository(MEAN));
    expect(await check(pooled, [10 / 3, 1])).toMatchObject({ 'expected-output': 'passed' });
    expect(await check(pooled, [-1, 1])).toMatchObject({ 'expected-output': 'failed' });
    expect(await check(pooled, [1, 2, 3])).toMatchObject({ 'expected-output': 'warning' });
    expect(await check(pooled, 'a vector')).toMatchObject({ 'expected-output': 'warning' });
  });

  it('say which outputs there are instead of vectors', async () => {
    const { session } = modelSession(wordPiece(WORDS), {}, () => ({ logits: floats([1, 2], [0, 1]) }));
    const inference = { input: 'ball', parameters: {} };
    const answer = await runOn(task, session, inference);
    const tensors = [{ name: 'logits', type: 'float32', dims: [1, 2], nan: 0, infinite: 0, size: 2 }];
    expect(task.checkAnswer({ ...answer, inference, tensors })).toMatchObject([
      { id: 'output-shape', status: 'failed', message: expect.stringContaining('it gives logits (1 × 2)') },
    ]);
  });

  it('find vectors that are all the same', () => {
    const facts = { sentences: true, tokenWidth: 2, statedWidth: null, normalized: false };
    const answer = (vectors: readonly (readonly number[])[], sentences = true) => ({
      output: null,
      facts: { ...facts, vectors, sentences },
    });
    const same = (...answers: readonly ReturnType<typeof answer>[]) => task.sameAnswer?.(answers);
    expect(same(answer([[1, 0.01]]), answer([[1, 0.02]]), answer([[1, 0]]))).toContain('above 0.999');
    expect(same(answer([[1, 0]]), answer([[0, 1]]))).toBeNull();
    expect(
      same(
        answer([
          [1, 0.01],
          [1, 0.02],
          [0, 1],
        ]),
      ),
    ).toBeNull();
    expect(same(answer([[1, 0]]))).toBeNull();
    // Bare transformers put all texts near each other.
    expect(same(answer([[1, 0.01]], false), answer([[1, 0.03]], false))).toBeNull();
    expect(same(answer([[1, 0]], false), answer([[2, 0]], false))).toContain('above');
  });

  it('know layers that the graph does not have', () => {
    const json = repository(MEAN, { type: 'sentence_transformers.models.Dense', path: '2_Dense' });
    const graph = (name: string) => ({
      inputs: [],
      outputs: [{ name, type: 'float32' as const, shape: null }],
    });
    const [way] = task.ways;
    expect(way?.unfit?.(modelFacts({ json, graph: graph('last_hidden_state') }))).toContain('"Dense"');
    expect(way?.unfit?.(modelFacts({ json, graph: graph('sentence_embedding') }))).toBeNull();
    expect(
      way?.unfit?.(modelFacts({ json: repository(MEAN, NORMALIZE), graph: graph('last_hidden_state') })),
    ).toBeNull();
    expect(way?.unfit?.(modelFacts())).toBeNull();
  });

  it('miss the settings of a pooling layer', () => {
    const status = (json: Options) =>
      task.checkModel(modelFacts({ json })).map(({ id, status: seen }) => [id, seen]);
    expect(status(repository(MEAN))).toEqual([['pooling', 'passed']]);
    expect(status({ 'modules.json': MODULES })).toEqual([['pooling', 'failed']]);
    expect(status({ 'modules.json': [{ type: 'a.Pooling', path: 'pool' }] })).toEqual([
      ['pooling', 'warning'],
    ]);
    expect(status({ 'modules.json': { broken: true } })).toEqual([]);
  });
});
