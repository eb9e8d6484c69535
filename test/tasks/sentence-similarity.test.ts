import { describe, expect, it } from 'vitest';
import { sentenceSimilarity as task } from '../../src/tasks/sentence-similarity.js';
import { modelFacts, runOn } from './session.js';
import { floats, modelSession, wordPiece } from './tokenizer.js';

const WORDS = ['ball', 'money', 'goal'];
const DIRECTIONS: Readonly<Record<number, readonly number[]>> = { 5: [1, 0], 6: [0, 1], 7: [0.8, 0.6] };
const INPUT = { source_sentence: 'ball', sentences: ['money', 'goal', 'Ball'] };
const INFERENCE = { input: INPUT, parameters: {} };

function model() {
  return modelSession(
    wordPiece(WORDS),
    {},
    (ids) => ({
      last_hidden_state: floats(
        [1, ids.length, 2],
        ids.flatMap((id) => DIRECTIONS[id] ?? [0, 0]),
      ),
    }),
    {
      'modules.json': [
        { type: 'sentence_transformers.models.Pooling', path: '1_Pooling' },
        { type: 'x.Normalize' },
      ],
      '1_Pooling/config.json': { pooling_mode_mean_tokens: true },
    },
  );
}

describe('an answer of sentence-similarity', () => {
  it('is the cosine of each sentence with the first one', async () => {
    const { output, facts } = await runOn(task, model().session, INFERENCE);
    expect(output).toEqual([0, 0.8, 1].map((score) => expect.closeTo(score, 5)));
    expect(facts.vectors).toHaveLength(4);
    expect(task.vectors({ output, facts })).toHaveLength(4);
  });

  it('is empty where the graph gives no vectors, and the check says so', async () => {
    const { session } = modelSession(wordPiece(WORDS), {}, () => ({ logits: floats([1, 1], [0]) }));
    const { output, facts } = await runOn(task, session, INFERENCE);
    expect(output).toEqual([]);
    expect(task.checkAnswer({ inference: INFERENCE, output, facts, tensors: [] })).toMatchObject([
      { id: 'output-shape', status: 'failed' },
    ]);
  });
});

describe('a request for sentence-similarity', () => {
  it.each([[{ inputs: INPUT }], [INPUT], [{ inputs: INPUT, parameters: {} }]])('is read: %j', (body) => {
    expect(task.readRequest(body, modelFacts())).toEqual({ ok: true, value: INFERENCE });
    expect(task.readExample({ ...INPUT, output: [1] }, modelFacts())).toMatchObject({
      ok: true,
      value: { output: [1] },
    });
  });

  it.each([
    ['ball', []],
    [{ inputs: ['ball'] }, []],
    [{ inputs: { source_sentence: 'ball' } }, ['inputs']],
    [{ inputs: { source_sentence: 5, sentences: ['a'] } }, ['inputs', 'source_sentence']],
    [{ source_sentence: 'ball', sentences: ['a', ' '] }, ['sentences', 1]],
    [{ source_sentence: 'ball', sentences: [] }, ['sentences']],
  ])('is refused: %j', (body, path) => {
    const result = task.readRequest(body, modelFacts());
    expect(result.ok ? null : result.fault.path).toEqual(path);
  });
});

describe('the card of a sentence-similarity model', () => {
  it.each([
    [[0, 0.8, 1], 'passed', 'agree'],
    [[0.02, 0.78, 0.97], 'passed', 'agree'],
    [[1, 0.8, 0], 'failed', 'says that "money" is nearest, the model says "Ball"'],
    [[0.3, 0.8, 1], 'warning', 'sentence 1'],
    [[0.3], 'warning', 'no list of 3 numbers'],
    ['near', 'warning', 'no list of 3 numbers'],
  ])('shows %j', async (expected, status, message) => {
    const { output, facts } = await runOn(task, model().session, INFERENCE);
    const checks = task.checkAnswer({ inference: INFERENCE, output, facts, expected, tensors: [] });
    expect(checks.find(({ id }) => id === 'expected-output')).toMatchObject({
      status,
      message: expect.stringContaining(message),
    });
    expect(checks.find(({ id }) => id === 'embedding-normalized')).toMatchObject({ status: 'passed' });
  });
});
