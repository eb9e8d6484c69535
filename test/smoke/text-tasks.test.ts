import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { SmokeReport } from '../../src/smoke/report.js';
import { smokeTest } from '../../src/smoke/smoke.js';
import { allChecks, copyFixture, open, openFixture } from './fixture.js';

/** A copy of a fixture with some keys of one of its JSON files changed. */
function changed(name: string, file: string, edit: (value: Record<string, unknown>) => unknown): string {
  const folder = copyFixture(name);
  const path = join(folder, file);
  const value = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
  writeFileSync(path, JSON.stringify(edit(value) ?? value));
  return folder;
}

async function run(folder: string): Promise<SmokeReport> {
  return smokeTest(await open(folder), { device: 'cpu' });
}

function notPassed(report: SmokeReport): Readonly<Record<string, string>> {
  return Object.fromEntries(
    allChecks(report)
      .filter(({ status }) => status !== 'passed')
      .map(({ id, message }) => [id, message]),
  );
}

describe('models of texts with one fault', () => {
  it('vectors of another width than stated', async () => {
    const report = await run(
      changed('sentence-similarity', '1_Pooling/config.json', (config) => {
        config.word_embedding_dimension = 384;
      }),
    );
    expect(notPassed(report)).toEqual({ 'embedding-width': expect.stringContaining('says 384') });
  });

  it('a pooling layer without its settings', async () => {
    const folder = copyFixture('sentence-similarity');
    rmSync(join(folder, '1_Pooling/config.json'));
    expect(notPassed(await run(folder))).toEqual({
      pooling: expect.stringContaining('1_Pooling/config.json is missing'),
    });
  });

  it('a layer whose weights are not in the graph', async () => {
    const folder = changed('sentence-similarity', 'modules.json', (modules) => [
      ...(modules as unknown as readonly unknown[]),
      { idx: 3, name: '3', path: '3_Dense', type: 'sentence_transformers.models.Dense' },
    ]);
    expect(await run(folder)).toMatchObject({
      status: 'skipped',
      reason: expect.stringContaining('"Dense"'),
    });
  });

  it('labels that disagree on which class is entailment', async () => {
    const report = await run(
      changed('zero-shot-classification', 'config.json', (config) => {
        config.id2label = { 0: 'entailment', 1: 'neutral', 2: 'contradiction' };
      }),
    );
    expect(notPassed(report)).toEqual({ 'labels-named': expect.stringContaining('Make them agree') });
  });

  it('an example with the mask of another tokenizer', async () => {
    const folder = copyFixture('fill-mask');
    const card = readFileSync(join(folder, 'README.md'), 'utf8');
    writeFileSync(join(folder, 'README.md'), card.replace('is [MASK].', 'is <mask>.'));
    const report = await run(folder);
    expect(report.status).toBe('failed');
    expect(notPassed(report)).toEqual({ input: expect.stringContaining('Write [MASK]') });
    // What can be run is run all the same.
    expect(report.cases.some(({ source, output }) => source === 'default' && output !== undefined)).toBe(
      true,
    );
  });

  it('labels swapped since the card was written', async () => {
    const report = await run(
      changed('token-classification', 'config.json', (config) => {
        const { id2label } = config as { id2label: Record<string, string> };
        Object.assign(id2label, { 1: 'B-LOC', 2: 'I-LOC', 3: 'B-PER', 4: 'I-PER' });
      }),
    );
    expect(notPassed(report)).toEqual({
      'expected-output': expect.stringContaining('the model calls it "LOC"'),
    });
  });
});

describe('texts longer than a model takes', () => {
  const LONG = 'The weather was nice. '.repeat(20);

  it('are read to the end for an answer', async () => {
    const context = `${LONG}Anna lives in Berlin and works for Google.`;
    const report = await smokeTest(await openFixture('question-answering'), {
      device: 'cpu',
      inputs: [{ question: 'Where does Anna live?', context, parameters: { top_k: 200 } }],
    });
    expect(report.status).toBe('passed');
    // The tiny model has seen no such text, but each window gives answers.
    const spans = report.cases[0]?.output as readonly { readonly start: number }[] | undefined;
    const starts = (spans ?? []).map(({ start }) => start);
    expect(Math.max(...starts)).toBeGreaterThan(LONG.length / 2);
    for (const start of starts) expect(start).toBeLessThan(context.length);
  });

  it.each([
    ['token-classification', LONG],
    ['fill-mask', `The capital of France is [MASK]. ${LONG}`],
    ['zero-shot-classification', { inputs: LONG, parameters: { candidate_labels: ['sports', 'finance'] } }],
    ['sentence-similarity', { source_sentence: LONG, sentences: [LONG, 'Soup'] }],
    [
      'table-question-answering',
      {
        query: 'in which city is John ?',
        table: { Person: new Array(50).fill('John'), City: new Array(50).fill('Rome') },
      },
    ],
  ])('are cut: %s', async (name, input) => {
    const report = await smokeTest(await openFixture(name), { device: 'cpu', inputs: [input] });
    expect(report.cases[0]?.checks.filter(({ status }) => status === 'failed')).toEqual([]);
    expect(report.cases[0]?.output).toBeDefined();
  });
});
