import { describe, expect, it } from 'vitest';
import type { Options } from '../../src/smoke/session.js';
import type { Inference } from '../../src/tasks/task.js';
import { textRanking as task } from '../../src/tasks/text-ranking.js';
import { modelFacts, runOn } from './session.js';
import { floats, modelSession, wordPiece } from './tokenizer.js';

const WORDS = ['football', 'ball', 'money', 'word'];
const INPUT = { query: 'football', texts: ['money', 'Ball', 'word'] };
const LOGITS: Readonly<Record<number, number>> = { 6: 3, 7: -4 };

function model(config: Options = {}, columns = 1, tokenizer = wordPiece(WORDS)) {
  return modelSession(tokenizer, config, (ids) => ({
    logits: floats(
      [1, columns],
      new Array<number>(columns).fill(ids.reduce((sum, id) => sum + (LOGITS[id] ?? 0), 0)),
    ),
  }));
}

async function rank(parameters: Inference['parameters'] = {}, { session } = model(), input = INPUT) {
  return runOn(task, session, { input, parameters });
}

const sigmoid = (logit: number) => expect.closeTo(1 / (1 + Math.exp(-logit)), 6);

describe('an answer of text-ranking', () => {
  it('has the places of the texts, the one that fits best first', async () => {
    expect((await rank()).output).toEqual([
      { index: 1, score: sigmoid(3) },
      { index: 2, score: sigmoid(0) },
      { index: 0, score: sigmoid(-4) },
    ]);
    expect((await rank({ return_text: true, top_k: 1 })).output).toEqual([
      { index: 1, score: sigmoid(3), text: 'Ball' },
    ]);
  });

  it.each([
    [{ sentence_transformers: { activation_fn: 'torch.nn.modules.linear.Identity' } }],
    [{ sbert_ce_default_activation_function: 'torch.nn.modules.linear.Identity' }],
  ])('has logits where config.json says so: %j', async (config) => {
    expect((await rank({}, model(config))).output).toMatchObject([{ score: 3 }, { score: 0 }, { score: -4 }]);
    expect((await rank({ raw_scores: true })).output).toMatchObject([{ score: 3 }, {}, {}]);
  });

  it('cuts the longer one where both are too long', async () => {
    const { session, asked } = model({}, 1, wordPiece(WORDS, { model_max_length: 8 }));
    await rank({}, { session, asked }, { query: 'football', texts: ['word '.repeat(20)] });
    await rank({}, { session, asked }, { query: 'football '.repeat(20), texts: ['word '.repeat(20)] });
    expect(asked).toEqual([
      [2, 5, 3, 8, 8, 8, 8, 3],
      [2, 5, 5, 5, 3, 8, 8, 3],
    ]);
  });

  it('needs one column; its name does not matter', async () => {
    const { output, facts } = await rank({}, model({ id2label: { 0: 'LABEL_0' } }));
    const inference = { input: INPUT, parameters: {} };
    const tensors = [{ name: 'logits', type: 'float32', dims: [1, 3], nan: 0, infinite: 0, size: 3 }];
    expect(task.checkAnswer({ inference, output, facts, tensors })).toMatchObject([{ status: 'passed' }]);
    expect(task.checkLabels({ inference, output, facts, tensors })).toEqual([]);
    const three = await rank({}, model({}, 3));
    expect(task.checkAnswer({ inference, ...three, tensors })).toMatchObject([
      { id: 'output-shape', status: 'failed', message: expect.stringContaining('gives 3 scores') },
    ]);
  });

  it('is the same for all texts where the model does not listen', async () => {
    const even = await rank({}, model(), { query: 'football', texts: ['word', 'word word'] });
    expect(new Set(task.vectors(even).map((vector) => JSON.stringify(vector))).size).toBe(1);
    expect(task.vectors(await rank())).toEqual([[-4], [3], [0]]);
  });
});

describe('a request for text-ranking', () => {
  it.each([
    [{ inputs: INPUT }],
    [INPUT],
    [{ query: 'football', documents: ['money', { text: 'Ball' }, 'word'] }],
    [{ source_sentence: 'football', sentences: INPUT.texts }],
  ])('is read: %j', (body) => {
    expect(task.readRequest(body, modelFacts())).toEqual({
      ok: true,
      value: { input: INPUT, parameters: {} },
    });
  });

  it('takes parameters at the root and below', () => {
    expect(
      task.readRequest({ ...INPUT, raw_scores: true, parameters: { top_n: 2 } }, modelFacts()),
    ).toMatchObject({
      value: { parameters: { raw_scores: true, top_k: 2 } },
    });
  });

  it.each([
    ['football', 'Expected'],
    [{ query: 'football' }, 'no `texts`'],
    [{ texts: ['a'] }, 'no `query`'],
    [{ query: 'football', texts: [5] }, 'must be a text'],
    [{ ...INPUT, parameters: { top_k: 0 } }, 'at least 1'],
    [{ ...INPUT, raw_scores: 'yes' }, 'true or false'],
  ])('is refused: %j', (body, message) => {
    const result = task.readRequest(body, modelFacts());
    expect(result.ok ? '' : result.fault.message).toContain(message);
  });

  it('has defaults', () => {
    expect(task.defaultInferences(modelFacts())).toHaveLength(1);
  });
});

describe('the card of a text-ranking model', () => {
  it.each([
    [
      [
        { index: 1, score: 0.95 },
        { index: 0, score: 0.02 },
      ],
      'passed',
    ],
    [[0.02, 0.95, 0.5], 'passed'],
    [[{ corpus_id: 0, score: 0.95 }], 'failed'],
    [[{ index: 1, score: 0.6 }], 'warning'],
    [[{ index: 9, score: 0.6 }], 'warning'],
    ['first', 'warning'],
  ])('shows %j: %s', async (expected, status) => {
    const answer = await rank();
    const checks = task.checkAnswer({
      ...answer,
      inference: { input: INPUT, parameters: {} },
      expected,
      tensors: [],
    });
    expect(checks.find(({ id }) => id === 'expected-output')).toMatchObject({ status });
  });
});
