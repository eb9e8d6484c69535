import { describe, expect, it } from 'vitest';
import type { TransformersSession } from '../../src/smoke/session.js';
import { findTask, TASKS } from '../../src/tasks/index.js';
import { outputSchema } from '../../src/tasks/schemas.js';
import { textClassification as task } from '../../src/tasks/text-classification.js';
import { modelFacts, runOn, transformersSession } from './session.js';
import { wordPiece } from './tokenizer.js';

const NOTHING = modelFacts();

/** A pipeline that gives these logits. */
function session(
  logits: readonly number[],
  config: Readonly<Record<string, unknown>>,
  dims: readonly number[] = [1, logits.length],
): TransformersSession {
  return transformersSession({
    config,
    tokenizer: wordPiece(['text']),
    model: async () => ({ logits: { type: 'float32', dims, data: Float32Array.from(logits) } }),
  });
}

const LABELS = { id2label: { 0: 'no', 1: 'yes' } };

async function run(
  logits: readonly number[],
  config: Readonly<Record<string, unknown>>,
  parameters: Readonly<Record<string, unknown>> = {},
) {
  return runOn(task, session(logits, config), { input: 'text', parameters });
}

describe('the table of tasks', () => {
  it('finds tasks by tag and by other names', () => {
    expect(findTask('text-classification')).toBe(task);
    expect(findTask('sentiment-analysis')).toBe(task);
    expect(findTask('nonsense')).toBeUndefined();
    expect(findTask('__proto__')).toBeUndefined();
  });

  it('has a schema for what each task gives', () => {
    for (const tag of TASKS.keys()) expect(outputSchema(tag), tag).toBeDefined();
    expect(outputSchema('constructor')).toBeUndefined();
  });
});

describe('a widget example of text-classification', () => {
  it('is a text, with title, parameters and output if it likes', () => {
    const output = [{ label: 'yes', score: 1 }];
    expect(
      task.readExample({ text: 'a', example_title: 'T', parameters: { top_k: 2 }, output }, NOTHING),
    ).toEqual({
      ok: true,
      value: { input: 'a', title: 'T', parameters: { top_k: 2 }, output },
    });
    expect(task.readExample({ text: 'a', output: null }, NOTHING)).toEqual({
      ok: true,
      value: { input: 'a', parameters: {} },
    });
  });

  it.each([
    ['a bare text', [], 'not a text'],
    [null, [], 'not null'],
    [['a'], [], 'not a list'],
    [{}, [], 'has no `text`'],
    [{ src: 'a.png' }, [], 'has no `text`'],
    [{ text: 5 }, ['text'], 'not a number'],
    [{ text: null }, ['text'], 'not null'],
    [{ text: new Date(0) }, ['text'], 'not a date'],
    [{ text: '  ' }, ['text'], 'empty'],
    [{ text: 'a', parameters: { top_k: 0 } }, ['parameters', 'top_k'], 'at least 1'],
    [{ text: 'a', parameters: { top_k: 1.5 } }, ['parameters', 'top_k'], 'whole number'],
    [
      { text: 'a', parameters: { function_to_apply: 'relu' } },
      ['parameters', 'function_to_apply'],
      'softmax',
    ],
    [{ text: 'a', parameters: [] }, ['parameters'], 'must be a mapping'],
  ])('does not fit: %j', (example, path, message) => {
    const result = task.readExample(example, NOTHING);
    expect(result.ok).toBe(false);
    if (!result.ok) {
      expect(result.fault.path).toEqual(path);
      expect(result.fault.message).toContain(message);
    }
  });
});

describe('a request for text-classification', () => {
  it.each([['good'], [{ inputs: 'good' }], [{ text: 'good' }], [{ inputs: 'good', parameters: null }]])(
    'is read: %j',
    (body) => {
      expect(task.readRequest(body, NOTHING)).toEqual({ ok: true, value: { input: 'good', parameters: {} } });
    },
  );

  it.each([[''], [5], [{}], [{ inputs: ['a', 'b'] }], [{ inputs: 'a', parameters: { top_k: '3' } }]])(
    'is refused: %j',
    (body) => {
      expect(task.readRequest(body, NOTHING).ok).toBe(false);
    },
  );
});

describe('an answer of text-classification', () => {
  it('is sorted by score, five classes at most unless asked', async () => {
    const { output } = await run([0, 2], LABELS);
    expect(output).toEqual([
      { label: 'yes', score: expect.closeTo(0.8808, 4) },
      { label: 'no', score: expect.closeTo(0.1192, 4) },
    ]);
    expect((await run([0, 2], LABELS, { top_k: 1 })).output).toHaveLength(1);
    const many = Array.from({ length: 9 }, (_, index) => index);
    expect((await run(many, {})).output).toHaveLength(5);
    expect((await run(many, {}, { top_k: 8 })).output).toHaveLength(8);
  });

  it('takes the transform that the configuration means, unless the request says another', async () => {
    const scores = async (config: object, parameters = {}) =>
      (await run([0, 2], { ...LABELS, ...config }, parameters)).facts.scores.map((score) =>
        Number(score.toFixed(3)),
      );
    expect(await scores({})).toEqual([0.119, 0.881]);
    expect(await scores({ problem_type: 'multi_label_classification' })).toEqual([0.5, 0.881]);
    expect(await scores({ problem_type: 'regression' })).toEqual([0, 2]);
    expect(await scores({}, { function_to_apply: 'sigmoid' })).toEqual([0.5, 0.881]);
    expect((await run([3], { id2label: { 0: 'score' } })).facts.transform).toBe('sigmoid');
  });

  it('does not overflow', async () => {
    const { facts } = await run([1000, 999], LABELS);
    expect(facts.scores[0]).toBeCloseTo(0.731, 3);
  });

  it('keeps the answer of the pipeline when the logits are not one row', async () => {
    const answer = await runOn(task, session([1, 2, 3, 4], LABELS, [1, 2, 2]), {
      input: 'text',
      parameters: {},
    });
    expect(answer).toEqual({
      output: [],
      facts: { scores: [], labels: [], transform: 'none', named: 2 },
    });
  });
});

describe('checks of labels', () => {
  const check = async (logits: readonly number[], config: Readonly<Record<string, unknown>>) => {
    const { output, facts } = await run(logits, config);
    const inference = { input: 'text', parameters: {} };
    return Object.fromEntries(
      task.checkLabels({ inference, output, facts, tensors: [] }).map(({ id, status }) => [id, status]),
    );
  };

  it('wants one name for each class', async () => {
    expect(await check([1, 2], LABELS)).toEqual({ 'label-count': 'passed', 'labels-named': 'passed' });
    expect(await check([1, 2, 3], LABELS)).toMatchObject({ 'label-count': 'failed' });
    expect(await check([1, 2], { id2label: { 0: 'LABEL_0', 1: 'LABEL_1' } })).toMatchObject({
      'labels-named': 'failed',
    });
    expect(await check([1, 2], {})).toEqual({ 'label-count': 'skipped', 'labels-named': 'failed' });
    // One class needs no name: the cross-encoders call theirs LABEL_0.
    expect(await check([1], { id2label: { 0: 'LABEL_0' } })).toEqual({ 'label-count': 'passed' });
  });
});
