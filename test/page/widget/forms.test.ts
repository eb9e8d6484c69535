import { describe, expect, it } from 'vitest';
import { isMapping } from '../../../src/mapping.js';
import { readParameters } from '../../../src/page/widget/parameters.js';
import { requestOf } from '../../../src/page/widget/request.js';
import { formTags, taskForm } from '../../../src/page/widget/tasks.js';
import { NO_VALUES, type Values } from '../../../src/page/widget/values.js';
import { STREAMED } from '../../../src/serve/inference.js';
import { readBody } from '../../../src/serve/request-body.js';
import { TASKS } from '../../../src/tasks/index.js';
import type { ModelFacts } from '../../../src/tasks/task.js';
import { WIDGET_CASES } from '../widget-cases.js';
import { form } from './form.js';

const PNG =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const FILLED: Values = {
  text: 'what is it ?',
  context: 'It is a test.',
  labels: 'one, two , ,three',
  sentences: ['first', 'second'],
  media: { name: 'pixel.png', blob: new Blob([Buffer.from(PNG, 'base64')]) },
  grid: { columns: ['a', 'b'], rows: [['1', 'x']] },
  json: '[1, 2, 3]',
};
const NOTHING_KNOWN: ModelFacts = { config: null, graph: null, graphs: {}, json: {} };
/** Takes one list of three numbers, as the two tasks do that read the shape of the graph. */
const ONE_INPUT: ModelFacts = {
  ...NOTHING_KNOWN,
  graph: { inputs: [{ name: 'obs', type: 'float32', shape: ['batch'] }], outputs: [] },
} as unknown as ModelFacts;

describe('forms', () => {
  it('are there for every task that can be run', () => {
    expect([...formTags()].sort()).toEqual([...TASKS.keys()].sort());
  });

  it('are each clicked in the browser', () => {
    const clicked = new Set(WIDGET_CASES.map(({ id }) => id));
    expect([...formTags()].filter((tag) => !clicked.has(tag))).toEqual([]);
  });

  it.each([...TASKS.keys()])('%s sends what the task reads', (tag) => {
    const made = requestOf(form(tag), FILLED, {}, null);
    if (!made.ok) throw new Error(made.message);
    const { request } = made;
    const body = request.kind === 'bytes' ? PNG : request.body(PNG);
    const facts = tag === 'reinforcement-learning' ? ONE_INPUT : NOTHING_KNOWN;
    expect(TASKS.get(tag)?.readRequest(body, facts)).toMatchObject({ ok: true });
  });

  it.each([...TASKS.keys()])('%s sends a file as bytes alone where the server takes it so', (tag) => {
    expect(form(tag).bytes).toBe(TASKS.get(tag)?.takesFile === true);
    const made = requestOf(form(tag), FILLED, {}, null);
    if (!made.ok) throw new Error(made.message);
    const { request } = made;
    const body =
      request.kind === 'bytes' ? Buffer.from(PNG, 'base64') : Buffer.from(JSON.stringify(request.body(PNG)));
    const { value } = readBody(tag, body, {});
    expect(value).toEqual(
      request.kind === 'bytes' ? PNG : { ...request.body(PNG), parameters: expect.any(Object) },
    );
  });

  it.each([...TASKS.keys()])('%s is streamed where the server streams it', (tag) => {
    expect(form(tag).streams !== undefined).toBe(STREAMED.has(tag));
  });

  it.each(
    [...TASKS.keys()].flatMap((tag) => {
      const inputs = form(tag).inputs(FILLED, PNG);
      return isMapping(inputs) ? Object.keys(inputs).map((key) => [tag, key] as const) : [];
    }),
  )('%s sends nothing that is not read: without %s there is no answer', (tag, key) => {
    const inputs = { ...(form(tag).inputs(FILLED, PNG) as Readonly<Record<string, unknown>>) };
    delete inputs[key];
    expect(TASKS.get(tag)?.readRequest({ inputs }, NOTHING_KNOWN)).toMatchObject({ ok: false });
  });

  it.each(
    [...TASKS.keys()].flatMap((tag) =>
      form(tag).parameters.flatMap((field) =>
        field.kind === 'choice'
          ? field.choices.map((choice) => [tag, field.name, choice, field] as const)
          : [],
      ),
    ),
  )('%s offers for %s what the task takes: %s', (tag, _, choice, field) => {
    const given = readParameters([field], { [field.name]: choice });
    if (!given.ok) throw new Error(given.message);
    expect(TASKS.get(tag)?.readParameters(given.parameters)).toMatchObject({ ok: true });
  });

  it('send a file as its bytes alone, and in base64 beside parameters', () => {
    const detection = form('object-detection');
    expect(requestOf(detection, FILLED, {}, null)).toMatchObject({ request: { kind: 'bytes' } });
    const made = requestOf(detection, FILLED, { threshold: 0.5 }, null);
    if (!made.ok || made.request.kind !== 'json') throw new Error('no JSON');
    expect(made.request.body('QUJD')).toEqual({ inputs: 'QUJD', parameters: { threshold: 0.5 } });
  });

  it('send labels without empty ones, whatever the card says of them', () => {
    const made = requestOf(form('zero-shot-classification'), FILLED, { candidate_labels: 'other' }, null);
    expect(made).toMatchObject({ ok: true, parameters: { candidate_labels: ['one', 'two', 'three'] } });
  });

  it('say what is missing, and where', () => {
    const missing = (tag: string, values: Partial<Values>, maskToken: string | null = null) => {
      const made = requestOf(form(tag), { ...FILLED, ...values }, {}, maskToken);
      return made.ok ? null : [made.field, made.message];
    };
    expect(missing('question-answering', { context: ' ' })).toEqual(['context', 'Context is empty.']);
    expect(missing('zero-shot-classification', { labels: ' ,' })?.[0]).toBe('labels');
    expect(missing('image-classification', { media: null })).toEqual(['media', 'Choose a file for picture.']);
    expect(missing('sentence-similarity', { sentences: ['a', ''] })).toEqual([
      'sentences',
      'Sentence 2 is empty.',
    ]);
    expect(missing('fill-mask', { text: 'no mask' }, '[MASK]')).toEqual([
      'text',
      'Write [MASK] in the place of the word to guess.',
    ]);
    expect(missing('time-series-forecasting', { json: '[1,' })?.[0]).toBe('json');
    expect(missing('tabular-regression', { grid: { columns: ['a', 'a'], rows: [] } })).toEqual([
      'grid',
      'Two columns have the same name.',
    ]);
    expect(missing('unconditional-image-generation', NO_VALUES)).toBeNull();
  });

  it('are there for no name of an object', () => {
    expect(taskForm('constructor')).toBeUndefined();
    expect(taskForm('__proto__')).toBeUndefined();
  });
});
