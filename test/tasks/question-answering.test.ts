import { describe, expect, it } from 'vitest';
import { questionAnswering as task } from '../../src/tasks/question-answering.js';
import type { Inference } from '../../src/tasks/task.js';
import { modelFacts, runOn } from './session.js';
import { floats, modelSession, wordPiece } from './tokenizer.js';

const WORDS = ['where', 'who', '?', 'anna', 'lives', 'in', 'ber', '##lin', '.', 'and', 'works'];
const CONTEXT = '😀 Anna lives in BERLIN. And works.';

type Table = Readonly<Record<string, number>>;

/** A model whose start and end are where words stand, by a table of logits. */
function model(start: Table, end: Table, config = {}, tokenizer = wordPiece(WORDS)) {
  const logits = (table: Table, ids: readonly number[]) => {
    const byId = new Map(Object.entries(table).map(([word, logit]) => [tokenizer.idOf(word), logit]));
    return floats(
      [1, ids.length],
      ids.map((id) => byId.get(id) ?? 0),
    );
  };
  return modelSession(tokenizer, config, (ids) => ({
    start_logits: logits(start, ids),
    end_logits: logits(end, ids),
  }));
}

const BERLIN = [{ ber: 9 }, { '##lin': 9 }] as const;

async function answer(
  parameters: Inference['parameters'] = {},
  { session } = model(...BERLIN),
  input: Parameters<typeof task.vectors>[0] | object = { question: 'Where?', context: CONTEXT },
) {
  return runOn(task, session, { input: input as { question: string; context: string }, parameters });
}

describe('an answer of question-answering', () => {
  it('is a part of the context as it is written there; places count characters', async () => {
    const { output } = await answer();
    expect(output).toEqual({ answer: 'BERLIN', start: 16, end: 22, score: expect.closeTo(0.998, 2) });
  });

  it('is a list only when several were asked for, the likeliest first, none of them twice', async () => {
    const { output } = await answer({ top_k: 3 });
    expect(output).toHaveLength(3);
    const [first, ...others] = output as readonly {
      answer: string;
      score: number;
      start: number;
      end: number;
    }[];
    expect(first?.answer).toBe('BERLIN');
    for (const one of others) expect(one.score).toBeLessThan(first?.score ?? 0);
    expect(
      new Set((output as { start: number; end: number }[]).map(({ start, end }) => `${start} ${end}`)).size,
    ).toBe(3);
    expect((await answer({ top_k: 1 })).output).toMatchObject({ answer: 'BERLIN' });
  });

  it('takes whole words unless asked not to', async () => {
    const half = model({ ber: 9 }, { ber: 9 });
    expect((await answer({}, half)).output).toMatchObject({ answer: 'BERLIN' });
    expect((await answer({ align_to_words: false }, half)).output).toMatchObject({
      answer: 'BER',
      start: 16,
      end: 19,
    });
  });

  it('is not longer than max_answer_len tokens, 15 when nobody says', async () => {
    const long = model({ anna: 9, '##lin': 4 }, { '##lin': 9 });
    expect((await answer({}, long)).output).toMatchObject({ answer: 'Anna lives in BERLIN' });
    expect((await answer({ max_answer_len: 1, align_to_words: false }, long)).output).toMatchObject({
      answer: 'LIN',
    });
  });

  it('is never in the question', async () => {
    const confused = model({ where: 20, ber: 5 }, { where: 20, '##lin': 5 });
    expect((await answer({}, confused)).output).toMatchObject({ answer: 'BERLIN' });
  });

  it('may be that there is none, where that is allowed', async () => {
    const none = model({ '[CLS]': 9, ber: 1 }, { '[CLS]': 9, '##lin': 1 });
    expect((await answer({ handle_impossible_answer: true }, none)).output).toEqual({
      answer: '',
      start: 0,
      end: 0,
      score: expect.closeTo(0.99, 1),
    });
    const sure = (await answer({}, none)).output as { answer: string; score: number };
    expect(sure.answer).toBe('BERLIN');
    expect(sure.score).toBeLessThan(0.01);
  });

  it('is found at the end of a long context, which is read in windows that overlap', async () => {
    const context = `${'in '.repeat(1000)}Berlin`;
    const { session, asked } = model(...BERLIN, { max_position_embeddings: 64 });
    const { output } = await answer({}, { session, asked }, { question: 'Where?', context });
    expect(output).toMatchObject({ answer: 'Berlin', start: 3000, end: 3006 });
    for (const ids of asked) {
      expect(ids.length).toBeLessThanOrEqual(64);
      expect(ids.slice(0, 4)).toEqual([2, 5, 7, 3]);
      expect(ids.at(-1)).toBe(3);
    }
    // 59 tokens of context at a time, 32 of them again.
    expect(asked).toHaveLength(Math.ceil((1002 - 32) / 27));
    const wide = model(...BERLIN);
    await answer({ doc_stride: 0 }, wide, { question: 'Where?', context });
    expect(wide.asked).toHaveLength(Math.ceil(1002 / 379));
  });

  it.each([1, 2, 3])('keeps a long question short where max_seq_len is %i', async (max_seq_len) => {
    const { session, asked } = model(...BERLIN, { max_position_embeddings: 64 });
    const question = `${'where '.repeat(200)}?`;
    await answer({ max_seq_len }, { session, asked }, { question, context: 'in Berlin' });
    // Three special tokens, and one of the context at a time.
    for (const ids of asked) expect(ids).toHaveLength(4);
  });

  it('is one for each of several questions', async () => {
    const questions = [
      { question: 'Where?', context: 'in Berlin' },
      { question: 'Where?', context: 'Berlin.' },
    ];
    expect((await answer({}, model(...BERLIN), questions)).output).toMatchObject([
      { start: 3 },
      { start: 0 },
    ]);
  });
});

