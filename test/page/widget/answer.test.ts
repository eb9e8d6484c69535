import { describe, expect, it } from 'vitest';
import { readAnswer } from '../../../src/page/widget/answer.js';
import { tensorOf } from '../../../src/page/widget/tensor.js';
import { MOST } from '../../../src/page/widget/view.js';

describe('answers', () => {
  it('of labels are read from all their forms', () => {
    const rows = [{ label: 'a', score: 0.9 }];
    expect(readAnswer('labels', [rows])).toEqual({ kind: 'labels', rows, all: 1 });
    expect(readAnswer('labels', { sequence: 's', labels: ['a'], scores: [0.9] })).toEqual({
      kind: 'labels',
      rows,
      all: 1,
    });
    expect(readAnswer('answers', [{ answer: 'green' }])).toEqual({
      kind: 'labels',
      rows: [{ label: 'green', score: null }],
      all: 1,
    });
    expect(readAnswer('tokens', [{ token_str: 'x', sequence: 'a x', score: 1, token: 3 }])).toMatchObject({
      rows: [{ label: 'x', detail: 'a x', score: 1 }],
    });
  });

  it('of texts are read by whatever key', () => {
    for (const key of ['generated_text', 'summary_text', 'translation_text']) {
      expect(readAnswer('text', [{ [key]: 'x' }])).toMatchObject({ kind: 'texts', texts: ['x'] });
    }
    expect(
      readAnswer('transcript', { text: 'x', chunks: [{ text: 'x', timestamp: [0, null] }] }),
    ).toMatchObject({
      chunks: [{ text: 'x', from: 0, to: null }],
    });
  });

  it('of another form stay JSON', () => {
    for (const kind of [
      'labels',
      'entities',
      'boxes',
      'masks',
      'sounds',
      'rows',
      'numbers',
      'depth',
    ] as const) {
      for (const answer of [null, 3, 'text', { error: 'x' }, [[['x']]], [{ label: {} }]]) {
        expect(readAnswer(kind, answer).kind).toBe('json');
      }
    }
  });

  it('take no file that is not base64, and no sound of another type', () => {
    expect(readAnswer('masks', [{ label: 'a', mask: '"><script>' }]).kind).toBe('json');
    expect(readAnswer('sounds', [{ label: 'a', blob: 'QUJD', 'content-type': 'text/html' }]).kind).toBe(
      'json',
    );
  });

  it('are cut where nobody would read on, and say how long they were', () => {
    const view = readAnswer(
      'labels',
      Array.from({ length: 10_000 }, (_, index) => ({ label: String(index), score: 0 })),
    );
    expect(view).toMatchObject({ kind: 'labels', all: 10_000 });
    expect(view.kind === 'labels' && view.rows.length).toBe(MOST);
    const text = readAnswer('text', [{ generated_text: 'x'.repeat(5_000_000) }]);
    expect(text.kind === 'texts' && text.texts[0]?.length).toBe(100_000);
  });

  it('of numbers have a shape, unless lists differ', () => {
    expect(
      tensorOf([
        [1, 2, 3],
        [4, 5, 6],
      ]),
    ).toEqual({ shape: [2, 3], head: [1, 2, 3, 4, 5, 6], count: 6 });
    expect(tensorOf([[1, 2], [3]])).toEqual({ shape: null, head: [1, 2, 3], count: 3 });
    expect(tensorOf([[1, 'x']])).toBeNull();
    expect(tensorOf([])).toBeNull();
  });
});
