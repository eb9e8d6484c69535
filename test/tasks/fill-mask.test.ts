import { describe, expect, it } from 'vitest';
import { fillMask as task } from '../../src/tasks/fill-mask.js';
import type { Texts } from '../../src/tasks/reading/text-input.js';
import type { Inference } from '../../src/tasks/task.js';
import { modelFacts, runOn } from './session.js';
import { floats, modelSession, wordPiece } from './tokenizer.js';

const WORDS = ['the', 'capital', 'of', 'france', 'is', '.', 'paris', 'rome', 'berlin', 'oslo', 'a'];
const SIZE = WORDS.length + 5;

/** A model that fills the first mask with one word, the next ones with another. */
function model(
  fillings: readonly Readonly<Record<string, number>>[] = [{ paris: 5, rome: 3, berlin: 1 }],
  tokenizer = wordPiece(WORDS),
) {
  return modelSession(tokenizer, {}, (ids) => {
    let mask = -1;
    const rows = ids.flatMap((id) => {
      if (id === 4) mask += 1;
      const filling = id === 4 ? (fillings[mask] ?? {}) : {};
      return Array.from({ length: SIZE }, (_, token) =>
        Number(Object.entries(filling).find(([word]) => tokenizer.idOf(word) === token)?.[1] ?? 0),
      );
    });
    return { logits: floats([1, ids.length, SIZE], rows) };
  });
}

async function fill(input: Texts, parameters: Inference['parameters'] = {}, { session } = model()) {
  return runOn(task, session, { input, parameters });
}

const TEXT = 'The capital of France is [MASK].';

describe('an answer of fill-mask', () => {
  it('has five tokens, each with the whole text', async () => {
    const { output } = await fill(TEXT);
    expect(output).toHaveLength(5);
    expect(output).toMatchObject([
      {
        token: 11,
        token_str: 'paris',
        sequence: 'the capital of france is paris.',
        score: expect.closeTo(0.8, 1),
      },
      { token_str: 'rome' },
      { token_str: 'berlin' },
      {},
      {},
    ]);
    expect((await fill(TEXT, { top_k: 2 })).output).toHaveLength(2);
    expect((await fill(TEXT, { top_k: 1000 })).output).toHaveLength(SIZE);
  });

  it('is limited to targets; a word that is not in the vocabulary counts by its first token', async () => {
    const { output } = await fill(TEXT, { targets: ['rome', 'Berlin', 'rome'] });
    expect((output as { token_str: string }[]).map(({ token_str }) => token_str)).toEqual(['rome', 'berlin']);
    const whole = (await fill(TEXT)).output as { token_str: string; score: number }[];
    expect(output).toMatchObject([{ score: whole[1]?.score }, { score: whole[2]?.score }]);
  });

  it('is a list for each of several masks, with the others left in view', async () => {
    const { output } = await fill('[MASK] is [MASK].', { top_k: 1 }, model([{ paris: 9 }, { rome: 9 }]));
    expect(output).toMatchObject([
      [{ token_str: 'paris', sequence: '[CLS] paris is [MASK]. [SEP]' }],
      [{ token_str: 'rome', sequence: '[CLS] [MASK] is rome. [SEP]' }],
    ]);
  });

  it('is a list for each of several texts', async () => {
    const { output } = await fill([TEXT, '[MASK]'], { top_k: 1 });
    expect(output).toMatchObject([[{ token_str: 'paris' }], [{ token_str: 'paris' }]]);
  });

  it.each([
    ['No mask.', model(), 'The text has no word to fill in. Write [MASK]'],
    [TEXT, model([], wordPiece(WORDS, { mask_token: null })), 'names no mask_token'],
    [TEXT, model([], wordPiece(WORDS, { mask_token: '<mask>' })), '<mask> is not in the vocabulary'],
    [TEXT, model([], wordPiece(WORDS, { model_max_length: 4 })), 'too long'],
  ])('needs a mask: %s', async (text, one, message) => {
    await expect(fill(text, {}, one)).rejects.toThrow(message);
  });
});

