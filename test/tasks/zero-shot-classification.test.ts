import { describe, expect, it } from 'vitest';
import type { Options } from '../../src/smoke/session.js';
import type { Texts } from '../../src/tasks/reading/text-input.js';
import type { Inference } from '../../src/tasks/task.js';
import { zeroShotClassification as task } from '../../src/tasks/zero-shot-classification.js';
import { modelFacts, runOn } from './session.js';
import { floats, modelSession, wordPiece } from './tokenizer.js';

const WORDS = ['ball', 'money', 'sports', 'finance', 'this', 'example', 'is', '.', 'about', 'text'];
const LABELS = {
  id2label: { 0: 'contradiction', 1: 'neutral', 2: 'entailment' },
  label2id: { contradiction: 0, neutral: 1, entailment: 2 },
};

/** A model to which balls mean sports, and money finance. */
function model(
  config: Options = LABELS,
  entails = 2,
  contradicts = 0,
  size = 3,
  tokenizer = wordPiece(WORDS),
) {
  const has = (ids: readonly number[], word: string) => ids.includes(tokenizer.idOf(word) ?? -1);
  return modelSession(tokenizer, config, (ids) => {
    const right = (has(ids, 'ball') && has(ids, 'sports')) || (has(ids, 'money') && has(ids, 'finance'));
    const row = new Array<number>(size).fill(0);
    row[entails] = right ? 3 : -3;
    row[contradicts] = right ? -2 : 2;
    return { logits: floats([1, size], row) };
  });
}

const CANDIDATES = ['finance', 'sports'];

async function classify(
  input: Texts = 'a ball',
  parameters: Inference['parameters'] = {},
  { session } = model(),
) {
  return runOn(task, session, { input, parameters: { candidate_labels: CANDIDATES, ...parameters } });
}

describe('an answer of zero-shot-classification', () => {
  it('puts the label that fits best first; the scores exclude each other', async () => {
    const { output } = await classify();
    expect(output).toEqual([
      { label: 'sports', score: expect.closeTo(1 / (1 + Math.exp(-6)), 6) },
      { label: 'finance', score: expect.closeTo(1 / (1 + Math.exp(6)), 6) },
    ]);
  });

  it('scores each label against contradiction when several may fit, or there is only one', async () => {
    const alone = { label: 'sports', score: expect.closeTo(1 / (1 + Math.exp(-5)), 6) };
    expect((await classify('a ball', { multi_label: true })).output).toEqual([
      alone,
      { label: 'finance', score: expect.closeTo(1 / (1 + Math.exp(5)), 6) },
    ]);
    expect((await classify('a ball', { candidate_labels: ['sports'] })).output).toEqual([alone]);
  });

  it('finds the class of entailment by its name, in whatever case, and takes the last one without', async () => {
    const first = {
      id2label: { 0: 'ENTAILMENT', 1: 'not_entailment' },
      label2id: { ENTAILMENT: 0, not_entailment: 1 },
    };
    expect((await classify('a ball', {}, model(first, 0, 1, 2))).output).toMatchObject([
      { label: 'sports' },
      {},
    ]);
    expect((await classify('a ball', { multi_label: true }, model(first, 0, 1, 2))).output).toMatchObject([
      { label: 'sports', score: expect.closeTo(1 / (1 + Math.exp(-5)), 6) },
      {},
    ]);
    expect((await classify('a ball', {}, model({}))).output).toMatchObject([{ label: 'sports' }, {}]);
  });

  it('asks with the template of the request', async () => {
    const { session, asked } = model();
    await classify('ball', { hypothesis_template: 'This text is about {}.' }, { session, asked });
    const tokenizer = wordPiece(WORDS);
    expect(tokenizer.decode(asked[0] ?? [])).toBe('[CLS] ball [SEP] this text is about finance. [SEP]');
  });

  it('asks with each label as it is written', async () => {
    const { session, asked } = model();
    await classify('ball', { candidate_labels: ['$` sports'] }, { session, asked });
    const tokenizer = wordPiece(WORDS);
    expect(tokenizer.decode(asked[0] ?? [])).toBe(
      '[CLS] ball [SEP] this example is [UNK] [UNK] sports. [SEP]',
    );
  });

  it('cuts the text where both are too long, never the hypothesis', async () => {
    const tokenizer = wordPiece(WORDS, { model_max_length: 10 });
    const { session, asked } = model(LABELS, 2, 0, 3, tokenizer);
    await classify('ball money money money money', {}, { session, asked });
    expect(tokenizer.decode(asked[1] ?? [])).toBe('[CLS] ball money [SEP] this example is sports. [SEP]');
  });

  it('is a list of lists for a list of texts', async () => {
    const { output } = await classify(['ball', 'money']);
    expect(output).toMatchObject([
      [{ label: 'sports' }, {}],
      [{ label: 'finance' }, {}],
    ]);
  });
});

