import { describe, expect, it } from 'vitest';
import { readAnswer } from '../../../src/page/widget/answer.js';
import { compareAnswers } from '../../../src/page/widget/compare.js';
import type { OutputKind } from '../../../src/page/widget/tasks.js';
import { checkExpectedBoxes } from '../../../src/tasks/picture/boxes.js';

function same(
  kind: OutputKind,
  stated: unknown,
  real: unknown,
  prompt = '',
  task = 'text-classification',
): boolean | string {
  const compared = compareAnswers(task, readAnswer(kind, stated), readAnswer(kind, real), prompt);
  return compared.kind === 'rows' ? compared.same : compared.kind;
}

const box = (xmin: number, label = 'cat') => ({
  label,
  score: 0.9,
  box: { xmin, ymin: 0, xmax: xmin + 10, ymax: 10 },
});
const place = (index: number, score: number) => ({ index, score });
const word = (score: number, group = 'PER', start = 0) => ({
  entity_group: group,
  word: 'Anna',
  score,
  start,
  end: start + 4,
});

describe('the answer that a card states', () => {
  it.each<[OutputKind, unknown, unknown, unknown]>([
    [
      'labels',
      [{ label: 'a', score: 0.95 }],
      [[{ label: 'a', score: 0.99 }]],
      [[{ label: 'a', score: 0.8 }]],
    ],
    [
      'labels',
      [{ label: 'a' }],
      [{ label: 'a', score: 1 }],
      [
        { label: 'b', score: 0.6 },
        { label: 'a', score: 0.4 },
      ],
    ],
    ['entities', [word(0.99)], [word(0.98)], [word(0.98, 'LOC')]],
    ['entities', [word(0.99)], [word(0.98)], [word(0.98, 'PER', 9)]],
    [
      'span',
      { answer: 'Berlin', score: 0.9 },
      { answer: 'Berlin', score: 0.88, start: 1, end: 7 },
      { answer: 'Rome', score: 0.9, start: 1, end: 5 },
    ],
    [
      'table-answer',
      { answer: 'x', cells: ['x'] },
      { answer: 'x', cells: ['x'], coordinates: [[0, 0]], aggregator: 'NONE' },
      { answer: 'y', cells: ['y'] },
    ],
    ['text', { text: ' a  B' }, [{ generated_text: 'A b ' }], [{ generated_text: 'c' }]],
    ['boxes', [box(0)], [box(1)], [box(8)]],
    ['boxes', [box(0)], [box(1)], [box(0, 'dog')]],
    ['boxes', [{ ...box(0), score: undefined }], [box(1)], [box(8)]],
    [
      'masks',
      [{ label: 'sky', mask: 'QUJD' }],
      [{ label: 'sky', mask: 'QUJE' }],
      [{ label: 'sea', mask: 'QUJD' }],
    ],
    ['similarities', [0.97, 0.1], [0.95, 0.12], [0.5, 0.1]],
    ['ranking', [place(1, 0.9)], [place(1, 0.88), place(0, 0.1)], [place(0, 0.9), place(1, 0.1)]],
    ['rows', [{ label: 'setosa' }], ['setosa'], ['virginica']],
    ['rows', [231], [231.3], [88]],
    ['numbers', [1, 2], [1.001, 2], [1, 3]],
  ])('%s: is told from another one', (kind, stated, agrees, differs) => {
    expect(same(kind, stated, agrees)).toBe(true);
    expect(same(kind, stated, differs)).toBe(false);
  });

  // What the smoke inference says of the same boxes (expected-boxes, in a picture that they fill).
  it.each<[string, object, boolean]>([
    ['a little aside', { box: { xmin: 2, ymin: 0, xmax: 102, ymax: 100 } }, true],
    ['far aside', { box: { xmin: 30, ymin: 0, xmax: 130, ymax: 100 } }, false],
    ['with about the score', { score: 0.81 }, true],
    ['with another score', { score: 0.75 }, false],
  ])('a box %s is judged as by the smoke inference', (_, change, agrees) => {
    const stated = { label: 'cat', score: 0.9, box: { xmin: 0, ymin: 0, xmax: 100, ymax: 100 } };
    const found = { ...stated, ...change };
    expect(same('boxes', [stated], [found], '', 'object-detection')).toBe(agrees);
    const facts = {
      detections: [found],
      best: null,
      threshold: 0.5,
      largestRaw: 1,
      width: found.box.xmax,
      height: 100,
      signature: [],
    };
    expect(checkExpectedBoxes(facts, [stated]).status === 'passed').toBe(agrees);
  });

  it('has scores that may lie as far apart as for the smoke inference', () => {
    const scored = (score: number) => [{ label: 'a', score }];
    expect(same('labels', scored(0.9), scored(0.82))).toBe(false);
    expect(same('labels', scored(0.9), scored(0.82), '', 'visual-question-answering')).toBe(true);
  });

  it('may leave out the prompt that a generation repeats', () => {
    expect(same('text', { text: ' upon a time' }, [{ generated_text: 'Once upon a time' }], 'Once')).toBe(
      true,
    );
    expect(same('text', { text: 'Once upon a time' }, [{ generated_text: 'Once upon a time' }], 'Once')).toBe(
      true,
    );
  });

  it('of another form cannot be compared, and a picture is for the eye', () => {
    expect(same('labels', 'yes', [{ label: 'a', score: 1 }])).toBe('other-form');
    expect(same('labels', [], [{ label: 'a', score: 1 }])).toBe('other-form');
    expect(same('file', { url: '/x' }, new Blob([]))).toBe('look');
  });
});