describe('an example or request of fill-mask', () => {
  const known = modelFacts({ json: { 'tokenizer_config.json': { mask_token: { content: '[MASK]' } } } });

  it('is read with the mask token of the tokenizer', () => {
    expect(task.readExample({ text: TEXT }, known)).toEqual({
      ok: true,
      value: { input: TEXT, parameters: {} },
    });
    expect(task.readRequest({ inputs: [TEXT, '[MASK]'], parameters: { targets: 'rome' } }, known)).toEqual({
      ok: true,
      value: { input: [TEXT, '[MASK]'], parameters: { targets: ['rome'] } },
    });
    // What is not known cannot be missed.
    expect(task.readRequest('no mask', modelFacts()).ok).toBe(true);
  });

  it.each([
    [{ text: 'Paris is the <mask> of France.' }, 'has <mask>, but the mask token of this model is [MASK]'],
    [{ text: 'Paris is the capital.' }, 'Write [MASK]'],
    [{ text: TEXT, parameters: { top_k: 0 } }, 'at least 1'],
    [{ text: TEXT, parameters: { targets: [] } }, 'targets must be'],
    [{ text: TEXT, parameters: { targets: [5] } }, 'targets must be'],
  ])('does not fit: %j', (example, message) => {
    for (const result of [task.readExample(example, known), task.readRequest(example, known)]) {
      expect(result.ok ? '' : result.fault.message).toContain(message);
    }
  });

  it('takes the Hub’s defaults with the mask token of the tokenizer', () => {
    const inputs = task.defaultInferences(known).map(({ input }) => String(input));
    expect(inputs.length).toBeGreaterThan(0);
    for (const input of inputs) expect(input).toContain('[MASK]');
    expect(inputs.join()).not.toContain('<mask>');
  });
});

describe('checks of fill-mask', () => {
  const inference = { input: TEXT, parameters: {} };
  const tensors = [{ name: 'logits', type: 'float32', dims: [1, 9, SIZE], nan: 0, infinite: 0, size: 1 }];

  it.each([
    [[{ token_str: 'Paris', score: 0.8 }], 'passed', 'agrees'],
    [
      [
        { label: 'rome', score: 0.1 },
        { label: 'paris', score: 0.8 },
      ],
      'passed',
      'agrees',
    ],
    [[{ token_str: 'rome', score: 0.9 }], 'failed', 'the model says "paris"'],
    [[{ token_str: 'paris', score: 0.2 }], 'warning', 'Update the score'],
    ['paris', 'warning', 'cannot be compared'],
  ])('compare with the card: %j', async (expected, status, message) => {
    const { output, facts } = await fill(TEXT);
    const checks = task.checkAnswer({ inference, output, facts, expected, tensors });
    expect(checks).toMatchObject([
      { id: 'output-shape', status: 'passed' },
      { id: 'expected-output', status, message: expect.stringContaining(message) },
    ]);
  });

  it('know a model with too few classes for its vocabulary', () => {
    const facts = { masks: [], classes: 3, vocabulary: 1000 };
    expect(task.checkAnswer({ inference, output: [], facts, tensors })).toMatchObject([
      { status: 'failed', message: expect.stringContaining('no fill-mask model') },
    ]);
  });

  it('know a model that gives one row for the text', async () => {
    const { session } = modelSession(wordPiece(WORDS), {}, () => ({ logits: floats([1, 2], [0, 1]) }));
    const { output, facts } = await runOn(task, session, inference);
    const rows = [{ name: 'logits', type: 'float32', dims: [1, 2], nan: 0, infinite: 0, size: 2 }];
    expect(task.checkAnswer({ inference, output, facts, tensors: rows })).toMatchObject([
      { id: 'output-shape', status: 'failed', message: expect.stringContaining('they are 1 × 2') },
    ]);
  });

  it('compare variants by their words', async () => {
    const full = await fill(TEXT);
    const near = await fill(TEXT, {}, model([{ paris: 4.9, rome: 3, berlin: 1 }]));
    const far = await fill(TEXT, {}, model([{ paris: 3, rome: 5, berlin: 1 }]));
    expect(task.compare(full, near)).toMatchObject({ agrees: true });
    expect(task.compare(full, far)).toMatchObject({ agrees: false, seen: '"rome" instead of "paris"' });
    expect(task.vectors(full)).not.toEqual(task.vectors(far));
  });
});
