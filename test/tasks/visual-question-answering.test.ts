import { describe, expect, it } from 'vitest';
import type { Tensors, TensorType } from '../../src/smoke/session.js';
import { visualQuestionAnswering as task } from '../../src/tasks/visual-question-answering.js';
import { floats, plain, summaries } from './pictures.js';
import { modelFacts, onnxSession, runOn } from './session.js';

const NOTHING = modelFacts();
const CONFIG = { id2label: { 0: 'red', 1: 'Two', 2: 'no' } };
const input = (name: string, type: TensorType, shape: readonly (number | string)[]) => ({
  name,
  type,
  shape,
});

async function answered(
  logits: readonly number[],
  { parameters = {}, expected = undefined as unknown, tokens = 'tokens' as number | string } = {},
) {
  let feeds: Tensors = {};
  const asked: unknown[] = [];
  const session = onnxSession({
    config: CONFIG,
    inputs: [
      input('input_ids', 'int64', ['batch', tokens]),
      input('pixel_values', 'float32', ['batch', 3, 'h', 'w']),
      input('pixel_mask', 'int64', ['batch', 'h', 'w']),
    ],
    media: { ...onnxSession().media, picture: async () => plain([1, 2, 3]) },
    processor: {
      config: {},
      sound: () => Promise.reject(new Error('It hears nothing.')),
      pictures: async () => ({ pixel_values: floats([1, 3, 2, 4], new Float32Array(24)) }),
    },
    tokenizer: {
      encode(...args: unknown[]) {
        asked.push(args);
        return { input_ids: { type: 'int64', dims: [1, 2], data: BigInt64Array.from([1n, 2n]) } };
      },
    } as never,
    async run(given) {
      feeds = given;
      return { logits: floats([1, logits.length], logits) };
    },
  });
  const inference = {
    input: { image: { kind: 'file', path: 'a.png' } as const, question: 'how many?' },
    parameters,
  };
  const answer = await runOn(task, session, inference);
  const tensors = summaries({ logits: floats([1, logits.length], logits) });
  return { ...answer, inference, tensors, feeds, asked, ...(expected === undefined ? {} : { expected }) };
}

describe('an answer', () => {
  it('is the best of a list, each with its own probability', async () => {
    const { output, feeds } = await answered([0, 2, -2]);
    expect(output).toEqual([
      { answer: 'Two', score: expect.closeTo(0.8808, 3) },
      { answer: 'red', score: 0.5 },
      { answer: 'no', score: expect.closeTo(0.1192, 3) },
    ]);
    expect(feeds.pixel_mask).toEqual({
      type: 'int64',
      dims: [1, 2, 4],
      data: BigInt64Array.from(new Array(8).fill(1n)),
    });
  });

  it('keeps to top_k, and fills up texts for graphs that take one length', async () => {
    const { output, asked } = await answered([0, 2, -2], { parameters: { top_k: 1 }, tokens: 40 });
    expect(output).toHaveLength(1);
    expect(asked).toEqual([['how many?', { padding: 'max_length', max_length: 40, truncation: true }]]);
    expect(task.readParameters({ top_k: 0 })).toMatchObject({ ok: false });
  });

  it.each([
    [[{ answer: 'two', score: 0.9 }], 'passed', 'agrees'],
    [{ answer: ' Two ' }, 'passed', 'agrees'],
    [[{ answer: 'red', score: 0.9 }], 'failed', 'the model says "Two"'],
    [[{ answer: 'two', score: 0.2 }], 'warning', 'differ by more'],
    [[{ label: 'two' }], 'warning', 'no `answer`'],
  ])('is compared with the card, which says %j', async (expected, status, part) => {
    const checks = task.checkAnswer(await answered([0, 2, -2], { expected }));
    expect(checks.find(({ id }) => id === 'expected-output')).toMatchObject({
      status,
      message: expect.stringContaining(part),
    });
  });

  it('needs a label for each class', async () => {
    expect(task.checkLabels(await answered([0, 2, -2]))[0]).toMatchObject({ status: 'passed' });
    expect(task.checkLabels(await answered([0, 2]))[0]).toMatchObject({
      id: 'label-count',
      status: 'failed',
    });
  });
});

describe('inputs', () => {
  const IMAGE = { kind: 'data', base64: 'QUJD' };
  it.each([
    [{ inputs: { image: 'QUJD', question: 'how many?' } }],
    [{ image: 'QUJD', question: 'how many?' }],
    [{ inputs: 'QUJE', image: 'QUJD', question: 'how many?', parameters: {} }],
  ])('are read from %j', (body) => {
    expect(task.readRequest(body, NOTHING)).toEqual({
      ok: true,
      value: { input: { image: IMAGE, question: 'how many?' }, parameters: {} },
    });
  });

  it.each([
    [{ inputs: { image: 'QUJD' } }, 'question'],
    [{ inputs: { question: 'how many?' } }, 'image'],
    [{ image: 'https://example.com/a.png', question: 'how many?' }, 'address'],
    ['QUJD', 'question'],
  ])('are not %j', (body, part) => {
    const read = task.readRequest(body, NOTHING);
    expect(read.ok ? '' : read.fault.message).toContain(part);
  });

  it('are read from examples', () => {
    expect(task.readExample({ src: 'a.png', text: 'how many?' }, NOTHING)).toEqual({
      ok: true,
      value: { input: { image: { kind: 'file', path: 'a.png' }, question: 'how many?' }, parameters: {} },
    });
    expect(task.readExample({ src: 'a.png' }, NOTHING)).toMatchObject({ ok: false });
    expect(task.readExample({ text: 'how many?' }, NOTHING)).toMatchObject({ ok: false });
  });
});

it('is not for graphs without a question', () => {
  const graph = { inputs: [input('pixel_values', 'float32', [1, 3, 8, 8])], outputs: [] };
  expect(task.ways[0]?.unfit?.(modelFacts({ graph }))).toContain('input_ids and pixel_values');
});
