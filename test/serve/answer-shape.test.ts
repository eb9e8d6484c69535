import { describe, expect, it } from 'vitest';
import { shapeAnswer } from '../../src/serve/answer-shape.js';
import type { ClientFamily } from '../../src/serve/client-family.js';

function shape(task: string, output: unknown, client: ClientFamily, classes: readonly string[] = []) {
  const shaped = shapeAnswer({ output, files: [] }, { task, client, request: { inputs: 'a text' }, classes });
  return shaped.kind === 'json' ? shaped.value : undefined;
}

describe('what is no answer for the task', () => {
  it.each([
    ['text-classification', [{ label: 'a', score: Number.NaN }], 'NaN or infinite'],
    ['feature-extraction', [[0.1, Number.POSITIVE_INFINITY]], 'NaN or infinite'],
    ['text-to-image', {}, "it must have required property 'image'"],
    ['text-to-speech', {}, "must have required property 'audio'"],
    ['summarization', [{ generated_text: 'a' }], 'summary_text'],
    ['tabular-regression', [1, null], 'must be'],
  ])('is told: %s, %j', (task, output, says) => {
    expect(() => shape(task, output, 'other')).toThrow(
      expect.objectContaining({ status: 500, message: expect.stringContaining(says) }),
    );
  });

  it('may hold the logarithm of what cannot be', () => {
    const output = [{ generated_text: 'a', details: { logprob: Number.NEGATIVE_INFINITY } }];
    expect(shape('text-generation', output, 'other')).toEqual(output);
  });

  it('is not asked of tasks without a schema', () => {
    expect(shape('constructor', { a: 1 }, 'other')).toEqual({ a: 1 });
  });
});

describe('the classes of rows', () => {
  const classes = ['versicolor', 'setosa', 'Virginica'];

  it.each([
    ['numbers for clients of JavaScript', 'js', ['setosa', 'versicolor', 'Virginica'], [1, 2, 0]],
    ['numbers for old clients', 'legacy', ['setosa'], [1]],
    ['names for others', 'other', ['setosa'], ['setosa']],
    ['names for Python', 'hub-1.1', ['setosa'], ['setosa']],
    ['numbers where they were', 'js', [2, 0], [2, 0]],
    ['what the graph does not name', 'js', ['rose', '__proto__'], ['rose', '__proto__']],
  ] as const)('are %s', (_, client, output, expected) =>
    expect(shape('tabular-classification', output, client, classes)).toEqual(expected),
  );
});

describe('tokens that are not put together', () => {
  const token = { entity: 'B-PER', index: 1, score: 0.9, word: 'Anna', start: 0, end: 4 };
  const grouped = { ...token, entity_group: 'B-PER' };

  it.each([
    ['as they are for others', 'other', [token], [token]],
    ['as they are for Python', 'hub-1.1', [token], [token]],
    ['with the key that clients of JavaScript ask for', 'js', [token], [grouped]],
    ['with the key that old clients ask for', 'legacy', [token], [grouped]],
    ['of each of several texts', 'js', [[token], []], [[grouped], []]],
  ] as const)('come %s', (_, client, output, expected) =>
    expect(shape('token-classification', output, client)).toEqual(expected),
  );
});

describe('the labels of a text', () => {
  const labels = [{ label: 'finance', score: 0.9 }];
  const columns = { sequence: 'a text', labels: ['finance'], scores: [0.9] };

  it.each([
    ['in a list for others', 'other', labels],
    ['in a list for clients of JavaScript', 'js', labels],
    ['in columns for old clients', 'legacy', columns],
    ['in columns for huggingface_hub up to 1.1.4', 'hub-1.1', columns],
    ['in columns in a list for release 3 of @huggingface/inference', 'js-3', [columns]],
  ] as const)('come %s', (_, client, expected) =>
    expect(shape('zero-shot-classification', labels, client)).toEqual(expected),
  );
});

describe('masks', () => {
  it('come in base64, with a score where the model gives none', () => {
    const output = [{ label: 'sky', mask: { $file: 'mask.png' } }];
    const files = [{ name: 'mask.png', mediaType: 'image/png', base64: 'iVBORw0KGgo=' }];
    const asked = { task: 'image-segmentation', client: 'other', request: null, classes: [] } as const;
    expect(shapeAnswer({ output, files }, asked)).toEqual({
      kind: 'json',
      value: [{ label: 'sky', mask: 'iVBORw0KGgo=', score: 1 }],
    });
  });
});

describe('sounds', () => {
  it('are said to be of the type that they were made in', () => {
    const output = [{ label: 'a', blob: { $file: 'sound.wav' }, 'content-type': 'audio/wav' }];
    const files = [{ name: 'sound.wav', mediaType: 'audio/flac', base64: 'ZkxhQw==' }];
    const asked = { task: 'audio-to-audio', client: 'other', request: null, classes: [] } as const;
    expect(shapeAnswer({ output, files }, asked)).toEqual({
      kind: 'json',
      value: [{ label: 'a', blob: 'ZkxhQw==', 'content-type': 'audio/flac' }],
    });
  });
});

describe('labels of zero-shot classification', () => {
  const one = [
    { label: 'a', score: 0.7 },
    { label: 'b', score: 0.3 },
  ];
  const columns = { labels: ['a', 'b'], scores: [0.7, 0.3] };

  it('are in columns for old clients, for each of several texts', () => {
    expect(shape('zero-shot-classification', one, 'legacy')).toEqual({ sequence: 'a text', ...columns });
    const asked = { client: 'legacy', request: { inputs: ['x', 'y'] }, classes: [] } as const;
    expect(
      shapeAnswer({ output: [one, one], files: [] }, { task: 'zero-shot-classification', ...asked }),
    ).toEqual({
      kind: 'json',
      value: [
        { sequence: 'x', ...columns },
        { sequence: 'y', ...columns },
      ],
    });
    expect(shape('zero-shot-classification', one, 'other')).toEqual(one);
  });

  it('are in columns in a list for releases of @huggingface/inference before 4.5, and as they are for later ones', () => {
    expect(shape('zero-shot-classification', one, 'js-3')).toEqual([{ sequence: 'a text', ...columns }]);
    const asked = { client: 'js-3', request: { inputs: ['x'] }, classes: [] } as const;
    expect(shapeAnswer({ output: [one], files: [] }, { task: 'zero-shot-classification', ...asked })).toEqual(
      { kind: 'json', value: [{ sequence: 'x', ...columns }] },
    );
    expect(shape('zero-shot-classification', one, 'js-4.5')).toEqual(one);
    expect(shape('zero-shot-classification', one, 'js')).toEqual(one);
  });
});

describe('the text of a picture', () => {
  const one = { generated_text: 'a red box' };

  it.each([
    ['alone for @huggingface/inference since 4.13.15', 'js', one],
    ['in a list for its releases before', 'js-4.5', [one]],
    ['in a list for older ones', 'js-3', [one]],
    ['in a list for others', 'other', [one]],
  ] as const)('comes %s', (_, client, expected) =>
    expect(shape('image-to-text', [one], client)).toEqual(expected),
  );
});