describe('a request for question-answering', () => {
  const input = { question: 'q', context: 'c' };

  it.each([
    [{ inputs: input }],
    [input],
    [{ ...input, parameters: null }],
    [{ inputs: input, parameters: { top_k: null } }],
  ])('is read: %j', (body) => {
    expect(task.readRequest(body, modelFacts())).toEqual({ ok: true, value: { input, parameters: {} } });
  });

  it.each([
    ['a text', []],
    [{ inputs: 'a text' }, ['inputs']],
    [{ inputs: { question: 'q' } }, ['inputs']],
    [{ inputs: { question: 'q', context: '' } }, ['inputs', 'context']],
    [{ inputs: [] }, ['inputs']],
    [{ inputs: [input, { question: 5, context: 'c' }] }, ['inputs', 1, 'question']],
    [{ inputs: input, parameters: { top_k: 0 } }, ['parameters', 'top_k']],
    [{ inputs: input, parameters: { doc_stride: -1 } }, ['parameters', 'doc_stride']],
    [
      { inputs: input, parameters: { handle_impossible_answer: 'yes' } },
      ['parameters', 'handle_impossible_answer'],
    ],
  ])('is refused: %j', (body, path) => {
    const result = task.readRequest(body, modelFacts());
    expect(result.ok ? null : result.fault.path).toEqual(path);
  });
});

describe('checks of question-answering', () => {
  const inference = { input: { question: 'Where?', context: CONTEXT }, parameters: {} };

  it.each([
    [{ answer: 'berlin', score: 0.99, start: 16, end: 22 }, 'passed', 'agrees'],
    [[{ answer: 'BERLIN' }], 'passed', 'agrees'],
    [{ answer: 'Anna' }, 'failed', 'the model says "BERLIN"'],
    [{ answer: 'Berlin', start: 17 }, 'warning', 'begins at 16'],
    [{ answer: 'Berlin', score: 0.5 }, 'warning', 'Update the score'],
    [{ text: 'Berlin' }, 'warning', 'has no `answer`'],
  ])('compare with the card: %j', async (expected, status, message) => {
    const { output, facts } = await answer();
    const checks = task.checkAnswer({ inference, output, facts, expected, tensors: [] });
    expect(checks.find(({ id }) => id === 'expected-output')).toMatchObject({
      status,
      message: expect.stringContaining(message),
    });
    expect(checks.find(({ id }) => id === 'spans')).toMatchObject({ status: 'passed' });
  });

  it('see that a model points out of the context, unless that means that there is no answer', async () => {
    const spans = async (start: Table, end: Table) => {
      const { output, facts } = await answer({}, model(start, end));
      return task.checkAnswer({ inference, output, facts, tensors: [] }).find(({ id }) => id === 'spans')
        ?.status;
    };
    expect(await spans(...BERLIN)).toBe('passed');
    expect(await spans({ where: 20 }, { '##lin': 9 })).toBe('failed');
    expect(await spans({ ber: 9 }, { '[SEP]': 20 })).toBe('failed');
    expect(await spans({ '[CLS]': 20 }, { '[CLS]': 20 })).toBe('passed');
  });

  it('say which outputs there are instead', async () => {
    const { session } = modelSession(wordPiece(WORDS), {}, (ids) => ({
      logits: floats([1, ids.length], ids),
    }));
    const { output, facts } = await runOn(task, session, inference);
    const tensors = [{ name: 'logits', type: 'float32', dims: [1, 2], nan: 0, infinite: 0, size: 2 }];
    expect(task.checkAnswer({ inference, output, facts, tensors })).toMatchObject([
      { id: 'output-shape', status: 'failed', message: expect.stringContaining('it gives logits (1 × 2)') },
    ]);
    expect(task.vectors({ output, facts })).toEqual([]);
  });

  it('see that a model does not listen', async () => {
    const vectors = async (one: ReturnType<typeof model>, context: string) =>
      task.vectors(await answer({}, one, { question: 'Where?', context }));
    const even = model({}, {});
    expect(await vectors(even, 'in Berlin')).toEqual(await vectors(even, 'Anna lives in Berlin and works.'));
    const sound = model(...BERLIN);
    expect(await vectors(sound, 'in Berlin')).not.toEqual(
      await vectors(sound, 'Anna lives in Berlin and works.'),
    );
  });

  it('compare variants by their answers', async () => {
    const full = await answer();
    expect(task.compare(full, await answer({}, model({ ber: 8.9 }, { '##lin': 9 })))).toMatchObject({
      agrees: true,
    });
    expect(task.compare(full, await answer({}, model({ anna: 9 }, { anna: 9 })))).toMatchObject({
      agrees: false,
      seen: '"Anna" instead of "BERLIN"',
    });
  });
});
