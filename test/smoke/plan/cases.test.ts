import { expect, it } from 'vitest';
import { planCases } from '../../../src/smoke/plan/cases.js';
import { findTask } from '../../../src/tasks/index.js';

const NO_FACTS = { config: null, graph: null, graphs: {}, json: {} };

/** Why an input of the user does not fit a task; undefined when it does. */
function faultOf(tag: string, input: unknown): string | undefined {
  const task = findTask(tag);
  if (task === undefined) throw new Error(`no task ${tag}`);
  return planCases(task, NO_FACTS, { metadata: null, inputs: [input], files: [] }).fault;
}

const PICTURE = 'data:application/octet-stream;base64,iVBORw0KGgo=';

it.each(['text-classification', 'fill-mask', 'summarization', 'text-generation', 'text-to-image'])(
  'does not take the base64 of a picture for a text: %s',
  (tag) => {
    expect(faultOf(tag, { inputs: PICTURE })).toBe(
      `Input 1 does not fit. It is a picture, a sound or another file of bytes where ${tag} takes a text.`,
    );
  },
);

it('takes the same picture where one belongs', () => {
  expect(faultOf('image-classification', { inputs: PICTURE })).toBeUndefined();
  expect(
    faultOf('visual-question-answering', { inputs: { image: PICTURE, question: 'What is this?' } }),
  ).toBeUndefined();
});

it.each(['hello', '@photo.jpg', 'a photo'])('says how to name a picture instead of %s', (text) => {
  expect(faultOf('image-classification', { inputs: text })).toBe(
    'Input 1 does not fit. `inputs` is not the base64 of a picture or sound. (--input takes a file as @FILE, and in JSON as {"inputs": "@FILE"}.)',
  );
});

it('says what is wrong with JSON that came as a text, where a text does not fit', () => {
  expect(faultOf('visual-question-answering', '{"inputs": {"image": ')).toMatch(
    /not a text\. It begins like JSON, but is none: it ends too soon\.$/,
  );
  expect(faultOf('visual-question-answering', 'hello')).toMatch(/not a text\.$/);
  expect(faultOf('text-classification', '[MASK] is a town')).toBeUndefined();
});