describe('an example or request of zero-shot-classification', () => {
  it('takes candidate labels with commas, or as a list', () => {
    const value = { input: 'a', parameters: { candidate_labels: ['x', 'y z'], multi_label: true } };
    expect(
      task.readExample({ text: 'a', candidate_labels: 'x, y z,', multi_class: true }, modelFacts()),
    ).toEqual({
      ok: true,
      value,
    });
    for (const labels of [['x', 'y z'], 'x, y z']) {
      const parameters = { candidate_labels: labels, multi_label: true, hypothesis_template: null };
      expect(task.readRequest({ inputs: 'a', parameters }, modelFacts())).toEqual({ ok: true, value });
    }
    expect(task.readRequest({ inputs: 'a', candidate_labels: ['x'] }, modelFacts())).toMatchObject({
      ok: true,
    });
  });

  it.each([
    [{ inputs: 'a' }, 'no `candidate_labels`'],
    [{ inputs: 'a', parameters: { candidate_labels: [] } }, '`candidate_labels` is empty'],
    [{ inputs: 'a', parameters: { candidate_labels: ' , ' } }, '`candidate_labels` is empty'],
    [{ inputs: 'a', parameters: { candidate_labels: [5] } }, 'must be a text, not a number'],
    [{ inputs: 'a', parameters: { candidate_labels: 5 } }, 'must be a list'],
    [{ inputs: 'a', parameters: { candidate_labels: ['x'], hypothesis_template: 'no place' } }, 'with {}'],
    [{ inputs: 'a', parameters: { candidate_labels: ['x'], multi_label: 'yes' } }, 'true or false'],
    [{ inputs: 'a', parameters: { candidate_labels: new Array(101).fill('x') } }, 'more than 100'],
  ])('is refused: %j', (body, message) => {
    const result = task.readRequest(body, modelFacts());
    expect(result.ok ? '' : result.fault.message).toContain(message);
  });

  it('has defaults', () => {
    expect(task.defaultInferences(modelFacts()).length).toBeGreaterThan(0);
    expect(task.readExample({ text: 'a' }, modelFacts())).toMatchObject({ ok: false });
  });
});

describe('checks of zero-shot-classification', () => {
  const check = async (one: ReturnType<typeof model>, expected?: unknown) => {
    const { output, facts } = await classify('a ball', {}, one);
    const tensors = [
      { name: 'logits', type: 'float32', dims: [1, facts.classes ?? 7], nan: 0, infinite: 0, size: 1 },
    ];
    const inference = { input: 'a ball', parameters: { candidate_labels: CANDIDATES } };
    const answered = { inference, output, facts, tensors, ...(expected === undefined ? {} : { expected }) };
    return Object.fromEntries(
      [...task.checkAnswer(answered), ...task.checkLabels(answered)].map(({ id, status }) => [id, status]),
    );
  };

  it('want to know which class is entailment', async () => {
    expect(await check(model())).toEqual({
      'output-shape': 'passed',
      'label-count': 'passed',
      'labels-named': 'passed',
    });
    expect(await check(model({ id2label: { 0: 'LABEL_0', 1: 'LABEL_1', 2: 'LABEL_2' } }))).toMatchObject({
      'labels-named': 'failed',
    });
    // Python goes by label2id, people read id2label.
    expect(
      await check(model({ ...LABELS, label2id: { entailment: 0, neutral: 1, contradiction: 2 } })),
    ).toMatchObject({
      'labels-named': 'failed',
    });
    expect(await check(model({}, 2, 0))).toMatchObject({ 'labels-named': 'failed' });
  });

  it('want two classes at least', async () => {
    expect(await check(model({}, 0, 0, 1))).toEqual({ 'output-shape': 'failed' });
  });

  it('compare with the card, in the old form too', async () => {
    expect(await check(model(), [{ label: 'sports', score: 0.99 }])).toMatchObject({
      'expected-output': 'passed',
    });
    expect(
      await check(model(), { sequence: 'a', labels: ['sports', 'finance'], scores: [0.99, 0.01] }),
    ).toMatchObject({
      'expected-output': 'passed',
    });
    expect(await check(model(), [{ label: 'finance', score: 0.99 }])).toMatchObject({
      'expected-output': 'failed',
    });
  });

  it('compare variants, and see that a model does not listen', async () => {
    const full = await classify();
    expect(task.compare(full, await classify())).toMatchObject({ agrees: true, drift: 0 });
    expect(task.compare(full, await classify('money'))).toMatchObject({ agrees: false });
    expect(task.vectors(full)).not.toEqual(task.vectors(await classify('money')));
  });
});
