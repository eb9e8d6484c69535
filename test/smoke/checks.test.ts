import { describe, expect, it } from 'vitest';
import { checkAnswer, checkRepeat, checkVariety, distance } from '../../src/smoke/checks.js';
import type { ClassificationFacts } from '../../src/tasks/classification/classification.js';
import type { AnsweredCase, TensorSummary } from '../../src/tasks/task.js';
import { textClassification } from '../../src/tasks/text-classification.js';

const LOGITS: TensorSummary = { name: 'logits', type: 'float32', dims: [1, 2], nan: 0, infinite: 0, size: 2 };

function answer(scores: readonly number[], change: Partial<AnsweredCase> = {}): AnsweredCase {
  const facts: ClassificationFacts = {
    scores,
    labels: scores.map((_, index) => `label ${index}`),
    transform: 'softmax',
    named: scores.length,
  };
  return {
    inference: { input: 'a text', parameters: {} },
    output: scores.map((score, index) => ({ label: `label ${index}`, score })),
    facts,
    tensors: [LOGITS],
    ...change,
  };
}

describe('distance of answers', () => {
  it.each([
    [[[0.5, 0.5]], [[0.5, 0.25]], 0.25],
    [[['a', 1]], [['b', 1]], Number.POSITIVE_INFINITY],
    [[['a', 1]], [['a', 1]], 0],
    [[[1, 2]], [[1]], Number.POSITIVE_INFINITY],
    [[[1]], [[1], [2]], Number.POSITIVE_INFINITY],
    [[[Number.NaN]], [[1]], null],
    [[], [[1]], null],
  ])('%j and %j', (a, b, expected) => {
    expect(distance(a, b)).toBe(expected);
  });
});

describe('checks of one answer', () => {
  const status = (change: Partial<AnsweredCase>, scores = [0.75, 0.25]) =>
    Object.fromEntries(
      checkAnswer(textClassification, answer(scores, change)).map((check) => [check.id, check.status]),
    );

  it('passes a sound answer', () => {
    expect(status({})).toEqual({
      finite: 'passed',
      'output-schema': 'passed',
      'output-shape': 'passed',
      probabilities: 'passed',
    });
  });

  it('says of numbers that are not finite only this', () => {
    expect(status({ tensors: [{ ...LOGITS, nan: 1 }] }, [Number.NaN, Number.NaN])).toEqual({
      finite: 'failed',
    });
    expect(status({ tensors: [{ ...LOGITS, infinite: 2 }] })).toEqual({ finite: 'failed' });
  });

  it('finds an answer without labels', () => {
    expect(status({ output: [{ score: 1 }] })).toMatchObject({ 'output-schema': 'failed' });
    expect(status({ output: { label: 'a', score: 1 } })).toMatchObject({ 'output-schema': 'failed' });
  });

  it('finds scores that are no probabilities', () => {
    expect(status({}, [0.9, 0.9])).toMatchObject({ probabilities: 'failed' });
    expect(status({}, [1.5, -0.5])).toMatchObject({ probabilities: 'failed' });
  });

  it.each([
    [[{ label: 'label 0', score: 0.78 }], 'passed'],
    [[{ label: 'label 0', score: 0.9 }], 'warning'],
    [[{ label: 'label 1', score: 0.9 }], 'failed'],
    [
      [
        { label: 'label 0', score: 0.75 },
        { label: 'other', score: 0.2 },
      ],
      'failed',
    ],
    [[{ label: 'label 0' }], 'warning'],
    ['label 0', 'warning'],
  ])('compares with the output of the card: %j', (expected, result) => {
    expect(status({ expected })).toMatchObject({ 'expected-output': result });
  });
});

describe('checks of several answers', () => {
  it('wants the same answer twice; exactly on the CPU, nearly on a GPU', () => {
    const check = (second: readonly number[], device: 'cpu' | 'webgpu') =>
      checkRepeat(textClassification, answer([0.75, 0.25]), answer(second), device).status;
    expect(check([0.75, 0.25], 'cpu')).toBe('passed');
    expect(check([0.75001, 0.24999], 'cpu')).toBe('failed');
    expect(check([0.75001, 0.24999], 'webgpu')).toBe('passed');
    expect(check([0.8, 0.2], 'webgpu')).toBe('failed');
    expect(check([], 'cpu')).toBe('skipped');
  });

  it('wants different answers to different inputs', () => {
    const check = (...all: readonly (readonly number[])[]) =>
      checkVariety(
        textClassification,
        all.map((scores) => answer(scores)),
        false,
      ).status;
    expect(check([0.75, 0.25], [0.25, 0.75])).toBe('passed');
    expect(check([0.75, 0.25], [0.75, 0.25], [0.75, 0.25])).toBe('failed');
    expect(check([0.75, 0.25])).toBe('skipped');
    expect(check()).toBe('skipped');
  });
});
